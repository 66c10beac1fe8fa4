/** What stands at the top right: saved searches, Apollo, the keys, and whoever is signed in. */

import { dialog, search, sees, session } from "../page.js";
import { urlOf } from "../search.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @param {string} name */
const open = (name) => () => (dialog.value = name);

export const tools = () => {
  const user = session.user.value;
  return html`
    <nav class="tools" aria-label="Tools">
      ${search.value.path ? html`<a href=${urlOf(search.value)} target="_blank" rel="noopener noreferrer">Open in Apollo</a>` : nothing}
      ${sees.value ? html`<button class="quiet" @click=${open("saved")}>Saved</button>` : nothing}
      ${user?.role === "admin" ? html`<button class="quiet" @click=${open("loads")}>Admin</button>` : nothing}
      <button class="quiet" @click=${open("keys")} aria-label="Keys" title="Keys">?</button>
      <button class="quiet" @click=${() => session.signOut()} title=${user?.email ?? ""}>Sign out</button>
    </nav>
  `;
};
