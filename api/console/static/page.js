/**
 * The state of the page, in one place: which search is on it, what the service answered to it, who is signed in.
 *
 * The search is the page's address (`search.js`). Whatever changes it comes through `change`, and all else follows: the
 * questions are asked again, and what is drawn reads the signals here.
 */

import { Question } from "./asking.js";
import { asked, keyOf, unwrapping } from "./reading.js";
import { looksLikeSearch, searchesIn } from "./outside.js";
import { NOTHING, pairsOf, read as readFragment, urlOf, written } from "./search.js";
import { Session, address } from "./session.js";
import { Socket, Superseded } from "./socket.js";
import { batch, computed, effect, signal, untracked } from "./vendor/signals-core/signals-core.module.js";

/** @typedef {import("./search.js").Search} Search */
/** @typedef {import("./numbers.js").Count} Count */

export const PAGE_SIZE = 50;

export const session = new Session();
export const socket = new Socket(address("api/v2/apollo/ws").replace(/^http/, "ws"), session);
session.renewed = (/** @type {string} */ token) => socket.renew(token);

export const search = signal(readFragment(location.hash));

/** What the reader is told once, such as that a search was found in a longer text. */
export const remark = signal("");

/** Whether somebody waits for the service to read what was pasted. */
export const reading = signal(false);

/** Which dialog is open; empty for none. */
export const dialog = signal("");

/** Whether whoever is signed in may know who the contacts are, and not only how many. */
export const sees = computed(() => session.user.value?.role !== "counter");

/** The contact that is open beside the table. */
export const opened = signal(/** @type {import("./answers.js").Contact | null} */ (null));

/** @type {Question<import("./answers.js").Analysis>} of the whole URL, muted parts included */
export const analysis = new Question(socket, "analyze", "analysis");
/** @type {Question<import("./answers.js").Explanation>} */
export const explanation = new Question(socket, "explain_count", "explanation", remember);
/** @type {Question<{count: Count}>} */
export const count = new Question(socket, "count_contacts", "count");
/** @type {Question<{count: Count}>} of all contacts there are */
export const total = new Question(socket, "count_contacts", "total");
/** @type {Question<import("./answers.js").Page>} */
export const contacts = new Question(socket, "search_contacts", "contacts");

/** Of the table, from 1. */
export const pageNumber = signal(1);

/** How many contacts have a value, whatever else is asked: so what is muted keeps its number. @type {Map<string, Count>} */
export const known = new Map();

/** @param {import("./answers.js").Explanation} answer */
function remember({ parameters, lists }) {
  for (const part of [...parameters, ...lists]) {
    known.set(part.name, part.count);
    for (const value of part.values) known.set(keyOf(part.name, value.value), value.count);
  }
}

/** Whose analysis the last answer is. */
const analysed = signal("");

/** The analysis, if it is that of the URL on the page. */
export const current = computed(() => (analysed.value === urlOf(search.value) ? analysis.answer.value : null));

/** What the service is asked; null while it is not known, or there is no search. */
export const target = computed(() => (search.value.path ? asked(search.value, current.value) : null));

let depth = 0;

/** Another search in place of this one; undone by going back. @param {Search} next */
export function change(next) {
  history.pushState({ depth: ++depth }, "", written(next) || location.pathname + location.search);
  search.value = next;
}

export const undo = () => depth > 0 && history.back();
export const redo = () => history.forward();

/** The search as the address of the page has it now. */
function follow() {
  depth = history.state?.depth ?? 0;
  search.value = readFragment(location.hash);
}

/** Whatever somebody pasted: an address of Apollo's, a text with one in it, or several, a line each. @param {string} text */
export async function take(text) {
  const lines = searchesIn(text);
  const several = lines.length > 1 && lines.every((line) => (line.match(/apollo(\.|%2e)io/gi) ?? []).length === 1);
  const first = several ? lines[0] : text.trim();
  if (!first) return change(NOTHING);
  if (!looksLikeSearch(first)) {
    remark.value = "This is no address of Apollo’s: copy the one your browser shows while you see a people search there.";
    return;
  }
  const next = await read(first);
  if (!next) return;
  if (several && lines.length > 3) remark.value = `Of ${lines.length} searches the first three are compared.`;
  change(several ? { ...next, others: lines.slice(1, 3), view: "compare" } : next);
}

let reads = 0;

/**
 * The search in a text, as the service reads it; null, and a remark, if there is none.
 *
 * @param {string} text
 * @returns {Promise<Search | null>}
 */
export async function read(text) {
  const mine = ++reads;
  reading.value = true;
  try {
    /** @type {import("./answers.js").Analysis} */
    const told = await socket.ask("analyze", { url: text, ledger: true }, { slot: "read" });
    const { hash_path: path, query_string: query } = told.url_structure;
    const found = { ...NOTHING, path: path?.startsWith("/") ? path : "/people", query: query ?? "" };
    const from = unwrapping(told);
    batch(() => {
      analysis.forget();
      analysis.answer.value = told;
      analysed.value = urlOf(found);
      remark.value = from && `Found in what you pasted: ${from}.`;
    });
    return found;
  } catch (error) {
    if (!(error instanceof Superseded)) remark.value = /** @type {Error} */ (error).message;
    return null;
  } finally {
    if (mine === reads) reading.value = false;
  }
}

/** What a table is asked for, beside the page of it. @param {Search} of @param {object} asking */
const listing = (of, asking) => {
  const urls = [/** @type {any} */ (asking).url, ...of.others];
  const picked = of.view === "compare" && of.region;
  const combine = picked && { all: urls.filter((_, at) => picked.includes(at)), not: urls.filter((_, at) => !picked.includes(at)) };
  return combine ? { combine } : { ...asking, ...(of.perCompany ? { per_company: of.perCompany } : {}) };
};

/** The same for exports and copies: all that the table shows, page by page. */
export const listed = computed(() => target.value && listing(search.value, target.value));

/** @param {string | null} cursor @param {number} number */
export async function turn(cursor, number) {
  if (!cursor || !listed.value) return;
  if (await contacts.ask({ ...listed.value, limit: PAGE_SIZE, view: "complete", cursor })) pageNumber.value = number;
}

let explained = "";
let shown = "";

/** Ask again what is another question by now. */
function follows() {
  const [of, what] = [search.value, target.value];
  if (session.standing.value !== "in") return;
  untracked(() => {
    if (!of.path) {
      for (const question of [analysis, explanation, contacts, count]) question.forget();
      explained = shown = analysed.value = "";
      total.ask({ url: "https://app.apollo.io/#/people" });
      return;
    }
    const url = urlOf(of);
    if (analysed.value !== url) analysis.ask({ url, ledger: true }).then((answer) => answer && (analysed.value = url));
    if (!what) return;
    if (explained !== (explained = JSON.stringify(what))) explanation.ask(what);
    const listing = listed.value ?? {};
    if (shown !== (shown = JSON.stringify(listing))) {
      pageNumber.value = 1;
      count.ask(listing);
      const paged = "url" in listing && !("per_company" in listing) ? { offset: 0 } : {};
      if (sees.value) contacts.ask({ ...listing, ...paged, limit: PAGE_SIZE, view: "complete" });
    }
  });
}

/** The same question once more, where the service could not answer. */
export function again() {
  explained = shown = "";
  search.value = { ...search.value };
}

/** Once, when the page is there. */
export function start() {
  const given = new Map(location.hash.startsWith("#code=") ? pairsOf(location.hash.slice(1)) : []);
  const [code, url] = [given.get("code"), given.get("url")];
  history.replaceState({ depth }, "", written(search.value) || location.pathname + location.search);
  window.addEventListener("popstate", follow);
  window.addEventListener("hashchange", follow);
  effect(follows);
  if (code) session.signInWith(code).catch((error) => (remark.value = error.message)).finally(() => socket.connect());
  else socket.connect();
  if (url) take(url);
}
