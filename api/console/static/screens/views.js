/** What is shown of the contacts that a search finds: themselves, what they are, beside others, as code. */

import { codeView } from "./as_code.js";
import { compare } from "./compare.js";
import { facets } from "./facets.js";
import { rescue } from "./rescue.js";
import { table } from "./table.js";
import { change, explanation, search } from "../page.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @type {Record<import("../search.js").View, [string, () => unknown]>} */
const SHOWN = {
  people: ["People", () => html`${explanation.answer.value?.rescue.length || explanation.answer.value?.instead.length ? rescue() : nothing} ${table()}`],
  breakdown: ["Breakdown", facets],
  compare: ["Compare", compare],
  code: ["As code", codeView],
};

export const views = () => html`
  <nav class="tabs" aria-label="Views">
    ${Object.entries(SHOWN).map(
      ([view, [title]]) => html`<button aria-current=${search.value.view === view ? "page" : "false"}
        @click=${() => change({ ...search.value, view: /** @type {import("../search.js").View} */ (view) })}>${title}</button>`,
    )}
  </nav>
  <div class="view">${SHOWN[search.value.view][1]()}</div>
`;
