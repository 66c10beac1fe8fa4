/** For a search that finds nobody, or few: which of its filters do it, and what there is instead. */

import { change, current, described, explanation, search } from "../page.js";
import { counted, numeric, several } from "../numbers.js";
import { edited, rescued, written } from "../reading.js";
import { html, meter, nothing } from "./parts.js";

/** @param {Drop} drop */
const told = ({ name, value }) =>
  value === null ? html`<b>“${described(name)}”</b>` : html`<b><bdi>${value}</bdi></b> of “${described(name)}”`;

/** @param {Rescue} rescue @param {number} most */
const way = (rescue, most) => html`
  <li>
    <button @click=${() => current.value && change(rescued(search.value, current.value, rescue.drop))}>
      <span>Without ${rescue.drop.map((drop, at) => [at ? " and " : "", told(drop)])}</span>
      ${meter(numeric(rescue.count), most)}
      <span class="count">${several(rescue.count, "contact")}</span>
    </button>
  </li>
`;

/** @param {Instead} instead */
const instead = ({ name, value, nearest }) => {
  const swap = (/** @type {string} */ other) => {
    const read = current.value;
    if (read) change(edited(search.value, read, written(read, { name, value }).map((each) => [name, each]), [[name, other]]));
  };
  return html`
    <li>
      Nobody has <b><bdi>${value}</bdi></b> in “${described(name)}”.
      ${nearest.length ? "There is:" : "There is nothing like it either."}
      ${nearest.map((near) => html`<button class="near" @click=${() => swap(near.value)}><bdi>${near.value}</bdi> <span class="count">${counted(near.count)} in all</span></button>`)}
    </li>
  `;
};

export const rescue = () => {
  const answer = explanation.answer.value;
  if (!answer || !current.value || (answer.rescue.length === 0 && answer.instead.length === 0)) return nothing;
  const most = Math.max(...answer.rescue.map((each) => numeric(each.count)), 1);
  const nobody = numeric(answer.count) === 0;
  return html`
    <section class="rescue ${explanation.pending.value ? "stale" : ""}" aria-labelledby="rescue">
      <h2 id="rescue">${nobody ? "Nobody is all of this at once" : "What would bring more"}</h2>
      ${answer.instead.length ? html`<ul class="instead">${answer.instead.map(instead)}</ul>` : nothing}
      ${answer.rescue.length
        ? html`<p class="hint">${nobody ? "Each of these brings somebody back:" : "Each of these brings more:"}</p>
            <ul class="ways">${answer.rescue.map((each) => way(each, most))}</ul>`
        : nothing}
    </section>
  `;
};
