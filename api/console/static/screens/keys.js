/** The keyboard: which keys there are, and what they do. */

import { change, dialog, opened, redo, search, sees, undo } from "../page.js";
import { VIEWS } from "../search.js";
import { html } from "./parts.js";
import { leaf } from "./table.js";

/** @type {[string, string, () => unknown][]} */
const KEYS = [
  ["/", "To the field for an address", () => document.getElementById("url")?.focus()],
  ["?", "These keys", () => (dialog.value = "keys")],
  ["1", "People", () => view(0)],
  ["2", "Breakdown", () => view(1)],
  ["3", "Compare", () => view(2)],
  ["4", "As code", () => view(3)],
  ["n", "Next page", () => leaf(1)],
  ["p", "Previous page", () => leaf(-1)],
  ["t", "To the table", () => /** @type {HTMLElement | null} */ (document.querySelector("tbody tr"))?.focus()],
  ["e", "Export", () => search.value.path && sees.value && (dialog.value = "export")],
  ["s", "Saved searches", () => sees.value && (dialog.value = "saved")],
];

/** @param {number} at */
const view = (at) => search.value.path && change({ ...search.value, view: VIEWS[at] });

export const keysDialog = () => html`
  <h2 id="title">Keys</h2>
  <dl class="keys">
    ${KEYS.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}
    <div><dt><kbd>Ctrl</kbd> <kbd>Z</kbd></dt><dd>Undo the last change of the search; with <kbd>Shift</kbd>, redo it</dd></div>
    <div><dt><kbd>↑</kbd> <kbd>↓</kbd> <kbd>Enter</kbd></dt><dd>In the table: from contact to contact, open one</dd></div>
    <div><dt><kbd>Space</kbd> <kbd>Delete</kbd> <kbd>n</kbd></dt><dd>On a value: leave it out, remove it, turn it into its opposite</dd></div>
    <div><dt><kbd>Esc</kbd></dt><dd>Close what is open</dd></div>
  </dl>
`;

export function listen() {
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.defaultPrevented || target.closest("input, textarea, select, dialog")) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.shiftKey ? redo() : undo();
    } else if (event.key === "Escape" && opened.value) {
      opened.value = null;
    } else {
      const [, , act] = (!event.ctrlKey && !event.metaKey && !event.altKey && KEYS.find(([key]) => key === event.key)) || [];
      if (!act) return;
      act();
    }
    event.preventDefault();
  });
}
