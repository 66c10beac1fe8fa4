/** The contacts, a page at a time, and which columns the table has, in which order. */

import { SORTS, cell, choose, columns } from "../fields.js";
import { PAGE_SIZE, change, contacts, current, dialog, opened, pageNumber, search, sees, turn } from "../page.js";
import { dated, worded } from "../numbers.js";
import { edited } from "../reading.js";
import { pairsOf } from "../search.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../answers.js").Contact} Contact */

const order = () => {
  const pairs = new Map(pairsOf(search.value.query));
  return { by: pairs.get("sortByField") ?? "", ascending: pairs.get("sortAscending") === "true" };
};

/** Up, then down, then as it was. @param {string} field of `sortByField` */
function sort(field) {
  const { by, ascending } = order();
  /** @type {[string, string][]} */
  const added = by !== field ? [["sortByField", field], ["sortAscending", "true"]] : ascending ? [["sortByField", field], ["sortAscending", "false"]] : [];
  if (current.value) change(edited(search.value, current.value, [["sortByField", null], ["sortAscending", null]], added));
}

/** @param {string} column */
const head = (column) => {
  const field = SORTS.get(column);
  const { by, ascending } = order();
  const sorted = field !== undefined && by === field;
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

/** @param {Contact} contact @param {number} at @param {string[]} shown */
const row = (contact, at, shown) => html`
  <tr tabindex=${at ? -1 : 0} aria-selected=${String(opened.value?.uuid === contact.uuid)}
    @click=${() => (opened.value = contact)} @keydown=${(/** @type {KeyboardEvent} */ event) => keys(event, contact)}>
    ${shown.map((column) => {
      const text = cell(contact, column);
      const number = typeof contact[column] === "number";
      return html`<td class=${number ? "figure" : ""} data-label=${worded(column)}><bdi dir="auto">${number ? Number(contact[column]).toLocaleString("en") : column.endsWith("_at") ? text && dated(text) : text}</bdi></td>`;
    })}
  </tr>
`;

const paging = () => {
  const page = contacts.answer.value;
  const number = pageNumber.value;
  if (!page || (!page.next && !page.previous && number === 1)) return nothing;
  return html`
    <nav class="paging" aria-label="Pages">
      <button ?disabled=${number === 1 || !page.previous} @click=${() => turn(page.previous, number - 1)}>← Previous</button>
      <span>Page ${number}</span>
      <button ?disabled=${!page.next} @click=${() => turn(page.next, number + 1)}>Next →</button>
    </nav>
  `;
};

export const table = () => {
  const page = contacts.answer.value;
  if (!sees.value) return html`<p class="hint">With your role you see how many contacts there are, and not who they are.</p>`;
  if (contacts.failure.value) return html`<p class="failure" role="alert">${contacts.failure.value}</p>`;
  if (!page) return html`<p class="hint">${contacts.pending.value ? "Looking…" : ""}</p>`;
  if (page.results.length === 0) return nothing;
  const shown = columns.value;
  return html`
    <section class="table ${contacts.pending.value ? "stale" : ""}" aria-label="Contacts">
      <div class="scroll" tabindex="-1">
        <table aria-rowcount=${-1}>
          <thead><tr>${shown.map(head)}</tr></thead>
          <tbody>${page.results.map((contact, at) => row(contact, at, shown))}</tbody>
        </table>
      </div>
      <footer>
        <span class="hint">${page.results.length < PAGE_SIZE && pageNumber.value === 1 ? "" : `${PAGE_SIZE} a page`}</span>
        ${paging()}
        <button class="quiet" @click=${() => (dialog.value = "columns")}>Columns…</button>
      </footer>
    </section>
  `;
};

/** @param {string} name @param {number} by */
function move(name, by) {
  const rest = columns.value.filter((each) => each !== name);
  const at = Math.max(0, Math.min(rest.length, columns.value.indexOf(name) + by));
  choose([...rest.slice(0, at), name, ...rest.slice(at)]);
}

export const columnsDialog = () => {
  const shown = columns.value;
  const all = ["name", ...Object.keys(contacts.answer.value?.results[0] ?? {})];
  const others = all.filter((name) => !shown.includes(name) && name !== "matched");
  return html`
    <h2 id="title">Columns</h2>
    <ol class="ordered">
      ${shown.map(
        (name, at) => html`<li>
          <label><input type="checkbox" .checked=${true} @change=${() => choose(shown.filter((each) => each !== name))}> ${worded(name)}</label>
          <button class="icon" aria-label="${worded(name)} further to the left" ?disabled=${at === 0} @click=${() => move(name, -1)}>↑</button>
          <button class="icon" aria-label="${worded(name)} further to the right" ?disabled=${at === shown.length - 1} @click=${() => move(name, 1)}>↓</button>
        </li>`,
      )}
    </ol>
    <h3>More</h3>
    <ul class="others">
      ${others.map((name) => html`<li><label><input type="checkbox" .checked=${false} @change=${() => choose([...shown, name])}> ${worded(name)}</label></li>`)}
    </ul>
    <p class="deeds"><button class="quiet" @click=${() => choose([])}>As at first</button></p>
  `;
};
