/**
 * How the service read the URL, part by part, and what changes the search part by part. Pure.
 *
 * Parts are those of the ledger: a parameter by Apollo's name for it, with each value as it was written. What is muted
 * stays in the URL, and so in the ledger, and is only not asked.
 */

import { LISTS, pairsOf, queryOf, urlOf, withQuery } from "./search.js";

/** @typedef {import("./answers.js").Analysis} Analysis */
/** @typedef {import("./answers.js").Explanation} Explanation */
/** @typedef {import("./search.js").Search} Search */
/** @typedef {import("./answers.js").LedgerEntry & {off: boolean, shown: string}} ReadValue */

/**
 * @typedef {object} ReadParameter
 * @property {string} name
 * @property {string} category
 * @property {string} description
 * @property {ReadValue[]} values
 * @property {boolean} off no value of it is asked
 * @property {"filter" | "setting" | "unused"} part what it has in the search
 */

/** Apollo's parameters that say the same and its opposite: only what the service can use. */
const OPPOSITES = [
  ["personTitles[]", "personNotTitles[]"],
  ["personLocations[]", "personNotLocations[]"],
  ["contactStageIds[]", "notContactStageIds[]"],
  ["organizationLocations[]", "organizationNotLocations[]"],
  ["organizationIndustryTagIds[]", "organizationNotIndustryTagIds[]"],
  ["organizationNaicsCodes[]", "notOrganizationNaicsCodes[]"],
  ["organizationSicCodes[]", "notOrganizationSicCodes[]"],
  ["qOrganizationKeywordTags[]", "qNotOrganizationKeywordTags[]"],
  ["currentlyUsingAnyOfTechnologyUids[]", "currentlyNotUsingAnyOfTechnologyUids[]"],
  ["existFields[]", "notExistFields[]"],
];

/** @type {ReadonlyMap<string, string>} */
export const OPPOSITE = new Map(OPPOSITES.flatMap(([one, other]) => [[one, other], [other, one]]));

/** @param {string} name @param {string} value */
export const keyOf = (name, value) => `${name}=${value}`;

/** @param {readonly string[]} off @param {string} name @param {string} value */
export const isOff = (off, name, value) => off.includes(name) || off.includes(keyOf(name, value));

/** The parameters of the URL, in the order of the analysis. @param {Analysis} analysis @param {readonly string[]} off */
export function parametersOf(analysis, off) {
  const muted = new Set(off);
  /** @type {Map<string, ReadValue[]>} */
  const values = new Map();
  for (const entry of analysis.ledger) {
    const there = values.get(entry.name) ?? [];
    const asked = !muted.has(entry.name) && !muted.has(keyOf(entry.name, entry.value));
    there.push({ ...entry, off: !asked, shown: entry.read_as ?? entry.value });
    values.set(entry.name, there);
  }
  return analysis.categories.flatMap((category) =>
    category.parameters.map(({ name, description }) => parameter(name, category.name, description, values.get(name) ?? [])),
  );
}

/** @param {string} name @param {string} category @param {string} description @param {ReadValue[]} values @returns {ReadParameter} */
function parameter(name, category, description, values) {
  const used = values.filter((value) => value.status !== "ignored");
  // Of what has no field to compare, such as the page, the reason says so.
  const setting = used.every((value) => /(^|; )not compared: /.test(value.reason));
  const part = used.length === 0 ? "unused" : setting ? "setting" : "filter";
  return { name, category, description, values, off: values.every((value) => value.off), part };
}

/** What was read in place of the text that was given, in words; nothing if it was a URL. @param {Analysis} analysis */
export const unwrapping = (analysis) => analysis.ledger.find((entry) => entry.name === "url")?.reason ?? "";

/**
 * What to ask the service for the search as it is: the URL and the lists without what is muted. Null as long as nobody
 * knows what the URL's parts are, and some of them are muted.
 *
 * @param {Search} search
 * @param {Analysis | null} analysis of the whole URL
 */
export function asked(search, analysis) {
  /** @type {Record<string, unknown>} */
  const lists = {};
  for (const name of LISTS) {
    const entries = (search.lists[name] ?? []).filter((value) => !isOff(search.off, name, value));
    if (entries.length) lists[name] = entries;
  }
  const off = search.off.filter((key) => !LISTS.some((name) => key === name || key.startsWith(`${name}=`)));
  if (off.length === 0) return { url: urlOf(search), ...lists };
  if (analysis === null) return null;
  const muted = new Set(off);
  const left = parts(analysis).filter(([name, value]) => !muted.has(name) && !muted.has(keyOf(name, value)));
  return { url: urlOf({ ...search, query: queryOf(left) }), ...lists };
}

/** @param {Analysis} analysis @returns {[string, string][]} */
const parts = (analysis) =>
  analysis.ledger.filter((entry) => entry.name !== "url").map((entry) => [entry.name, entry.value]);

/** Mute a parameter or list as a whole, or let it speak again. @param {Search} search @param {string} name @param {readonly string[]} values */
export function toggled(search, name, values) {
  const rest = search.off.filter((key) => key !== name && !key.startsWith(`${name}=`));
  const off = values.every((value) => isOff(search.off, name, value));
  return { ...search, off: off ? rest : [...rest, name] };
}

/** The same of one value. @param {Search} search @param {string} name @param {string} value @param {readonly string[]} values all of the parameter */
export function toggledValue(search, name, value, values) {
  const rest = search.off.filter((key) => key !== name && !key.startsWith(`${name}=`));
  const off = new Set(search.off);
  const muted = new Set(values.filter((each) => (off.has(name) || off.has(keyOf(name, each))) !== (each === value)));
  const whole = values.every((each) => muted.has(each));
  return { ...search, off: [...rest, ...(whole ? [name] : [...muted].map((each) => keyOf(name, each)))] };
}

/**
 * The search without some values of its URL and with others. What it does not change stays as it was written.
 *
 * @param {Search} search
 * @param {Analysis} analysis of its whole URL
 * @param {readonly [string, string | null][]} removed names and values, null for all values
 * @param {readonly [string, string][]} added
 * @returns {Search}
 */
export function edited(search, analysis, removed, added) {
  /** @param {string} name @param {string} value */
  const goes = (name, value) => removed.some(([of, one]) => of === name && (one === null || one === value));
  const written = search.query.split("&").filter(Boolean);
  const named = pairsOf(search.query);
  const going = parts(analysis).filter(([name, value]) => goes(name, value));
  // Where a name or value is written otherwise than it is called, all are written anew.
  const plain = going.every(([name, value]) => named.some(([n, v]) => n === name && v === value));
  const kept = plain
    ? written.filter((_, at) => !goes(...named[at]))
    : [queryOf(parts(analysis).filter(([name, value]) => !goes(name, value)))];
  const query = [...kept, queryOf(added)].filter(Boolean).join("&");
  const off = search.off.filter((key) => !removed.some(([of, one]) => key === of || key === keyOf(of, one ?? "")));
  return { ...search, query, off };
}

/**
 * The search that becomes of a canonical URL that the service gave for what is asked: what was not used and what is
 * muted comes along.
 *
 * @param {Search} search
 * @param {Analysis} analysis of its whole URL
 * @param {string} url
 */
export function replaced(search, analysis, url) {
  const idle = parametersOf(analysis, search.off).flatMap(({ values, part }) =>
    values.filter((value) => value.off || part === "unused" || part === "setting"),
  );
  const given = withQuery(search, url);
  const there = new Set(pairsOf(given.query).map(([name]) => name));
  const along = idle.filter((value) => value.off || !there.has(value.name));
  const query = [given.query, queryOf(along.map(({ name, value }) => [name, value]))].filter(Boolean).join("&");
  return { ...search, query };
}

/** With what a rescue drops muted, be it in the URL or in the lists. @param {Search} search @param {Analysis} analysis @param {readonly {name: string, value: string | null}[]} drops */
export function rescued(search, analysis, drops) {
  const keys = drops.flatMap(({ name, value }) => {
    if (value === null) return [name];
    const meant = analysis.ledger.filter((entry) => entry.name === name && (entry.value === value || entry.read_as === value));
    return meant.length ? meant.map((entry) => keyOf(name, entry.value)) : [keyOf(name, value)];
  });
  return { ...search, off: [...new Set([...search.off, ...keys])] };
}
