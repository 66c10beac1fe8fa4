"""Text predicates → conditions on `contacts`, by way of the dictionary of terms and the postings.

Every sub-select costs planning and a pass over the rows, so predicates that stand side by side are brought together:
one look-up of all their terms, one of all their rows.
"""

from collections import defaultdict
from collections.abc import Iterable

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
    if isinstance(predicate, Leaf):
        return 1
    match predicate:
        case All(of):
            return sum(map(look_ups, of))
        case Any(of):
            leaves = [part for part in of if isinstance(part, Leaf)]
            return bool(leaves) + sum([look_ups(part) for part in of if not isinstance(part, Leaf)])
        case Not(of):
            return look_ups(of)
    return 0


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
