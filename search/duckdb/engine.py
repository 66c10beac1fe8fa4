"""The DuckDB engine: runs compiled filters on the live file, in threads, as many at once as it is told.

It has no queue to speak of: whoever has many callers lets in only `width` at once. Cancelling a call, or its running
out of time, ends it at once and interrupts its query, which gives its thread and its file back when it has ended.

An unlimited result is read in two steps: the rows that match, in order (four bytes each), then their items, a batch
at a time through `search.duckdb.item_store`. Between batches nothing of the engine is held but the open file, so a
slow reader takes neither memory nor a thread from others.
"""

import asyncio
from array import array
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import duckdb

from mappings.errors import EngineTimeout
from mappings.predicates import ContactFilter, Order
from search.cursor import Position
from search.duckdb import WIDTH
from search.duckdb.compile import CompiledSql, compile_filter, order_by, rows_of, selecting, statement
from search.duckdb.item_store import read_packed, read_uuids, read_whole
from search.duckdb.live_files import Lease, LiveFile, LiveFiles
from search.duckdb.meta import mapping_version
from search.duckdb.sql import Sql
from search.duckdb.tally import count_each
from search.duckdb.threads import Threads
from search.engine import SCAN_BATCH, EngineSettings, Hit, Page, check_mapping, page_of
from search.stores import Store

Result = TypeVar("Result")
Read = Callable[[LiveFile, duckdb.DuckDBPyConnection, "array[int]"], list[Result]]
"""Reads something of the contacts at these rows of a file, by a connection to its `items`."""

UUID_BATCH = 10_000
"""Uuids in one batch of a scan."""

FAR_BATCH = 5 * SCAN_BATCH
"""Items read at once in any order but the default: they lie all over the file, and a larger part of it is of use."""

_ROWS_AT_ONCE = 10_000


class DuckDBEngine:
    """Contacts in a DuckDB file; see `search.engine.Engine` for the methods."""

    def __init__(self, settings: EngineSettings) -> None:
        self.width = settings.concurrency or WIDTH
        self._files = LiveFiles(settings.data_dir, settings.index)
        self._timeout = settings.timeout
        self._threads = Threads(self.width)
        # What queries have no part in, so that nobody takes the service for dead while they fill their threads.
        self._aside = Threads(1)

    def compile(self, contact_filter: ContactFilter) -> CompiledSql:
        return compile_filter(contact_filter)

    async def search(
        self,
        compiled: CompiledSql,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Page:
        window = f"LIMIT {limit + 1} OFFSET {offset}"
        hits = await self._ask(lambda lease: _hits(lease, compiled, window, position, complete))
        return page_of(hits, limit, offset, position)

    async def scan(
        self, compiled: CompiledSql, offset: int = 0, position: Position | None = None, *, complete: bool = False
    ) -> AsyncGenerator[list[bytes]]:
        # Whole contacts may be long: no more of them are held.
        size = SCAN_BATCH if complete or compiled.order == Order() else FAR_BATCH
        read = _read_whole if complete else _read_items
        async with aclosing(self._read(read, rows_of(compiled, offset, position), size)) as batches:
            if position is None or not position.backward:
                async for items in batches:
                    for at in range(0, len(items), SCAN_BATCH):
                        yield items[at : at + SCAN_BATCH]
                return
            kept = [items async for items in batches]
        while kept:
            yield kept.pop()[::-1]

    async def count(self, compiled: CompiledSql) -> int:
        [(count,)] = await self._fetch(selecting("count(*)", compiled))
        return int(count)

    async def count_many(self, compiled: Sequence[CompiledSql]) -> list[int]:
        predicates = [query.predicate for query in compiled]
        return await self._ask(lambda lease: count_each(lease.connection, predicates))

    async def uuids(self, compiled: CompiledSql, limit: int) -> list[str]:
        first = selecting("uuid", compiled, f"ORDER BY {order_by(compiled.order)} LIMIT {limit}")
        return [uuid for (uuid,) in await self._fetch(first)]

    async def scan_uuids(self, compiled: CompiledSql) -> AsyncGenerator[list[str]]:
        async with aclosing(self._read(_read_uuids, selecting("row", compiled), UUID_BATCH)) as batches:
            async for uuids in batches:
                yield uuids

    async def ready(self) -> None:
        check_mapping(await self._ask(lambda lease: mapping_version(lease.connection), self._aside))

    async def store(self) -> Store:
        return await self._ask(_store, self._aside)

    async def close(self) -> None:
        await asyncio.to_thread(self._files.close)
        self._threads.close()
        self._aside.close()

    async def _fetch(self, sql: Sql) -> list[tuple[Any, ...]]:
        return await self._ask(lambda lease: lease.connection.execute(sql.text, sql.parameters).fetchall())

    async def _ask(self, work: Callable[[Lease], Result], threads: Threads | None = None) -> Result:
        """The result of one query on the live file."""
        threads = threads or self._threads
        async with self._in_time(), self._lease(threads) as lease:
            return await threads.run(partial(lease.file.read, partial(work, lease)), lease.connection)

    async def _read(self, read: Read[Result], sql: Sql, size: int) -> AsyncGenerator[list[Result]]:
        """What `read` makes of the rows that `sql` selects, in that order, `size` at a time.

        The first batch is a small one, and on its way before the other rows are known.
        """
        async with self._lease(self._threads) as lease:
            file, connection = lease.file, lease.connection
            async with self._in_time():
                await self._run(file, lambda: connection.execute(sql.text, sql.parameters), connection)
                rows = await self._run(file, lambda: _fetched(connection, SCAN_BATCH), connection)
                items = await self._run(file, file.items.connect, connection)
                lease.further.append(items)
            while rows:
                for at in range(0, len(rows), size):
                    async with self._in_time():
                        batch = await self._run(file, partial(read, file, items, rows[at : at + size]), items)
                    yield batch
                async with self._in_time():
                    rows = await self._run(file, lambda: _fetched(connection), connection)

    async def _run(self, file: LiveFile, work: Callable[[], Result], connection: duckdb.DuckDBPyConnection) -> Result:
        """The result of `work` in a thread, which reads `file` by `connection`."""
        return await self._threads.run(partial(file.read, work), connection)

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
        opening = asyncio.ensure_future(threads.run(self._files.lease))
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


def _read_items(file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: "array[int]") -> list[bytes]:
    return file.unpack(read_packed(connection, rows))


def _read_whole(file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: "array[int]") -> list[bytes]:
    return file.unpack.whole(read_whole(connection, file.whole, rows))


def _read_uuids(_file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: "array[int]") -> list[str]:
    return read_uuids(connection, rows)


def _hits(lease: Lease, compiled: CompiledSql, window: str, position: Position | None, complete: bool) -> list[Hit]:
    """The hits of a `statement`, their items, or all that there is of them, unpacked."""
    file = lease.file
    sql = statement(compiled, window, position, file.whole if complete else "item")
    rows = lease.connection.execute(sql.text, sql.parameters).fetchall()
    if complete:
        contacts = file.unpack.whole([(item, more) for _, _, item, more in rows])
    else:
        contacts = file.unpack([item for _, _, item in rows])
    return [Hit(contact, value, uuid) for contact, (value, uuid, *_) in zip(contacts, rows, strict=True)]


def _fetched(connection: duckdb.DuckDBPyConnection, most: int | None = None) -> "array[int]":
    """The next `most` rows of a result with one integer each; all the rest without."""
    numbers = array("i")
    while rows := connection.fetchmany(most or _ROWS_AT_ONCE):
        numbers.extend([row for (row,) in rows])
        if most is not None:
            break
    return numbers
