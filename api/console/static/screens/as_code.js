/** The search as code, to be copied. */

import { codeOf } from "../code.js";
import { copy, copied } from "../clipboard.js";
import { explanation, listed } from "../page.js";
import { address } from "../session.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

export const codeView = () => {
  const asked = listed.value;
  if (!asked) return nothing;
  const told = explanation.answer.value;
  /** @param {string} title @param {string} text */
  const block = (title, text) => html`
    <article class="code">
      <header><h3>${title}</h3><button class="quiet" @click=${() => copy(text)}>${copied.value === text ? "Copied" : "Copy"}</button></header>
      <pre tabindex="0">${text}</pre>
    </article>
  `;
  return html`
    <section aria-label="As code">
      ${told ? block("Canonical URL", told.canonical_url) : nothing}
      ${told ? html`<p class="hint">Fingerprint <code>${told.fingerprint}</code>: searches that have it find the same.</p>` : nothing}
      ${codeOf(asked, address("")).map(([title, text]) => block(title, text))}
      <p class="hint"><code>TOKEN</code> stands for an access token of yours, which this page shows nobody.</p>
    </section>
  `;
};
