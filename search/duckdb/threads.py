"""Threads for what blocks. Work that nobody waits for any more ends at its next pause, or where DuckDB is interrupted.

No caller is made to wait for that end: DuckDB heeds an interrupt while it runs a query and not always while it plans
one.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any, TypeVar

import duckdb

from mappings.errors import EngineRejected, Stopped
from search.duckdb.slices import Pause

Result = TypeVar("Result")

_STRETCH_SECONDS, _BREATH_SECONDS = 0.002, 0.000_05
"""How long work keeps the interpreter to itself at most, and for how long it then lets go of it. Others who wait for it
take it from whoever has it every 5 ms only (`sys.getswitchinterval`), and the event loop is one of them."""

_INTERRUPT_SECONDS = 0.005
"""How often a query that is to end is interrupted: it may not have begun yet when it is told the first time."""

_LEFT_SECONDS = 1.0
"""How long a query that is to end keeps another out, which would only make both slower; most end at once."""


class Breath:
    """The `Pause` of a piece of work, made between its steps, none of which takes long: there it ends if nobody waits
    for it any more, and else lets others have the interpreter for a moment, now and then."""

    def __init__(self) -> None:
        self._ended = False
        self._since = monotonic()

    def __call__(self) -> None:
        """Raises `Stopped` once it is to end."""
        if self._ended:
            raise Stopped("Nobody waits for it")
        if monotonic() - self._since > _STRETCH_SECONDS:
            sleep(_BREATH_SECONDS)
            self._since = monotonic()

    def end(self) -> None:
        """Have the work end at its next pause."""
        self._ended = True


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

    async def run(
        self, work: Callable[[Pause], Result], connections: Sequence[duckdb.DuckDBPyConnection] = ()
    ) -> Result:
        """The result of `work`. Cancelled, it is over at once, and what runs on any of `connections` is interrupted.

        When nobody waits for it any more `work` ends with its next pause; what makes none goes on by itself.

        Raises:
            EngineRejected: DuckDB refused the query.
        """
        await self._turns.acquire()
        breath = Breath()
        done = asyncio.wrap_future(self._pool.submit(work, breath))
        try:
            return await asyncio.shield(done)
        except duckdb.Error as error:
            raise EngineRejected("The contacts engine refused this query.") from error
        finally:
            if done.done():
                self._turns.release()
            else:
                breath.end()
                self._leave(done, connections)

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

    def _leave(self, done: asyncio.Future[Any], connections: Sequence[duckdb.DuckDBPyConnection]) -> None:
        self._ending.update(dict.fromkeys(connections, done))
        ending = asyncio.create_task(self._end(done, connections))
        self._ends.add(ending)
        ending.add_done_callback(self._ends.discard)

    async def _end(self, done: asyncio.Future[Any], connections: Sequence[duckdb.DuckDBPyConnection]) -> None:
        """Wait for the end of work that nobody else waits for, interrupting what runs on `connections` all the time."""
        counts, clock = True, asyncio.get_running_loop().time
        left = clock() + _LEFT_SECONDS
        while not done.done():
            for connection in connections:
                connection.interrupt()
            await asyncio.wait([done], timeout=_INTERRUPT_SECONDS)
            if counts and self._beside and clock() >= left:
                counts = False
                self._beside -= 1
                self._turns.release()
        # Nobody is told how it ended.
        done.exception()
        for connection in connections:
            del self._ending[connection]
        if counts:
            self._turns.release()
        else:
            self._beside += 1
