/** Which columns the table has, and in which order. */

import { choose, columns } from "../fields.js";
import { contacts } from "../page.js";
import { worded } from "../numbers.js";
import { html } from "../vendor/lit-html/lit-html.js";

/** @param {string} name @param {number} by */
function move(name, by) {
  const rest = columns.value.filter((each) => each !== name);
  const at = Math.max(0, Math.min(rest.length, columns.value.indexOf(name) + by));
  choose([...rest.slice(0, at), name, ...rest.slice(at)]);
}

export const columnsDialog = () => {
  const shown = columns.value;
  const all = ["name", ...Object.keys(contacts.answer.value?.results[0] ?? {})];
  const others = all.filter((name) => !shown.includes(name) && name !== "matched");
  return html`
    <h2 id="title">Columns</h2>
    <ol class="ordered">
      ${shown.map(
        (name, at) => html`<li>
          <label><input type="checkbox" .checked=${true} @change=${() => choose(shown.filter((each) => each !== name))}> ${worded(name)}</label>
          <button class="icon" aria-label="${worded(name)} further to the left" ?disabled=${at === 0} @click=${() => move(name, -1)}>↑</button>
          <button class="icon" aria-label="${worded(name)} further to the right" ?disabled=${at === shown.length - 1} @click=${() => move(name, 1)}>↓</button>
        </li>`,
      )}
    </ol>
    <h3>More</h3>
    <ul class="others">
      ${others.map((name) => html`<li><label><input type="checkbox" .checked=${false} @change=${() => choose([...shown, name])}> ${worded(name)}</label></li>`)}
    </ul>
    <p class="deeds"><button class="quiet" @click=${() => choose([])}>As at first</button></p>
  `;
};
