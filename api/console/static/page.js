/**
 * The state of the page, in one place: which search is on it, what the service answered to it, who is signed in.
 *
 * The search is the page's address (`search.js`). Whatever changes it comes through `change`, and all else follows: the
 * questions are asked again, and what is drawn reads the signals here.
 */

import { worded } from "./numbers.js";
import { asked, edited, keyOf, parametersOf, unwrapping } from "./reading.js";
import { searchesIn } from "./outside.js";
import { NOTHING, TITLES, pairsOf, read as readFragment, urlOf, written } from "./search.js";
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
export const described = (name) =>
  [...parameters.value, ...filters.value].find((each) => each.name === name)?.description ?? TITLES[/** @type {ListName} */ (name)] ?? worded(name);

/** Whether the cards are folded into a line where the screen is narrow. */
export const folded = signal(true);

/** What the service is asked; null while it is not known, or there is no search. */
export const target = computed(() => (search.value.path ? asked(search.value, current.value) : null));

/** How many steps there are to go back on the page, and to where something else was asked; the browser keeps both with each step. */
let [depth, back] = [0, 0];

/** Another search in place of this one; undone by going back. @param {Search} next */
export function change(next) {
  remark.value = "";
  if (!next.path) waiting = [];
  if (written(next).length > LONGEST) remark.value = "This is too long for an address: it is gone when the page is loaded anew.";
  back = written({ ...next, view: search.value.view }) === written(search.value) ? back + 1 : 1;
  history.pushState({ depth: ++depth, back }, "", written(next) || location.pathname + location.search);
  search.value = next;
}

/** What waits until it is known of what the URL consists, in order. @type {((read: Analysis) => unknown)[]} */
let waiting = [];

/** Do what takes the parts of the URL: now, or as soon as the service has read it. @param {(read: Analysis) => unknown} act */
export function knowing(act) {
  waiting.push(act);
  catchUp();
}

/** Each may change the URL, and then the next waits for that one's parts. */
function catchUp() {
  while (waiting.length && current.value) waiting.shift()?.(current.value);
}

/** Without some values of the URL (null: all of a parameter), and with others. @param {[string, string | null][]} removed @param {[string, string][]} [added] */
export const edit = (removed, added = []) =>
  knowing((read) => {
    const anew = removed.map(([name]) => name);
    const others = added.filter(([name, value]) => anew.includes(name) || !read.ledger.some((each) => each.name === name && each.value === value));
    const next = edited(search.value, read, removed, others);
    if (written(next) !== written(search.value)) change(next);
  });

/** Take back the last change of what is asked: what was only looked at otherwise is passed over. */
export function undo() {
  if (depth) history.go(-Math.min(back, depth));
}

export const redo = () => history.forward();

/** The search as the address of the page has it now; or what is in a link, which is taken out of the address at once. */
async function follow() {
  waiting = [];
  ({ depth = 0, back = 0 } = history.state ?? {});
  search.value = readFragment(location.hash);
  const given = new Map(location.hash.startsWith("#code=") ? pairsOf(location.hash.slice(1)) : []);
  const [code, url] = [given.get("code"), given.get("url")];
  history.replaceState({ depth, back }, "", written(search.value) || location.pathname + location.search);
  if (code) {
    const before = session.user.value;
    await session.redeem(code).catch((error) => (remark.value = `${error.status === 401 ? "This link was used already, or is more than five minutes old." : error.message} With e-mail and password you get in all the same: the demo printed both above its link.`));
    if (!before && session.user.value) remark.value = `You are signed in as ${session.user.value.email}.`;
  }
  if (url) take(url);
}

/** Whatever somebody pasted: an address of Apollo's, a text with one in it, or several, a line each. @param {string} text */
export async function take(text) {
  const [first, ...others] = new Set(searchesIn(text).map((each) => each.trim()));
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

/** What the service said, for people who do not know what it is made of. @param {string} message */
export const inPlain = (message) =>
  /^url: longer/.test(message)
    ? "This search has more values than the service reads of one address, so nothing of it is asked. Lists of companies or domains have room for thousands."
    : message;

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
    waiting = [];
    batch(() => {
      analysis.forget();
      analysis.answer.value = told;
      analysed.value = urlOf(found);
      remark.value = from ? `Found in what you pasted: ${from}.` : /^\/compan/.test(path ?? "") ? "At Apollo this looks for companies: here are the people who work at such." : "";
    });
    return found;
  } catch (error) {
    if (!(error instanceof Superseded)) remark.value = inPlain(/** @type {Error} */ (error).message);
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
  const page = await contacts.ask({ ...listed.value, limit: PAGE_SIZE, view: "complete", cursor });
  if (!page) return;
  const [until, all] = [(number - 1) * PAGE_SIZE + page.results.length, count.answer.value?.count];
  pageNumber.value = number;
  // Pages that end elsewhere than the number says are of other contacts than it is.
  if (typeof all !== "number" || search.value.perCompany || (page.next ? until < all : until === all)) return;
  again();
  remark.value = "Other contacts are live by now: all is counted anew, and these are the first of them.";
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
    if (analysed.value !== url) {
      analysis.ask({ url, ledger: true }).then((answer) => {
        if (answer) analysed.value = url;
        else if (analysis.failure.value) [analysed.value, waiting] = ["", []];
      });
    }
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
  effect(() => void (current.value && untracked(catchUp)));
  follow().then(() => socket.connect());
}
