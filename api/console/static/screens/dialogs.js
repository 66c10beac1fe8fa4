/** Whatever is opened above the page, one at a time. */

import { columnsDialog } from "./columns.js";
import { exportDialog } from "./export.js";
import { keysDialog } from "./keys.js";
import { listDialog } from "./lists.js";
import { loadsDialog } from "./loads.js";
import { savedDialog } from "./saved.js";
import { usersDialog } from "./users.js";
import { valuesDialog } from "./values.js";
import { dialog } from "../page.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";

/** @type {Record<string, () => unknown>} */
const DIALOGS = {
  columns: columnsDialog,
  export: exportDialog,
  keys: keysDialog,
  lists: listDialog,
  loads: loadsDialog,
  saved: savedDialog,
  users: usersDialog,
  values: valuesDialog,
};

/** By the dialog itself, which gives the focus back to where it was. @param {Event} event */
const shut = (event) => /** @type {Element} */ (event.target).closest("dialog")?.close();

export const dialogs = () => {
  const name = dialog.value;
  const shown = DIALOGS[name];
  if (!shown) return nothing;
  return keyed(
    name,
    html`<dialog class=${name} aria-labelledby="title" @close=${() => dialog.value === name && (dialog.value = "")}>
      <button class="icon close" aria-label="Close" @click=${shut}>×</button>
      ${shown()}
    </dialog>`,
  );
};
