"""The terms of one field of a file: which rows have any, and which terms have the most rows.

What is told of a field is made once, when it is first counted by, and kept as long as the file is open: four bytes a
term, and a bit a row.
"""

from array import array

import duckdb
import msgspec
from pyroaring import BitMap

from mappings.text import LONGEST_TERM
from search.duckdb.blocks import unpacked
from search.duckdb.schema import CODED
from search.duckdb.shelf import Pile, Shelf, united
from search.duckdb.slices import Pause

MANY = 1000
"""Terms of a field with single values above which rows are counted by the column of codes, and not by sets."""

_AT_ONCE = 64
"""Sets that are read together."""


class Vocabulary(msgspec.Struct, frozen=True, gc=False):
    """What is known of the terms of a field.

    Attributes:
        valued: the rows that have any.
        ids: of the terms that are counted, those with the most rows first, then in order; `None` where there are `MANY`
            in a field with single values.
        sizes: how many rows each of these has.
    """

    valued: BitMap
    ids: "array[int] | None"
    sizes: "array[int]"


def vocabulary(shelf: Shelf, connection: duckdb.DuckDBPyConnection, field: str, pause: Pause) -> Vocabulary:
    """Looks at all terms of a field."""
    ids = shelf.names.ids(field)
    if field in CODED and len(ids) > MANY:
        return Vocabulary(shelf.valued(connection, field), None, array("I"))
    counted: list[tuple[int, int]] = []
    pile = Pile.of(())
    for first, block in shelf.names.blocks(connection, ids):
        names = block.names()
        for place, (name, size) in enumerate(zip(names, unpacked(block.sizes), strict=True)):
            if len(name) <= LONGEST_TERM:
                counted.append((-size, first + place))
            if not block.listed[place]:
                pile.many.append(first + place)
        pile.few += block.few
        pause()
    counted.sort()
    pause()
    valued = shelf.valued(connection, field) if field in CODED else _united(shelf, connection, pile, pause)
    return Vocabulary(valued, array("I", [id_ for _, id_ in counted]), array("I", [-size for size, _ in counted]))


def _united(shelf: Shelf, connection: duckdb.DuckDBPyConnection, pile: Pile, pause: Pause) -> BitMap:
    """The union of a pile, whose larger sets are read some at a time."""
    found = united(Pile(pile.few, []), {}, pause)
    for at in range(0, len(pile.many), _AT_ONCE):
        for members in shelf.sets(connection, pile.many[at : at + _AT_ONCE], pause).values():
            found |= members
    return found
