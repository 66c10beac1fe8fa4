"""Text predicates → conditions on `contacts`, by way of the dictionary of terms and the postings.

Every sub-select costs planning and a pass over the rows, so predicates that stand side by side are brought together:
one look-up of all their terms, one of all their rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from mappings.predicates import All, Any, Predicate, all_of, any_of
from search.duckdb.schema import CODED
from search.duckdb.sql import Sql, joined, wrapped
from search.duckdb.terms import Leaf, meanings, meant


def leaves_of(predicate: Predicate) -> tuple[Leaf, ...]:
    """The leaves of which one must hold: the predicate itself, or its alternatives. None if it asks anything else."""
    parts = predicate.of if isinstance(predicate, Any) else (predicate,)
    leaves = tuple([part for part in parts if isinstance(part, Leaf)])
    return leaves if len(leaves) == len(parts) else ()


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


def any_group(groups: Sequence[Sequence[Predicate]]) -> Sql:
    """A condition that holds where all of any one of `groups` do; each member is a leaf or alternatives of leaves.

    Members are numbered, and rows found for each; a row counts for a group if it was found for all its members.
    """
    asked: dict[str, list[tuple[int, Leaf]]] = defaultdict(list)
    members = [(at, len(group), member) for at, group in enumerate(groups) for member in group]
    for number, (_, _, member) in enumerate(members):
        for leaf in leaves_of(member):
            asked[leaf.field].append((number, leaf))
    numbered = joined(" UNION ALL ", [_numbered_rows(field, leaves) for field, leaves in asked.items()])
    return Sql(
        f"row IN (SELECT row FROM (SELECT DISTINCT number, row FROM ({numbered.text})) JOIN "
        '(SELECT unnest(?::INTEGER[]) AS number, unnest(?::INTEGER[]) AS "group", unnest(?::INTEGER[]) AS size) '
        'USING (number) GROUP BY row, "group", size HAVING count(*) = size)',
        (
            *numbered.parameters,
            list(range(len(members))),
            [at for at, _, _ in members],
            [size for _, size, _ in members],
        ),
    )


def factored(alternatives: Sequence[Predicate]) -> Sequence[Predicate]:
    """The same alternatives with what several have in common taken out: `ac or bc` is `(a or b) and c`.

    A list of cities, each with its state and country, becomes one look-up of cities for each state.
    """
    shared = Counter(
        part for alternative in alternatives if isinstance(alternative, All) for part in dict.fromkeys(alternative.of)
    )
    common, times = shared.most_common(1)[0] if shared else (None, 0)
    if common is None or times < 2:
        return alternatives
    having = [predicate for predicate in alternatives if isinstance(predicate, All) and common in predicate.of]
    others = [predicate for predicate in alternatives if predicate not in having]
    rest = any_of(all_of(part for part in predicate.of if part != common) for predicate in having)
    return [all_of((common, rest)), *factored(others)]


def _numbered_rows(field: str, asked: Sequence[tuple[int, Leaf]]) -> Sql:
    """The statement that gives (number, row) of the contacts for which each leaf holds; a row perhaps several times."""
    table, column = place_of(field)
    return wrapped("SELECT number, row FROM (", meanings(field, asked), f") JOIN {table} ON {column} = id")
