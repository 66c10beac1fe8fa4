/** Contacts on their way into a file: the service's lines of JSON, as lines or as rows of the columns that are wanted. Pure. */

import { cell } from "./fields.js";

/** @typedef {{format: "csv" | "ndjson", columns: string[] | null, safe: boolean, comment: string}} Form `columns`: null for all that is stored */

/** What a spreadsheet would take for a formula, https://owasp.org/www-community/attacks/CSV_Injection. */
const FORMULA = /^[=+\-@\t\r]/;

/** @param {string} text @param {boolean} safe */
export function csvCell(text, safe) {
  const told = safe && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(told) ? `"${told.replace(/"/g, '""')}"` : told;
}

/** Turns chunks of lines into chunks of the file, and counts the contacts in it. */
export class Lines {
  contacts = 0;

  #form;
  #rest = "";
  #begun = false;

  /** @param {Form} form */
  constructor(form) {
    this.#form = form;
  }

  /** @param {string} chunk @returns {string} what the whole lines in it become; the rest waits for the next */
  take(chunk) {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = /** @type {string} */ (lines.pop());
    return lines.filter(Boolean).map((line) => this.#written(line)).join("");
  }

  /** What is left when all has come. */
  end() {
    const rest = this.#rest;
    this.#rest = "";
    const empty = this.#begun || this.#form.format !== "csv" ? "" : this.#heading(this.#form.columns ?? []);
    return rest ? this.#written(rest) : empty;
  }

  /** @param {string} line */
  #written(line) {
    this.contacts++;
    const { format, columns, safe } = this.#form;
    if (format === "ndjson" && columns === null) return `${line}\n`;
    const contact = JSON.parse(line);
    const wanted = columns ?? Object.keys(contact);
    if (format === "ndjson") return `${JSON.stringify(Object.fromEntries(wanted.map((name) => [name, name === "name" ? cell(contact, name) : contact[name]])))}\n`;
    const head = this.#begun ? "" : this.#heading(wanted);
    return `${head}${wanted.map((name) => csvCell(cell(contact, name), safe)).join(",")}\r\n`;
  }

  /** @param {string[]} wanted */
  #heading(wanted) {
    this.#begun = true;
    const comment = this.#form.comment ? `# ${this.#form.comment.replace(/[\r\n]+/g, " ")}\r\n` : "";
    return `${comment}${wanted.join(",")}\r\n`;
  }
}

/** A name for a file that tells the search. @param {string[]} words @param {string} ending */
export function fileName(words, ending) {
  const told = words.join("-").toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${["contacts", told.slice(0, 80)].filter(Boolean).join("-")}.${ending}`;
}
