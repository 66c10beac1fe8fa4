/** Taking the contacts along: all of them as a file, or their uuids. */

import { copy } from "../clipboard.js";
import { columns } from "../fields.js";
import { Lines, fileName } from "../lines.js";
import { counted, numeric, several, sized } from "../numbers.js";
import { count, current, dialog, explanation, listed, search, session, socket } from "../page.js";
import { parametersOf } from "../reading.js";
import { LISTS } from "../search.js";
import { batch, signal } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

const format = signal(/** @type {"csv" | "ndjson"} */ ("csv"));
const some = signal(true);
const safe = signal(true);
const commented = signal(false);

/** What is on its way; null before and after. */
const running = signal(/** @type {{contacts: number, bytes: number, seconds: number, cancel: AbortController} | null} */ (null));
const failure = signal("");
/** What was taken along, and how one can tell that it is all. */
const proof = signal("");

/** The search in words: what it asks for, and beside it the lists. */
function words() {
  const read = current.value;
  const filters = read ? parametersOf(read, search.value.off).filter(({ off, part }) => part === "filter" && !off) : [];
  const values = filters.map(({ name, values }) => [name, values.filter(({ off }) => !off).map(({ shown }) => shown)]);
  const lists = LISTS.flatMap((name) => (search.value.lists[name] ? [[name, search.value.lists[name] ?? []]] : []));
  return /** @type {[string, string[]][]} */ ([...values, ...lists]);
}

const comment = () =>
  `${words().map(([name, values]) => `${name}: ${values.slice(0, 20).join(", ")}${values.length > 20 ? " …" : ""}`).join("; ")} (fingerprint ${explanation.answer.value?.fingerprint ?? "unknown"})`;

/** Where the browser lets a page write into a file, it is there from the first contact on, however many there are. */
const picker = () => /** @type {any} */ (window).showSaveFilePicker;

async function save() {
  const form = { format: format.value, columns: some.value ? columns.value : null, safe: safe.value, comment: commented.value ? comment() : "" };
  const name = fileName(words().flatMap(([, values]) => values.slice(0, 3)), form.format);
  batch(() => (failure.value = proof.value = ""));
  try {
    const file = await picker()({ suggestedName: name });
    await stream(await file.createWritable(), form);
  } catch (error) {
    const { name: kind, message } = /** @type {Error} */ (error);
    if (kind !== "AbortError") failure.value = message;
  } finally {
    running.value = null;
  }
}

/** @param {any} file @param {import("../lines.js").Form} form */
async function stream(file, form) {
  const cancel = new AbortController();
  const begun = performance.now();
  running.value = { contacts: 0, bytes: 0, seconds: 0, cancel };
  try {
    const response = await session.fetch("api/v2/apollo/contacts?view=complete", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/x-ndjson" },
      body: JSON.stringify(listed.value),
      signal: cancel.signal,
    });
    const lines = new Lines(form);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    const decoder = new TextDecoder();
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.length;
      await file.write(lines.take(decoder.decode(part.value, { stream: true })));
      running.value = { contacts: lines.contacts, bytes, seconds: (performance.now() - begun) / 1000, cancel };
    }
    await file.write(lines.end());
    await file.close();
    proof.value = `${several(lines.contacts, "contact")} written. Fingerprint of the search: ${explanation.answer.value?.fingerprint ?? "unknown"}.`;
  } catch (error) {
    await file.abort().catch(() => {});
    throw error;
  }
}

async function uuids() {
  batch(() => (failure.value = proof.value = ""));
  /** @type {string[]} */
  const all = [];
  try {
    await socket.ask("get_uuids", { ...listed.value, stream: true }, { slot: "uuids", part: (data) => all.push(...data.uuids) });
    await copy(all.join("\n"));
    proof.value = `${several(all.length, "uuid")} copied.`;
  } catch (error) {
    failure.value = /** @type {Error} */ (error).message;
  }
}

const progress = () => {
  const now = running.value;
  if (!now) return nothing;
  const all = numeric(count.answer.value?.count);
  return html`
    <progress max=${all} .value=${now.contacts} aria-label="Written so far"></progress>
    <p class="hint">${counted(now.contacts)} of ${counted(all)}${now.seconds > 0.5 ? html` · ${counted(Math.round(now.contacts / now.seconds))} a second · ${sized(now.bytes / now.seconds)}/s` : nothing}</p>
  `;
};

/** @param {string} name @param {string} value @param {string} title @param {boolean} chosen @param {() => void} choose */
const choice = (name, value, title, chosen, choose) =>
  html`<label><input type="radio" name=${name} value=${value} .checked=${chosen} @change=${choose}> ${title}</label>`;

/** @param {import("../vendor/signals-core/signals-core.module.js").Signal<boolean>} of @param {string} title */
const tick = (of, title) =>
  html`<label><input type="checkbox" .checked=${of.value} @change=${() => (of.value = !of.value)}> ${title}</label>`;

export const exportDialog = () => html`
  <h2 id="title">Export ${count.answer.value ? several(count.answer.value.count, "contact") : ""}</h2>
  <fieldset class="choices" ?disabled=${running.value !== null}>
    <legend>As</legend>
    ${choice("format", "csv", "CSV, for spreadsheets", format.value === "csv", () => (format.value = "csv"))}
    ${choice("format", "ndjson", "NDJSON, for programs", format.value === "ndjson", () => (format.value = "ndjson"))}
  </fieldset>
  <fieldset class="choices" ?disabled=${running.value !== null}>
    <legend>With</legend>
    ${choice("columns", "some", `The ${columns.value.length} columns of the table`, some.value, () => (some.value = true))}
    ${choice("columns", "all", "Everything that is stored", !some.value, () => (some.value = false))}
    ${format.value === "csv" ? tick(safe, "No cell that a spreadsheet takes for a formula") : nothing}
    ${format.value === "csv" ? tick(commented, "The search as a comment in the first line") : nothing}
  </fieldset>
  ${progress()}
  ${failure.value ? html`<p class="failure" role="alert">${failure.value}</p>` : nothing}
  ${proof.value ? html`<p role="status">${proof.value}</p>` : nothing}
  <p class="deeds">
    <button class="quiet" @click=${uuids} ?disabled=${running.value !== null}>Copy the uuids</button>
    ${running.value
      ? html`<button class="danger" @click=${() => running.value?.cancel.abort()}>Cancel</button>`
      : html`<button class="primary" @click=${save}>Save…</button>`}
  </p>
`;

/** Shut while a file is written, it would go on unseen. */
export const closes = () => running.value === null || dialog.value !== "export";
