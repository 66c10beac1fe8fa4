/** What people paste as a column of a spreadsheet, as a list. Pure. */

/**
 * Each line is an entry; of several cells in a line the first that is not empty; quotes around a cell are the
 * spreadsheet's. Each entry once.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function entriesOf(text) {
  const cells = text.split(/[\r\n]+/).map((line) => line.split("\t").map(bare).find(Boolean) ?? "");
  return [...new Set(cells.filter(Boolean))];
}

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
