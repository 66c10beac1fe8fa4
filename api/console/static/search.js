/**
 * The search that is on the page, and the fragment of the page's address that says it. Pure.
 *
 * The fragment is that of Apollo's own address, with entries of the page among its parameters, whose names begin with a
 * point, which no parameter of Apollo's does: so `https://app.apollo.io` before it is the search, and a link can be handed
 * on. It never holds contacts or tokens.
 */

/** @typedef {"include_company_name" | "exclude_company_name" | "include_domain_list" | "exclude_domain_list"} ListName */

/**
 * @typedef {object} Search
 * @property {string} path what stands between `#` and `?` in Apollo's address; empty if there is no search
 * @property {string} query what stands behind the `?`, as it was written
 * @property {string[]} off what is muted: a parameter or list, or `name=value` for a value of one
 * @property {Partial<Record<ListName, string[]>>} lists of companies and domains beside the URL
 * @property {number | null} perCompany most contacts of one company
 * @property {View} view
 * @property {string[]} others URLs beside this one to compare with
 * @property {number[] | null} region who of the compared is looked at: in which of the URLs they are
 */

/** @typedef {"people" | "breakdown" | "compare" | "code"} View */

/** @type {readonly ListName[]} */
export const LISTS = ["include_company_name", "exclude_company_name", "include_domain_list", "exclude_domain_list"];

/** @type {readonly View[]} */
export const VIEWS = ["people", "breakdown", "compare", "code"];

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
  const region = all("region")[0];
  return {
    path,
    query: pairs.filter((pair) => !pair.startsWith(".")).join("&"),
    off: all("off"),
    lists: Object.fromEntries(LISTS.map((name) => [name, all(name)]).filter(([, values]) => values.length)),
    perCompany: Number.isInteger(most) && most >= 1 && most <= 100 ? most : null,
    view: VIEWS.includes(view) ? view : "people",
    others: all("compare").slice(0, 2),
    region: region === undefined ? null : region.split("-").map(Number).filter(Number.isInteger),
  };
}

/** The fragment, with its `#`. @param {Search} search */
export function written(search) {
  if (!search.path) return "";
  /** @type {[string, string][]} */
  const own = [
    ...search.off.map((value) => pair("off", value)),
    ...LISTS.flatMap((name) => (search.lists[name] ?? []).map((value) => pair(name, value))),
    ...(search.perCompany ? [pair("per_company", String(search.perCompany))] : []),
    ...search.others.map((url) => pair("compare", url)),
    ...(search.view === "people" ? [] : [pair("view", search.view)]),
    ...(search.region ? [pair("region", search.region.join("-"))] : []),
  ];
  const query = [search.query, ...own.map(([name, value]) => `${name}=${encoded(value)}`)].filter(Boolean).join("&");
  return `#${search.path}${query && `?${query}`}`;
}

/** Apollo's address of it, muted parts included. @param {Search} search */
export const urlOf = ({ path, query }) => (path ? `${HOST}/#${path}${query && `?${query}`}` : "");

/** @param {readonly [string, string][]} pairs names and values as texts */
export const queryOf = (pairs) => pairs.map(([name, value]) => `${encodedName(name)}=${encoded(value)}`).join("&");

/** The same search, with what comes behind the `?` of another address. @param {Search} search @param {string} url */
export const withQuery = (search, url) => ({ ...search, query: url.includes("?") ? url.slice(url.indexOf("?") + 1) : "" });

/** Names and values of a query, decoded. @param {string} query */
export const pairsOf = (query) => query.split("&").filter(Boolean).map(splitPair);

/** @param {string} text @returns {[string, string]} */
function splitPair(text) {
  const at = text.indexOf("=");
  return at < 0 ? [decoded(text), ""] : [decoded(text.slice(0, at)), decoded(text.slice(at + 1))];
}

/** @param {string} name @param {string} value @returns {[string, string]} */
const pair = (name, value) => [`.${name}`, value];

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    return text;
  }
}

/** Half of a surrogate pair, which no address can hold, is left out. @param {string} text */
const encoded = (text) => encodeURIComponent(text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, ""));

/** As browsers and Apollo leave brackets. @param {string} name */
const encodedName = (name) => encoded(name).replace(/%5B/g, "[").replace(/%5D/g, "]");
