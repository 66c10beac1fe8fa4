/** The page: what is on it at any moment, drawn anew whenever something of that changes. */

import { announcement, number } from "./screens/number.js";
import { chips } from "./screens/chips.js";
import { contact, listen as listenToContact } from "./screens/contact.js";
import { dialogs } from "./screens/dialogs.js";
import { example, field, listen as listenToPaste } from "./screens/paste.js";
import { listen as listenToComparison } from "./screens/compare.js";
import { listen as listenToFacets } from "./screens/facets.js";
import { listen as listenToKeys } from "./screens/keys.js";
import { lists } from "./screens/lists.js";
import { listen as listenToLoads } from "./screens/loads.js";
import { listen as listenToSaved } from "./screens/saved.js";
import { listen as listenToUsers } from "./screens/users.js";
import { listen as listenToSignIn, signIn, signInAgain } from "./screens/sign_in.js";
import { tools } from "./screens/tools.js";
import { views } from "./screens/views.js";
import { counted } from "./numbers.js";
import { count, search, session, socket, start } from "./page.js";
import { effect } from "./vendor/signals-core/signals-core.module.js";
import { html, nothing, render } from "./vendor/lit-html/lit-html.js";

const top = () => html`
  <header class="top">
    <a class="brand" href="./#" aria-label="Contacts, to the beginning">Contacts</a>
    <div class="address">${search.value.path ? field() : nothing}</div>
    ${tools()}
  </header>
  ${socket.lost.value && session.standing.value === "in" ? html`<p class="lost" role="status">The connection was lost; it comes back by itself.</p>` : nothing}
`;

const empty = () => html`
  <main class="welcome">
    <h1>Who are you looking for?</h1>
    <p class="lead">Make a search in Apollo, copy its address, and see at once who it finds among
      ${count.answer.value ? html`<b>${counted(count.answer.value.count)}</b>` : "your own"} contacts.</p>
    ${field()} ${example()}
  </main>
`;

const desk = () => html`
  <main class="desk">
    ${number()}
    <section class="reading" aria-label="How the search was understood">${chips()} ${lists()}</section>
    <section class="views" aria-label="The contacts">${views()}</section>
    ${contact()}
  </main>
`;

const page = () => {
  switch (session.standing.value) {
    case "unknown":
      return nothing;
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
  render(page(), root);
  for (const dialog of root.querySelectorAll("dialog")) if (!dialog.open) dialog.showModal();
});
const listening = [
  listenToPaste,
  listenToKeys,
  listenToContact,
  listenToFacets,
  listenToComparison,
  listenToSaved,
  listenToLoads,
  listenToUsers,
  listenToSignIn,
];
for (const listen of listening) listen();
start();
