/** The columns of the table: which there are is told by the contacts themselves, which are shown is remembered here. */

import { signal } from "./vendor/signals-core/signals-core.module.js";

const KEY = "columns";

const FIRST = ["name", "title", "company", "country", "email", "email_status"];

/** Fields of a contact → `sortByField` of a URL. */
export const SORTS = new Map(
  Object.entries({
    name: "last_name",
    first_name: "first_name",
    last_name: "last_name",
    title: "title",
    company: "company",
    employees: "employees",
    annual_revenue: "annual_revenue",
    created_at: "created_at",
    updated_at: "updated_at",
  }),
);

/** The columns that are shown, in order: names of fields, and `name` for first and last name together. */
export const columns = signal(remembered());

/** @param {string[]} chosen */
export function choose(chosen) {
  columns.value = chosen.length ? chosen : FIRST;
  try {
    localStorage.setItem(KEY, JSON.stringify(columns.value));
  } catch {
    // A browser may refuse to keep anything: then the choice holds as long as the page.
  }
}

/** @returns {string[]} */
function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (Array.isArray(kept) && kept.length && kept.every((name) => typeof name === "string")) return kept;
  } catch {
    // As if nothing were kept.
  }
  return FIRST;
}

/** What a contact has in a column, as one text. @param {import("./answers.js").Contact} contact @param {string} column */
export function cell(contact, column) {
  if (column === "name") return [contact.first_name, contact.last_name].filter(Boolean).join(" ");
  return text(contact[column]);
}

/** @param {unknown} value @returns {string} */
export function text(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${name}: ${one}`).join(", ");
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}
