/** The shapes of the service's answers, as far as the page reads them: `docs/api.md` has all of them. */

import type { Count } from "./numbers.js";

export type LedgerEntry = {name: string, value: string, status: "applied" | "repaired" | "approximated" | "ignored", reason: string, read_as: string | null};
export type AnalysedParameter = {name: string, values: string[], description: string, category: string};
export type Analysis = {url_structure: {base_url: string, hash_path: string | null, query_string: string | null}, categories: {name: string, parameters: AnalysedParameter[]}[], ledger: LedgerEntry[]};
export type ExplainedValue = {value: string, count: Count, within: Count};
export type Explained = {name: string, category?: string, combine?: string, count: Count, without: Count, known?: Count, values: ExplainedValue[]};
export type Rescue = {drop: {name: string, value: string | null}[], count: Count, url: string};
export type Instead = {name: string, value: string, nearest: {value: string, count: Count}[]};
export type Explanation = {count: Count, total: Count, companies: {count: Count, exact: boolean}, parameters: Explained[], lists: Explained[], rescue: Rescue[], instead: Instead[], canonical_url: string, fingerprint: string, truncated?: boolean};
export type Bucket = {value: string, label: string, count: Count | null, chosen: boolean, lift: number | null, url: string | null, url_exact: boolean};
export type Facet = {name: string, parameter: string | null, count: Count | null, missing: Count | null, other: Count | null, exact: boolean, buckets: Bucket[], timed_out?: boolean};
export type Contact = {uuid: string, [field: string]: unknown};
export type Page = {next: string | null, previous: string | null, results: Contact[]};
export type Checked = {name: string, matches: boolean, wanted: string[], has: (string | number | boolean)[]};
export type CheckedContact = {contact: Contact, matches: boolean, parameters: Checked[]};
export type Region = {in: number[], not: number[], count: Count};
export type Comparison = {counts: Count[], regions: Region[], union: Count, parameters: {name: string, values: string[][], change: (Count | null)[]}[]};
export type SavedSearch = {name: string, url: string | null, combine?: {any?: string[], all?: string[], not?: string[]}, per_company?: number, fingerprint: string, saved_at: string, count_then: Count, count_now: Count | null, [list: string]: unknown};
export type Load = {name: string, live: boolean, finished_at: string | null, contacts: number | null, rows: number | null, repeated: number | null, rejected: number | null, repaired: number | null, filled: Record<string, number> | null};
export type User = {uuid: string, email: string, name: string, role?: string, active?: boolean};
