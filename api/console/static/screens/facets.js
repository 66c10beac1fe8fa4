/** Who they are: the contacts counted by the values of fields, each a click away. */

import { Question } from "../asking.js";
import { counted, numeric, share } from "../numbers.js";
import { change, current, search, sees, session, socket, target } from "../page.js";
import { replaced } from "../reading.js";
import { meter, typed } from "./parts.js";
import { effect, signal, untracked } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../answers.js").Facet} Facet */
/** @typedef {{count: import("../numbers.js").Count, total: import("../numbers.js").Count, facets: Facet[]}} Faceted */

/** @typedef {{name: string, label: string, parameter: string, closed: boolean}} FacetName */

/** All that the service counts by, as `mappings/data/facets.json` has them, and what they are called here. @type {readonly FacetName[]} */
export const FACETS = [
  { name: "seniority", label: "Seniority", parameter: "personSeniorities[]", closed: true },
  { name: "departments", label: "Departments", parameter: "personDepartmentOrSubdepartments[]", closed: true },
  { name: "email_status", label: "E-mail status", parameter: "contactEmailStatusV2[]", closed: true },
  { name: "person_country", label: "Country", parameter: "personLocations[]", closed: true },
  { name: "industries", label: "Industry", parameter: "organizationIndustryTagIds[]", closed: true },
  { name: "employees", label: "Employees", parameter: "organizationNumEmployeesRanges[]", closed: true },
  { name: "annual_revenue", label: "Annual revenue", parameter: "organizationRevenueRanges[]", closed: true },
  { name: "funding_stage", label: "Funding stage", parameter: "organizationLatestFundingStageCd[]", closed: true },
  { name: "company_country", label: "Company’s country", parameter: "organizationLocations[]", closed: true },
  { name: "title", label: "Job title", parameter: "personTitles[]", closed: false },
  { name: "company", label: "Company", parameter: "qOrganizationName", closed: false },
  { name: "person_state", label: "State", parameter: "personLocations[]", closed: false },
  { name: "person_city", label: "City", parameter: "personLocations[]", closed: false },
  { name: "company_state", label: "Company’s state", parameter: "organizationLocations[]", closed: false },
  { name: "company_city", label: "Company’s city", parameter: "organizationLocations[]", closed: false },
  { name: "technologies", label: "Technologies", parameter: "currentlyUsingAnyOfTechnologyUids[]", closed: false },
  { name: "keywords", label: "Keywords", parameter: "qOrganizationKeywordTags[]", closed: false },
  { name: "created_month", label: "Month created", parameter: "", closed: false },
];

/** The facets whose values a parameter takes. @param {string} parameter */
export const facetsOf = (parameter) => FACETS.filter((facet) => facet.parameter === parameter).map(({ name }) => name);

const FEW = 8;
const MOST = 100;

/** The facets that are open: those with few values, and others as they are wanted. */
const open = signal(FACETS.filter((facet) => facet.closed).map(({ name }) => name));

/** Facets of which many values are shown. */
const long = signal(/** @type {string[]} */ ([]));

/** What sets these contacts apart is shown in place of what most of them have. */
const special = signal(false);

/** What is typed into the boxes, by facet. */
const filters = signal(/** @type {Record<string, string>} */ ({}));

/** Each facet is a question of its own, so that none waits for a slow one. @type {Map<string, Question<Faceted>>} */
const questions = new Map(FACETS.map(({ name }) => [name, new Question(socket, "facet_contacts", `facet-${name}`)]));

/** @type {Map<string, string>} */
const asked = new Map();

/** Keeps the facets that can be seen at what the search is. */
export const listen = () =>
  effect(() => {
    const [what, names, many, lifted] = [target.value, open.value, long.value, special.value];
    if (search.value.view !== "breakdown" || !what || session.standing.value !== "in") return;
    untracked(() => {
      for (const name of names) {
        const data = { ...what, facets: [name], size: many.includes(name) ? MOST : FEW, ...(lifted && { special: true }) };
        const key = JSON.stringify(data);
        if (asked.get(name) === key) continue;
        asked.set(name, key);
        questions.get(name)?.ask(data);
      }
    });
  });

/** @param {string} name */
function close(name) {
  questions.get(name)?.forget();
  asked.delete(name);
  open.value = open.value.filter((each) => each !== name);
}

/** @param {string} name */
const filter = (name) => typed((value) => (filters.value = { ...filters.value, [name]: value }));

/** @param {import("../answers.js").Bucket} bucket @param {number} most */
const bucketOf = (bucket, most) => {
  const go = () => bucket.url && current.value && change(replaced(search.value, current.value, bucket.url));
  const inside = html`
    <span class="label"><bdi dir="auto">${bucket.label}</bdi>${bucket.url && !bucket.url_exact ? html`<span class="sign" title="Chosen, it finds a little more than these">≈</span>` : nothing}</span>
    <span class="count">${counted(bucket.count)}${bucket.lift === null ? nothing : html` <span class="lift" title="So many times as often as among all contacts">×${bucket.lift.toFixed(1)}</span>`}</span>
    ${meter(numeric(bucket.count), most)}
  `;
  return html`<li>${bucket.url
    ? html`<button aria-pressed=${String(bucket.chosen)} @click=${go}>${inside}</button>`
    : html`<span class="bucket">${inside}</span>`}</li>`;
};

/** @param {typeof FACETS[number]} facet */
const card = ({ name, label }) => {
  const question = /** @type {Question<Faceted>} */ (questions.get(name));
  const facet = question.answer.value?.facets[0];
  const many = long.value.includes(name);
  const wanted = (filters.value[name] ?? "").toLocaleLowerCase();
  const buckets = (facet?.buckets ?? []).filter((bucket) => bucket.label.toLocaleLowerCase().includes(wanted));
  const most = Math.max(...buckets.map((bucket) => numeric(bucket.count)), 1);
  return html`
    <article class="facet ${question.pending.value ? "stale" : ""}" data-facet=${name} aria-busy=${String(question.pending.value)}>
      <header>
        <h3>${label}</h3>
        <button class="icon" aria-label="Close ${label}" title="Close" @click=${() => close(name)}>×</button>
      </header>
      ${many ? html`<input type="search" placeholder="Filter" aria-label="Filter ${label}" .value=${filters.value[name] ?? ""} @input=${filter(name)}>` : nothing}
      ${question.failure.value ? html`<p class="failure">${question.failure.value}</p>` : nothing}
      ${facet?.timed_out ? html`<p class="hint">This took too long to count. Ask for less, or close it.</p>` : nothing}
      ${!facet && question.pending.value ? html`<p class="hint">Counting…</p>` : nothing}
      <ul class=${many ? "many" : ""}>${buckets.map((bucket) => bucketOf(bucket, most))}</ul>
      ${facet && buckets.length === 0 && !facet.timed_out ? html`<p class="hint">${special.value ? "Nothing sets them apart here." : "Nothing known."}</p>` : nothing}
      ${facet && !facet.timed_out
        ? html`<footer class="hint">
            ${facet.exact ? nothing : "about · "}${numeric(facet.other) ? `${counted(facet.other)} others · ` : nothing}${numeric(facet.missing) ? `${counted(facet.missing)} unknown` : nothing}
            ${!many && (numeric(facet.other) || buckets.length >= FEW) ? html`<button class="link" @click=${() => (long.value = [...long.value, name])}>More…</button>` : nothing}
          </footer>`
        : nothing}
    </article>
  `;
};

export const facets = () => {
  const first = [...questions.values()].map((question) => question.answer.value).find(Boolean);
  const closed = FACETS.filter(({ name, closed }) => !open.value.includes(name) && (closed || sees.value));
  return html`
    <section class="facets" aria-label="Breakdown">
      <p class="facet-bar">
        <label><input type="checkbox" role="switch" .checked=${special.value} @change=${() => (special.value = !special.value)}> What makes them special</label>
        ${special.value && first ? html`<span class="hint">compared with all ${counted(first.total)}; they are ${share(first.count, first.total)}</span>` : nothing}
      </p>
      <div class="grid">${FACETS.filter(({ name }) => open.value.includes(name)).map(card)}</div>
      ${closed.length
        ? html`<p class="more-facets"><span class="hint">Count by</span> ${closed.map(({ name, label }) => html`<button class="add" @click=${() => (open.value = [...open.value, name])}>+ ${label}</button>`)}</p>`
        : nothing}
    </section>
  `;
};
