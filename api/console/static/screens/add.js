/** A value more for a parameter: typed, or picked from what the contacts of the search have there. */

import { Question } from "../asking.js";
import { facetsOf } from "./facets.js";
import { change, current, search, socket, target } from "../page.js";
import { edited } from "../reading.js";
import { typed } from "./parts.js";
import { signal } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** The parameter that a value is typed for; empty for none. */
const adding = signal("");

/** @type {Question<{facets: import("../answers.js").Facet[]}>} */
const facets = new Question(socket, "facet_contacts", "add");

/** @param {string} name */
function begin(name) {
  adding.value = name;
  /** @type {HTMLElement | null} */ (document.querySelector(".adding"))?.focus();
  facets.forget();
  const wanted = facetsOf(name);
  if (wanted.length && target.value) facets.ask({ ...target.value, facets: wanted, size: 100 });
}

/** @param {string} name @param {string} value */
function end(name, value) {
  if (adding.value !== name) return;
  adding.value = "";
  if (value.trim() && current.value) change(edited(search.value, current.value, [], [[name, value.trim()]]));
}

/** @param {KeyboardEvent} event @param {string} name */
function keys(event, name) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (event.key === "Enter") end(name, input.value);
  else if (event.key === "Escape") adding.value = "";
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** What is picked from the list is meant; what is typed is not yet. @param {Event} event @param {string} name */
function input(event, name) {
  const { inputType } = /** @type {InputEvent} */ (event);
  if (inputType === undefined || inputType === "insertReplacementText") end(name, /** @type {HTMLInputElement} */ (event.target).value);
}

/** @param {import("../answers.js").Bucket} bucket what is written to ask for it: a range as it is, else the label that people know */
const written = (bucket) => (/^[\d,]+$/.test(bucket.value) ? bucket.value : bucket.label);

/** @param {string} name */
export const add = (name) => {
  if (adding.value !== name) {
    return html`<button class="add" aria-label="Add a value" title="Add a value" @click=${() => begin(name)}>+</button>`;
  }
  const buckets = (facets.answer.value?.facets ?? []).flatMap((facet) => facet.buckets).filter((bucket) => !bucket.chosen);
  return html`
    <input class="adding" list="known" aria-label="A value more" placeholder="Add…"
      @keydown=${(/** @type {KeyboardEvent} */ event) => keys(event, name)}
      @input=${(/** @type {Event} */ event) => input(event, name)}
      @blur=${typed((value) => end(name, value))}>
    ${buckets.length
      ? html`<datalist id="known">${buckets.map((bucket) => html`<option value=${written(bucket)}>${bucket.label}: ${bucket.count}</option>`)}</datalist>`
      : nothing}
  `;
};
