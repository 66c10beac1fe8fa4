"""The DuckDB engine: runs compiled filters on the live file, in threads, a few at a time.

A full scan in DuckDB uses every core, so queries past `concurrency` wait here instead of slowing each other down.
Cancelling a request, or its running out of time, interrupts its query.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import duckdb

from mappings.errors import EngineError, EngineRejected, EngineTimeout, EngineUnavailable
from search.cursor import Position
from search.duckdb.compile import CompiledSql, Sql, compile_filter, order_by, selecting, statement
from search.duckdb.files import live_path
from search.engine import SCAN_BATCH, EngineSettings, Hit, Page, page_of
from search.predicates import ContactFilter

Result = TypeVar("Result")
Cursor = duckdb.DuckDBPyConnection

_SCANS = 4
"""Scans that may be open at once; an open scan holds its rows, not a processor, while its reader is slow."""


class DuckDBEngine:
    """Contacts in a DuckDB file; see `search.engine.Engine` for the methods."""

    def __init__(self, settings: EngineSettings) -> None:
        self._files = _Files(settings.data_dir, settings.index)
        self._timeout = settings.timeout
        self._queries = asyncio.Semaphore(settings.concurrency)
        self._scans = asyncio.Semaphore(_SCANS)
        self._threads = ThreadPoolExecutor(settings.concurrency + _SCANS, thread_name_prefix="duckdb")

    def compile(self, contact_filter: ContactFilter) -> CompiledSql:
        return compile_filter(contact_filter)

    async def search(
        self, compiled: CompiledSql, limit: int, offset: int = 0, position: Position | None = None
    ) -> Page:
        rows = await self._fetch(statement(compiled, f"LIMIT {limit + 1} OFFSET {offset}", position))
        return page_of([Hit(item.encode(), value, uuid) for item, value, uuid in rows], limit, offset, position)

    async def scan(
        self, compiled: CompiledSql, offset: int = 0, position: Position | None = None
    ) -> AsyncGenerator[list[bytes]]:
        hits = statement(compiled, f"OFFSET {offset}" if offset else "", position)
        if position is None or not position.backward:
            async for rows in self._stream(hits):
                yield [row[0].encode() for row in rows]
            return
        batches = [[row[0].encode() for row in rows] async for rows in self._stream(hits)]
        while batches:
            yield batches.pop()[::-1]

    async def count(self, compiled: CompiledSql) -> int:
        [(count,)] = await self._fetch(selecting("count(*)", compiled))
        return int(count)

    async def uuids(self, compiled: CompiledSql, limit: int) -> list[str]:
        first = selecting("uuid", compiled, f"ORDER BY {order_by(compiled.order)} LIMIT {limit}")
        return [uuid for (uuid,) in await self._fetch(first)]

    async def scan_uuids(self, compiled: CompiledSql) -> AsyncGenerator[list[str]]:
        async for rows in self._stream(selecting("uuid", compiled)):
            yield [uuid for (uuid,) in rows]

    async def ready(self) -> None:
        await self._fetch(Sql("SELECT 1 FROM contacts LIMIT 1"))

    async def close(self) -> None:
        await asyncio.to_thread(self._files.close)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _fetch(self, sql: Sql) -> list[tuple[Any, ...]]:
        async with self._cursor(self._queries) as cursor:
            return await self._run(cursor, lambda: cursor.execute(sql.text, sql.parameters).fetchall())

    async def _stream(self, sql: Sql) -> AsyncGenerator[list[tuple[Any, ...]]]:
        async with self._cursor(self._scans) as cursor:
            await self._run(cursor, lambda: cursor.execute(sql.text, sql.parameters))
            while rows := await self._run(cursor, partial(cursor.fetchmany, SCAN_BATCH)):
                yield rows

    @asynccontextmanager
    async def _cursor(self, slots: asyncio.Semaphore) -> AsyncGenerator[Cursor]:
        """A cursor on the live file, once one of `slots` is free; the wait counts against the timeout."""
        try:
            async with asyncio.timeout(self._timeout):
                await slots.acquire()
        except TimeoutError:
            raise EngineTimeout("The contacts engine is busy and did not answer in time.") from None
        try:
            cursor = await self._in_thread(self._files.cursor)
            try:
                yield cursor
            finally:
                self._files.release(cursor)
        finally:
            slots.release()

    async def _run(self, cursor: Cursor, work: Callable[[], Result]) -> Result:
        """The result of `work` in a thread; interrupts `cursor` when time is up or the request is cancelled."""
        future = asyncio.ensure_future(self._in_thread(work))
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.shield(future)
        except TimeoutError:
            raise EngineTimeout("The contacts engine did not answer in time.") from None
        finally:
            while not future.done():
                cursor.interrupt()
                await asyncio.wait([future], timeout=0.05)
            if not future.cancelled():
                future.exception()

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except EngineError:
            raise
        except (duckdb.IOException, duckdb.ConnectionException) as error:
            raise EngineUnavailable("The contacts engine can't read its file.") from error
        except duckdb.Error as error:
            raise EngineRejected("The contacts engine refused this query.") from error


class _Files:
    """The live file, opened once and again after every swap; an old one is closed when its last cursor is back."""

    def __init__(self, data_dir: Path, index: str) -> None:
        self._data_dir, self._index = data_dir, index
        self._lock = Lock()
        self._live: tuple[Path, Cursor] | None = None
        self._open: dict[int, tuple[Path, Cursor]] = {}
        self._retired: dict[Path, Cursor] = {}

    def cursor(self) -> Cursor:
        """A cursor on what is live now. Give it back with `release`."""
        with self._lock:
            path = live_path(self._data_dir, self._index)
            if self._live is None or self._live[0] != path:
                database = duckdb.connect(path, read_only=True)
                if self._live is not None:
                    self._retired[self._live[0]] = self._live[1]
                self._live = (path, database)
            cursor = self._live[1].cursor()
            self._open[id(cursor)] = (path, cursor)
            self._close_retired()
            return cursor

    def release(self, cursor: Cursor) -> None:
        with self._lock:
            del self._open[id(cursor)]
            cursor.close()
            self._close_retired()

    def close(self) -> None:
        with self._lock:
            if self._live is not None:
                self._retired[self._live[0]] = self._live[1]
                self._live = None
            self._close_retired()

    def _close_retired(self) -> None:
        used = {path for path, _ in self._open.values()}
        for path in [path for path in self._retired if path not in used]:
            self._retired.pop(path).close()
