/**
 * How the service read the URL, part by part, and what changes the search part by part. Pure.
 *
 * Parts are those of the ledger: a parameter by Apollo's name for it, with each value as it was written. What is muted
 * stays in the URL, and so in the ledger, and is only not asked.
 */

import { LISTS, pairsOf, queryOf, urlOf } from "./search.js";

/** Apollo's parameters that say the same and its opposite: only what the service can use. @type {[string, string][]} */
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

export const OPPOSITE = new Map([...OPPOSITES, ...OPPOSITES.map(([one, other]) => /** @type {[string, string]} */ ([other, one]))]);

/** Whether a parameter or list keeps out who has its values. @param {string} name */
export const excludes = (name) => /not|exclude/i.test(name);

/** @param {string} name @param {string} value */
export const keyOf = (name, value) => `${name}=${value}`;

/** Tells of a value whether it is muted. @param {string[]} off @returns {(name: string, value: string) => boolean} */
export function muting(off) {
  const muted = new Set(off);
  return (name, value) => muted.has(name) || muted.has(keyOf(name, value));
}

/** The parameters of the URL, in the order of the analysis. @param {Analysis} analysis @param {string[]} off */
export function parametersOf(analysis, off) {
  const muted = muting(off);
  /** @type {Map<string, ReadValue[]>} */
  const values = new Map();
  for (const entry of analysis.ledger) {
    const there = values.get(entry.name) ?? [];
    there.push({ ...entry, off: muted(entry.name, entry.value), shown: entry.read_as ?? entry.value });
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
  const part = used.length === 0 ? (idle(name, values) ? "idle" : "unused") : setting ? "setting" : "filter";
  return { name, category, description, values, off: values.every((value) => value.off), part };
}

/** Whether it is no loss that a parameter is not used: it steers Apollo's page or the order, or is empty. @param {string} name @param {ReadValue[]} values */
const idle = (name, values) =>
  /^(sort|page$|perPage)/.test(name) || values.every(({ value, reason }) => !value.trim() || /^(UI flag|Keyword field control)/.test(reason));

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
  const muted = muting(search.off);
  /** @type {[string, string[]][]} */
  const lists = Object.entries(search.lists).map(([name, values]) => [name, values.filter((value) => !muted(name, value))]);
  const beside = Object.fromEntries(lists.filter(([, values]) => values.length));
  if (search.off.every((key) => /** @type {readonly string[]} */ (LISTS).includes(key.split("=")[0]))) return { url: urlOf(search), ...beside };
  if (analysis === null) return null;
  return { url: urlOf({ ...search, query: left(search.query, analysis, muted) }), ...beside };
}

/** A query without some parts; the rest stays as it was written. @param {string} query @param {Analysis} analysis of it @param {(name: string, value: string) => boolean} goes */
function left(query, analysis, goes) {
  const named = pairsOf(query);
  const kept = query.split("&").filter(Boolean).filter((_, at) => !goes(...named[at]));
  const staying = parts(analysis).filter((pair) => !goes(...pair));
  // Where a name or value is written otherwise than it is called, all are written anew.
  return named.length - kept.length === parts(analysis).length - staying.length ? kept.join("&") : queryOf(staying);
}

/** @param {Analysis} analysis @returns {[string, string][]} */
const parts = (analysis) =>
  analysis.ledger.filter((entry) => entry.name !== "url").map((entry) => [entry.name, entry.value]);

/** What is muted beside a parameter or list. @param {Search} search @param {string} name */
const besides = ({ off }, name) => off.filter((key) => key !== name && !key.startsWith(`${name}=`));

/** Mute a parameter or list as a whole, or let it speak again. @param {Search} search @param {string} name @param {string[]} values */
export function toggled(search, name, values) {
  const muted = muting(search.off);
  const rest = besides(search, name);
  return { ...search, off: values.every((value) => muted(name, value)) ? rest : [...rest, name] };
}

/** The same of one value. @param {Search} search @param {string} name @param {string} value @param {string[]} values all of the parameter */
export function toggledValue(search, name, value, values) {
  const muted = muting(search.off);
  const now = new Set(values.filter((each) => muted(name, each) !== (each === value)));
  const whole = values.every((each) => now.has(each));
  return { ...search, off: [...besides(search, name), ...(whole ? [name] : [...now].map((each) => keyOf(name, each)))] };
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
  const keys = new Set(removed.map(([name, value]) => (value === null ? name : keyOf(name, value))));
  const goes = muting([...keys]);
  const query = [left(search.query, analysis, goes), queryOf(added)].filter(Boolean).join("&");
  const there = new Set([...parts(analysis).filter((pair) => !goes(...pair)), ...added].map(([name]) => name));
  const gone = removed.map(([name]) => name).filter((name) => !there.has(name));
  return { ...search, query, off: search.off.filter((key) => !keys.has(key) && !gone.includes(key.split("=")[0])) };
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
    values.filter((value) => value.off || part !== "filter"),
  );
  const given = url.split("?").slice(1).join("?");
  const there = new Set(pairsOf(given).map(([name]) => name));
  const along = idle.filter((value) => value.off || !there.has(value.name));
  return { ...search, query: [given, queryOf(along.map(({ name, value }) => [name, value]))].filter(Boolean).join("&") };
}

/** Values as they are written for one as the service read it. @param {Analysis} analysis @param {Drop} drop @returns {string[]} */
export const written = (analysis, { name, value }) =>
  analysis.ledger.filter((entry) => entry.name === name && [entry.value, entry.read_as].includes(value)).map((entry) => entry.value);

/** With what a rescue drops muted, be it in the URL or in the lists. @param {Search} search @param {Analysis} analysis @param {Drop[]} drops */
export function rescued(search, analysis, drops) {
  const keys = drops.flatMap(({ name, value }) => {
    if (value === null) return [name];
    const meant = written(analysis, { name, value });
    return (meant.length ? meant : [value]).map((each) => keyOf(name, each));
  });
  return { ...search, off: [...new Set([...search.off, ...keys])] };
}
