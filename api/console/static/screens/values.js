/** All values of a parameter that has many: found by typing, drawn a few hundred at a time. */

import { chip, long } from "./chips.js";
import { counted } from "../numbers.js";
import { current, search } from "../page.js";
import { parametersOf } from "../reading.js";
import { signal } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

const STEP = 200;

const wanted = signal("");
const most = signal(STEP);

/** @param {Event} event */
function filter(event) {
  wanted.value = /** @type {HTMLInputElement} */ (event.target).value.toLocaleLowerCase();
  most.value = STEP;
}

export const valuesDialog = () => {
  const read = current.value;
  const parameter = read && parametersOf(read, search.value.off).find(({ name }) => name === long.value);
  if (!parameter) return html`<h2 id="title">Values</h2><p class="hint">There are none.</p>`;
  const found = parameter.values.filter((value) => value.shown.toLocaleLowerCase().includes(wanted.value));
  return html`
    <h2 id="title">${parameter.description}</h2>
    <input type="search" autofocus aria-label="Filter" placeholder="Filter ${counted(parameter.values.length)} values" .value=${wanted.value} @input=${filter}>
    <ul class="chips">
      ${found.slice(0, most.value).map((value) => chip(parameter, value))}
      ${found.length > most.value
        ? html`<li><button class="link" @click=${() => (most.value += STEP)}>${counted(found.length - most.value)} more…</button></li>`
        : nothing}
    </ul>
  `;
};
