"""Requests in flight, with a cap, and a bounded queue behind them."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from api.envelope import Request

STOP_SECONDS = 5.0
"""How long cancelled requests have to end, e.g. to tell the engine."""


class Lane:
    """Runs `work` on at most `width` requests at once; at most `depth` more wait, first come first served.

    Those waiting hold their messages, so `most_bytes` bounds them too. `work` catches its own errors.
    """

    def __init__(
        self, work: Callable[[Request], Coroutine[Any, Any, None]], width: int, depth: int, most_bytes: int
    ) -> None:
        self._work = work
        self._width = width
        self._depth = depth
        self._most_bytes = most_bytes
        self._running: set[asyncio.Task[None]] = set()
        self._waiting: deque[Request] = deque()
        self._waiting_bytes = 0

    def submit(self, request: Request) -> bool:
        """Run `request` now or later; `False` if there is no room for it."""
        if len(self._running) < self._width:
            self._start(request)
        elif len(self._waiting) < self._depth and self._waiting_bytes + request.size <= self._most_bytes:
            self._waiting.append(request)
            self._waiting_bytes += request.size
        else:
            return False
        return True

    async def close(self) -> None:
        """Forget the waiting requests, cancel the running ones and wait until they are gone."""
        self._waiting.clear()
        self._waiting_bytes = 0
        running = set(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=STOP_SECONDS)

    def _start(self, request: Request) -> None:
        task = asyncio.create_task(self._work(request))
        self._running.add(task)
        task.add_done_callback(self._next)

    def _next(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._waiting:
            request = self._waiting.popleft()
            self._waiting_bytes -= request.size
            self._start(request)
