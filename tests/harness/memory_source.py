"""A source of rows from memory, for tests of what reads sources."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

import msgspec

from indexing.sources.base import Reading, Row, RowBatch, Source, Start, batched
from indexing.sources.columns import map_columns
from mappings.errors import SourceError


class MemorySource(Source, frozen=True, kw_only=True):
    """After its rows it fails, if told to.

    Attributes:
        read: the lines of the rows that were taken.
        closed: has an element for every time that it was closed.
    """

    headers: Sequence[str] = ("uuid", "Other", "Title", "Email")
    overrides: Mapping[str, str] = {}
    rows: Sequence[Row]
    fails: bool = False
    read: list[int] = msgspec.field(default_factory=list)
    closed: list[bool] = msgspec.field(default_factory=list)

    @property
    def name(self) -> str:
        return "memory"

    @asynccontextmanager
    async def open(self, start: Start) -> AsyncGenerator[Reading]:
        try:
            yield Reading(map_columns(self.headers, self.overrides), self._batches(start))
        finally:
            self.closed.append(True)

    async def _batches(self, start: Start) -> AsyncGenerator[RowBatch]:
        for batch in batched(self.rows[start.rows :]):
            self.read.extend(row.line for row in batch)
            yield RowBatch(batch, len(self.read), str(len(self.read)))
        if self.fails:
            raise SourceError("the rest can't be read")


def contact_rows(number: int, first: int = 0, title: str = "CEO") -> list[Row]:
    """Rows of so many contacts with uuids of their own."""
    return [Row(at + 1, (f"id-{at:06}", "kept", title, f"p{at}@acme.com")) for at in range(first, first + number)]
