"""Rows on their way from a source to becoming contacts or rejects, and the protocol of the sources."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from indexing.sources.columns import ColumnMapping


class Row(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        line: where it begins in the source, as messages tell it: the line of a file (the header being line 1), else
            the number of the row.
        cells: texts in column order; of a row that is a finished contact, one element, the item as JSON.
        problem: why the row can't be read; `None` if it can.
        place: what a source needs to go on after this row; `None` where the number of rows is enough.
    """

    line: int
    cells: Sequence[str]
    problem: str | None = None
    place: str | None = None


class Start(msgspec.Struct, frozen=True):
    """Where an interrupted load goes on: after so many rows of the source, the last of which was at `place`."""

    rows: int = 0
    place: str | None = None


class Reader(Protocol):
    """The rows of an open source.

    Attributes:
        columns: what the columns mean; `None` when the rows are finished contacts.
    """

    columns: ColumnMapping | None

    def __iter__(self) -> Iterator[Row]:
        """All rows, also those that can't become a contact. Raises `SourceError`."""

    def position(self) -> int:
        """Bytes of the source that have been read so far; 0 if that can't be told."""

    def watermark(self) -> str | None:
        """The latest change among the rows read so far, for sources that know of one."""


class Source(Protocol):
    """Something that rows come from.

    Attributes:
        name: how messages call it.
        size: bytes, for the progress bar; `None` when that can't be told.
        identity: changes when the source is not the one an interrupted load began with.
        carried: rows that are live already and are only carried over: no part of the summary.
    """

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int | None: ...

    @property
    def identity(self) -> str: ...

    @property
    def carried(self) -> bool: ...

    def open(self, start: Start) -> AbstractContextManager[Reader]:
        """The reader of the rows after `start`. Raises `SourceError`."""
