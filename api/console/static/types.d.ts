/**
 * Shapes that several modules know, global to all of them. Not served: browsers need no types.
 *
 * Those of the service's answers go as far as the page reads them: `docs/api.md` has all of them.
 */

type Signal<T> = import("./vendor/signals-core/signals-core.module.js").Signal<T>;

/** A number, or `"<5"` where somebody may not know few. */
type Count = number | string;

type ListName = "include_company_name" | "exclude_company_name" | "include_domain_list" | "exclude_domain_list";
type View = "people" | "breakdown" | "compare" | "code";

interface Search {
  /** What stands between `#` and `?` in Apollo's address; empty if there is no search. */
  path: string;
  /** What stands behind the `?`, as it was written. */
  query: string;
  /** What is muted: a parameter or list, or `name=value` for a value of one. */
  off: string[];
  /** Of companies and domains, beside the URL. */
  lists: Partial<Record<ListName, string[]>>;
  /** Most contacts of one company. */
  perCompany: number | null;
  view: View;
  /** URLs beside this one to compare with. */
  others: string[];
  /** Who of the compared is looked at: in which of the URLs they are. */
  region: number[] | null;
}

type LedgerEntry = {name: string, value: string, status: "applied" | "repaired" | "approximated" | "ignored", reason: string, read_as: string | null};
type AnalysedParameter = {name: string, values: string[], description: string, category: string};
type Analysis = {url_structure: {base_url: string, hash_path: string | null, query_string: string | null}, categories: {name: string, parameters: AnalysedParameter[]}[], ledger: LedgerEntry[]};
type ExplainedValue = {value: string, count: Count, within: Count};
type Explained = {name: string, category?: string, combine?: string, count: Count, without: Count, known?: Count, values: ExplainedValue[]};
/** What a search can be given, as the service's table has it. */
type Filter = {name: string, category: string, description: string, example: string};
type Drop = {name: string, value: string | null};
type Rescue = {drop: Drop[], count: Count, url: string};
type Instead = {name: string, value: string, nearest: {value: string, count: Count, within: Count}[]};
type Explanation = {count: Count, total: Count, companies: {count: Count, exact: boolean}, parameters: Explained[], lists: Explained[], rescue: Rescue[], instead: Instead[], canonical_url: string, fingerprint: string, truncated?: boolean};
type Bucket = {value: string, label: string, count: Count | null, chosen: boolean, lift: number | null, url: string | null, url_exact: boolean};
type Facet = {name: string, parameter: string | null, count: Count | null, missing: Count | null, other: Count | null, exact: boolean, buckets: Bucket[], timed_out?: boolean};
type Faceted = {count: Count, total: Count, facets: Facet[]};
type Contact = {uuid: string, [field: string]: unknown};
type ContactPage = {next: string | null, previous: string | null, results: Contact[]};
type Checked = {name: string, matches: boolean, wanted: string[], has: (string | number | boolean)[]};
type CheckedContact = {contact: Contact, matches: boolean, parameters: Checked[]};
type Region = {in: number[], not: number[], count: Count};
type Comparison = {counts: Count[], regions: Region[], union: Count, parameters: {name: string, values: string[][], change: (Count | null)[]}[]};
type SavedSearch = {name: string, url: string | null, combine?: {any?: string[], all?: string[], not?: string[]}, per_company?: number, fingerprint: string, saved_at: string, count_then: Count, count_now: Count | null, [list: string]: unknown};
type SavedSearches = {searches: SavedSearch[]};
type Load = {name: string, live: boolean, finished_at: string | null, contacts: number | null, rows: number | null, repeated: number | null, rejected: number | null, repaired: number | null, filled: Record<string, number> | null};
type User = {uuid: string, email: string, name: string, role?: string, active?: boolean};

/** What each question to the service is answered with. */
interface Answers {
  analyze: Analysis;
  compare_urls: Comparison;
  count_contacts: {count: Count};
  delete_search: SavedSearches;
  explain_contact: {contacts: CheckedContact[]};
  explain_count: Explanation;
  facet_contacts: Faceted;
  loads: {loads: Load[]};
  save_search: SavedSearches;
  saved_searches: SavedSearches;
  search_contacts: ContactPage;
}

/** How the service read a value of the URL, whether it is asked, and how it is shown. */
type ReadValue = LedgerEntry & {off: boolean, shown: string};

interface ReadParameter {
  name: string;
  category: string;
  description: string;
  values: ReadValue[];
  /** No value of it is asked. */
  off: boolean;
  /** What it has in the search: what is `unused` was to ask something of contacts, what is `idle` was not. */
  part: "filter" | "setting" | "unused" | "idle";
}
