"""Cuts what a build found out into the sets of a file: names and numbers as DuckDB gives them → `names` and `sets`.

It is done in a thread of its own, one piece after the other, while DuckDB makes the next. No number is looked at by
itself. What comes of it waits in files, which become tables at the end.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import msgspec
from pyroaring import BitMap

from search.duckdb.bits import of_numbers
from search.duckdb.blocks import BLOCK, FEW, Packer, packed, unescaped
from search.duckdb.portions import Portion
from search.duckdb.spaces import HELD, SPACES

_CHARACTERS = 16_384
"""Characters of the names in a block after which it ends, however few they are."""


class Slice(msgspec.Struct, frozen=True):
    """Some names of a space, in order, and their sets.

    Attributes:
        first: the id of the first of them; the others follow it.
        names: `escaped`.
        sizes: how many numbers are in the set of each.
        members: these numbers, one set after the other, but of those that are in `large`.
        large: place among the names → a set that came by itself.
    """

    first: int
    names: Sequence[str]
    sizes: "array[int]"
    members: "array[int]"
    large: Mapping[int, BitMap]


class Cutter:
    """Fills `names` and `sets`. A context manager: its thread ends with the block.

    Sets are to come in the order of `spaces.SPACES`, each with the id that follows those before, so that both tables
    are in order.

    Args:
        scratch: a directory for files that do not stay.
    """

    def __init__(self, scratch: Path) -> None:
        self._block = 0
        self._sets = Portion(scratch / "sets", {"id": "INTEGER", "size": "INTEGER", "many": "BLOB"})
        numbers = dict.fromkeys(("block", "space", "id"), "INTEGER")
        self._names = Portion(scratch / "names", numbers | {"first": "VARCHAR", "packed": "BLOB"})
        self._pack = Packer()
        self._thread = ThreadPoolExecutor(1)
        self._last: Future[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()

    def texts(self, space: str, slice_: Slice) -> None:
        """Take the next names of a space."""
        self._begin(lambda: self._names.add(self._blocks(SPACES[space], slice_)))

    def bits(self, space: str, first: int, held: bytes, values: bytes, bits: int) -> None:
        """Take the sets of a number that has so many `bits`: of all rows whether they have one, and what it is. Their
        ids begin with `first`."""

        def cut() -> None:
            size = len(values) // max(len(held), 1)
            sets = {HELD: next(of_numbers(held, 1))}
            found = of_numbers(values, size) if size else iter(())
            self._flags(space, first, sets | {str(bit): rows for bit, rows in zip(range(bits), found, strict=False)})

        self._begin(cut)

    def flags(self, space: str, first: int, values: bytes, names: Mapping[str, int]) -> Future[dict[str, int]]:
        """Take one set for each of `names`: the rows that have its bit in `values`, of eight bytes each. Their ids
        begin with `first`. How many they are."""

        def cut() -> dict[str, int]:
            sets = {1 << at: rows for at, rows in enumerate(of_numbers(values, 8))}
            return self._flags(space, first, {name: sets[bit] for name, bit in names.items()})

        return self._begin(cut)

    def insert(self, database: duckdb.DuckDBPyConnection) -> None:
        """Make tables of all that was taken."""
        self._wait()
        self._sets.insert(database, "sets")
        self._names.insert(database, "names")

    def _begin(self, work: Callable[[], Any]) -> Future[Any]:
        """Do a piece of work. The one before it is done then, so that no more of them are in memory."""
        self._wait()
        self._last = self._thread.submit(work)
        return self._last

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()

    def _flags(self, space: str, first: int, sets: Mapping[str, BitMap]) -> dict[str, int]:
        names = sorted(sets)
        sizes = self._store(enumerate(map(sets.__getitem__, names), first))
        block = self._pack(names, sizes, bytes(len(names)), b"")
        self._names.add([self._row(SPACES[space], first, names[0], block)])
        return dict(zip(names, sizes, strict=True))

    def _blocks(self, space: int, slice_: Slice) -> Iterator[tuple[Sequence[int], Sequence[bytes]]]:
        members, start = slice_.members, 0
        for at, end in _cuts(slice_.names):
            some = slice_.sizes[at:end]
            if max(some) <= FEW:
                listed, few = bytes(some.tolist()), members[start : (start := start + sum(some))]
            else:
                few, many, counts = array("I"), [], bytearray()
                for place, size in enumerate(some, at):
                    counts.append(size if size <= FEW else 0)
                    id_ = slice_.first + place
                    if place in slice_.large:
                        many.append((id_, slice_.large[place]))
                        continue
                    those = members[start : (start := start + size)]
                    if size <= FEW:
                        few += those
                    else:
                        many.append((id_, BitMap(those)))
                self._store(many)
                listed = bytes(counts)
            block = self._pack(slice_.names[at:end], some, listed, packed(few))
            yield self._row(space, slice_.first + at, slice_.names[at], block)

    def _store(self, sets: Iterable[tuple[int, BitMap]]) -> list[int]:
        """Keep these sets, which are no part of a block; how many numbers are in each."""
        sizes: list[int] = []
        self._sets.add(_serialised(sets, sizes))
        return sizes

    def _row(self, space: int, first: int, name: str, names: bytes) -> tuple[Sequence[int], Sequence[bytes]]:
        """The row of a block of `names`, which are packed; the first is called so and has the id `first`."""
        row = ((self._block, space, first), (unescaped(name).encode(), names))
        self._block += 1
        return row


def _cuts(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where blocks of names begin and end."""
    at = 0
    while at < len(names):
        characters = list(accumulate(map(len, names[at : at + BLOCK])))
        end = min(at + bisect_left(characters, _CHARACTERS) + 1, at + len(characters))
        yield at, end
        at = end


def _serialised(
    sets: Iterable[tuple[int, BitMap]], sizes: list[int]
) -> Iterator[tuple[Sequence[int], Sequence[bytes]]]:
    for id_, members in sets:
        sizes.append(len(members))
        members.run_optimize()
        yield (id_, len(members)), (members.serialize(),)
