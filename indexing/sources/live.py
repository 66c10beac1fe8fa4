"""The live contacts as a source: what `rebuild` reads, and what an update of a DuckDB file begins with.

What is searched derives from the stored items alone, so they are all that a new version of the index needs.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from threading import Thread

import msgspec

from indexing.sources.base import Row, Start
from indexing.sources.columns import ColumnMapping
from mappings.errors import EngineError, SourceError
from mappings.predicates import ContactFilter
from search.engine import EngineSettings
from search.engines import open_engine
from search.stores import Store

_CLOSING_SECONDS = 30


class LiveSource(msgspec.Struct, frozen=True, kw_only=True):
    """The contacts of the live store, in default order.

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
    def size(self) -> int | None:
        return None

    @property
    def identity(self) -> str:
        return f"{self.store.name} {self.store.contacts}"

    @contextmanager
    def open(self, start: Start) -> Iterator["LiveReader"]:
        """The reader; everything of the engine happens in an event loop of its own, in the thread that reads."""
        reader = LiveReader(self.settings, start.rows)
        try:
            yield reader
        finally:
            reader.close()


class LiveReader:
    """The stored items as rows of one cell."""

    columns: ColumnMapping | None = None

    def __init__(self, settings: EngineSettings, skipped: int) -> None:
        self._settings, self._skipped = settings, skipped
        self._loop = asyncio.new_event_loop()

    def position(self) -> int:
        return 0

    def watermark(self) -> str | None:
        return None

    def __iter__(self) -> Iterator[Row]:
        number = self._skipped
        items = self._items()
        while (batch := self._loop.run_until_complete(anext(items, None))) is not None:
            for item in batch:
                number += 1
                yield Row(number, (item.decode(),))

    async def _items(self) -> AsyncGenerator[list[bytes]]:
        engine = open_engine(self._settings)
        try:
            async for batch in engine.scan(engine.compile(ContactFilter()), self._skipped):
                yield batch
        except EngineError as error:
            raise SourceError(f"the live contacts can't be read: {error}") from error
        finally:
            await engine.close()

    def close(self) -> None:
        """Give the engine back, also when not everything was read. In a thread: the caller has a loop running."""
        closing = Thread(target=self._shut_down)
        closing.start()
        closing.join(_CLOSING_SECONDS)

    def _shut_down(self) -> None:
        # Still running only when the load was interrupted in the middle of a read: the process is about to end.
        if not self._loop.is_running():
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
