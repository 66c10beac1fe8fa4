"""Text predicates → conditions on `contacts`, by way of the dictionary of terms and the postings.

Every sub-select costs planning and a pass over the rows, so predicates that stand side by side are brought together:
one look-up of all their terms, one of all their rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mappings.predicates import All, Any, Not, Predicate
from search.duckdb.schema import CODED
from search.duckdb.sql import Sql, joined, wrapped
from search.duckdb.terms import Leaf, meant


def leaves_of(predicate: Predicate) -> tuple[Leaf, ...]:
    """The leaves of which one must hold: the predicate itself, or its alternatives. None if it asks anything else."""
    parts = predicate.of if isinstance(predicate, Any) else (predicate,)
    leaves = tuple([part for part in parts if isinstance(part, Leaf)])
    return leaves if len(leaves) == len(parts) else ()


def look_ups(predicate: Predicate) -> int:
    """How many look-ups a predicate takes, if those that can be are made together."""
    if leaves_of(predicate):
        return 1
    match predicate:
        case All(of):
            return sum([look_ups(part) for part in of])
        case Any(of):
            return sum(of_alternatives(of))
        case Not(of):
            return look_ups(of)
    return 0


def of_alternatives(alternatives: Sequence[Predicate]) -> Iterator[int]:
    """The same of each of several alternatives, but of the leaves together, and of all that combine leaves."""
    yield any(isinstance(part, Leaf) for part in alternatives)
    yield any(is_group(part) for part in alternatives)
    yield from [look_ups(part) for part in alternatives if not (isinstance(part, Leaf) or is_group(part))]


def is_group(predicate: Predicate) -> bool:
    """Whether all that must hold are leaves, or alternatives of leaves."""
    return isinstance(predicate, All) and all(map(leaves_of, predicate.of))


def place_of(field: str) -> tuple[str, str]:
    """The table and the column in which the ids of a field's terms stand beside rows."""
    return ("contacts", field) if field in CODED else ("postings", "term")


def any_leaf(leaves: Iterable[Leaf]) -> list[Sql]:
    """Conditions of which one holds where any of `leaves` does: one for each coded field, one for all postings."""
    by_field: dict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        by_field[leaf.field].append(leaf)
    ids = {field: meant(field, those) for field, those in by_field.items()}
    coded = [wrapped(f"{field} IN (", terms, ")") for field, terms in ids.items() if field in CODED]
    posted = joined(" UNION ALL ", [terms for field, terms in ids.items() if field not in CODED])
    rows = wrapped("row IN (SELECT row FROM postings WHERE term IN (", posted, "))")
    return [*coded, rows] if posted.text else coded
