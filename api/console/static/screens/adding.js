/** Adding to a search: a value to a parameter, typed or picked, and a parameter that the search does not have. */

import { FACETS } from "./facets.js";
import { EVERYBODY, askForFilters, dialog, edit, filters, folded, parameters, sees, socket, target } from "../page.js";
import { counted, cut, inWords } from "../numbers.js";
import { OPPOSITE } from "../reading.js";
import { Question } from "../socket.js";
import { html, nothing, signal, submitted, typed } from "./parts.js";

/** The parameter that a value is typed for; empty for none. */
const adding = signal("");

/** What is typed. */
const text = signal("");

/** The value of the suggestion that the keys are at; empty for none. */
const at = signal("");

/** Whether what is suggested is of all contacts, since nobody of the search has any. */
const wide = signal(false);

/** What contacts of the search have there, that has in it what is typed. */
const suggested = new Question(socket, "facet_contacts", "add");

const MOST = 20;

/** How long a field stays that has lost the focus with nothing in it: a click that took it finds everything where it was. */
const PATIENCE = 200;

/** @param {string} name */
function suggest(name) {
  const contains = text.value;
  const [own, other] = [name, OPPOSITE.get(name)].map((each) => FACETS.filter(({ parameter, closed }) => parameter === each && (closed || sees.value)).map((facet) => facet.name));
  const asked = { facets: own.length ? own : other, size: MOST, ...(contains && { contains }) };
  if (!asked.facets.length || !target.value) return;
  wide.value = false;
  suggested.ask({ ...target.value, ...asked }).then(async (found) => {
    // Where nobody of the search has any, whoever else has.
    if (found?.facets.every(({ buckets }) => !buckets.some(({ chosen }) => !chosen)) && adding.value === name) {
      wide.value = true;
      await suggested.ask({ url: EVERYBODY, ...asked });
    }
    document.querySelector(".known")?.scrollIntoView({ block: "nearest" });
  });
}

/** Let a value be typed for a parameter, which may be new to the search. @param {string} name */
export function begin(name) {
  suggested.forget();
  text.value = at.value = "";
  adding.value = name;
  folded.value = false;
  const field = /** @type {HTMLElement | null} */ (document.querySelector(".adding"));
  field?.focus();
  field?.scrollIntoView({ block: "center" });
  suggest(name);
}

/** Ask for a value; the field stays for the next. @param {string} name @param {string} value */
function put(name, value) {
  if (!value.trim()) return void (adding.value = "");
  text.value = at.value = "";
  edit([], [[name, value.trim()]]);
  suggest(name);
}

/** An empty field goes with the focus; what is typed stays until it is sent, as for whoever copies the rest of it elsewhere. */
const left = () =>
  setTimeout(() => {
    if (!text.value && document.hasFocus() && document.activeElement?.className !== "adding") adding.value = "";
  }, PATIENCE);

/** @param {Bucket} bucket */
const isRange = ({ value }) => /^[\d,]+$/.test(value);

/** What is written to ask for a value: a range as it is, else the label that people know. @param {Bucket} bucket */
const asWritten = (bucket) => (isRange(bucket) ? bucket.value : bucket.label);

/** A value more: typed, or picked from what contacts of the search have there. @param {string} name */
export const add = (name) => {
  if (adding.value !== name) return html`<button class="add" aria-label="Add a value" title="Add a value" @click=${() => begin(name)}>+</button>`;
  const [waits, words] = [suggested.pending.value, text.value.toLocaleLowerCase().split(/\s+/)];
  // Of what was suggested for other words only what has these, too.
  const buckets = (suggested.answer.value?.facets ?? []).flatMap((facet) => facet.buckets)
    .filter(({ chosen, count, label }) => !chosen && count && (!waits || words.every((word) => label.toLocaleLowerCase().includes(word))));
  const place = buckets.findIndex(({ value }) => value === at.value);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) at.value = buckets[Math.min(place + step, buckets.length - 1)]?.value ?? "";
    else if (event.key === "Enter") put(name, buckets[place] ? asWritten(buckets[place]) : text.value);
    else if (event.key === "Escape") adding.value = "";
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const input = typed((now) => {
    text.value = now;
    at.value = "";
    suggest(name);
  });
  const { example = "" } = filters.value.find((each) => each.name === name) ?? {};
  return html`
    <input class="adding" role="combobox" aria-label="A value more" aria-autocomplete="list" aria-controls="known" aria-expanded=${String(buckets.length > 0)}
      aria-activedescendant=${buckets[place] ? `known-${place}` : nothing} placeholder=${example ? `such as ${example}` : "Add…"} autocomplete="off" spellcheck="false"
      .value=${text.value} @keydown=${keys} @input=${input} @blur=${left}>
    ${buckets.length
      ? html`<p class="hint">${wide.value ? "Nobody of this search has any; of all contacts:" : "So many of this search:"}</p><ul id="known" class="known ${suggested.pending.value ? "stale" : ""}" role="listbox" aria-label="What there is" @pointerdown=${(/** @type {Event} */ event) => event.preventDefault()}>
          ${buckets.map(
            (bucket, number) => html`<li id="known-${number}" role="option" aria-selected=${String(number === place)} @click=${() => put(name, asWritten(bucket))}>
              <bdi>${cut(isRange(bucket) ? inWords(name, bucket.value) : bucket.label)}</bdi> <span class="count">${counted(bucket.count)}</span></li>`,
          )}
        </ul>`
      : text.value.trim() && suggested.answer.value && !waits
        ? html`<p class="hint">Nobody has anything like it. Enter adds it all the same.</p>`
        : nothing}
  `;
};

/** The card of a parameter that the search does not have until a value is typed. */
export const begun = () => {
  const filter = filters.value.find(({ name }) => name === adding.value);
  if (!filter || parameters.value.some(({ name, part }) => name === filter.name && part === "filter")) return nothing;
  return html`
    <article class="parameter" data-name=${filter.name}>
      <header><h3>${filter.description} <code>${filter.name}</code></h3></header>
      <ul class="chips"><li>${add(filter.name)}</li></ul>
    </article>
  `;
};

const open = () => {
  wanted.value = "";
  askForFilters();
  dialog.value = "filters";
};

export const adder = () => html`<p class="adders"><button class="add" @click=${open}>+ Add a filter…</button></p>`;

const wanted = signal("");

/** @param {Filter} filter */
function choose({ name, example }) {
  dialog.value = "";
  // What is only ever `true` needs no words.
  if (example === "true") edit([[name, null]], [[name, example]]);
  else begin(name);
}

/** All filters that there are, by category, found by typing. */
export const filtersDialog = () => {
  const words = wanted.value.toLowerCase().split(/\s+/);
  const found = filters.value.filter(({ name, description, category }) => words.every((word) => `${description} ${category} ${name}`.toLowerCase().includes(word)));
  return html`
    <h2 id="title">Add a filter</h2>
    <form @submit=${submitted(() => found[0] && choose(found[0]))}>
      <input type="search" autofocus aria-label="Filter" placeholder="Titles, revenue, technologies…" .value=${wanted.value} @input=${typed((text) => (wanted.value = text))}>
    </form>
    ${[...new Set(found.map(({ category }) => category))].map(
      (category) => html`<h3>${category}</h3>
        <ul class="filters">${found
          .filter((each) => each.category === category)
          .map((filter) => html`<li><button @click=${() => choose(filter)}>${filter.description} <code>${filter.name}</code></button></li>`)}</ul>`,
    )}
    ${filters.value.length && !found.length ? html`<p class="hint">There is none of that name.</p>` : nothing}
  `;
};
