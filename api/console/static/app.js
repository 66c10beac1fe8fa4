/** The page: what is on it at any moment, drawn anew whenever something of that changes. */

import { filtersDialog } from "./screens/adding.js";
import { listen as listenToAdmin, loadsDialog, usersDialog } from "./screens/admin.js";
import { codeView } from "./screens/as_code.js";
import { chips, valuesDialog } from "./screens/chips.js";
import { compare, listen as listenToComparison } from "./screens/compare.js";
import { contact, listen as listenToContact } from "./screens/contact.js";
import { exportDialog, listen as listenToExport, running } from "./screens/export.js";
import { facets, listen as listenToFacets } from "./screens/facets.js";
import { keysDialog, listen as listenToKeys } from "./screens/keys.js";
import { listDialog, lists } from "./screens/lists.js";
import { announcement, number, rescue } from "./screens/number.js";
import { example, field, listen as listenToPaste } from "./screens/paste.js";
import { listen as listenToSaved, savedDialog } from "./screens/saved.js";
import { listen as listenToSignIn, signIn, signInAgain } from "./screens/sign_in.js";
import { columnsDialog, listen as listenToTable, table } from "./screens/table.js";
import { counted } from "./numbers.js";
import { change, dialog, folded, remark, search, sees, session, socket, start, total } from "./page.js";
import { urlOf } from "./search.js";
import { effect, html, nothing } from "./screens/parts.js";
import { render } from "./vendor/lit-html/lit-html.js";

/** @param {string} name */
const opens = (name) => () => (dialog.value = name);

const signOut = () => {
  if (running.value) remark.value = "You are still signed in, since contacts are being written into a file: wait for it, or cancel it.";
  else session.signOut().catch((error) => (remark.value = `You are still signed in, since the service could not be told: ${error.message} Try again.`));
};

const tools = () => {
  const user = session.user.value;
  return html`
    <nav class="tools" aria-label="Tools">
      ${search.value.path ? html`<a href=${urlOf(search.value)} target="_blank" rel="noopener noreferrer">Open in Apollo</a>` : nothing}
      ${sees.value ? html`<button class="quiet" @click=${opens("saved")}>Saved</button>` : nothing}
      ${user?.role === "admin" ? html`<button class="quiet" @click=${opens("loads")}>Admin</button>` : nothing}
      <button class="quiet" @click=${opens("keys")} aria-label="Keys" title="Keys">?</button>
      <button class="quiet" @click=${signOut} title=${user?.email ?? ""}>Sign out</button>
    </nav>
  `;
};

const top = () => html`
  <header class="top">
    <a class="brand" href="./#" aria-label="Contacts, to the beginning">Contacts</a>
    <div class="address">${search.value.path ? field() : nothing}</div>
    ${tools()}
  </header>
  ${socket.lost.value && session.standing.value === "in" ? html`<p class="lost" role="status">The connection was lost; it comes back by itself.</p>` : nothing}
`;

/** @type {Record<View, [string, () => unknown]>} */
const SHOWN = {
  people: ["People", () => [rescue(), table()]],
  breakdown: ["Breakdown", facets],
  compare: ["Compare", compare],
  code: ["As code", codeView],
};

const views = () => html`
  <nav class="tabs" aria-label="Views">
    ${Object.entries(SHOWN).map(
      ([view, [title]]) => html`<button aria-current=${search.value.view === view ? "page" : "false"}
        @click=${() => change({ ...search.value, view: /** @type {View} */ (view) })}>${title}</button>`,
    )}
  </nav>
  <div class="view">${SHOWN[search.value.view][1]()}</div>
`;

/** @type {Record<string, () => unknown>} */
const DIALOGS = {
  columns: columnsDialog,
  export: exportDialog,
  filters: filtersDialog,
  keys: keysDialog,
  lists: listDialog,
  loads: loadsDialog,
  saved: savedDialog,
  users: usersDialog,
  values: valuesDialog,
};

/** By the dialog itself, which gives the focus back to where it was. @param {Event} event */
const shut = (event) => /** @type {Element} */ (event.target).closest("dialog")?.close();

const dialogs = () => {
  const name = dialog.value;
  const shown = DIALOGS[name];
  if (!shown) return nothing;
  return html`
    <dialog class=${name} aria-labelledby="title" @close=${() => dialog.value === name && (dialog.value = "")}>
      <button class="icon close" aria-label="Close" @click=${shut}>×</button>
      ${shown()}
    </dialog>
  `;
};

const empty = () => html`
  <main class="welcome">
    <h1>Who are you looking for?</h1>
    <p class="lead">Make a search in Apollo, copy its address, and see at once who it finds among
      ${total.answer.value ? html`<b>${counted(total.answer.value.count)}</b>` : "your own"} contacts.</p>
    ${field()} ${example()}
  </main>
`;

const desk = () => html`
  <main class="desk">
    ${number()}
    <section class="reading ${folded.value ? "folded" : ""}" aria-label="How the search was understood">${chips()} ${lists()}</section>
    <section class="views" aria-label="The contacts">${views()}</section>
    ${contact()}
  </main>
`;

const page = () => {
  switch (session.standing.value) {
    case "unknown":
      return session.unreachable.value ? html`<header class="top"><span class="brand">Contacts</span></header><p class="lost" role="status">The service can’t be reached; it is tried again.</p>` : nothing;
    case "out":
      return signIn();
    default:
      return html`
        ${top()} ${search.value.path ? desk() : empty()} ${dialogs()}
        ${session.standing.value === "expired" ? signInAgain(session.user.value?.email ?? "") : nothing}
        <p class="spoken" aria-live="polite">${announcement()}</p>
      `;
  }
};

const root = /** @type {HTMLElement} */ (document.getElementById("console"));

effect(() => {
  const name = document.activeElement?.closest("[data-name]")?.getAttribute("data-name");
  render(page(), root);
  // Who removes a value by a key goes on beside it.
  if (name && document.activeElement === document.body) {
    /** @type {HTMLElement | null} */ (root.querySelector(`[data-name="${CSS.escape(name)}"] :is(.adding, .add)`) ?? root.querySelector("[data-name] .switch"))?.focus();
  }
  for (const dialog of root.querySelectorAll("dialog")) {
    if (!dialog.open) dialog.showModal();
    // What had the focus is gone, such as the answer to a question.
    else if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (dialog.querySelector(".close"))?.focus();
  }
});
const listening = [
  listenToPaste,
  listenToKeys,
  listenToContact,
  listenToFacets,
  listenToTable,
  listenToExport,
  listenToComparison,
  listenToSaved,
  listenToAdmin,
  listenToSignIn,
];
for (const listen of listening) listen();
start();
