/**
 * The search that is on the page, and the fragment of the page's address that says it. Pure.
 *
 * The fragment is that of Apollo's own address, with entries of the page among its parameters, whose names begin with a
 * point, which no parameter of Apollo's does: so `https://app.apollo.io` before it is the search, and a link can be handed
 * on. It never holds contacts or tokens.
 */

/** @type {readonly ListName[]} */
export const LISTS = ["include_company_name", "exclude_company_name", "include_domain_list", "exclude_domain_list"];

/** What people call them. @type {Record<ListName, string>} */
export const TITLES = {
  include_company_name: "Only these companies",
  exclude_company_name: "Not these companies",
  include_domain_list: "Only these domains",
  exclude_domain_list: "Not these domains",
};

/** @type {readonly View[]} */
export const VIEWS = ["people", "breakdown", "compare", "code"];

/** Of one company, at most: zero for any number. */
export const MOST = [0, 1, 2, 3, 5, 10, 25];

const HOST = "https://app.apollo.io";

/** @type {Search} */
export const NOTHING = { path: "", query: "", off: [], lists: {}, perCompany: null, view: "people", others: [], region: null };

/** Of a fragment, with or without its `#`. @param {string} fragment @returns {Search} */
export function read(fragment) {
  const text = fragment.replace(/^#/, "");
  const at = text.indexOf("?");
  const path = at < 0 ? text : text.slice(0, at);
  if (!path.startsWith("/")) return NOTHING;
  const pairs = at < 0 ? [] : text.slice(at + 1).split("&").filter(Boolean);
  const own = pairs.filter((pair) => pair.startsWith(".")).map(splitPair);
  /** @param {string} name */
  const all = (name) => own.filter(([key]) => key === `.${name}`).map(([, value]) => value);
  const most = Number(all("per_company")[0]);
  const view = /** @type {View} */ (all("view")[0]);
  const others = all("compare").slice(0, 2);
  const region = (all("region")[0] ?? "").split("-").map(Number);
  return {
    path,
    query: pairs.filter((pair) => !pair.startsWith(".")).join("&"),
    off: all("off"),
    lists: Object.fromEntries(LISTS.map((name) => [name, all(name)]).filter(([, values]) => values.length)),
    perCompany: MOST.indexOf(most) > 0 ? most : null,
    view: VIEWS.includes(view) ? view : "people",
    others,
    region: all("region")[0] && region.every((at) => at === 0 || others[at - 1]) ? region : null,
  };
}

/** The fragment, with its `#`. @param {Search} search */
export function written(search) {
  if (!search.path) return "";
  const own = Object.entries({
    off: search.off,
    ...search.lists,
    per_company: [search.perCompany ?? ""],
    compare: search.others,
    view: [search.view === "people" ? "" : search.view],
    region: [search.region?.join("-") ?? ""],
  });
  const pairs = own.flatMap(([name, values]) => values.filter(Boolean).map((value) => `.${name}=${encoded(String(value))}`));
  const query = [search.query, ...pairs].filter(Boolean).join("&");
  return `#${search.path}${query && `?${query}`}`;
}

/** Apollo's address of it, muted parts included. @param {Search} search */
export const urlOf = ({ path, query }) => (path ? `${HOST}/#${path}${query && `?${query}`}` : "");

/** @param {readonly [string, string][]} pairs names and values as texts */
export const queryOf = (pairs) => pairs.map(([name, value]) => `${encodedName(name)}=${encoded(value)}`).join("&");

/** Names and values of a query, decoded. @param {string} query */
export const pairsOf = (query) => query.split("&").filter(Boolean).map(splitPair);

/** @param {string} text @returns {[string, string]} */
function splitPair(text) {
  const at = text.indexOf("=");
  return at < 0 ? [decoded(text), ""] : [decoded(text.slice(0, at)), decoded(text.slice(at + 1))];
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    return text;
  }
}

/** Half of a surrogate pair, which no address can hold, is left out. @param {string} text */
const encoded = (text) => encodeURIComponent(text.replace(/\p{Cs}/gu, ""));

/** As browsers and Apollo leave brackets. @param {string} name */
const encodedName = (name) => encoded(name).replaceAll("%5B", "[").replaceAll("%5D", "]");
