"""Asks the live file, or an earlier one that a caller still reads, in threads."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from mappings.errors import EngineTimeout
from search.duckdb import WIDTH
from search.duckdb.live_files import Lease, LiveFiles
from search.duckdb.slices import Pause
from search.duckdb.threads import Threads
from search.engine import EngineSettings

Answer = TypeVar("Answer")
Work = Callable[[Lease, Pause], Answer]
"""Reads a file by the connections of a lease. Blocks."""


class Asking:
    """Work on the files of the settings, as much at once as they say and for as long."""

    def __init__(self, settings: EngineSettings) -> None:
        self._files = LiveFiles(settings.data_dir, settings.index, settings.store)
        self._timeout = settings.timeout
        self._threads = Threads(settings.concurrency or WIDTH)
        self._closing: set[asyncio.Future[None]] = set()

    async def ask(self, work: Work[Answer], threads: Threads | None = None, path: Path | None = None) -> Answer:
        """The answer to one query of the live file, or of that at `path`; in `threads` of the caller's, or those here.

        Raises:
            EngineError: it can't be read, or not in time, or DuckDB refused the query.
        """
        async with self.in_time(), self.lease(threads, path) as lease:
            return await self.run(lease, work, threads)

    async def run(self, lease: Lease, work: Work[Answer], threads: Threads | None = None) -> Answer:
        """The answer of `work`, which reads the file of `lease` by its connections."""

        def reading(pause: Pause) -> Answer:
            return lease.file.read(partial(work, lease, pause))

        return await (threads or self._threads).run(reading, lease.connections)

    @asynccontextmanager
    async def in_time(self) -> AsyncGenerator[None]:
        """The bound on one call, or on one step of a scan. A caller's own, earlier deadline cancels it just so."""
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except TimeoutError:
            raise EngineTimeout("The contacts engine did not answer in time.") from None

    @asynccontextmanager
    async def lease(self, threads: Threads | None = None, path: Path | None = None) -> AsyncGenerator[Lease]:
        """A file, which may have to be opened first."""
        threads = threads or self._threads
        opening = asyncio.ensure_future(threads.run(lambda _: self._files.lease(path)))
        try:
            async with self.in_time():
                lease = await asyncio.shield(opening)
        except (asyncio.CancelledError, EngineTimeout):
            opening.add_done_callback(self._give_back)
            raise
        try:
            yield lease
        finally:
            # A query that nobody waits for any more may still have its end before it.
            threads.when_free(lease.connections, partial(self._release, lease))

    async def close(self) -> None:
        """Close the files, and begin nothing more."""
        await asyncio.to_thread(self._files.close)
        if self._closing:
            await asyncio.wait(self._closing)
        self._threads.close()

    def _give_back(self, opening: asyncio.Future[Lease]) -> None:
        """Release what came when nobody waited for it any more."""
        if not opening.cancelled() and opening.exception() is None:
            self._release(opening.result())

    def _release(self, lease: Lease) -> None:
        """Give a lease back. A file that nobody reads any more is closed in a thread: all its memory is given back."""
        for file in self._files.release(lease):
            closing = asyncio.get_running_loop().run_in_executor(None, file.close)
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
