"""Counts of many predicates at once: what they share is looked at once, however many they are.

The dictionary knows how many contacts have a term. That is the count of whatever means one term, and the sum is that
of several terms of which a contact can have only one. Where predicates on text overlap, the contacts of each leaf
become one large integer with a bit for every row: unions and intersections of such sets take no time, and a leaf is
read once, however many predicates it stands in. What asks for more than text (numbers, presence) is counted alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_

import duckdb
import msgspec

from mappings.predicates import All, Any, Not, Predicate
from search.duckdb.compile import condition
from search.duckdb.lookup import place_of
from search.duckdb.schema import CODED
from search.duckdb.terms import Leaf, meanings

LEAVES = 64
"""Leaves whose contacts are held in memory at once, each with a bit for every contact: 125 kB of a million."""

Sizes = Mapping[int, int]
"""The ids of the terms that a leaf means, each with the number of its contacts."""


def count_each(connection: duckdb.DuckDBPyConnection, predicates: Sequence[Predicate]) -> list[int]:
    """How many contacts each of `predicates` holds for. Blocks: to be run in a thread."""
    ends = {predicate: list(_ends(predicate)) for predicate in dict.fromkeys(predicates)}
    sizes = _sizes(connection, dict.fromkeys(end for parts in ends.values() for end in parts if isinstance(end, Leaf)))
    counts: dict[Predicate, int] = {}
    overlapping: dict[Predicate, set[Leaf]] = {}
    for predicate, parts in ends.items():
        # A leaf that means nothing takes no memory.
        leaves = {end for end in parts if isinstance(end, Leaf) and sizes[end]}
        if isinstance(predicate, Leaf) and (predicate.field in CODED or len(sizes[predicate]) <= 1):
            counts[predicate] = sum(sizes[predicate].values())
        elif all(isinstance(end, Leaf) for end in parts) and len(leaves) <= LEAVES:
            overlapping[predicate] = leaves
        else:
            counts[predicate] = _alone(connection, predicate)
    for portion in _portions(overlapping):
        sets = _Sets.of_leaves(
            connection, {leaf: sizes[leaf] for predicate in portion for leaf in overlapping[predicate]}
        )
        counts.update((predicate, sets.of(predicate).bit_count()) for predicate in portion)
    return [counts[predicate] for predicate in predicates]


class _Sets(msgspec.Struct):
    """Sets of contacts, one bit for every row: those of some leaves, and of all predicates that are made of them."""

    everyone: int
    leaves: dict[Predicate, int]

    @classmethod
    def of_leaves(cls, connection: duckdb.DuckDBPyConnection, leaves: Mapping[Leaf, Sizes]) -> "_Sets":
        """Read the contacts of the terms that each leaf means, field by field."""
        [(rows,)] = connection.execute("SELECT count(*) FROM contacts").fetchall()
        contacts: dict[Predicate, int] = {}
        for field, members in _by_field(leaves).items():
            table, column = place_of(field)
            pairs = [(number, term) for number, leaf in enumerate(members) for term in leaves[leaf]]
            bits = connection.execute(
                f"SELECT number, bitstring_agg(row, 0, {rows - 1})::BLOB FROM {table} "
                f"JOIN (SELECT unnest(?::INTEGER[]) AS number, unnest(?::INTEGER[]) AS id) ON {column} = id "
                "GROUP BY number",
                ([number for number, _ in pairs], [term for _, term in pairs]),
            ).fetchall()
            contacts.update((members[number], int.from_bytes(bitmap)) for number, bitmap in bits)
        return cls((1 << rows) - 1, contacts)

    def of(self, predicate: Predicate) -> int:
        """The contacts that `predicate` holds for."""
        match predicate:
            case All(of):
                return reduce(and_, map(self.of, of), self.everyone)
            case Any(of):
                return reduce(or_, map(self.of, of), 0)
            case Not(of):
                return self.everyone ^ self.of(of)
        return self.leaves.get(predicate, 0)


def _ends(predicate: Predicate) -> Iterator[Predicate]:
    """What the combinators combine in the end."""
    match predicate:
        case All(of) | Any(of):
            for part in of:
                yield from _ends(part)
        case Not(of):
            yield from _ends(of)
        case _:
            yield predicate


def _sizes(connection: duckdb.DuckDBPyConnection, leaves: Iterable[Leaf]) -> dict[Leaf, dict[int, int]]:
    """What each leaf means: one look at the dictionary for each field."""
    sizes: dict[Leaf, dict[int, int]] = {leaf: {} for leaf in leaves}
    for field, members in _by_field(sizes).items():
        sql = meanings(field, list(enumerate(members)))
        for number, term, contacts in connection.execute(sql.text, sql.parameters).fetchall():
            sizes[members[number]][term] = contacts
    return sizes


def _by_field(leaves: Iterable[Leaf]) -> dict[str, list[Leaf]]:
    by_field: dict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        by_field[leaf.field].append(leaf)
    return by_field


def _alone(connection: duckdb.DuckDBPyConnection, predicate: Predicate) -> int:
    where = condition(predicate)
    [(count,)] = connection.execute(f"SELECT count(*) FROM contacts WHERE {where.text}", where.parameters).fetchall()
    return int(count)


def _portions(predicates: Mapping[Predicate, set[Leaf]]) -> Iterator[list[Predicate]]:
    """The predicates in turn, so many at a time that they have at most `LEAVES` leaves."""
    portion: list[Predicate] = []
    held: set[Leaf] = set()
    for predicate, leaves in predicates.items():
        if portion and len(held | leaves) > LEAVES:
            yield portion
            portion, held = [], set()
        portion.append(predicate)
        held |= leaves
    if portion:
        yield portion
