/** Taking the contacts along: all of them as a file, or their uuids. */

import { copy } from "./parts.js";
import { columns } from "../fields.js";
import { counted, numeric, several, sized } from "../numbers.js";
import { count, current, explanation, listed, search, session, socket } from "../page.js";
import { parametersOf } from "../reading.js";
import { address } from "../session.js";
import { batch, signal } from "../vendor/signals-core/signals-core.module.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

const [NEWLINE, QUOTE, HASH] = [10, 34, 35];

/** How many contacts there are in a file on its way, counted as its bytes pass. */
export class Tally {
  #quoted = false;
  #lines = 0;
  #last = NEWLINE;
  #first = 0;

  /** @param {boolean} csv rows under a header, below a comment if there is one; else lines */
  constructor(csv) {
    this.csv = csv;
  }

  /** So far. */
  get contacts() {
    const above = this.csv ? (this.#first === HASH ? 2 : 1) : 0;
    return Math.max(0, this.#lines + (this.#last === NEWLINE ? 0 : 1) - above);
  }

  /** @param {Uint8Array} bytes UTF-8, in which neither a newline nor a quote is part of anything else */
  take(bytes) {
    if (!bytes.length) return;
    this.#first ||= bytes[0];
    for (const byte of bytes) {
      if (byte === QUOTE && this.csv) this.#quoted = !this.#quoted;
      else if (byte === NEWLINE && !this.#quoted) this.#lines++;
    }
    this.#last = bytes[bytes.length - 1];
  }
}

/** A name for a file that tells the search. @param {readonly string[]} words @param {string} ending */
export function fileName(words, ending) {
  const told = words.join("-").toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${["contacts", told.slice(0, 80)].filter(Boolean).join("-")}.${ending}`;
}

const format = signal(/** @type {"csv" | "ndjson"} */ ("csv"));
const some = signal(true);
const safe = signal(true);
const commented = signal(false);

/** What is on its way; null before and after. */
export const running = signal(/** @type {{contacts: number, bytes: number, seconds: number, cancel: AbortController} | null} */ (null));
const failure = signal("");
/** What was taken along, and how one can tell that it is all. */
const proof = signal("");

/** Values of the search, for the name of the file. */
function words() {
  const read = current.value;
  const filters = read ? parametersOf(read, search.value.off).filter(({ off, part }) => part === "filter" && !off) : [];
  return filters.flatMap(({ values }) => values.filter(({ off }) => !off).slice(0, 3).map(({ shown }) => shown));
}

/** How the service is to write them. The column `name` is the table's own. */
function form() {
  const names = columns.value.flatMap((name) => (name === "name" ? ["first_name", "last_name"] : [name]));
  const csv = format.value === "csv";
  return new URLSearchParams({
    ...(some.value ? { columns: [...new Set(names)].join(",") } : { view: "complete" }),
    ...(csv && safe.value && { spreadsheet_safe: "true" }),
    ...(csv && commented.value && { comment: "true" }),
  });
}

/** @param {string} path @param {Record<string, string>} [headers] @param {AbortSignal} [signal] */
const post = (path, headers, signal) =>
  session.fetch(`api/v2/apollo/${path}?${form()}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(listed.value),
    signal,
  });

/** Where the browser lets a page write into a file, it is there from the first contact on, however many there are. */
async function save() {
  batch(() => (failure.value = proof.value = ""));
  const picker = /** @type {any} */ (window).showSaveFilePicker;
  try {
    if (!picker) return await link();
    const file = await picker({ suggestedName: fileName(words(), format.value) });
    await write(await file.createWritable());
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    failure.value = name === "AbortError" ? "" : message;
  } finally {
    running.value = null;
  }
}

/** Else the browser saves what is behind a link, which is good once and holds no token. */
async function link() {
  const { path } = await (await post(`downloads/${format.value}`)).json();
  Object.assign(document.createElement("a"), { href: address(path), download: "" }).click();
  proof.value = `Your browser saves ${several(count.answer.value?.count ?? 0, "contact")}. ${fingerprint()}`;
}

const fingerprint = () => `Fingerprint of the search: ${explanation.answer.value?.fingerprint ?? "unknown"}.`;

/** @param {any} file what can be written to */
async function write(file) {
  const [cancel, begun, tally] = [new AbortController(), performance.now(), new Tally(format.value === "csv")];
  running.value = { contacts: 0, bytes: 0, seconds: 0, cancel };
  try {
    const accept = format.value === "csv" ? "text/csv" : "application/x-ndjson";
    const response = await post("contacts", { accept }, cancel.signal);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.length;
      tally.take(part.value);
      await file.write(part.value);
      running.value = { contacts: tally.contacts, bytes, seconds: (performance.now() - begun) / 1000, cancel };
    }
    cancel.signal.throwIfAborted();
    await file.close();
    proof.value = `${several(tally.contacts, "contact")} written. ${fingerprint()}`;
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
