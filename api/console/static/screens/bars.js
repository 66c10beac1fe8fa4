/** Bars, as SVG: their lengths are attributes, which the policy of the page allows where it forbids styles. */

import { svg, html } from "../vendor/lit-html/lit-html.js";

/** A part of a whole. What it says stands beside it as a number, so it is hidden from readers of screens. @param {number} part @param {number} whole */
export const meter = (part, whole) => html`
  <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="rest" width="100" height="4"></rect>
    ${svg`<rect class="part" width=${whole > 0 ? Math.min(100, Math.max(part > 0 ? 1 : 0, (100 * part) / whole)) : 0} height="4"></rect>`}
  </svg>
`;
