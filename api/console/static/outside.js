/** Text from outside: addresses that people paste, of which few are safe to follow, and columns of spreadsheets. Pure. */

/**
 * The address to follow for a text, or null: of the web only, and with nothing before the host, where
 * `https://linkedin.com@evil.example` would hide where it leads.
 *
 * @param {unknown} text
 * @returns {string | null}
 */
export function safeLink(text) {
  if (typeof text !== "string" || !/^https?:\/\//i.test(text)) return null;
  try {
    const url = new URL(text);
    return (url.protocol === "https:" || url.protocol === "http:") && !url.username && !url.password ? url.href : null;
  } catch {
    return null;
  }
}

/** The address by which a field's value reaches somebody: of an e-mail or a phone that is nothing else besides, else null. @param {string} name @param {unknown} value */
export function reaching(name, value) {
  if (typeof value !== "string") return null;
  if (/email$/.test(name) && /^[\w.+-]+@[\w.-]+$/.test(value)) return `mailto:${value}`;
  return /phone/.test(name) && /^\+?[\d ()./-]{5,30}$/.test(value) ? `tel:${value.replace(/[^+\d]/g, "")}` : null;
}

const APOLLO = /apollo(?:\.|%2e)io/i;

/** Whether a text asks for a page of Apollo's or has the address of one in it. @param {string} text */
export const looksLikeSearch = (text) => APOLLO.test(text);

/** Lines with an address of Apollo's each; else the text as a whole, if there is one in it. @param {string} text */
export function searchesIn(text) {
  const lines = text.split(/[\r\n]+/).filter(looksLikeSearch);
  return lines.length > 1 && lines.every((line) => line.split(APOLLO).length === 2) ? lines : [text].filter(looksLikeSearch);
}

/**
 * Each line is an entry; of several cells in a line the first that is not empty; quotes around a cell are the
 * spreadsheet's. Each entry once, as it is written first.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function entriesOf(text) {
  const cells = text.split(/[\r\n]+/).map((line) => line.split("\t").map(bare).find(Boolean) ?? "");
  const seen = new Set();
  return cells.filter((cell) => cell && !seen.has(cell.toLocaleLowerCase()) && seen.add(cell.toLocaleLowerCase()));
}

/** Lines of which nothing is an entry. @param {string} text @param {(text: string) => string[]} read */
export const unread = (text, read) => text.split(/[\r\n]+/).filter((line) => line.trim() && read(line).length === 0);

/** Domains may stand in one line too, between commas, semicolons or blanks. @param {string} text */
export function domainsOf(text) {
  const cells = text.split(/[\s,;]+/).map((cell) => domain(bare(cell)));
  return [...new Set(cells.filter((cell) => cell.includes(".")))];
}

/** @param {string} cell */
const bare = (cell) => cell.trim().replace(/^"(.*)"$/s, "$1").replace(/""/g, '"').trim();

/** Of an e-mail or an address of the web, its domain. @param {string} text */
const domain = (text) =>
  text
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, "")
    .replace(/^.*@/, "")
    .replace(/[/?#:].*$/s, "")
    .replace(/^www\./, "");
