/** Small parts that several screens have. */

import { signal } from "../vendor/signals-core/signals-core.module.js";
import { svg, html } from "../vendor/lit-html/lit-html.js";

/** A part of a whole, as a bar: its length is an attribute, which the policy of the page allows where it forbids styles. What it says stands beside it as a number. @param {number} part @param {number} whole */
export const meter = (part, whole) => html`
  <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="rest" width="100" height="4"></rect>
    ${svg`<rect class="part" width=${whole > 0 ? Math.min(100, Math.max(part > 0 ? 1 : 0, (100 * part) / whole)) : 0} height="4"></rect>`}
  </svg>
`;

/** Words of the service with names between backticks. @param {string} words */
export const code = (words) => words.split("`").map((part, at) => (at % 2 ? html`<code>${part}</code>` : part));

/** A listener that hands on what stands in a field. @param {(value: string) => unknown} act */
export const typed = (act) => (/** @type {Event} */ event) => act(/** @type {HTMLInputElement} */ (event.target).value);

/** The × that closes or removes. @param {string} label @param {() => unknown} act */
export const cross = (label, act) => html`<button class="icon" aria-label=${label} title="Remove" @click=${act}>×</button>`;

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
