"""Source → encoded batches, in order, a few ahead: what a load and a dry run have in common."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

import msgspec

from indexing.encoders import Encoders
from indexing.encoding import Batch, Encoded, encode_batch
from indexing.filled import FIELDS
from indexing.rejects import Reject
from indexing.sources.base import Reading, Row, RowBatch, Source, Start
from indexing.sources.cells import text_of_field
from indexing.sources.columns import PARTS, ColumnMapping


class Portion(msgspec.Struct, frozen=True):
    """Some rows of one source, and what became of them.

    Attributes:
        source: its name.
        columns: what the cells mean; `None` when each row is one finished contact.
        first: the number of the first row in the run.
        read: the rows, and how far the source was read with them.
        encoded: the documents made of them, and the rejects.
    """

    source: str
    columns: ColumnMapping | None
    first: int
    read: RowBatch
    encoded: Encoded

    @property
    def rows(self) -> list[Row]:
        return self.read.rows

    def line(self, number: int) -> int:
        """The line of the source at which row `number` begins."""
        return self.rows[number - self.first].line

    def at(self, number: int) -> str:
        """Where row `number` stands, for people."""
        return f"{self.source}, line {self.line(number)}"

    def values_read(self) -> dict[str, int]:
        """Header → how many of these rows have a value of its field, or of one of its parts."""
        if self.columns is None:
            return {}
        filled = dict(zip(FIELDS, self.encoded.filled, strict=True))
        named = zip(self.columns.headers, self.columns.fields, strict=True)
        parts = [(header, PARTS.get(field, (field,))) for header, field in named if field]
        return {header: max(filled[part] for part in fields) for header, fields in parts if filled.keys() >= {*fields}}

    def reject(self, number: int, reason: str) -> Reject:
        """The line in the reject file for row `number`."""
        row = self.rows[number - self.first]
        names = ("item",) if self.columns is None else self.columns.fields if row.problem is None else ()
        texts = {}
        for at, cell in enumerate(row.cells):
            name = names[at] if at < len(names) else None
            if name is not None or row.problem is not None:
                texts[name or str(at + 1)] = text_of_field(name, cell)
        return Reject(self.source, row.line, reason, texts)


class ReadingAs(msgspec.Struct, frozen=True):
    """How rows are encoded; see `encoding.Batch`."""

    strict_values: bool = False
    documents: bool = True


class OpenSource(msgspec.Struct, frozen=True):
    """A source under way: its columns (`None` of finished contacts), what was decided about it, and all its rows as
    portions, in order."""

    columns: ColumnMapping | None
    notes: tuple[str, ...]
    portions: AsyncGenerator[Portion]


@asynccontextmanager
async def open_source(
    source: Source, start: Start, first: int, encoders: Encoders, reading_as: ReadingAs
) -> AsyncGenerator[OpenSource]:
    """The rows of `source` after `start`, numbered from `first`; the next ones are read and encoded meanwhile.

    Raises:
        SourceError: it can't be read.
    """
    async with (
        source.open(start) as reading,
        aclosing(_portions(source.name, reading, first, encoders, reading_as)) as portions,
    ):
        yield OpenSource(reading.columns, reading.notes, portions)


async def _portions(
    name: str, reading: Reading, first: int, encoders: Encoders, reading_as: ReadingAs
) -> AsyncGenerator[Portion]:
    ahead: deque[asyncio.Task[Portion]] = deque()
    try:
        async with aclosing(reading.batches) as batches:
            async for read in batches:
                encoding = _encoded(Portion(name, reading.columns, first, read, Encoded()), encoders, reading_as)
                ahead.append(asyncio.create_task(encoding))
                first += len(read.rows)
                if len(ahead) > encoders.workers:
                    yield await ahead.popleft()
        while ahead:
            yield await ahead.popleft()
    finally:
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)


async def _encoded(portion: Portion, encoders: Encoders, reading_as: ReadingAs) -> Portion:
    numbered = list(enumerate(portion.rows, portion.first))
    good = [(number, row.cells) for number, row in numbered if row.problem is None]
    numbers, rows = [number for number, _ in good], [cells for _, cells in good]
    batch = Batch(portion.columns, numbers, rows, reading_as.strict_values, reading_as.documents)
    encoded = await encoders.run(encode_batch, batch)
    encoded.rejects.update({number: row.problem for number, row in numbered if row.problem is not None})
    return msgspec.structs.replace(portion, encoded=encoded)
