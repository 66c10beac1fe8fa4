/** What screens are made of: the vendored means of drawing, and small parts that several of them have. */

import { signal } from "../vendor/signals-core/signals-core.module.js";
import { cut } from "../numbers.js";
import { svg, html, nothing } from "../vendor/lit-html/lit-html.js";

export { computed, effect, signal, untracked } from "../vendor/signals-core/signals-core.module.js";
export { html, nothing, svg } from "../vendor/lit-html/lit-html.js";

/** A part of a whole, as a bar: its length is an attribute, since the policy forbids styles. @param {number} part @param {number} whole */
export const meter = (part, whole) => html`
  <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="rest" width="100" height="4"></rect>
    ${svg`<rect class="part" width=${whole > 0 ? Math.min(100, Math.max(part > 0 ? 1 : 0, (100 * part) / whole)) : 0} height="4"></rect>`}
  </svg>
`;

/** What went wrong, if anything did. @param {string} message */
export const failed = (message) => (message ? html`<p class="failure" role="alert">${message}</p>` : nothing);

/** Words of the service with names between backticks. @param {string} words */
export const code = (words) => words.split("`").map((part, at) => (at % 2 ? html`<code>${part}</code>` : part));

/** The first few of many texts, as a list in a sentence. @param {string[]} texts @param {number} most */
export const few = (texts, most) => texts.slice(0, most).map(cut).join(", ") + (texts.length > most ? ` and ${texts.length - most} more` : "");

/** A listener that hands on what stands in a field. @param {(value: string) => unknown} act */
export const typed = (act) => (/** @type {Event} */ event) => act(/** @type {HTMLInputElement} */ (event.target).value);

/** A listener for clicks: the second of a double one is none. @param {() => unknown} act */
export const single = (act) => (/** @type {MouseEvent} */ event) => event.detail < 2 && act();

/**
 * Whether somebody is sure. It stands apart from what asks it, so that neither the second of two clicks there nor a key that
 * is held answers it.
 *
 * @param {unknown} words
 * @param {string} yes
 * @param {() => unknown} act
 * @param {() => unknown} cancel
 */
export const question = (words, yes, act, cancel) => html`
  <div class="question" role="group" aria-labelledby="sure">
    <p id="sure" role="alert">${words}</p>
    <p class="deeds"><button class="quiet" @click=${cancel}>Cancel</button><button class="danger" @click=${act}>${yes}</button></p>
  </div>
`;

/** A listener for a form, which hands on what is in it. @param {(fields: Record<string, string>, form: HTMLFormElement) => unknown} act */
export const submitted = (act) => (/** @type {Event} */ event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  act(/** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form))), form);
};

/** The × that closes or removes. @param {string} label @param {() => unknown} act @param {string} [title] */
export const cross = (label, act, title = "Remove") => html`<button type="button" class="icon" aria-label=${label} title=${title} @click=${act}>×</button>`;

/** What was copied last. */
export const copied = signal("");

/** Where the page is not served by HTTPS, browsers have the older way only. @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  copied.value = text;
}
