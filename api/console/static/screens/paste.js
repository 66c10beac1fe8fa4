/** Where a search comes in: pasted, typed or dropped. */

import { change, reading, remark, search, take } from "../page.js";
import { looksLikeSearch } from "../outside.js";
import { NOTHING, urlOf } from "../search.js";
import { cross, effect, html, nothing } from "./parts.js";

const EXAMPLE =
  "https://app.apollo.io/#/people?contactEmailStatusV2[]=verified&personTitles[]=ceo&personTitles[]=founder" +
  "&personLocations[]=United%20States&personLocations[]=Germany&organizationNumEmployeesRanges[]=11,50" +
  "&organizationNumEmployeesRanges[]=51,200&sortByField=recommendations_score";

/** Bytes of a file that is dropped: what is behind them is not read. */
const LONGEST_FILE = 100_000;

/** @param {Event} event */
function submit(event) {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (document.getElementById("url"));
  // So that keys are for the page again.
  input.blur();
  input.value.trim() ? take(input.value) : change(NOTHING);
}

/** What is pasted into the field takes the place of all that is there. @param {ClipboardEvent} event */
function pasted(event) {
  const text = event.clipboardData?.getData("text") ?? "";
  if (!looksLikeSearch(text)) return;
  event.preventDefault();
  remark.value = "";
  take(text);
}

/** @param {Event} event */
const selected = (event) => /** @type {HTMLInputElement} */ (event.target).select();

export const field = () => html`
  <form class="paste" role="search" aria-busy=${String(reading.value)} @submit=${submit}>
    <input id="url" name="url" type="text" spellcheck="false" autocomplete="off" aria-label="Address of a search in Apollo"
      placeholder="Paste the address of a search in Apollo" .value=${urlOf(search.value)}
      @paste=${pasted} @focus=${selected}>
    ${search.value.path
      ? cross("Begin anew", () => change(NOTHING), "Begin anew")
      : html`<button class="primary">Look</button>`}
  </form>
  ${remark.value
    ? html`<p class="remark" role="alert">${remark.value} ${cross("Close this remark", () => (remark.value = ""), "Close")}</p>`
    : nothing}
`;

export const example = () => html`
  <p class="hint">No search at hand? <button class="link" @click=${() => take(EXAMPLE)}>Try an example</button></p>
`;

/** Something without text, such as a picture, is nothing to look for. @param {string | undefined} text */
const came = (text) => text?.trim() && take(text);

/** Pasting and dropping anywhere, where nothing else takes it. */
export function listen() {
  // What was typed and not sent does not stand beside another search.
  effect(() => {
    const url = urlOf(search.value);
    const input = /** @type {HTMLInputElement | null} */ (document.getElementById("url"));
    if (input && document.activeElement !== input) input.value = url;
  });
  document.addEventListener("paste", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.defaultPrevented || target.closest("input, textarea, dialog")) return;
    came(event.clipboardData?.getData("text"));
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const [given, [file]] = [event.dataTransfer, event.dataTransfer?.files ?? []];
    // A file of text, such as a mail or a bookmark, or of a kind that the browser does not know.
    const text = given?.getData("text/uri-list") || given?.getData("text") || (/^(text\/|$)/.test(file?.type ?? "-") && (await file.slice(0, LONGEST_FILE).text()));
    came(text || "");
  });
}
