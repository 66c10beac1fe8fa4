/** How many contacts there are in a file on its way, counted as its bytes pass. Pure. */

const [NEWLINE, QUOTE, HASH] = [10, 34, 35];

export class Tally {
  #quoted = false;
  #lines = 0;
  #last = NEWLINE;
  #first = 0;

  /** @param {boolean} csv rows under a header, below a comment if there is one; else lines */
  constructor(csv) {
    this.csv = csv;
  }

  /** So far. */
  get contacts() {
    const above = this.csv ? (this.#first === HASH ? 2 : 1) : 0;
    return Math.max(0, this.#lines + (this.#last === NEWLINE ? 0 : 1) - above);
  }

  /** @param {Uint8Array} bytes UTF-8, in which neither a newline nor a quote is part of anything else */
  take(bytes) {
    if (!bytes.length) return;
    this.#first ||= bytes[0];
    for (const byte of bytes) {
      if (byte === QUOTE && this.csv) this.#quoted = !this.#quoted;
      else if (byte === NEWLINE && !this.#quoted) this.#lines++;
    }
    this.#last = bytes[bytes.length - 1];
  }
}

/** A name for a file that tells the search. @param {readonly string[]} words @param {string} ending */
export function fileName(words, ending) {
  const told = words.join("-").toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${["contacts", told.slice(0, 80)].filter(Boolean).join("-")}.${ending}`;
}
