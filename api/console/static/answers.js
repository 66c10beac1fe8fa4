/** The shapes of the service's answers, as far as the page reads them: `docs/api.md` has all of them. */

/** @typedef {import("./numbers.js").Count} Count */
/** @typedef {{name: string, value: string, status: "applied" | "repaired" | "approximated" | "ignored", reason: string, read_as: string | null}} LedgerEntry */
/** @typedef {{name: string, values: string[], description: string, category: string}} AnalysedParameter */
/** @typedef {{url_structure: {base_url: string, hash_path: string | null, query_string: string | null}, categories: {name: string, parameters: AnalysedParameter[]}[], ledger: LedgerEntry[]}} Analysis */
/** @typedef {{value: string, count: Count, within: Count}} ExplainedValue */
/** @typedef {{name: string, category?: string, combine?: string, count: Count, without: Count, known?: Count, values: ExplainedValue[]}} Explained */
/** @typedef {{drop: {name: string, value: string | null}[], count: Count, url: string}} Rescue */
/** @typedef {{name: string, value: string, nearest: {value: string, count: Count}[]}} Instead */
/** @typedef {{count: Count, total: Count, companies: {count: Count, exact: boolean}, parameters: Explained[], lists: Explained[], rescue: Rescue[], instead: Instead[], canonical_url: string, fingerprint: string, truncated?: boolean}} Explanation */
/** @typedef {{value: string, label: string, count: Count | null, chosen: boolean, lift: number | null, url: string | null, url_exact: boolean}} Bucket */
/** @typedef {{name: string, parameter: string | null, count: Count | null, missing: Count | null, other: Count | null, exact: boolean, buckets: Bucket[], timed_out?: boolean}} Facet */
/** @typedef {{uuid: string, [field: string]: unknown}} Contact */
/** @typedef {{next: string | null, previous: string | null, results: Contact[]}} Page */
/** @typedef {{name: string, matches: boolean, wanted: string[], has: (string | number | boolean)[]}} Checked */
/** @typedef {{contact: Contact, matches: boolean, parameters: Checked[]}} CheckedContact */
/** @typedef {{in: number[], not: number[], count: Count}} Region */
/** @typedef {{counts: Count[], regions: Region[], union: Count, parameters: {name: string, values: string[][], change: (Count | null)[]}[]}} Comparison */
/** @typedef {{name: string, url: string | null, combine?: {any?: string[], all?: string[], not?: string[]}, per_company?: number, fingerprint: string, saved_at: string, count_then: Count, count_now: Count | null, [list: string]: unknown}} SavedSearch */
/** @typedef {{name: string, live: boolean, finished_at: string | null, contacts: number | null, rows: number | null, repeated: number | null, rejected: number | null, repaired: number | null, filled: Record<string, number> | null}} Load */
/** @typedef {{uuid: string, email: string, name: string, role?: string, active?: boolean}} User */

export {};
