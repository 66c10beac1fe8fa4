"""Many predicates that combine others → one statement that finds the rows of all of them.

A condition for each takes DuckDB's planner longer than quadratic time, which interrupts do not always end: three
hundred took it nine seconds. Here predicates are numbered, and rows are found with the number of whatever holds for
them, level by level: all texts in one look-up for each field, then whatever combines these, then what combines that. So
a statement grows with the depth of a filter and not with its breadth.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mappings.factoring import factored
from mappings.predicates import All, Any, Not, Phrase, Predicate, Substring, Terms
from search.duckdb.columns import column_condition
from search.duckdb.lookup import place_of
from search.duckdb.sql import Sql, joined, wrapped
from search.duckdb.terms import Leaf, meanings

Numbered = tuple[int, Predicate]
"""A predicate, and the number that its rows are found with. Several may have one number: any of them has to hold."""


def any_rows(predicates: Iterable[Predicate]) -> Sql:
    """A condition that holds where any of `predicates`, which are in their simplest form, does."""
    return wrapped("row IN (SELECT row FROM (", _rows([(0, predicate) for predicate in predicates]), "))")


def all_rows(predicates: Sequence[Predicate]) -> Sql:
    """The same where all of them do."""
    return any_rows([All(tuple(predicates))])


def _rows(asked: Iterable[Numbered]) -> Sql:
    """The statement that gives (number, row) of the contacts for which each holds; a row perhaps several times."""
    leaves: dict[str, list[tuple[int, Leaf]]] = defaultdict(list)
    groups: list[tuple[int, All]] = []
    excluded: list[Numbered] = []
    statements: list[Sql] = []
    for number, predicate in _alternatives(asked):
        match predicate:
            case Terms() | Phrase() | Substring():
                leaves[predicate.field].append((number, predicate))
            case All():
                groups.append((number, predicate))
            case Not(of):
                excluded.append((number, of))
            case Any():
                raise AssertionError("an alternative is no alternatives itself")
            case _:
                held = column_condition(predicate)
                statements.append(wrapped(f"SELECT {number} AS number, row FROM contacts WHERE ", held, ""))
    statements += [_looked_up(field, those) for field, those in leaves.items()]
    statements += [_of_groups(groups)] if groups else []
    statements += [_of_others(excluded)] if excluded else []
    return joined(" UNION ALL ", statements)


def _alternatives(asked: Iterable[Numbered]) -> Iterator[Numbered]:
    """The same with the alternatives of each `Any` in its place."""
    for number, predicate in asked:
        if isinstance(predicate, Any):
            yield from [(number, alternative) for alternative in factored(predicate.of)]
        else:
            yield number, predicate


def _looked_up(field: str, asked: Sequence[tuple[int, Leaf]]) -> Sql:
    """The same of leaves on one field."""
    table, column = place_of(field)
    return wrapped("SELECT number, row FROM (", meanings(field, asked), f") JOIN {table} ON {column} = id")


def _of_groups(groups: Sequence[tuple[int, All]]) -> Sql:
    """The same where all members must hold: a row counts if it was found for all, and for none that must not hold."""
    members: dict[Predicate, int] = {}
    links: list[tuple[int, ...]] = []
    for at, (number, group) in enumerate(groups):
        size = sum([not isinstance(part, Not) for part in group.of])
        for part in group.of:
            member, worth = (part.of, -1) if isinstance(part, Not) else (part, 1)
            links.append((members.setdefault(member, len(members)), at, number, size, worth))
    found = _rows([(number, member) for member, number in members.items()])
    columns = ("number", "place", "asked", "size", "worth")
    listed = ", ".join([f"unnest(?::INTEGER[]) AS {column}" for column in columns])
    return Sql(
        f"SELECT asked AS number, row FROM (SELECT DISTINCT number, row FROM ({found.text})) "
        f"JOIN (SELECT {listed}) USING (number) GROUP BY row, place, asked, size HAVING sum(worth) = size",
        (*found.parameters, *map(list, zip(*links, strict=True))),
    )


def _of_others(excluded: Sequence[Numbered]) -> Sql:
    """The same where each must not hold."""
    places = list(range(len(excluded)))
    found = _rows([(place, predicate) for place, (_, predicate) in enumerate(excluded)])
    return Sql(
        "SELECT asked AS number, row FROM (SELECT number, row FROM contacts, (SELECT unnest(?::INTEGER[]) AS number) "
        f"EXCEPT SELECT number, row FROM ({found.text})) "
        "JOIN (SELECT unnest(?::INTEGER[]) AS number, unnest(?::INTEGER[]) AS asked) USING (number)",
        (places, *found.parameters, places, [number for number, _ in excluded]),
    )
