"""Threads for what blocks. A query that nobody waits for any more is interrupted, and waited for until it has ended."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import duckdb

from mappings.errors import EngineRejected

Result = TypeVar("Result")

_INTERRUPT_SECONDS = 0.05
"""How often a query that is to end is interrupted: it may not have begun yet when it is told the first time."""


class Threads:
    """Runs `number` pieces of work at once; more wait their turn."""

    def __init__(self, number: int) -> None:
        self._pool = ThreadPoolExecutor(number, thread_name_prefix="duckdb")

    async def run(self, work: Callable[[], Result], connection: duckdb.DuckDBPyConnection | None = None) -> Result:
        """The result of `work`. Cancelled, it interrupts the query on `connection`, and is over once that is.

        Without a connection `work` goes on by itself when nobody waits for it any more.

        Raises:
            EngineRejected: DuckDB refused the query.
        """
        job = self._pool.submit(work)
        done = asyncio.wrap_future(job)
        try:
            return await asyncio.shield(done)
        except duckdb.Error as error:
            raise EngineRejected("The contacts engine refused this query.") from error
        finally:
            # What has not begun is left out.
            if connection is not None and not job.cancel():
                await _settled(connection, done)

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


async def _settled(connection: duckdb.DuckDBPyConnection, future: asyncio.Future[Any]) -> None:
    """Interrupt `connection` until its thread is done with it: one that is in use can't be closed.

    A second cancellation has to wait for that too, and is raised afterwards.
    """
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        connection.interrupt()
        try:
            await asyncio.wait([future], timeout=_INTERRUPT_SECONDS)
        except asyncio.CancelledError as error:
            cancelled = error
    if not future.cancelled():
        future.exception()
    if cancelled is not None:
        raise cancelled
