"""The live contacts as a source: what `rebuild` reads, and what an update of a DuckDB file begins with.

What is searched derives from what is stored alone, so that is all that a new version of the index needs.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from indexing.sources.base import Reading, Row, RowBatch, Source, Start, batched
from mappings.errors import EngineError, SourceError
from mappings.predicates import ContactFilter
from search.engine import Engine, EngineSettings
from search.engines import open_engine
from search.stores import Store


class LiveSource(Source, frozen=True, kw_only=True):
    """The contacts of the live store, in default order; each row is one cell, its `complete_json`.

    Attributes:
        store: the live store, as the load found it.
        carried: they are there to be joined by those of other sources.
    """

    settings: EngineSettings
    store: Store
    carried: bool = False

    @property
    def name(self) -> str:
        return self.store.name

    @property
    def identity(self) -> str:
        return f"{self.store.name} {self.store.contacts}"

    @asynccontextmanager
    async def open(self, start: Start) -> AsyncGenerator[Reading]:
        """The rows, as the engine streams them."""
        engine = open_engine(self.settings)
        try:
            yield Reading(None, _batches(engine, start.rows))
        finally:
            await engine.close()


async def _batches(engine: Engine[Any], done: int) -> AsyncGenerator[RowBatch]:
    try:
        async with aclosing(engine.scan(engine.compile(ContactFilter()), done, complete=True)) as scan:
            async for contacts in scan:
                rows = (Row(number, (contact.decode(),)) for number, contact in enumerate(contacts, done + 1))
                done += len(contacts)
                for batch in batched(rows):
                    yield RowBatch(batch)
    except EngineError as error:
        raise SourceError(f"the live contacts can't be read: {error}") from error
