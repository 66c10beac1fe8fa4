/** How numbers, dates and words of the service are written for people. Pure. */

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const brief = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** @param {Count | null | undefined} count */
export const counted = (count) => (typeof count === "number" ? whole.format(count) : (count ?? "–"));

/** The same in little room: `129K`. @param {Count} count */
export const briefly = (count) => (numeric(count) >= 100_000 ? short.format(numeric(count)) : counted(count));

/** Few as they are told: `"<5"` is taken for none where numbers are compared. @param {Count | null | undefined} count */
export const numeric = (count) => (typeof count === "number" ? count : 0);

/** @param {Count} part @param {Count} all @returns {string} nothing where there is no share to tell */
export function share(part, all) {
  if (typeof part !== "number" || typeof all !== "number" || all === 0) return "";
  return part > 0 && part / all < 0.001 ? "under 0.1%" : percent.format(part / all);
}

/** With its sign: `+518`. @param {number} number */
export const signed = (number) => (number > 0 ? "+" : number < 0 ? "−" : "±") + whole.format(Math.abs(number));

/** @param {Count} count @param {string} one @param {string} [many] */
export const several = (count, one, many = `${one}s`) => `${counted(count)} ${count === 1 ? one : many}`;

/** Of a date as the service writes it, in UTC without an offset. What begins at midnight is a day, which is the same everywhere. @param {string} text */
export function dated(text) {
  const [, date, time = ""] = /^(\d{4}-\d\d-\d\d)(?:T(.*?)Z?)?$/.exec(text) ?? [];
  const read = new Date(`${date}T${time || "00:00"}Z`);
  return Number.isNaN(read.getTime()) ? text : (/[1-9]/.test(time) ? moment : day).format(read);
}

/** As much of a text as is drawn in a moment, however long somebody made it. @param {string} text */
export const cut = (text) => (text.length > 1000 ? `${text.slice(0, 1000)}… (${counted(text.length - 1000)} more)` : text);

/** Of bytes a second and the like. @param {number} bytes */
export const sized = (bytes) =>
  bytes < 1e6 ? `${whole.format(Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** A bound of a range: a year as it is, much in short (`1.5M`), a day as a date. @param {string} text @param {boolean} year */
const bound = (text, year) =>
  !/^\d+$/.test(text) ? (/^\d{4}-\d\d-\d\d$/.test(text) ? dated(text) : text.replace(/_/g, " ")) : year ? text : Number(text) < 1e6 ? whole.format(Number(text)) : brief.format(Number(text));

/**
 * A value as people read it: ranges of Apollo's in words, `11 to 50` for `11,50`, all others as they are.
 *
 * @param {string} name of the parameter
 * @param {string} value
 */
export function inWords(name, value) {
  if (!/Ranges?(\[\w*\])?$/.test(name) || !/\d/.test(value)) return value;
  const year = /year/i.test(name);
  if (/\]$/.test(name) && !/\[\]$/.test(name)) return bound(value.trim(), year);
  const [from, to = ""] = value.split(",").map((side) => side.trim());
  // What is no range is told as it is written.
  if (!/^(\d+(\.\d+)?)?,?(\d+(\.\d+)?)?$/.test(value.replace(/ /g, ""))) return value;
  const [least, most] = [from, to].map((side) => bound(side, year));
  if (!to) return from ? `${least} or more` : value;
  if (!from) return `${most} or less`;
  if (Number(from) === Number(to)) return least;
  return least === most ? `${counted(Number(from))} to ${counted(Number(to))}` : `${least} to ${most}`;
}

/** A field's or facet's name in words: `person_linkedin_url` is `Person linkedin url`. @param {string} name */
export function worded(name) {
  const words = name.replace(/_/g, " ").replace(/\b(url|sic|naics)\b/g, (word) => word.toUpperCase()).replace("linkedin", "LinkedIn");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
