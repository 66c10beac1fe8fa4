/** The number of contacts, large, and what can be done with them all. */

import { again, change, contacts, count, dialog, explanation, search, sees } from "../page.js";
import { running } from "./export.js";
import { counted, numeric, share, several } from "../numbers.js";
import { html, nothing, typed } from "./parts.js";

const most = typed((value) => change({ ...search.value, perCompany: Number(value) || null }));

/** @param {Count | undefined} found @param {Explanation} told */
const beside = (found, { count: all, companies, total }) => {
  const part = share(found ?? "", total);
  return html`
    ${found === 0 ? `of ${counted(total)}` : html`at <b>${companies.exact ? "" : "about "}${several(companies.count, "company", "companies")}</b>${part && `, ${part} of ${counted(total)}`}`}
    ${search.value.perCompany && all !== found ? html`<br>of ${counted(all)} in all` : nothing}
  `;
};

export const number = () => {
  const [found, told] = [count.answer.value, explanation.answer.value];
  const failure = count.failure.value || explanation.failure.value || contacts.failure.value;
  const picked = search.value.view === "compare" && search.value.region !== null;
  return html`
    <section class="number" aria-label="How many contacts there are">
      <h1 class="large ${count.pending.value ? "stale" : ""}">${found ? counted(found.count) : count.pending.value ? "…" : "–"}</h1>
      <p class="beside ${explanation.pending.value ? "stale" : ""}">
        ${found ? (found.count === 1 ? "contact" : "contacts") : nothing}${picked ? html`<br>in the picked part of the comparison` : told ? beside(found?.count, told) : nothing}
      </p>
      <div class="with">
        <label>
          At most
          <select @change=${most} aria-label="Contacts of one company">
            ${[0, 1, 2, 3, 5, 10, 25].map(
              (value) => html`<option value=${value} .selected=${value === (search.value.perCompany ?? 0)}>${value || "any number"}</option>`,
            )}
          </select>
          a company
        </label>
        ${sees.value
          ? html`<button class="primary" ?disabled=${numeric(found?.count) === 0} @click=${() => (dialog.value = "export")}>${running.value ? `Exporting… ${share(running.value.contacts, running.value.all)}` : "Export…"}</button>`
          : nothing}
      </div>
      ${failure
        ? html`<p class="failure" role="alert">${failure}
            <button class="link" @click=${again}>Try again</button></p>`
        : nothing}
    </section>
  `;
};

/** What is said to whom can't see the number change. */
export const announcement = () => {
  const [found, told] = [count.answer.value, explanation.answer.value];
  if (!search.value.path || !found || !told || count.pending.value || explanation.pending.value) return "";
  return `${several(found.count, "contact")} at ${several(told.companies.count, "company", "companies")}`;
};
