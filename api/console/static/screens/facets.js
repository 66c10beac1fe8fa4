/** Who they are: the contacts counted by the values of fields, each a click away. */

import { counted, cut, inWords, numeric, several, share } from "../numbers.js";
import { change, current, parameters, search, sees, session, socket, target } from "../page.js";
import { replaced } from "../reading.js";
import { Question } from "../socket.js";
import { cross, effect, failed, few, html, meter, nothing, signal, typed, untracked } from "./parts.js";

/** @type {[string, string, string][]} */
const CLOSED = [
  ["seniority", "Seniority", "personSeniorities[]"],
  ["departments", "Departments", "personDepartmentOrSubdepartments[]"],
  ["email_status", "E-mail status", "contactEmailStatusV2[]"],
  ["person_country", "Country", "personLocations[]"],
  ["industries", "Industry", "organizationIndustryTagIds[]"],
  ["employees", "Employees", "organizationNumEmployeesRanges[]"],
  ["annual_revenue", "Annual revenue", "organizationRevenueRanges[]"],
  ["funding_stage", "Funding stage", "organizationLatestFundingStageCd[]"],
  ["company_country", "Company’s country", "organizationLocations[]"],
];

/** @type {[string, string, string][]} */
const OPEN = [
  ["title", "Job title", "personTitles[]"],
  ["company", "Company", "qOrganizationName"],
  ["person_state", "State", "personLocations[]"],
  ["person_city", "City", "personLocations[]"],
  ["company_state", "Company’s state", "organizationLocations[]"],
  ["company_city", "Company’s city", "organizationLocations[]"],
  ["technologies", "Technologies", "currentlyUsingAnyOfTechnologyUids[]"],
  ["keywords", "Keywords", "qOrganizationKeywordTags[]"],
  ["created_month", "Month created", ""],
];

/** All that the service counts by, as `mappings/data/facets.json` has them: what they are called here, the parameter that takes their values, and whether these are few. */
export const FACETS = [...CLOSED, ...OPEN].map(([name, label, parameter], at) => ({ name, label, parameter, closed: at < CLOSED.length }));

const FEW = 8;
const MOST = 100;

/** The facets that are open: those with few values, and others as they are wanted. */
const open = signal(FACETS.filter((facet) => facet.closed).map(({ name }) => name));

/** Facets of which many values are shown. */
const long = signal(/** @type {string[]} */ ([]));

/** What sets these contacts apart is shown in place of what most of them have. */
const special = signal(false);

/** The facets that can be seen. Of what the search asks for they would tell what those have who do not fit: that is not what is special. */
const seen = () => {
  const asked = new Set(parameters.value.filter(({ part, off }) => special.value && part === "filter" && !off).map(({ name }) => name));
  return FACETS.filter(({ name, parameter }) => open.value.includes(name) && !asked.has(parameter));
};

/** What is typed into the boxes, by facet. */
const filters = signal(/** @type {Record<string, string>} */ ({}));

/** Each facet is a question of its own, so that none waits for a slow one. @type {Map<string, Question<"facet_contacts">>} */
const questions = new Map(FACETS.map(({ name }) => [name, new Question(socket, "facet_contacts", `facet-${name}`)]));

/** @type {Map<string, string>} */
const asked = new Map();

/** Keeps the facets that can be seen at what the search is. */
export const listen = () =>
  effect(() => {
    const [what, names, many, lifted] = [target.value, seen().map(({ name }) => name), long.value, special.value];
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

/** @param {Bucket} bucket @param {string} label @param {number} most */
const bucketOf = (bucket, label, most) => {
  const go = () => bucket.url && current.value && change(replaced(search.value, current.value, bucket.url));
  const inside = html`
    <span class="label"><bdi dir="auto">${cut(label)}</bdi>${bucket.url && !bucket.url_exact ? html`<span class="sign" title="Chosen, it finds a little more than these">≈</span>` : nothing}</span>
    <span class="count">${counted(bucket.count)}${bucket.lift === null ? nothing : html` <span class="lift" title="So many times as often as among all contacts">×${bucket.lift.toFixed(1)}</span>`}</span>
    ${meter(special.value ? (bucket.lift ?? 0) : numeric(bucket.count), most)}
  `;
  return html`<li>${bucket.url
    ? html`<button aria-pressed=${String(bucket.chosen)} ?disabled=${!current.value} @click=${go}>${inside}</button>`
    : html`<span class="bucket">${inside}</span>`}</li>`;
};

/** @param {typeof FACETS[number]} facet */
const card = ({ name, label, parameter }) => {
  const question = /** @type {Question<"facet_contacts">} */ (questions.get(name));
  const facet = question.answer.value?.facets[0];
  const many = long.value.includes(name);
  const wanted = (filters.value[name] ?? "").toLocaleLowerCase();
  /** @param {Bucket} bucket */
  const called = (bucket) => (/Ranges/.test(parameter) ? inWords(parameter, bucket.value) : bucket.label);
  const found = (facet?.buckets ?? []).filter((bucket) => called(bucket).toLocaleLowerCase().includes(wanted));
  // Who looks for what is special sees the most special first, and nothing that is not.
  const buckets = special.value ? found.filter(({ lift, chosen }) => chosen || (lift ?? 0) >= 1.05).sort((one, other) => (other.lift ?? 0) - (one.lift ?? 0)) : found;
  const said = facet?.timed_out
    ? "This took too long to count. Ask for less, or close it."
    : !facet
      ? question.pending.value && "Counting…"
      : buckets.length === 0 && (special.value ? "Nothing sets them apart here." : wanted ? "None is called so." : "Nothing known.");
  const chosen = buckets.filter((bucket) => bucket.chosen).map(called);
  const most = Math.max(...buckets.map((bucket) => (special.value ? (bucket.lift ?? 0) : numeric(bucket.count))), 1);
  return html`
    <article class="facet ${question.pending.value ? "stale" : ""}" data-facet=${name} aria-busy=${String(question.pending.value)}>
      <header>
        <h3>${label}</h3>
        ${cross(`Close ${label}`, () => close(name), "Close")}
      </header>
      ${many ? html`<input type="search" placeholder="Filter" aria-label="Filter ${label}" .value=${filters.value[name] ?? ""} @input=${filter(name)}>` : nothing}
      ${failed(question.failure.value)}
      ${said ? html`<p class="hint">${said}</p>` : nothing}
      <ul class=${many ? "many" : ""}>${buckets.map((bucket) => bucketOf(bucket, called(bucket), most))}</ul>
      ${facet && !facet.timed_out
        ? html`<footer class="hint">
            ${[facet.exact ? "" : "about", numeric(facet.other) ? several(facet.other ?? 0, "other") : "", numeric(facet.missing) ? `${counted(facet.missing)} unknown` : "", chosen.length ? `as if ${few(chosen, 2)} were not asked` : ""].filter(Boolean).join(" · ")}
            ${!many && (numeric(facet.other) || buckets.length >= FEW) ? html`<button class="link" @click=${() => (long.value = [...long.value, name])}>More…</button>` : nothing}
          </footer>`
        : nothing}
    </article>
  `;
};

export const facets = () => {
  const shown = seen();
  const without = FACETS.filter((facet) => open.value.includes(facet.name) && !shown.includes(facet)).map(({ label }) => label);
  const first = [...questions.values()].map((question) => question.answer.value).find(Boolean);
  const closed = FACETS.filter(({ name, closed }) => !open.value.includes(name) && (closed || sees.value));
  return html`
    <section class="facets" aria-label="Breakdown">
      <p class="facet-bar">
        <label><input type="checkbox" role="switch" .checked=${special.value} @change=${() => (special.value = !special.value)}> What makes them special</label>
        ${special.value && first ? html`<span class="hint">compared with all ${counted(first.total)}; they are ${share(first.count, first.total)}${without.length ? `; without ${few(without, 5)}, which the search asks for` : ""}</span>` : nothing}
      </p>
      <div class="grid">${shown.map(card)}</div>
      ${closed.length
        ? html`<p class="more-facets"><span class="hint">Count by</span> ${closed.map(({ name, label }) => html`<button class="add" @click=${() => (open.value = [...open.value, name])}>+ ${label}</button>`)}</p>`
        : nothing}
    </section>
  `;
};
