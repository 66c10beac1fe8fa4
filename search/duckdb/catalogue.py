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
from search.duckdb.slices import Pause
from search.duckdb.spaces import SPACES
from search.memo import Kept

Name = tuple[str, str]
"""A space, and a text in it."""

_AT_ONCE = 512
"""Blocks of one statement: some megabytes at most, where texts are not long."""

KEPT_BYTES = 24 * 2**20
"""Blocks of one file that are kept in memory: at a million contacts those of all companies, three times over."""

_BLOCK_BYTES = 512
"""About how much a block holds beside its texts and numbers."""


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
        return cls(first + place, block.size(place), block.numbers(place))


class Catalogue:
    """All names of one file. Threads share it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        listed = connection.execute("SELECT space, id, first FROM names ORDER BY block").fetchall()
        self._ids = array("I", [id_ for _, id_, _ in listed])
        self._firsts = [first for *_, first in listed]
        spaces = array("I", [space for space, *_ in listed])
        self._spans = {name: range(*_span(spaces, number)) for name, number in SPACES.items()}
        self._blocks: Kept[int, Block] = Kept(_weight, KEPT_BYTES)

    def entries(self, connection: duckdb.DuckDBPyConnection, names: Iterable[Name], pause: Pause) -> dict[Name, Entry]:
        """The entries of those of `names` that there are."""
        asked: dict[int, list[Name]] = {}
        for name in names:
            asked.setdefault(self._block_of(name), []).append(name)
        found: dict[Name, Entry] = {}
        for number, block in self._read(connection, [number for number in asked if number >= 0]):
            pause()
            for name in asked[number]:
                place = block.place(name[1])
                if place is not None:
                    found[name] = Entry.of_block(block, self._ids[number], place)
        return found

    def named(self, connection: duckdb.DuckDBPyConnection, ids: BitMap, pause: Pause) -> dict[int, tuple[str, Entry]]:
        """The names with these ids, and their entries."""
        found: dict[int, tuple[str, Entry]] = {}
        for first, block in self.blocks(connection, ids):
            names = block.names()
            for id_ in ids & BitMap(range(first, first + len(names))):
                found[id_] = (names[id_ - first], Entry.of_block(block, first, id_ - first))
            pause()
        return found

    def ids(self, space: str) -> BitMap:
        """The ids of all names of a space."""
        span = self._spans[space]
        return BitMap(range(self._first(span.start), self._first(span.stop)))

    def blocks(self, connection: duckdb.DuckDBPyConnection, ids: BitMap) -> Iterator[tuple[int, Block]]:
        """The blocks that have any of the names with these `ids`, each with its first id."""
        numbers: list[int] = []
        while (id_ := next(ids.iter_equal_or_larger(self._first(numbers[-1] + 1) if numbers else 0), None)) is not None:
            numbers.append(bisect_right(self._ids, id_) - 1)
        for number, block in self._read(connection, numbers):
            yield self._ids[number], block

    def _block_of(self, name: Name) -> int:
        """The block that has a name if any has it; -1 if none can."""
        span = self._spans[name[0]]
        number = bisect_right(self._firsts, name[1], span.start, span.stop) - 1
        return number if number in span else -1

    def _first(self, number: int) -> int:
        """The first id of a block; of the one after the last, beyond all ids of blocks."""
        return self._ids[number] if number < len(self._ids) else 2**32 - 1

    def _read(self, connection: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> Iterator[tuple[int, Block]]:
        """The blocks with these numbers: a statement for each few hundred that are not kept."""
        unknown: list[int] = []
        for number in numbers:
            block = self._blocks.get(number)
            if block is None:
                unknown.append(number)
            else:
                yield number, block
        statement = "SELECT block, packed FROM names WHERE block IN (SELECT unnest(?::INTEGER[]))"
        for at in range(0, len(unknown), _AT_ONCE):
            for number, packed in connection.execute(statement, (unknown[at : at + _AT_ONCE],)).fetchall():
                yield number, self._blocks.keep(number, unpack(packed))


def _span(spaces: Sequence[int], number: int) -> tuple[int, int]:
    """The blocks of a space."""
    last = bisect_right(spaces, number)
    return bisect_right(spaces, number - 1, 0, last), last


def _weight(_: int, block: Block) -> int:
    return _BLOCK_BYTES + block.texts.__sizeof__() + len(block.sizes) + len(block.listed) + len(block.few)
