/** Taking the contacts along: all of them as a file, or their uuids. */

import { counted, numeric, several, sized } from "../numbers.js";
import { count, explanation, listed, parameters, session, socket } from "../page.js";
import { address, json } from "../session.js";
import { copy, effect, failed, html, nothing, signal, untracked } from "./parts.js";
import { columns } from "./table.js";

const [NEWLINE, QUOTE] = [10, 34];

/** How many contacts there are in a file on its way, counted as its bytes pass. */
export class Tally {
  #quoted = false;
  #lines = 0;
  #last = NEWLINE;
  #head = "";

  /** @param {boolean} csv rows under a header, below a comment if there is one; else lines */
  constructor(csv) {
    this.csv = csv;
  }

  /** Whether it may end here: with a contact, and not within one. */
  get whole() {
    return this.#last === NEWLINE && !this.#quoted;
  }

  /** So far. */
  get contacts() {
    // Behind a byte order mark, if there is one; a comment stands in quotes where it has any itself.
    const above = this.csv ? (/^(?:\xef\xbb\xbf)?"?#/.test(this.#head) ? 2 : 1) : 0;
    return Math.max(0, this.#lines + (this.#last === NEWLINE ? 0 : 1) - above);
  }

  /** @param {Uint8Array} bytes UTF-8, in which neither a newline nor a quote is part of anything else */
  take(bytes) {
    if (!bytes.length) return;
    if (this.#head.length < 5) this.#head += String.fromCharCode(...bytes.subarray(0, 5));
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

/** What is on its way, of so many in all; null before and after. */
export const running = signal(/** @type {{contacts: number, all: Count, bytes: number, seconds: number, cancel: AbortController} | null} */ (null));
const failure = signal("");
/** What was taken along, and how one can tell that it is all. */
const proof = signal("");

/** Values of the search, to name something after it. */
export function words() {
  return parameters.value.filter(({ part }) => part === "filter").flatMap(({ values }) => values.filter(({ off }) => !off).slice(0, 3).map(({ shown }) => shown));
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

/** What is asked for now, whatever becomes of the page. */
function request() {
  const [kind, query, body] = [format.value, form(), listed.value ?? {}];
  /** @param {string} path @param {Record<string, string>} [headers] @param {AbortSignal} [signal] */
  const post = (path, headers, signal) => session.fetch(`api/v2/apollo/${path}?${query}`, { method: "POST", ...json(body, headers), signal });
  return { kind, post };
}

export function listen() {
  // What was said of one search is not said beside another.
  effect(() => {
    listed.value;
    untracked(() => running.value === null && (failure.value = proof.value = ""));
  });
  // A file that is being written ends with the page: the browser asks before that.
  window.addEventListener("beforeunload", (event) => running.value && event.preventDefault());
}

/** Where the browser lets a page write into a file, it is there from the first contact on, however many there are. */
async function save() {
  if (running.value) return;
  failure.value = proof.value = "";
  const picker = /** @type {any} */ (window).showSaveFilePicker;
  // What is on the page may be another search before all are written.
  const [all, print, name] = [count.answer.value?.count ?? 0, fingerprint(), fileName(words(), format.value)];
  const begun = { contacts: 0, all, bytes: 0, seconds: 0, cancel: new AbortController() };
  const asking = request();
  running.value = begun;
  try {
    if (picker) {
      const file = await picker({ suggestedName: name });
      const told = await write(await file.createWritable(), asking, begun);
      proof.value = `${several(told, "contact")} written into ${name}. ${print}`;
      if (typeof all === "number" && told !== all) {
        failure.value = `That is not the ${counted(all)} that there were at the beginning: other contacts went live meanwhile, or some were lost on the way. Save them again.`;
      }
    } else {
      await link(asking);
      proof.value = `Your browser saves ${several(all, "contact")} now: its list of downloads tells whether they are all there. ${print}`;
    }
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    failure.value = name === "AbortError" ? "" : message;
  } finally {
    running.value = null;
  }
}

/** Else the browser saves what is behind a link, which is good once and holds no token. @param {ReturnType<typeof request>} asking */
async function link({ kind, post }) {
  const { path } = await (await post(`downloads/${kind}`)).json();
  Object.assign(document.createElement("a"), { href: address(path), download: "" }).click();
}

/** Of what is searched for; a part of a comparison has none. */
const fingerprint = () => {
  const told = listed.value && "url" in listed.value && explanation.answer.value;
  return told ? `Fingerprint of the search: ${told.fingerprint}.` : "";
};

/** How many were written. @param {any} file what can be written to @param {ReturnType<typeof request>} asking @param {NonNullable<typeof running.value>} begun */
async function write(file, { kind, post }, begun) {
  const [start, tally, { cancel }] = [performance.now(), new Tally(kind === "csv"), begun];
  try {
    const response = await post("contacts", { accept: kind === "csv" ? "text/csv" : "application/x-ndjson" }, cancel.signal);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.length;
      tally.take(part.value);
      await file.write(part.value);
      running.value = { ...begun, contacts: tally.contacts, bytes, seconds: (performance.now() - start) / 1000 };
    }
    cancel.signal.throwIfAborted();
    if (!tally.whole) throw new Error("The contacts ended in the middle of one: there is no file. Save them again.");
    await file.close();
    return tally.contacts;
  } catch (error) {
    await file.abort().catch(() => {});
    throw error;
  }
}

async function uuids() {
  failure.value = proof.value = "";
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
  const all = numeric(now.all);
  return html`
    <progress max=${all} .value=${now.contacts} aria-label="Written so far"></progress>
    <p class="hint">${counted(now.contacts)} of ${counted(all)}${now.seconds > 0.5 ? html` · ${counted(Math.round(now.contacts / now.seconds))} a second · ${sized(now.bytes / now.seconds)}/s` : nothing}</p>
  `;
};

/** @param {string} name @param {string} value @param {string} title @param {boolean} chosen @param {() => void} choose */
const choice = (name, value, title, chosen, choose) =>
  html`<label><input type="radio" name=${name} value=${value} .checked=${chosen} @change=${choose}> ${title}</label>`;

/** @param {Signal<boolean>} of @param {string} title */
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
    ${choice("columns", "some", "The columns of the table", some.value, () => (some.value = true))}
    ${choice("columns", "all", "Everything that is stored", !some.value, () => (some.value = false))}
    ${format.value === "csv" ? tick(safe, "Made for Excel: umlauts are right, and no cell runs as a formula") : nothing}
    ${format.value === "csv" ? tick(commented, "The search as a comment in the first line") : nothing}
  </fieldset>
  ${progress()}
  ${failed(failure.value)}
  ${proof.value ? html`<p role="status">${proof.value}</p>` : nothing}
  <p class="deeds">
    <button class="quiet" @click=${uuids} ?disabled=${running.value !== null}>Copy the uuids</button>
    ${running.value
      ? html`<button class="danger" @click=${() => running.value?.cancel.abort()}>Cancel</button>`
      : html`<button class="primary" @click=${save}>Save…</button>`}
  </p>
`;
