/** The contacts, a page at a time. Which columns there are is told by the contacts; which are shown, in which order, is remembered here. */

import { PAGE_SIZE, change, contacts, count, dialog, edit, listed, opened, pageNumber, search, sees, turn } from "../page.js";
import { counted, cut, dated, worded } from "../numbers.js";
import { pairsOf } from "../search.js";
import { computed, effect, html, nothing, signal } from "./parts.js";

const KEY = "columns";

const FIRST = ["name", "title", "company", "country", "email", "email_status"];

/** Fields of a contact → `sortByField` of a URL. */
export const SORTS = new Map([
  ["name", "last_name"],
  ...["first_name", "last_name", "title", "company", "employees", "annual_revenue", "created_at", "updated_at"].map((name) => /** @type {const} */ ([name, name])),
]);

/** The columns that are shown, in order: names of fields, and `name` for first and last name together. */
const chosen = signal(remembered());

/** Those of them that contacts have: what is remembered may be of an earlier version. */
export const columns = computed(() => {
  const first = contacts.answer.value?.results[0];
  return chosen.value.filter((name) => name === "name" || !first || Object.hasOwn(first, name));
});

/** Whoever else is found begins with the first column; in another order they are the same. */
export const listen = () => {
  let before = "";
  effect(() => {
    const now = JSON.stringify(listed.value).replace(/sort(ByField|Ascending)=[^&"]*/g, "");
    if (before !== (before = now)) document.querySelector(".table .scroll")?.scrollTo({ left: 0 });
  });
};

/** @param {string[]} names */
function choose(names) {
  chosen.value = names.length ? names : FIRST;
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen.value));
  } catch {
    // A browser may refuse to keep anything: then the choice holds as long as the page.
  }
}

/** @returns {string[]} */
function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (Array.isArray(kept) && kept.length && kept.every((name) => typeof name === "string")) return kept;
  } catch {
    // As if nothing were kept.
  }
  return FIRST;
}

/** What a field has, as one text for people. @param {unknown} value @param {string} name @returns {string} */
export function text(value, name) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => text(each, name)).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([key, each]) => `${key}: ${text(each, key)}`).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return name === "founded_year" ? String(value) : counted(value);
  return name.endsWith("_at") ? dated(String(value)) : cut(String(value));
}

/** @param {Contact} contact */
export const nameOf = ({ first_name: first, last_name: last }) => cut([first, last].filter(Boolean).join(" "));

const order = () => {
  const pairs = new Map(pairsOf(search.value.query));
  return { by: pairs.get("sortByField") ?? "", ascending: pairs.get("sortAscending") === "true" };
};

/** Up, then down, then as it was. @param {string} field of `sortByField` */
function sort(field) {
  const { by, ascending } = order();
  /** @type {[string, string][]} */
  const added = by === field && !ascending ? [] : [["sortByField", field], ["sortAscending", String(by !== field)]];
  edit([["sortByField", null], ["sortAscending", null]], added);
}

/** @param {string} column */
const head = (column) => {
  const field = SORTS.get(column);
  const { by, ascending } = order();
  const sorted = field && by === field;
  return html`
    <th scope="col" aria-sort=${sorted ? (ascending ? "ascending" : "descending") : nothing}>
      ${field && !search.value.perCompany
        ? html`<button @click=${() => sort(field)}>${worded(column)}<span aria-hidden="true">${sorted ? (ascending ? " ↑" : " ↓") : ""}</span></button>`
        : worded(column)}
    </th>
  `;
};

/** By arrow keys from row to row. @param {KeyboardEvent} event @param {Contact} contact */
function keys(event, contact) {
  const row = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.key === "ArrowDown") /** @type {HTMLElement | null} */ (row.nextElementSibling)?.focus();
  else if (event.key === "ArrowUp") /** @type {HTMLElement | null} */ (row.previousElementSibling)?.focus();
  else if (event.key === "Enter") opened.value = contact;
  else return;
  event.preventDefault();
}

/** @param {Contact} contact @param {number} at */
const row = (contact, at) => html`
  <tr tabindex=${at ? -1 : 0} aria-selected=${String(opened.value?.uuid === contact.uuid)}
    @click=${() => (opened.value = contact)} @keydown=${(/** @type {KeyboardEvent} */ event) => keys(event, contact)}>
    ${columns.value.map((column) => {
      const shown = column === "name" ? nameOf(contact) : text(contact[column], column);
      return html`<td class=${typeof contact[column] === "number" ? "figure" : ""} data-label=${worded(column)} title=${shown}><bdi dir="auto">${shown}</bdi></td>`;
    })}
  </tr>
`;

/** By so many pages, to where the service said they are. @param {1 | -1} by */
export async function leaf(by) {
  const number = pageNumber.value + by;
  const cursor = contacts.answer.value?.[by > 0 ? "next" : "previous"];
  if (!cursor || !number) return;
  await turn(cursor, number);
  // A page begins with its first row.
  const rows = document.querySelector(".table");
  if (rows && rows.getBoundingClientRect().top < 0) rows.scrollIntoView();
}

const paging = () => {
  const page = contacts.answer.value;
  const [number, all] = [pageNumber.value, count.answer.value?.count];
  if (!page || (!page.next && !page.previous && number === 1)) return nothing;
  return html`
    <nav class="paging" aria-label="Pages">
      <button ?disabled=${number === 1 || !page.previous} @click=${() => leaf(-1)}>← Previous</button>
      <span>Page ${counted(number)}${typeof all === "number" && all ? ` of ${counted(Math.ceil(all / PAGE_SIZE))}` : ""}</span>
      <button ?disabled=${!page.next} @click=${() => leaf(1)}>Next →</button>
    </nav>
  `;
};

export const table = () => {
  const page = contacts.answer.value;
  if (!sees.value) {
    return html`<p class="hint">With your role you see how many contacts there are, and not who they are:
      <button class="link" @click=${() => change({ ...search.value, view: "breakdown" })}>by seniority, country and more</button></p>`;
  }
  if (!page) return html`<p class="hint">${contacts.pending.value ? "Looking…" : ""}</p>`;
  if (page.results.length === 0) return nothing;
  return html`
    <section class="table ${contacts.pending.value ? "stale" : ""}" aria-label="Contacts">
      <div class="scroll" tabindex="-1">
        <table>
          <thead><tr>${columns.value.map(head)}</tr></thead>
          <tbody>${page.results.map(row)}</tbody>
        </table>
      </div>
      <footer>
        <button class="quiet" @click=${() => (dialog.value = "columns")}>Columns…</button>
        ${paging()}
      </footer>
    </section>
  `;
};

/** @param {string} name @param {number} by */
function move(name, by) {
  const moved = columns.value.filter((each) => each !== name);
  moved.splice(columns.value.indexOf(name) + by, 0, name);
  choose(moved);
}

/** A box that stays as it is: what is chosen moves elsewhere, and its place is another column's. @param {string} name @param {boolean} on @param {() => void} act */
const tick = (name, on, act) => {
  const change = (/** @type {Event} */ event) => {
    /** @type {HTMLInputElement} */ (event.target).checked = on;
    act();
  };
  return html`<label><input type="checkbox" .checked=${on} @change=${change}> ${worded(name)}</label>`;
};

export const columnsDialog = () => {
  const shown = columns.value;
  const others = ["name", ...Object.keys(contacts.answer.value?.results[0] ?? {})].filter((name) => !shown.includes(name) && name !== "matched");
  return html`
    <h2 id="title">Columns</h2>
    <ol class="ordered">
      ${shown.map(
        (name, at) => html`<li>
          ${tick(name, true, () => choose(shown.filter((each) => each !== name)))}
          <button class="icon" aria-label="${worded(name)} further to the left" ?disabled=${at === 0} @click=${() => move(name, -1)}>↑</button>
          <button class="icon" aria-label="${worded(name)} further to the right" ?disabled=${at === shown.length - 1} @click=${() => move(name, 1)}>↓</button>
        </li>`,
      )}
    </ol>
    <h3>More</h3>
    <ul class="others">
      ${others.map((name) => html`<li>${tick(name, false, () => choose([...shown, name]))}</li>`)}
    </ul>
    <p class="deeds"><button class="quiet" @click=${() => choose([])}>As at first</button> <button class="primary" @click=${() => (dialog.value = "")}>Done</button></p>
  `;
};
