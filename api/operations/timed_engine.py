"""An engine whose uses are timed: it stands between the service and the engine that was opened."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Hashable, Sequence
from contextlib import aclosing
from typing import Generic, TypeVar

from api.operations.metrics import Metrics
from search.cursor import Position
from search.engine import Compiled, Engine, Page, Summary
from search.facets import Facet, FacetQuery
from search.stores import Store

Answer = TypeVar("Answer")
Observe = Callable[[float], None]


class TimedEngine(Generic[Compiled]):
    """`search.engine.Engine` once more; the seconds of each use go to `metrics`.

    Of a scan only the engine's part counts, not what a slow reader takes between two batches.
    """

    def __init__(self, engine: Engine[Compiled], metrics: Metrics) -> None:
        self._engine = engine
        self.width = engine.width
        # Not timed, since it uses no data; and other processes know it by its name.
        self.compile = engine.compile
        self._search = metrics.engine_seconds("search")
        self._scan = metrics.engine_seconds("scan")
        self._count = metrics.engine_seconds("count")
        self._count_many = metrics.engine_seconds("count_many")
        self._matching = metrics.engine_seconds("matching")
        self._summary = metrics.engine_seconds("summary")
        self._facets = metrics.engine_seconds("facets")
        self._first_of = metrics.engine_seconds("first_of")
        self._uuids = metrics.engine_seconds("uuids")
        self._scan_uuids = metrics.engine_seconds("scan_uuids")

    def search(
        self,
        compiled: Compiled,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Coroutine[None, None, Page]:
        """As the engine does."""
        return _timed(self._engine.search(compiled, limit, offset, position, complete=complete), self._search)

    def scan(
        self, compiled: Compiled, offset: int = 0, position: Position | None = None, *, complete: bool = False
    ) -> AsyncGenerator[list[bytes]]:
        """As the engine does."""
        return _timed_batches(self._engine.scan(compiled, offset, position, complete=complete), self._scan)

    def count(self, compiled: Compiled) -> Coroutine[None, None, int]:
        """As the engine does."""
        return _timed(self._engine.count(compiled), self._count)

    def count_many(self, compiled: Sequence[Compiled]) -> Coroutine[None, None, list[int]]:
        """As the engine does."""
        return _timed(self._engine.count_many(compiled), self._count_many)

    def matching(self, compiled: Sequence[Compiled], uuids: Sequence[str]) -> Coroutine[None, None, list[set[str]]]:
        """As the engine does."""
        return _timed(self._engine.matching(compiled, uuids), self._matching)

    def summary(
        self,
        compiled: Compiled,
        field: str,
        counted: Sequence[Compiled] = (),
        facets: Sequence[FacetQuery[Compiled]] = (),
    ) -> Coroutine[None, None, Summary]:
        """As the engine does."""
        return _timed(self._engine.summary(compiled, field, counted, facets), self._summary)

    def facets(self, queries: Sequence[FacetQuery[Compiled]]) -> Coroutine[None, None, list[Facet]]:
        """As the engine does."""
        return _timed(self._engine.facets(queries), self._facets)

    def first_of(self, compiled: Sequence[Compiled]) -> Coroutine[None, None, list[bytes | None]]:
        """As the engine does."""
        return _timed(self._engine.first_of(compiled), self._first_of)

    async def content(self) -> Hashable:
        """As the engine does; not timed, since it looks at no contacts."""
        return await self._engine.content()

    def uuids(self, compiled: Compiled, limit: int) -> Coroutine[None, None, list[str]]:
        """As the engine does."""
        return _timed(self._engine.uuids(compiled, limit), self._uuids)

    def scan_uuids(self, compiled: Compiled) -> AsyncGenerator[list[str]]:
        """As the engine does."""
        return _timed_batches(self._engine.scan_uuids(compiled), self._scan_uuids)

    async def ready(self) -> None:
        """As the engine does; not timed, since nobody's request waits for it."""
        await self._engine.ready()

    async def store(self) -> Store:
        """As the engine does; not timed, for the same reason."""
        return await self._engine.store()

    async def close(self) -> None:
        """As the engine does."""
        await self._engine.close()


async def _timed(use: Awaitable[Answer], observe: Observe) -> Answer:
    started = time.perf_counter()
    try:
        return await use
    finally:
        observe(time.perf_counter() - started)


async def _timed_batches(batches: AsyncGenerator[list[Answer]], observe: Observe) -> AsyncGenerator[list[Answer]]:
    spent = 0.0
    async with aclosing(batches):
        try:
            while True:
                started = time.perf_counter()
                try:
                    batch = await anext(batches, None)
                finally:
                    spent += time.perf_counter() - started
                if batch is None:
                    return
                yield batch
        finally:
            observe(spent)
