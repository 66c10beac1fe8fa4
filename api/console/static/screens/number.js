/** The number of contacts, large, what can be done with them all, and what to do where there is nobody. */

import { titleOf } from "./chips.js";
import { running } from "./export.js";
import { nameOf } from "./table.js";
import { again, change, contacts, count, current, described, dialog, edit, explanation, folded, inPlain, knowing, opened, parameters, search, sees, undo } from "../page.js";
import { counted, inWords, numeric, share, several } from "../numbers.js";
import { MOST } from "../search.js";
import { excludes, rescued, written } from "../reading.js";
import { few, html, meter, nothing, typed } from "./parts.js";

const most = typed((value) => change({ ...search.value, perCompany: Number(value) || null }));

/** @param {Count | undefined} found @param {Explanation} told */
const beside = (found, { count: all, companies, total }) => {
  const part = share(found ?? "", total);
  return html`
    ${found === 0 ? `of ${counted(total)}` : html`at <b>${companies.exact ? "" : "about "}${several(companies.count, "company", "companies")}</b>${part && `, ${part} of ${counted(total)}`}`}
    ${search.value.perCompany && all !== found ? html`<br>of ${counted(all)} in all` : nothing}
  `;
};

/** Filters of the search that do nothing: without them it finds more than it was to. */
const unheard = () => {
  const unused = parameters.value.filter(({ part, off }) => part === "unused" && !off);
  const show = () => {
    folded.value = false;
    document.querySelector(".unused")?.scrollIntoView({ block: "center" });
  };
  return unused.length
    ? html`<p class="unheard">${unused.length === 1 ? "A filter of this search was" : `${unused.length} filters of this search were`} not used${numeric(count.answer.value?.count) ? ", so these may be too many" : ""}:
        <button class="link" @click=${show}><bdi>${few(unused.map(titleOf), 3)}</bdi></button></p>`
    : nothing;
};

/** Whether it is a part of a comparison that is counted. */
const picked = () => search.value.view === "compare" && search.value.region !== null;

export const number = () => {
  const [found, told] = [count.answer.value, explanation.answer.value];
  const failure = count.failure.value || explanation.failure.value || contacts.failure.value;
  return html`
    <section class="number" aria-label="How many contacts there are">
      <h1 class="large ${count.pending.value ? "stale" : ""}">${found ? counted(found.count) : count.pending.value ? "…" : "–"}</h1>
      <p class="beside ${explanation.pending.value ? "stale" : ""}">
        ${found ? (found.count === 1 ? "contact" : "contacts") : nothing}${picked() ? html`<br>in the picked part of the comparison` : told ? beside(found?.count, told) : nothing}
      </p>
      <div class="with">
        <label>
          At most
          <select @change=${most} aria-label="Contacts of one company">
            ${MOST.map(
              (value) => html`<option value=${value} .selected=${value === (search.value.perCompany ?? 0)}>${value || "any number"}</option>`,
            )}
          </select>
          a company
        </label>
        ${sees.value
          ? html`<button class="primary" ?disabled=${numeric(found?.count) === 0} @click=${() => (dialog.value = "export")}>${running.value ? `Exporting… ${share(running.value.contacts, running.value.all)}` : "Export…"}</button>`
          : nothing}
      </div>
      ${unheard()}
      ${!failure
        ? nothing
        : /^url: longer/.test(failure)
          ? html`<p class="failure" role="alert">${inPlain(failure)}
              ${history.state?.depth ? html`<button class="link" @click=${undo}>Take the last change back</button>` : nothing}</p>`
          : html`<p class="failure" role="alert">${failure}
              <button class="link" @click=${again}>Try again</button></p>`}
    </section>
  `;
};

/** What is said to whom can't see the number change. */
export const announcement = () => {
  const [found, told] = [count.answer.value, explanation.answer.value];
  if (!search.value.path || !found || !told || count.pending.value || explanation.pending.value) return "";
  const open = opened.value ? `. ${nameOf(opened.value)} is open beside the table` : "";
  return several(found.count, "contact") + (picked() ? " in the picked part of the comparison" : ` at ${several(told.companies.count, "company", "companies")}`) + open;
};

/** @param {Drop} drop */
const told = ({ name, value }) =>
  value === null ? html`<b>“${described(name)}”</b>` : html`<b><bdi>${inWords(name, value)}</bdi></b> of “${described(name)}”`;

/** @param {Rescue} rescue @param {number} most */
const way = (rescue, most) => html`
  <li>
    <button @click=${() => knowing((read) => change(rescued(search.value, read, rescue.drop)))}>
      <span>Without ${rescue.drop.map((drop, at) => [at ? " and " : "", told(drop)])}</span>
      ${meter(numeric(rescue.count), most)}
      <span class="count">${several(rescue.count, "contact")}</span>
    </button>
  </li>
`;

/** @param {Instead} instead */
const instead = ({ name, value, nearest }) => {
  const swap = (/** @type {string} */ other) => knowing((read) => edit(written(read, { name, value }).map((each) => [name, each]), [[name, other]]));
  return html`
    <li>
      Nobody has <b><bdi>${value}</bdi></b> in “${described(name)}”.
      ${nearest.length ? "There is:" : "There is nothing like it either."}
      ${nearest.map((near) => html`<button class="near" @click=${() => swap(near.value)}><bdi>${near.value}</bdi> <span class="count">${!numeric(near.within) ? `${counted(near.count)} in all` : counted(near.within)}</span></button>`)}
    </li>
  `;
};

/** What there is none of at all, of which nothing is known that may be meant: a line for each part of the search. @param {Explanation} told */
const dead = ({ parameters, lists, instead }) =>
  [...parameters, ...lists].filter(({ name }) => !excludes(name)).flatMap(({ name, values }) => {
    const those = values.filter(({ value, count }) => count === 0 && !instead.some((each) => each.name === name && each.value === value)).map(({ value }) => inWords(name, value));
    if (!those.length) return [];
    return [html`<li>${name === "include_domain_list"
      ? html`No company’s website is <b><bdi>${few(those, 3)}</bdi></b>: domains are of websites, and e-mail addresses may have others.`
      : html`Nobody has <b><bdi>${few(those, 3)}</bdi></b> in “${described(name)}”.`}</li>`];
  });

export const rescue = () => {
  const answer = explanation.answer.value;
  if (!answer || !current.value) return nothing;
  // Who keeps out what nobody has misses nobody.
  const meant = answer.instead.filter(({ name }) => !excludes(name));
  const most = Math.max(...answer.rescue.map((each) => numeric(each.count)), 1);
  const nobody = numeric(answer.count) === 0;
  const parts = answer.parameters.length + answer.lists.length;
  const lines = [...meant.map(instead), ...(nobody || answer.rescue.length ? dead(answer) : [])];
  if (!answer.rescue.length && !lines.length && !(nobody && parts)) return nothing;
  const shown = html`
    ${lines.length ? html`<ul class="instead">${lines}</ul>` : nothing}
    ${answer.rescue.length
      ? html`<p class="hint">${nobody ? "Each of these brings somebody back:" : "Each of these brings more:"}</p>
          <ul class="ways">${answer.rescue.map((each) => way(each, most))}</ul>`
      : nothing}
  `;
  const stale = explanation.pending.value ? "stale" : "";
  return nobody
    ? html`<section class="rescue ${stale}" aria-labelledby="rescue">
        <h2 id="rescue">${parts > 1 ? "Nobody is all of this at once" : "Nobody is found by this"}</h2>
        ${shown}
      </section>`
    : html`<details class="rescue ${stale}" ?open=${meant.length > 0}><summary><h2>What would bring more</h2></summary>${shown}</details>`;
};
