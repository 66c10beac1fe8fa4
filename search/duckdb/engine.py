"""The DuckDB engine: evaluates filters on the sets of the live file, in threads, as many at once as it is told.

It has no queue to speak of: whoever has many callers lets in only `width` at once. Cancelling a call, or its running
out of time, ends it at once; its thread and its file are given back when the work has come to its next pause.

An unlimited result is read in two steps: the set of rows that match, a bit each at most, then their items, a batch at a
time through `search.duckdb.item_store`. Between batches nothing of the engine is held but that set and the open file,
so a slow reader takes neither memory nor a thread from others.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import TypeVar

import duckdb
from pyroaring import BitMap

from mappings.errors import EngineTimeout
from mappings.predicates import ContactFilter, Ordering
from search.cursor import Position
from search.duckdb import WIDTH
from search.duckdb.evaluation import Evaluation, compile_filter, count_each
from search.duckdb.facets import facet
from search.duckdb.item_store import read_packed, read_uuids, read_whole
from search.duckdb.live_files import Lease, LiveFile, LiveFiles
from search.duckdb.meta import mapping_version
from search.duckdb.result import Result
from search.duckdb.slices import Pause
from search.duckdb.threads import Threads
from search.engine import SCAN_BATCH, Distinct, EngineSettings, Hit, Page, check_mapping, page_of
from search.facets import Facet, FacetQuery
from search.fields import ITEM_FIELDS, contact_of, halves
from search.standing import NEWEST, fields_of, standing
from search.stores import Store

Answer = TypeVar("Answer")
Read = Callable[[LiveFile, duckdb.DuckDBPyConnection, Sequence[int]], list[Answer]]
"""Reads something of the contacts at these rows of a file, by a connection to its `items`."""

UUID_BATCH = 10_000
"""Uuids in one batch of a scan."""

FAR_BATCH = 5 * SCAN_BATCH
"""Items read at once in any order but the default: they lie all over the file, and a larger part of it is of use."""


class DuckDBEngine:
    """Contacts in a DuckDB file; see `search.engine.Engine` for the methods. A filter's own form is its simplest."""

    def __init__(self, settings: EngineSettings) -> None:
        self.width = settings.concurrency or WIDTH
        self._files = LiveFiles(settings.data_dir, settings.index, settings.store)
        self._timeout = settings.timeout
        self._threads = Threads(self.width)
        # What queries have no part in, so that nobody takes the service for dead while they fill their threads.
        self._aside = Threads(1)

    def compile(self, contact_filter: ContactFilter) -> ContactFilter:
        return compile_filter(contact_filter)

    async def search(
        self,
        compiled: ContactFilter,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Page:
        def hits(lease: Lease, pause: Pause) -> list[Hit]:
            rows = Result(lease, compiled, pause, offset, position).page(limit + 1, pause)
            return _hits(lease, compiled.ordering, rows, limit, complete)

        return page_of(await self._ask(hits), limit, offset, position)

    async def scan(
        self, compiled: ContactFilter, offset: int = 0, position: Position | None = None, *, complete: bool = False
    ) -> AsyncGenerator[list[bytes]]:
        # Whole contacts may be long: no more of them are held.
        size = SCAN_BATCH if complete or compiled.ordering == NEWEST else FAR_BATCH
        read = _read_whole if complete else _read_items
        async with aclosing(self._read(read, compiled, size, offset, position)) as batches:
            async for items in batches:
                for at in range(0, len(items), SCAN_BATCH):
                    yield items[at : at + SCAN_BATCH]

    async def count(self, compiled: ContactFilter) -> int:
        if compiled.selection:
            return await self._ask(lambda lease, pause: len(Result(lease, compiled, pause)))
        [count] = await self.count_many([compiled])
        return count

    async def count_many(self, compiled: Sequence[ContactFilter]) -> list[int]:
        predicates = [query.predicate for query in compiled]
        return await self._ask(lambda lease, pause: count_each(lease.file.sets, lease.connection, predicates, pause))

    async def matching(self, compiled: Sequence[ContactFilter], uuids: Sequence[str]) -> list[set[str]]:
        predicates = [query.predicate for query in compiled]

        def found(lease: Lease, pause: Pause) -> list[set[str]]:
            there = lease.file.sets.of_uuids(lease.connection, uuids)
            rows = BitMap(there)
            evaluation = Evaluation(lease.file.sets, lease.connection, predicates, pause)
            return [{there[row] for row in evaluation.among(predicate, rows)} for predicate in predicates]

        return await self._ask(found)

    async def distinct(self, compiled: ContactFilter, field: str) -> Distinct:
        def number(lease: Lease, pause: Pause) -> int:
            sets, predicate = lease.file.sets, compiled.predicate
            rows = Evaluation(sets, lease.connection, [predicate], pause).rows(predicate)
            pause()
            return sets.distinct(lease.connection, field, rows)

        return Distinct(await self._ask(number), exact=True)

    async def facets(self, queries: Sequence[FacetQuery[ContactFilter]]) -> list[Facet]:
        def counted(lease: Lease, pause: Pause) -> list[Facet]:
            sets, connection = lease.file.sets, lease.connection
            predicates = list(dict.fromkeys(query.compiled.predicate for query in queries))
            evaluation = Evaluation(sets, connection, predicates, pause)
            rows = {predicate: evaluation.rows(predicate) for predicate in predicates}
            return [facet(sets, connection, query, rows[query.compiled.predicate], pause) for query in queries]

        return await self._ask(counted)

    async def first_of(self, compiled: Sequence[ContactFilter]) -> list[bytes | None]:
        def contacts(lease: Lease, pause: Pause) -> list[bytes | None]:
            sets, connection = lease.file.sets, lease.connection
            evaluation = Evaluation(sets, connection, [query.predicate for query in compiled], pause)
            firsts = [
                sets.first(connection, query.order, evaluation.rows(query.predicate), 1, pause=pause)
                for query in compiled
            ]
            rows = list(dict.fromkeys(row for first in firsts for row in first))
            found = dict(zip(rows, _read_whole(lease.file, connection, rows), strict=True))
            return [found[first[0]] if first else None for first in firsts]

        return await self._ask(contacts)

    async def content(self) -> Hashable:
        return await self._ask(lambda lease, _: lease.file.path.name, self._aside)

    async def uuids(self, compiled: ContactFilter, limit: int) -> list[str]:
        return await self._ask(lambda lease, pause: _first_uuids(lease, compiled, limit, pause))

    async def scan_uuids(self, compiled: ContactFilter) -> AsyncGenerator[list[str]]:
        asked = compiled if compiled.selection else ContactFilter(compiled.predicate)
        async with aclosing(self._read(_read_uuids, asked, UUID_BATCH)) as batches:
            async for uuids in batches:
                yield uuids

    async def ready(self) -> None:
        check_mapping(await self._ask(lambda lease, _: mapping_version(lease.connection), self._aside))

    async def store(self) -> Store:
        return await self._ask(lambda lease, _: _store(lease), self._aside)

    async def close(self) -> None:
        await asyncio.to_thread(self._files.close)
        self._threads.close()
        self._aside.close()

    async def _ask(self, work: Callable[[Lease, Pause], Answer], threads: Threads | None = None) -> Answer:
        """The answer to one query of the live file."""
        threads = threads or self._threads
        async with self._in_time(), self._lease(threads) as lease:
            return await self._run(threads, lease, work)

    async def _read(
        self,
        read: Read[Answer],
        compiled: ContactFilter,
        size: int,
        offset: int = 0,
        position: Position | None = None,
    ) -> AsyncGenerator[list[Answer]]:
        """What `read` makes of the rows of a result, in order, `size` at a time. The first batch is a small one."""

        def opened(lease: Lease, pause: Pause) -> Result:
            lease.further.append(lease.file.items.connect())
            return Result(lease, compiled, pause, offset, position)

        def batch(lease: Lease, pause: Pause) -> list[Answer]:
            return read(lease.file, lease.further[0], result.take(number, pause))

        async with self._lease(self._threads) as lease:
            number = SCAN_BATCH
            async with self._in_time():
                result = await self._run(self._threads, lease, opened)
            while result:
                async with self._in_time():
                    found = await self._run(self._threads, lease, batch)
                yield found
                number = size

    async def _run(self, threads: Threads, lease: Lease, work: Callable[[Lease, Pause], Answer]) -> Answer:
        """The answer of `work` in a thread, which reads the file of `lease` by its connections."""

        def reading(pause: Pause) -> Answer:
            return lease.file.read(partial(work, lease, pause))

        return await threads.run(reading, lease.connections)

    @asynccontextmanager
    async def _in_time(self) -> AsyncGenerator[None]:
        """The bound on one call, or on one step of a scan. A caller's own, earlier deadline cancels it just so."""
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except TimeoutError:
            raise EngineTimeout("The contacts engine did not answer in time.") from None

    @asynccontextmanager
    async def _lease(self, threads: Threads) -> AsyncGenerator[Lease]:
        """The live file, which may have to be opened first, for use in `threads`."""
        opening = asyncio.ensure_future(threads.run(lambda _: self._files.lease()))
        try:
            async with self._in_time():
                lease = await asyncio.shield(opening)
        except (asyncio.CancelledError, EngineTimeout):
            opening.add_done_callback(self._give_back)
            raise
        try:
            yield lease
        finally:
            # A query that nobody waits for any more may still have its end before it.
            threads.when_free(lease.connections, partial(self._files.release, lease))

    def _give_back(self, opening: asyncio.Future[Lease]) -> None:
        """Release what came when nobody waited for it any more."""
        if not opening.cancelled() and opening.exception() is None:
            self._files.release(opening.result())


def _store(lease: Lease) -> Store:
    [(count,)] = lease.connection.execute("SELECT count(*) FROM contacts").fetchall()
    return Store(lease.file.path.name, int(count), live=True, mapping=mapping_version(lease.connection))


def _read_items(file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> list[bytes]:
    return file.unpack(read_packed(connection, rows))


def _read_whole(file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> list[bytes]:
    return file.unpack.whole(read_whole(connection, file.whole, rows))


def _read_uuids(_file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> list[str]:
    return read_uuids(connection, rows)


def _first_uuids(lease: Lease, compiled: ContactFilter, limit: int, pause: Pause) -> list[str]:
    result = Result(lease, compiled, pause)
    uuids: list[str] = []
    while result and len(uuids) < limit:
        uuids += read_uuids(lease.connection, result.take(min(UUID_BATCH, limit - len(uuids)), pause))
        pause()
    return uuids


def _hits(lease: Lease, order: Ordering, rows: Sequence[int], limit: int, complete: bool) -> list[Hit]:
    """The hits at these rows, with their items or all that there is of them.

    Where they stand is told of the first and the last of a page of `limit`, which is all that is asked of it.
    """
    whole = complete or not fields_of(order) <= set(ITEM_FIELDS)
    contacts = (_read_whole if whole else _read_items)(lease.file, lease.connection, rows)
    ends = {at: contact_of(contacts[at]) for at in {0, min(limit, len(contacts)) - 1} if contacts}
    places = {at: (standing(contact, order), contact.uuid) for at, contact in ends.items()}
    items = [halves(contact)[0] for contact in contacts] if whole and not complete else contacts
    return [Hit(item, *places.get(at, (None, ""))) for at, item in enumerate(items)]
