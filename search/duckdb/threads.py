"""Threads for what blocks. A query that nobody waits for any more is interrupted, and goes on to its end by itself.

DuckDB heeds an interrupt while it runs a query and not always while it plans one: no caller is made to wait for that.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import duckdb

from mappings.errors import EngineRejected

Result = TypeVar("Result")

_INTERRUPT_SECONDS = 0.05
"""How often a query that is to end is interrupted: it may not have begun yet when it is told the first time."""

_LEFT_SECONDS = 1.0
"""How long a query that is to end keeps another out, which would only make both slower; most end at once."""


class Threads:
    """Runs `number` pieces of work at once; more wait their turn.

    Work that nobody waits for any more counts as long as it has not ended. What does not end in `_LEFT_SECONDS` is
    given a thread beside those, so that it keeps nobody out for longer; `number` of them at most, any further one
    counts to its end.
    """

    def __init__(self, number: int) -> None:
        self._pool = ThreadPoolExecutor(2 * number, thread_name_prefix="duckdb")
        self._turns = asyncio.Semaphore(number)
        self._beside = number
        self._ending: dict[duckdb.DuckDBPyConnection, asyncio.Future[Any]] = {}
        self._ends: set[asyncio.Task[None]] = set()

    async def run(self, work: Callable[[], Result], connection: duckdb.DuckDBPyConnection | None = None) -> Result:
        """The result of `work`. Cancelled, it is over at once, and the query on `connection` is interrupted.

        Without a connection `work` goes on by itself when nobody waits for it any more.

        Raises:
            EngineRejected: DuckDB refused the query.
        """
        await self._turns.acquire()
        done = asyncio.wrap_future(self._pool.submit(work))
        try:
            return await asyncio.shield(done)
        except duckdb.Error as error:
            raise EngineRejected("The contacts engine refused this query.") from error
        finally:
            if done.done():
                self._turns.release()
            else:
                self._leave(done, connection)

    def when_free(self, connections: Iterable[duckdb.DuckDBPyConnection], then: Callable[[], object]) -> None:
        """Call `then` once no query runs on any of `connections`, as a rule at once: one in use can't be closed."""
        ending = [self._ending[connection] for connection in connections if connection in self._ending]
        if ending:
            asyncio.gather(*ending, return_exceptions=True).add_done_callback(lambda _: then())
        else:
            then()

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _leave(self, done: asyncio.Future[Any], connection: duckdb.DuckDBPyConnection | None) -> None:
        if connection is not None:
            self._ending[connection] = done
        ending = asyncio.create_task(self._end(done, connection))
        self._ends.add(ending)
        ending.add_done_callback(self._ends.discard)

    async def _end(self, done: asyncio.Future[Any], connection: duckdb.DuckDBPyConnection | None) -> None:
        """Wait for the end of work that nobody else waits for, interrupting the query on `connection` all the time."""
        counts, clock = True, asyncio.get_running_loop().time
        left = clock() + _LEFT_SECONDS
        while not done.done():
            if connection is not None:
                connection.interrupt()
            await asyncio.wait([done], timeout=_INTERRUPT_SECONDS)
            if counts and self._beside and clock() >= left:
                counts = False
                self._beside -= 1
                self._turns.release()
        # Nobody is told how it ended.
        done.exception()
        if connection is not None:
            del self._ending[connection]
        if counts:
            self._turns.release()
        else:
            self._beside += 1
