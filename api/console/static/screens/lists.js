/** Companies and domains beside the URL: included or excluded, typed or pasted as a column of a spreadsheet. */

import { domainsOf, entriesOf } from "../outside.js";
import { briefly, counted, numeric, signed } from "../numbers.js";
import { change, dialog, explanation, known, search } from "../page.js";
import { isOff, keyOf, toggled, toggledValue } from "../reading.js";
import { LISTS } from "../search.js";
import { cross, typed } from "./parts.js";
import { signal } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../search.js").ListName} ListName */

/** @type {Record<ListName, string>} */
const TITLES = {
  include_company_name: "Only these companies",
  exclude_company_name: "Not these companies",
  include_domain_list: "Only these domains",
  exclude_domain_list: "Not these domains",
};

const MOST = 8;

/** Which list the dialog is about. */
const editing = signal(/** @type {ListName} */ ("include_domain_list"));

/** What stands in the dialog, as it is typed. */
const draft = signal("");

/** @param {string} text */
const read = (text) => (editing.value.endsWith("domain_list") ? domainsOf(text) : entriesOf(text));

/** @param {ListName} name */
export function edit(name) {
  editing.value = name;
  draft.value = (search.value.lists[name] ?? []).join("\n");
  dialog.value = "lists";
}

/** @param {ListName} name @param {string[]} values */
function put(name, values) {
  const lists = { ...search.value.lists, [name]: values };
  if (!values.length) delete lists[name];
  const off = search.value.off.filter((key) => key !== name && !(key.startsWith(`${name}=`) && !values.includes(key.slice(name.length + 1))));
  change({ ...search.value, lists, off: values.length ? off : off.filter((key) => key !== name) });
}

/** @param {ListName} name */
const card = (name) => {
  const values = search.value.lists[name];
  if (!values) return nothing;
  const off = values.every((value) => isOff(search.value.off, name, value));
  const told = explanation.answer.value?.lists.find((each) => each.name === name);
  const more = numeric(told?.without) - numeric(explanation.answer.value?.count);
  return html`
    <article class="parameter ${off ? "off" : ""} ${explanation.pending.value ? "stale" : ""}" data-name=${name}>
      <header>
        <button class="switch" role="switch" aria-checked=${String(!off)} aria-label=${TITLES[name]} @click=${() => change(toggled(search.value, name, values))}></button>
        <h3>${TITLES[name]}</h3>
        <span class="deeds"><button class="quiet" @click=${() => edit(name)}>Change…</button><button class="quiet" @click=${() => put(name, [])}>Remove</button></span>
      </header>
      <ul class="chips">
        ${values.slice(0, MOST).map((value) => {
          const muted = isOff(search.value.off, name, value);
          const count = known.get(keyOf(name, value));
          return html`<li class="chip ${muted ? "off" : ""}">
            <button aria-pressed=${String(!muted)} @click=${() => change(toggledValue(search.value, name, value, values))}><bdi>${value}</bdi>${count === undefined ? nothing : html` <span class="count">${briefly(count)}</span>`}</button>
            ${cross(`Remove ${value}`, () => put(name, values.filter((each) => each !== value)))}
          </li>`;
        })}
        ${values.length > MOST ? html`<li><button class="link" @click=${() => edit(name)}>${counted(values.length - MOST)} more…</button></li>` : nothing}
      </ul>
      ${told && !off ? html`<p class="cost"><span>without it <b>${counted(told.without)}</b>${more > 0 ? html` <span class="more">${signed(more)}</span>` : nothing}</span></p>` : nothing}
    </article>
  `;
};

export const lists = () => html`
  <h2>Companies</h2>
  ${LISTS.map(card)}
  <p class="list-adders">
    ${LISTS.filter((name) => !search.value.lists[name]).map((name) => html`<button class="add" @click=${() => edit(name)}>+ ${TITLES[name]}</button>`)}
  </p>
`;

/** The dialog with a list. */
export const listDialog = () => {
  const name = editing.value;
  const found = read(draft.value);
  const save = () => {
    dialog.value = "";
    put(name, found);
  };
  return html`
    <h2 id="title">${TITLES[name]}</h2>
    <p>${name.endsWith("domain_list") ? "Domains, web addresses or e-mails" : "Names, or parts of them"}: one a line, or a column pasted from a spreadsheet.</p>
    <textarea rows="10" autofocus aria-label=${TITLES[name]} spellcheck="false" .value=${draft.value} @input=${typed((text) => (draft.value = text))}></textarea>
    <p class="deeds">
      <span class="hint">${counted(found.length)} ${found.length === 1 ? "entry" : "entries"}</span>
      <button class="quiet" @click=${() => (dialog.value = "")}>Cancel</button>
      <button class="primary" @click=${save}>Use</button>
    </p>
  `;
};
