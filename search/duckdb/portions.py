"""Rows with bytes in them that wait in a file until DuckDB takes them all at once."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, islice
from pathlib import Path

import duckdb

from search.duckdb.arrow import Buffers, Table

_BYTES_AT_ONCE = 4 * 1024 * 1024
_ROWS_AT_ONCE = 10_000
"""Bytes and rows of a batch."""

_BATCHES_AT_ONCE = 12
"""Batches of one statement, which all are in DuckDB's memory until it is done."""


class Portion:
    """A file of rows. What is no bytes is kept in memory.

    Args:
        path: where it is; what was there is gone.
        columns: their names and types, which are those of `arrow.Table`: first the numbers, then the bytes.
    """

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self._path, self._columns = path, columns
        self._numbers = [array("i") for type_ in columns.values() if type_ == "INTEGER"]
        self._lengths = [array("i") for type_ in columns.values() if type_ != "INTEGER"]
        path.write_bytes(b"")

    def add(self, rows: Iterable[tuple[Sequence[int], Sequence[bytes]]]) -> None:
        """Add rows, the numbers and the bytes of each, to what is in it."""
        with self._path.open("ab") as stream:
            for numbers, cells in rows:
                for column, number in zip(self._numbers, numbers, strict=True):
                    column.append(number)
                for column, cell in zip(self._lengths, cells, strict=True):
                    column.append(len(cell))
                    stream.write(cell)

    def insert(self, database: duckdb.DuckDBPyConnection, table: str) -> None:
        """Add all rows, in order, to a table with the same columns."""
        batches = self._batches()
        while (first := next(batches, None)) is not None:
            Table(self._columns, chain([first], islice(batches, _BATCHES_AT_ONCE - 1))).insert(database, table)
            # What is not in the file yet is in memory.
            database.execute("CHECKPOINT")

    def _batches(self) -> Iterator[tuple[int, list[Buffers]]]:
        count = len(self._lengths[0])
        with self._path.open("rb") as stream:
            first = 0
            while first < count:
                last, size = first, 0
                while last < min(count, first + _ROWS_AT_ONCE) and size < _BYTES_AT_ONCE:
                    size += sum([column[last] for column in self._lengths])
                    last += 1
                lengths = [column[first:last] for column in self._lengths]
                cells: list[list[bytes]] = [[] for _ in lengths]
                for row in zip(*lengths, strict=True):
                    for column, length in zip(cells, row, strict=True):
                        column.append(stream.read(length))
                numbers: list[Buffers] = [(column[first:last],) for column in self._numbers]
                yield (
                    last - first,
                    [*numbers, *[(ends(each), b"".join(those)) for each, those in zip(lengths, cells, strict=True)]],
                )
                first = last


def ends(lengths: Iterable[int]) -> "array[int]":
    """Where each of some texts begins, and where the last ends, as Arrow has it."""
    return array("i", [0, *accumulate(lengths)])
