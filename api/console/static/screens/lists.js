/** Companies and domains beside the URL: included or excluded, typed or pasted as a column of a spreadsheet. */

import { card, chip, rest } from "./chips.js";
import { domainsOf, entriesOf, unread } from "../outside.js";
import { several } from "../numbers.js";
import { change, dialog, explanation, search } from "../page.js";
import { muting } from "../reading.js";
import { LISTS, TITLES } from "../search.js";
import { few, html, nothing, signal, typed } from "./parts.js";

const MOST = 8;

/** Which list the dialog is about. */
const editing = signal(/** @type {ListName} */ ("include_domain_list"));

/** What stands in the dialog, as it is typed. */
const draft = signal("");

/** @param {ListName} name */
function edit(name) {
  editing.value = name;
  draft.value = (search.value.lists[name] ?? []).join("\n");
  dialog.value = "lists";
}

/** @param {ListName} name @param {string[]} values */
function put(name, values) {
  const { [name]: _, ...others } = search.value.lists;
  const there = new Set(values.length ? [name, ...values.map((value) => `${name}=${value}`)] : []);
  const off = search.value.off.filter((key) => key.split("=")[0] !== name || there.has(key));
  change({ ...search.value, lists: values.length ? { ...others, [name]: values } : others, off });
}

/** @param {ListName} name */
const list = (name) => {
  const entries = search.value.lists[name];
  if (!entries) return nothing;
  const muted = muting(search.value.off);
  const values = entries.map((value) => ({ name, value, shown: value, off: muted(name, value), status: /** @type {const} */ ("applied"), reason: "", read_as: null }));
  return card(name, TITLES[name], values, explanation.answer.value?.lists.find((each) => each.name === name), {
    deeds: html`<button class="quiet" @click=${() => edit(name)}>Change…</button><button class="quiet" @click=${() => put(name, [])}>Remove</button>`,
    chips: html`${values.slice(0, MOST).map((value) => chip(name, value, values, () => put(name, entries.filter((each) => each !== value.value))))}
      ${rest(entries.length - MOST, () => edit(name))}`,
  });
};

export const lists = () => html`
  <h2>Companies</h2>
  ${LISTS.map(list)}
  <p class="list-adders">
    ${LISTS.filter((name) => !search.value.lists[name]).map((name) => html`<button class="add" @click=${() => edit(name)}>+ ${TITLES[name]}</button>`)}
  </p>
`;

/** The dialog with a list. */
export const listDialog = () => {
  const name = editing.value;
  const domains = name.endsWith("domain_list");
  const read = domains ? domainsOf : entriesOf;
  const [found, left] = [read(draft.value), unread(draft.value, read)];
  const save = () => {
    dialog.value = "";
    put(name, found);
  };
  return html`
    <h2 id="title">${TITLES[name]}</h2>
    <p>${domains ? "Domains of companies’ websites, or addresses there; of an e-mail address its domain is taken" : "Names, or parts of them"}: one a line, or a column pasted from a spreadsheet.</p>
    <textarea rows="10" autofocus aria-label=${TITLES[name]} spellcheck="false" .value=${draft.value} @input=${typed((text) => (draft.value = text))}></textarea>
    <p class="deeds">
      <span class="hint">${several(found.length, "entry", "entries")}${left.length ? `, ${several(left.length, "line")} not used: ${few(left, 2)}` : ""}</span>
      <button class="quiet" @click=${() => (dialog.value = "")}>Cancel</button>
      <button class="primary" @click=${save}>Use</button>
    </p>
  `;
};
