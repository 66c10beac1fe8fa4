"""Finds the names of sets in a file: which block has which, and what the file says of the set.

Of each block the first name is held in memory, some tens of bytes for each 128 terms; a block is read when it is asked
for.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import duckdb
import msgspec
from pyroaring import BitMap

from search.duckdb.blocks import Block, unpack
from search.duckdb.spaces import SPACES
from search.memo import Kept

Name = tuple[str, str]
"""A space, and a text in it."""

_AT_ONCE = 512
"""Blocks of one statement: some megabytes at most, where texts are not long."""

_KEPT_BYTES = 4 * 2**20
_NAME_BYTES = 256
"""About how much an entry and its name hold beside the text and the numbers."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What the file says of a set.

    Attributes:
        id: its number.
        size: how many numbers are in it.
        few: all of them, as `search.duckdb.blocks` packs them; `None` if they are too many for that.
    """

    id: int
    size: int
    few: bytes | None

    @classmethod
    def of_block(cls, block: Block, first: int, place: int) -> "Entry":
        """The entry of the name at a `place` of a block whose first id is this."""
        size, few = block.sizes[place], block.few[place]
        return cls(first + place, size, few if few or not size else None)


class Catalogue:
    """All names of one file. Threads share it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        listed = connection.execute("SELECT space, id, first FROM names ORDER BY block").fetchall()
        self._ids = array("I", [id_ for _, id_, _ in listed])
        self._firsts = [first for *_, first in listed]
        spaces = array("I", [space for space, *_ in listed])
        self._spans = {name: range(*_span(spaces, number)) for name, number in SPACES.items()}
        self._entries: Kept[Name, Entry | None] = Kept(_weight, _KEPT_BYTES)

    def entries(self, connection: duckdb.DuckDBPyConnection, names: Iterable[Name]) -> dict[Name, Entry]:
        """The entries of those of `names` that there are."""
        found: dict[Name, Entry | None] = {name: self._entries[name] for name in names if name in self._entries}
        asked: dict[int, list[Name]] = {}
        for name in names:
            if name not in found:
                asked.setdefault(self._block_of(name), []).append(name)
        for number, first, block in self._read(connection, [number for number in asked if number >= 0]):
            places = {text: place for place, text in enumerate(block.texts)}
            for name in asked.pop(number):
                place = places.get(name[1])
                entry = None if place is None else Entry.of_block(block, first, place)
                found[name] = self._entries.keep(name, entry)
        return {name: entry for name, entry in found.items() if entry is not None}

    def ids(self, space: str) -> BitMap:
        """The ids of all names of a space."""
        span = self._spans[space]
        return BitMap(range(self._first(span.start), self._first(span.stop)))

    def blocks(self, connection: duckdb.DuckDBPyConnection, ids: BitMap) -> Iterator[tuple[int, Block]]:
        """The blocks that have any of the names with these `ids`, each with its first id."""
        numbers: list[int] = []
        while (id_ := next(ids.iter_equal_or_larger(self._first(numbers[-1] + 1) if numbers else 0), None)) is not None:
            numbers.append(bisect_right(self._ids, id_) - 1)
        for _, first, block in self._read(connection, numbers):
            yield first, block

    def _block_of(self, name: Name) -> int:
        """The block that has a name if any has it; -1 if none can."""
        span = self._spans[name[0]]
        number = bisect_right(self._firsts, name[1], span.start, span.stop) - 1
        return number if number in span else -1

    def _first(self, number: int) -> int:
        """The first id of a block; of the one after the last, beyond all ids of blocks."""
        return self._ids[number] if number < len(self._ids) else 2**32 - 1

    def _read(self, connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> Iterator[tuple[int, int, Block]]:
        """The blocks with these numbers, each with its number and its first id: a statement for each few hundred."""
        statement = "SELECT block, id, packed FROM names WHERE block IN (SELECT unnest(?::INTEGER[]))"
        for at in range(0, len(numbers), _AT_ONCE):
            for number, first, packed in connection.execute(statement, (list(numbers[at : at + _AT_ONCE]),)).fetchall():
                yield number, first, unpack(packed)


def _span(spaces: Sequence[int], number: int) -> tuple[int, int]:
    """The blocks of a space."""
    last = bisect_right(spaces, number)
    return bisect_right(spaces, number - 1, 0, last), last


def _weight(name: Name, entry: Entry | None) -> int:
    return _NAME_BYTES + len(name[1]) + len((entry.few if entry else None) or b"")
