"""Counts of many predicates at once: what they share is looked at once, however many they are.

A predicate on one text field is a set of terms. All such terms are looked up together and counted together: a grouped
count of terms takes a tenth of a scan for their contacts. The rest (numbers, several fields, terms of which a contact
can have several) is counted by `count(*) FILTER (WHERE …)`, many in one scan.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import duckdb

from search.duckdb.compile import condition
from search.duckdb.lookup import Leaf
from search.duckdb.schema import CODED
from search.predicates import Phrase, Predicate, Substring, Terms

FILTERS = 32
"""Conditions counted in one scan; each is a join, and a statement of thousands would take minutes to plan."""

_TESTS = {
    Terms: "text = wanted",
    Phrase: "contains(' ' || text || ' ', wanted)",
    Substring: "contains(text, wanted)",
}
"""Kind of predicate → how it is asked of a term; what is wanted comes from `_wanted`."""


def count_each(cursor: duckdb.DuckDBPyConnection, predicates: Sequence[Predicate]) -> list[int]:
    """How many contacts each of `predicates` holds for. Blocks: to be run in a thread."""
    counts: dict[Predicate, int] = {}
    terms = _terms_of(cursor, [each for each in predicates if isinstance(each, Leaf)])
    coded = {leaf: ids for leaf, ids in terms.items() if leaf.field in CODED}
    posted = {leaf: ids for leaf, ids in terms.items() if leaf.field not in CODED and len(ids) <= 1}
    sizes = _posted_sizes(cursor, posted.values()) | _coded_sizes(cursor, coded)
    for leaf, ids in (coded | posted).items():
        counts[leaf] = sum(sizes.get(term, 0) for term in ids)
    rest = [each for each in dict.fromkeys(predicates) if each not in counts]
    for at in range(0, len(rest), FILTERS):
        counts.update(_filtered(cursor, rest[at : at + FILTERS]))
    return [counts[each] for each in predicates]


def _wanted(leaf: Leaf) -> tuple[str, ...]:
    match leaf:
        case Terms(_, values):
            return values
        case Phrase(_, words):
            return (f" {words} ",)
        case Substring(_, text):
            return (text,)


def _terms_of(cursor: duckdb.DuckDBPyConnection, leaves: Iterable[Leaf]) -> dict[Leaf, set[int]]:
    """The ids of the terms that each leaf means: one look at the dictionary for each field and kind of test."""
    found: dict[Leaf, set[int]] = {leaf: set() for leaf in leaves}
    groups: dict[tuple[str, str], list[Leaf]] = defaultdict(list)
    for leaf in found:
        groups[leaf.field, _TESTS[type(leaf)]].append(leaf)
    for (field, test), members in groups.items():
        pairs = [(number, text) for number, leaf in enumerate(members) for text in _wanted(leaf)]
        rows = cursor.execute(
            "SELECT number, id FROM (SELECT id, text FROM terms WHERE field = ?) "
            f"JOIN (SELECT unnest(?::INTEGER[]) AS number, unnest(?::VARCHAR[]) AS wanted) ON {test}",
            (field, [number for number, _ in pairs], [text for _, text in pairs]),
        ).fetchall()
        for number, term in rows:
            found[members[number]].add(term)
    return found


def _posted_sizes(cursor: duckdb.DuckDBPyConnection, groups: Iterable[set[int]]) -> dict[int, int]:
    ids = sorted(set().union(*groups))
    if not ids:
        return {}
    # Literal ids, unlike parameters, tell the store which parts of the table to leave alone.
    listed = ", ".join(map(str, ids))
    return dict(
        cursor.execute(f"SELECT term, count(*) FROM postings WHERE term IN ({listed}) GROUP BY term").fetchall()
    )


def _coded_sizes(cursor: duckdb.DuckDBPyConnection, coded: dict[Leaf, set[int]]) -> dict[int, int]:
    """A contact has one value of such a field, so the sizes of several terms add up."""
    sizes: dict[int, int] = {}
    by_field: dict[str, set[int]] = defaultdict(set)
    for leaf, ids in coded.items():
        by_field[leaf.field] |= ids
    for field, ids in by_field.items():
        counted = f"SELECT {field}, count(*) FROM contacts WHERE {field} IN (SELECT unnest(?::INTEGER[])) GROUP BY ALL"
        sizes.update(cursor.execute(counted, (sorted(ids),)).fetchall())
    return sizes


def _filtered(cursor: duckdb.DuckDBPyConnection, predicates: Sequence[Predicate]) -> Iterable[tuple[Predicate, int]]:
    conditions = [condition(each) for each in predicates]
    columns = ", ".join(f"count(*) FILTER (WHERE {each.text})" for each in conditions)
    parameters = [parameter for each in conditions for parameter in each.parameters]
    [row] = cursor.execute(f"SELECT {columns} FROM contacts", parameters).fetchall()
    return zip(predicates, row, strict=True)
