"""The DuckDB engine: runs compiled filters on the live file, in threads, a few at a time.

A full scan in DuckDB uses every core, so queries past `concurrency` wait here instead of slowing each other down.
Cancelling a request, or its running out of time, interrupts its query.

An unlimited result is read in two steps: the rows that match, in order (four bytes each), then their items, a batch
at a time through `search.duckdb.items`. Between batches nothing of the engine is held but the open file, so a slow
reader takes neither memory nor a turn from others.
"""

import asyncio
from array import array
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import duckdb
import msgspec

from mappings.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable
from mappings.predicates import ContactFilter, Order
from search.cursor import Position
from search.duckdb.compile import CompiledSql, compile_filter, order_by, rows_of, selecting, statement
from search.duckdb.counting import count_each
from search.duckdb.files import live_path
from search.duckdb.items import ItemStore, read_items, read_uuids
from search.duckdb.meta import mapping_version
from search.duckdb.packing import unpack
from search.duckdb.sql import Sql
from search.engine import SCAN_BATCH, EngineSettings, Hit, Page, check_mapping, page_of

Result = TypeVar("Result")
Cursor = duckdb.DuckDBPyConnection

UUID_BATCH = 10_000
"""Uuids in one batch of a scan."""

FAR_BATCH = 5 * SCAN_BATCH
"""Items read at once in any order but the default: they lie all over the file, and a larger part of it is of use."""

_ROWS_AT_ONCE = 10_000

_INTERRUPT_SECONDS = 0.05
"""How often a query that is to end is interrupted: it may not have begun yet when it is told the first time."""


class DuckDBEngine:
    """Contacts in a DuckDB file; see `search.engine.Engine` for the methods."""

    def __init__(self, settings: EngineSettings) -> None:
        self._files = _Files(settings.data_dir, settings.index)
        self._timeout = settings.timeout
        # One more than run, so that the next is at hand.
        self.width = settings.concurrency + 1
        self._queries = asyncio.Semaphore(settings.concurrency)
        self._threads = ThreadPoolExecutor(settings.concurrency + 1, thread_name_prefix="duckdb")

    def compile(self, contact_filter: ContactFilter) -> CompiledSql:
        return compile_filter(contact_filter)

    async def search(
        self, compiled: CompiledSql, limit: int, offset: int = 0, position: Position | None = None
    ) -> Page:
        sql = statement(compiled, f"LIMIT {limit + 1} OFFSET {offset}", position)
        async with self._turn(), self._cursor() as cursor:
            hits = await self._run(cursor, lambda: _hits(cursor, sql))
        return page_of(hits, limit, offset, position)

    async def scan(
        self, compiled: CompiledSql, offset: int = 0, position: Position | None = None
    ) -> AsyncGenerator[list[bytes]]:
        size = SCAN_BATCH if compiled.order == Order() else FAR_BATCH
        async with aclosing(self._read(read_items, rows_of(compiled, offset, position), size)) as batches:
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
        async with self._turn(), self._cursor() as cursor:
            return await self._run(cursor, lambda: count_each(cursor, [each.predicate for each in compiled]))

    async def uuids(self, compiled: CompiledSql, limit: int) -> list[str]:
        first = selecting("uuid", compiled, f"ORDER BY {order_by(compiled.order)} LIMIT {limit}")
        return [uuid for (uuid,) in await self._fetch(first)]

    async def scan_uuids(self, compiled: CompiledSql) -> AsyncGenerator[list[str]]:
        async with aclosing(self._read(read_uuids, selecting("row", compiled), UUID_BATCH)) as batches:
            async for uuids in batches:
                yield uuids

    async def ready(self) -> None:
        async with self._turn(), self._cursor() as cursor:
            check_mapping(await self._run(cursor, lambda: mapping_version(cursor)))

    async def close(self) -> None:
        await asyncio.to_thread(self._files.close)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _fetch(self, sql: Sql) -> list[tuple[Any, ...]]:
        async with self._turn(), self._cursor() as cursor:
            return await self._run(cursor, lambda: cursor.execute(sql.text, sql.parameters).fetchall())

    async def _read(
        self, read: Callable[[Cursor, "array[int]"], list[Result]], sql: Sql, size: int
    ) -> AsyncGenerator[list[Result]]:
        """What `read` makes of the rows that `sql` selects, in that order, `size` at a time.

        The first batch is a small one, and on its way before the other rows are known.
        """
        async with self._cursor() as cursor:
            async with self._turn():
                await self._run(cursor, lambda: cursor.execute(sql.text, sql.parameters))
                rows = await self._run(cursor, lambda: _fetched(cursor, SCAN_BATCH))
            items = await self._run(cursor, lambda: self._files.items(cursor))
            try:
                while rows:
                    for at in range(0, len(rows), size):
                        async with self._turn():
                            batch = await self._run(items, partial(read, items, rows[at : at + size]))
                        yield batch
                    async with self._turn():
                        rows = await self._run(cursor, lambda: _fetched(cursor))
            finally:
                items.close()

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """One of the turns to run a query; the wait for it counts against the timeout."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._queries.acquire()
        except TimeoutError:
            raise EngineTimeout("The contacts engine is busy and did not answer in time.") from None
        try:
            yield
        finally:
            self._queries.release()

    @asynccontextmanager
    async def _cursor(self) -> AsyncGenerator[Cursor]:
        """A cursor on the live file. It stays on that file however long it is kept."""
        cursor = await self._in_thread(self._files.cursor)
        try:
            yield cursor
        finally:
            self._files.release(cursor)

    async def _run(self, cursor: Cursor, work: Callable[[], Result]) -> Result:
        """The result of `work` in a thread; interrupts `cursor` when time is up or the request is cancelled."""
        future = asyncio.ensure_future(self._in_thread(work))
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.shield(future)
        except TimeoutError:
            raise EngineTimeout("The contacts engine did not answer in time.") from None
        finally:
            await _settled(cursor, future)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except EngineError:
            raise
        except (duckdb.IOException, duckdb.ConnectionException) as error:
            raise EngineUnavailable("The contacts engine can't read its file.") from error
        except duckdb.Error as error:
            raise EngineRejected("The contacts engine refused this query.") from error


async def _settled(cursor: Cursor, future: asyncio.Future[Any]) -> None:
    """Interrupt `cursor` until its thread is done with it: one that is in use can't be closed.

    A second cancellation has to wait for that too, and is raised afterwards.
    """
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        cursor.interrupt()
        try:
            await asyncio.wait([future], timeout=_INTERRUPT_SECONDS)
        except asyncio.CancelledError as error:
            cancelled = error
    if not future.cancelled():
        future.exception()
    if cancelled is not None:
        raise cancelled


def _hits(cursor: Cursor, sql: Sql) -> list[Hit]:
    """The hits of a `statement`, their items unpacked."""
    rows = cursor.execute(sql.text, sql.parameters).fetchall()
    items = unpack(cursor, [packed for packed, _, _ in rows])
    return [Hit(item, value, uuid) for item, (_, value, uuid) in zip(items, rows, strict=True)]


def _fetched(cursor: Cursor, most: int | None = None) -> "array[int]":
    """The next `most` rows of a result with one integer each; all the rest without."""
    found = array("i")
    while rows := cursor.fetchmany(most or _ROWS_AT_ONCE):
        found.extend([row for (row,) in rows])
        if most is not None:
            break
    return found


class _Live(msgspec.Struct, frozen=True):
    """One file, open."""

    path: Path
    database: Cursor
    items: ItemStore

    def close(self) -> None:
        self.items.close()
        self.database.close()


class _Files:
    """The live file, opened once and again after every swap; an old one is closed when its last cursor is back."""

    def __init__(self, data_dir: Path, index: str) -> None:
        self._data_dir, self._index = data_dir, index
        self._lock = Lock()
        self._live: _Live | None = None
        self._open: dict[int, tuple[_Live, Cursor]] = {}
        self._retired: dict[Path, _Live] = {}

    def cursor(self) -> Cursor:
        """A cursor on what is live now. Give it back with `release`."""
        with self._lock:
            path = live_path(self._data_dir, self._index)
            if self._live is None or self._live.path != path:
                opened = _Live(path, duckdb.connect(path, read_only=True), ItemStore(path))
                if self._live is not None:
                    self._retired[self._live.path] = self._live
                self._live = opened
            cursor = self._live.database.cursor()
            self._open[id(cursor)] = (self._live, cursor)
            self._close_retired()
            return cursor

    def items(self, cursor: Cursor) -> Cursor:
        """A cursor for `search.duckdb.items`, on the same file as `cursor`. To be closed before that one."""
        with self._lock:
            live, _ = self._open[id(cursor)]
        return live.items.cursor()

    def release(self, cursor: Cursor) -> None:
        with self._lock:
            del self._open[id(cursor)]
            cursor.close()
            self._close_retired()

    def close(self) -> None:
        with self._lock:
            if self._live is not None:
                self._retired[self._live.path] = self._live
                self._live = None
            self._close_retired()

    def _close_retired(self) -> None:
        used = {live.path for live, _ in self._open.values()}
        for path in [path for path in self._retired if path not in used]:
            self._retired.pop(path).close()
