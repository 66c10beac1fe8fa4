"""Requests in flight, with a cap, and a bounded queue behind them."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from api.socket.envelope import Request
from mappings.errors import Stopped

STOP_SECONDS = 5.0
"""How long cancelled requests have to end, e.g. to tell the engine."""


class Lane:
    """Runs `work` on at most `width` requests at once; at most `depth` more wait, first come first served.

    Those waiting hold their messages, so `most_bytes` bounds them too. `work` catches its own errors. It is not told
    of a request that is cancelled; `stopped` is, once the request has ended.
    """

    def __init__(
        self,
        work: Callable[[Request], Coroutine[Any, Any, None]],
        stopped: Callable[[Request, Stopped], None],
        *,
        width: int,
        depth: int,
        most_bytes: int,
    ) -> None:
        self._work = work
        self._stopped = stopped
        self._width = width
        self._depth = depth
        self._most_bytes = most_bytes
        self._running: dict[asyncio.Task[None], Request] = {}
        self._reasons: dict[asyncio.Task[None], Stopped] = {}
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

    def cancel(self, reason: Stopped, request_id: str | int | None = None) -> bool:
        """End the requests with this id, or all, for `reason`; `False` if there are none."""

        def meant(request: Request) -> bool:
            return request_id is None or request.request_id == request_id

        waiting = [request for request in self._waiting if meant(request)]
        if waiting:
            self._waiting = deque(request for request in self._waiting if not meant(request))
            self._waiting_bytes -= sum(request.size for request in waiting)
        running = [task for task, request in self._running.items() if meant(request)]
        for task in running:
            # Once is enough: a second time would disturb it while it tells the engine.
            if task not in self._reasons:
                self._reasons[task] = reason
                task.cancel()
        for request in waiting:
            self._stopped(request, reason)
        return bool(waiting or running)

    async def settle(self) -> None:
        """Wait until nothing runs or waits."""
        while self._running:
            await asyncio.wait(list(self._running))

    async def close(self) -> None:
        """Forget the waiting requests, cancel the running ones and wait until they are gone. None is answered."""
        self._waiting.clear()
        self._waiting_bytes = 0
        running = list(self._running)
        for task in running:
            if task not in self._reasons:
                task.cancel()
        self._reasons.clear()
        if running:
            await asyncio.wait(running, timeout=STOP_SECONDS)

    def _start(self, request: Request) -> None:
        task = asyncio.create_task(self._work(request))
        self._running[task] = request
        task.add_done_callback(self._next)

    def _next(self, task: asyncio.Task[None]) -> None:
        request = self._running.pop(task)
        reason = self._reasons.pop(task, None)
        if self._waiting:
            following = self._waiting.popleft()
            self._waiting_bytes -= following.size
            self._start(following)
        if reason is not None and task.cancelled():
            self._stopped(request, reason)
