/** For a search that finds nobody, or few: which of its filters do it, and what there is instead. */

import { change, current, explanation, search } from "../page.js";
import { counted, numeric, several, worded } from "../numbers.js";
import { edited, parametersOf, rescued, written } from "../reading.js";
import { html, meter, nothing } from "./parts.js";

/** @param {Drop} drop @param {Map<string, string>} words */
const told = ({ name, value }, words) =>
  value === null ? html`<b>${words.get(name) ?? worded(name)}</b>` : html`<b><bdi>${value}</bdi></b> of ${words.get(name) ?? worded(name)}`;

/** @param {Rescue} rescue @param {number} most @param {Map<string, string>} words */
const way = (rescue, most, words) => html`
  <li>
    <button @click=${() => current.value && change(rescued(search.value, current.value, rescue.drop))}>
      <span>Without ${rescue.drop.map((drop, at) => [at ? " and " : "", told(drop, words)])}</span>
      ${meter(numeric(rescue.count), most)}
      <span class="count">${several(rescue.count, "contact")}</span>
    </button>
  </li>
`;

/** @param {Instead} instead @param {Map<string, string>} words */
const instead = ({ name, value, nearest }, words) => {
  const swap = (/** @type {string} */ other) => {
    const read = current.value;
    if (read) change(edited(search.value, read, written(read, { name, value }).map((each) => [name, each]), [[name, other]]));
  };
  return html`
    <li>
      Nobody has <b><bdi>${value}</bdi></b> in ${words.get(name) ?? name}.
      ${nearest.length ? "There is:" : "There is nothing like it either."}
      ${nearest.map((near) => html`<button class="near" @click=${() => swap(near.value)}><bdi>${near.value}</bdi> <span class="count">${counted(near.count)}</span></button>`)}
    </li>
  `;
};

export const rescue = () => {
  const answer = explanation.answer.value;
  const read = current.value;
  if (!answer || !read || (answer.rescue.length === 0 && answer.instead.length === 0)) return nothing;
  const words = new Map(parametersOf(read, []).map(({ name, description }) => [name, `“${description}”`]));
  const most = Math.max(...answer.rescue.map((each) => numeric(each.count)), 1);
  const nobody = numeric(answer.count) === 0;
  return html`
    <section class="rescue ${explanation.pending.value ? "stale" : ""}" aria-labelledby="rescue">
      <h2 id="rescue">${nobody ? "Nobody is all of this at once" : "What would bring more"}</h2>
      ${answer.instead.length ? html`<ul class="instead">${answer.instead.map((each) => instead(each, words))}</ul>` : nothing}
      ${answer.rescue.length
        ? html`<p class="hint">${nobody ? "Leave out one of these, and there is somebody:" : "Leave out one of these:"}</p>
            <ul class="ways">${answer.rescue.map((each) => way(each, most, words))}</ul>`
        : nothing}
    </section>
  `;
};
