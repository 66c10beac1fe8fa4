"""Source → encoded batches, in order, a few ahead: what a load and a dry run have in common."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator

import msgspec

from indexing.encoding import Batch, Encoded, Encoders
from indexing.rejects import Reject
from indexing.sources.base import Reader, Row

BATCH_ROWS = 1500
BATCH_CHARACTERS = 2 * 1024 * 1024
"""A batch is full at either bound. Encoded it is about 5 MB, which is what Elasticsearch takes fastest."""


class Portion(msgspec.Struct, frozen=True):
    """Some rows of one source, and what became of them.

    Attributes:
        first: the number of the first row in the run.
        rows: as read.
        encoded: the documents made of them, and the rejects.
        position: bytes of the source read so far.
        watermark: the latest change read so far.
    """

    first: int
    rows: list[Row]
    encoded: Encoded
    position: int
    watermark: str | None

    def reject(self, source: str, fields: tuple[str | None, ...] | None, number: int, reason: str) -> Reject:
        """The line in the reject file for row `number`."""
        row = self.rows[number - self.first]
        names = ("item",) if fields is None else fields if row.problem is None else ()
        cells = {}
        for at, text in enumerate(row.cells):
            name = names[at] if at < len(names) else None
            if name is not None or row.problem is not None:
                cells[name or str(at + 1)] = text
        return Reject(source, row.line, reason, cells)


async def portions(reader: Reader, first: int, encoders: Encoders) -> AsyncGenerator[Portion]:
    """All rows of `reader` in order, numbered from `first`; the next ones are being read and encoded meanwhile."""
    rows, fields = iter(reader), reader.columns.fields if reader.columns else None
    ahead: deque[asyncio.Task[Portion]] = deque()
    try:
        while batch := await asyncio.to_thread(_next_rows, rows):
            read = Portion(first, batch, _NOTHING, reader.position(), reader.watermark())
            ahead.append(asyncio.create_task(_encoded(read, fields, encoders)))
            first += len(batch)
            if len(ahead) > encoders.workers:
                yield await ahead.popleft()
        while ahead:
            yield await ahead.popleft()
    finally:
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)


_NOTHING = Encoded([], b"", {})


async def _encoded(read: Portion, fields: tuple[str | None, ...] | None, encoders: Encoders) -> Portion:
    good = [(number, row.cells) for number, row in enumerate(read.rows, read.first) if row.problem is None]
    encoded = await encoders.run(Batch(fields, [number for number, _ in good], [cells for _, cells in good]))
    for number, row in enumerate(read.rows, read.first):
        if row.problem is not None:
            encoded.rejects[number] = row.problem
    return msgspec.structs.replace(read, encoded=encoded)


def _next_rows(rows: Iterator[Row]) -> list[Row]:
    """The next rows; none only at the end."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(map(len, row.cells))
        if len(batch) == BATCH_ROWS or size >= BATCH_CHARACTERS:
            break
    return batch
