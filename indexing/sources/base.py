"""What a source is: something that gives rows, a batch at a time, to become contacts or rejects.

A new source is one module with one class. It says what its name is and how it is opened; all else has a default here.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

import msgspec

from indexing.sources.cells import Cell, size_of
from indexing.sources.columns import ColumnMapping
from indexing.sources.lines import Lines
from mappings.errors import SourceError

BATCH_ROWS = 1500
BATCH_CHARACTERS = 2 * 1024 * 1024
"""A batch is full at either bound. Encoded it is about 5 MB, which is what Elasticsearch takes fastest."""

ROW_BYTES = 400
"""What a row of a file has at least, about: those of exports have twice that, and more."""


class Row(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        line: where it begins in the source, as messages tell it: the line of a file (the header being line 1), else
            the number of the row.
        cells: in column order, texts or typed values; of a row that is a finished contact, one element, the item as
            JSON.
        problem: why the row can't be read; `None` if it can.
        place: what a source needs to go on after this row; `None` where the number of rows is enough.
    """

    line: int
    cells: Sequence[Cell]
    problem: str | None = None
    place: str | None = None


class Start(msgspec.Struct, frozen=True):
    """Where an interrupted load goes on: after so many rows of the source, the last of which was at `place`."""

    rows: int = 0
    place: str | None = None


class RowBatch(msgspec.Struct, frozen=True):
    """Rows that were read together.

    Attributes:
        rows: at least one, also those that can't become a contact.
        position: bytes of the source that have been read so far; 0 if that can't be told.
        watermark: the latest change among the rows read so far, of sources that know of one.
        lines: where the lines of a file have gone so far, counted from its beginning, those before the start too. That
            of the last batch has all lines, and adds up with all rows.
    """

    rows: list[Row]
    position: int = 0
    watermark: str | None = None
    lines: Lines | None = None


class Reading(msgspec.Struct, frozen=True):
    """A source that is open.

    Attributes:
        columns: what the columns mean; `None` when the rows are finished contacts.
        batches: all rows after the start, in order. They are asked for one at a time, a batch at most is read ahead of
            that, and whoever asks closes the generator. It raises `SourceError`.
        notes: what was decided about the source that its owner may know better; for people, after its name.
    """

    columns: ColumnMapping | None
    batches: AsyncGenerator[RowBatch]
    notes: tuple[str, ...] = ()


class Keys(msgspec.Struct, frozen=True):
    """The rows of a source by their keys.

    Attributes:
        rows: how many there are now.
        bounds: the last key of each range but the last one, in order; there may be fewer ranges than were asked for.
        columns: what the columns mean.
        query, overrides: what the source was asked, for who asks again.
        watermark: the latest change among the rows, of sources that know of one.
    """

    rows: int
    bounds: tuple[str, ...]
    columns: ColumnMapping
    query: str
    overrides: Mapping[str, str]
    watermark: str | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Something that rows come from. Whatever of it blocks, it keeps off the event loop itself."""

    @property
    def name(self) -> str:
        """How messages call it. Each source says it."""
        raise NotImplementedError

    def open(self, start: Start) -> AbstractAsyncContextManager[Reading]:
        """Its rows after `start`. Each source has its own. Raises `SourceError`."""
        raise NotImplementedError

    @property
    def size(self) -> int | None:
        """Bytes, for the progress bar; `None` when that can't be told."""
        return None

    @property
    def identity(self) -> str:
        """Changes when the source is not the one an interrupted load began with."""
        return self.name

    async def keys(self, parts: int) -> Keys:  # noqa: ARG002
        """How the rows divide into so many ranges of keys, for many hosts.

        Raises:
            SourceError: it has no keys, or not each of its rows has one.
        """
        raise SourceError(f"{self.name} has no keys to divide it by; load it on one host, without `plan`")

    @property
    def carried(self) -> bool:
        """The rows are live already and are only carried over: no part of the summary."""
        return False


def total_size(sources: Sequence[Source]) -> int | None:
    """Bytes of all `sources`; `None` when one of them can't tell."""
    sizes = [source.size for source in sources]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def likely_rows(sources: Sequence[Source]) -> int:
    """About how many rows there are in those of `sources` that tell their size, rather too many than too few."""
    return sum(source.size or 0 for source in sources) // ROW_BYTES


def batched(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """`rows` in batches of the right size, taken only as far as a batch needs them."""
    ahead = iter(rows)
    while batch := _next_batch(ahead):
        yield batch


def _next_batch(rows: Iterator[Row]) -> list[Row]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += size_of(row.cells)
        if len(batch) == BATCH_ROWS or size >= BATCH_CHARACTERS:
            break
    return batch
