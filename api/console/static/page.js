/**
 * The state of the page, in one place: which search is on it, what the service answered to it, who is signed in.
 *
 * The search is the page's address (`search.js`). Whatever changes it comes through `change`, and all else follows: the
 * questions are asked again, and what is drawn reads the signals here.
 */

import { worded } from "./numbers.js";
import { asked, edited, keyOf, parametersOf, unwrapping } from "./reading.js";
import { searchesIn } from "./outside.js";
import { NOTHING, pairsOf, read as readFragment, urlOf, written } from "./search.js";
import { Session, address } from "./session.js";
import { Question, Socket, Superseded } from "./socket.js";
import { batch, computed, effect, signal, untracked } from "./vendor/signals-core/signals-core.module.js";

export const PAGE_SIZE = 50;

/** The search that asks for nothing. */
export const EVERYBODY = "https://app.apollo.io/#/people";

/** Characters that browsers keep of an address. */
const LONGEST = 1_000_000;

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
export const opened = signal(/** @type {Contact | null} */ (null));

/** Of the whole URL, muted parts included. */
export const analysis = new Question(socket, "analyze");
export const explanation = new Question(socket, "explain_count");
export const count = new Question(socket, "count_contacts");
/** Of all contacts there are. */
export const total = new Question(socket, "count_contacts", "total");
export const contacts = new Question(socket, "search_contacts");

/** Of the table, from 1. */
export const pageNumber = signal(1);

/** @type {Map<string, Count>} */
const counts = new Map();

/** How many contacts have a value, whatever else is asked; of all that were ever told, so that what is muted keeps its number. */
export const known = computed(() => {
  const { parameters = [], lists = [] } = explanation.answer.value ?? {};
  for (const { name, values } of [...parameters, ...lists]) for (const { value, count } of values) counts.set(keyOf(name, value), count);
  return counts;
});

/** Whose analysis the last answer is. */
const analysed = signal("");

/** The analysis, if it is that of the URL on the page. */
export const current = computed(() => (analysed.value === urlOf(search.value) ? analysis.answer.value : null));

/** The parts of the URL, in the order of the analysis; those of the one before until that is there. */
export const parameters = computed(() => (analysis.answer.value ? parametersOf(analysis.answer.value, search.value.off) : []));

/** Every filter that a search can have; none until somebody wants to know. */
export const filters = signal(/** @type {Filter[]} */ ([]));

let told = false;

/** Ask for them, once. */
export function askForFilters() {
  if (told) return;
  told = true;
  fetch(address("console/filters.json"))
    .then((response) => response.json())
    .then((all) => (filters.value = all))
    .catch(() => (told = false));
}

/** What a parameter is about, in words. @param {string} name */
export const described = (name) => [...parameters.value, ...filters.value].find((each) => each.name === name)?.description ?? worded(name);

/** Whether the cards are folded into a line where the screen is narrow. */
export const folded = signal(true);

/** What the service is asked; null while it is not known, or there is no search. */
export const target = computed(() => (search.value.path ? asked(search.value, current.value) : null));

let depth = 0;

/** Another search in place of this one; undone by going back. @param {Search} next */
export function change(next) {
  remark.value = "";
  if (written(next).length > LONGEST) remark.value = "This is too long for an address: it is gone when the page is loaded anew.";
  history.pushState({ depth: ++depth }, "", written(next) || location.pathname + location.search);
  search.value = next;
}

/** Without some values of the URL (null: all of a parameter), and with others. @param {[string, string | null][]} removed @param {[string, string][]} [added] */
export const edit = (removed, added = []) => current.value && change(edited(search.value, current.value, removed, added));

let undoing = false;

/** Take back the last change of what is asked: what was only looked at otherwise is passed over. */
export function undo() {
  if (depth === 0) return;
  undoing = true;
  history.back();
}

export const redo = () => history.forward();

/** The search as the address of the page has it now; or what is in a link, which is taken out of the address at once. */
async function follow() {
  const [before, from] = [search.value, depth];
  depth = history.state?.depth ?? 0;
  search.value = readFragment(location.hash);
  // Browsers tell of a step twice, as another state and as another fragment.
  if (undoing && depth < from) {
    undoing = depth > 0 && written({ ...search.value, view: before.view }) === written(before);
    if (undoing) return history.back();
  }
  const given = new Map(location.hash.startsWith("#code=") ? pairsOf(location.hash.slice(1)) : []);
  const [code, url] = [given.get("code"), given.get("url")];
  history.replaceState({ depth }, "", written(search.value) || location.pathname + location.search);
  if (code) {
    const before = session.user.value;
    await session.redeem(code).catch((error) => (remark.value = `${error.status === 401 ? "This link was used already, or is more than five minutes old." : error.message} With e-mail and password you get in all the same: the demo printed both above its link.`));
    if (!before && session.user.value) remark.value = `You are signed in as ${session.user.value.email}.`;
  }
  if (url) take(url);
}

/** Whatever somebody pasted: an address of Apollo's, a text with one in it, or several, a line each. @param {string} text */
export async function take(text) {
  const [first, ...others] = searchesIn(text).map((each) => each.trim());
  if (!first) {
    remark.value = "This is no address of Apollo’s: copy the one your browser shows while you see a people search there.";
    return;
  }
  const next = await read(first);
  if (!next) return;
  const said = others.length > 2 ? `Of ${others.length + 1} searches the first three are compared.` : remark.value;
  change(others.length ? { ...next, others: others.slice(0, 2), view: "compare" } : next);
  remark.value ||= said;
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
    /** @type {Analysis} */
    const told = await socket.ask("analyze", { url: text, ledger: true }, { slot: "read" });
    const { hash_path: path, query_string: query } = told.url_structure;
    if (path && !/^\/(people|compan|contact)/.test(path)) throw new Error(`This is no search for people, but Apollo’s page ${path.slice(0, 100)}.`);
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

/** What a table is asked for, beside the page of it. @param {Search} of @param {{url: string}} asking */
const listing = (of, asking) => {
  const urls = [asking.url, ...of.others];
  const picked = of.view === "compare" && of.region;
  return picked
    ? { combine: { all: urls.filter((_, at) => picked.includes(at)), not: urls.filter((_, at) => !picked.includes(at)) } }
    : { ...asking, ...(of.perCompany && { per_company: of.perCompany }) };
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
      total.ask({ url: EVERYBODY });
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
  window.addEventListener("popstate", follow);
  window.addEventListener("hashchange", follow);
  effect(follows);
  follow().then(() => socket.connect());
}
