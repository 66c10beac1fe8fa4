"""The event loop's time, shared between users: what reading and explaining takes of it stops all others meanwhile."""

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

WAITS = 3.0
"""How long a user waits who has company, for each second of the event loop that it took: so it has a quarter of it."""

SHORTEST_WAIT = 0.002
"""Seconds. Shorter waits are put together, since each costs a timer."""

COMPANY_SECONDS = 0.25
"""How long after its last request a user still counts as company: clients pause between requests."""

KEPT_USERS = 10_000
"""Users whose waits are remembered; the one unused for longest is forgotten first."""


class Pace:
    """Who has requests carried out, and how long each user has to wait before more is read or explained for it.

    A user without company never waits. Nor is it counted what it took then.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._running: dict[str, int] = {}
        self._total = 0
        self._last, self._last_at, self._other_at = "", -math.inf, -math.inf
        self._go_on_at: OrderedDict[str, float] = OrderedDict()
        self._waiting: Counter[str] = Counter()

    def begin(self, user: str) -> None:
        """A request of `user` is carried out from now on."""
        self._total += 1
        self._running[user] = self._running.get(user, 0) + 1

    def end(self, user: str) -> None:
        """A request of `user` is over."""
        self._total -= 1
        if self._running[user] == 1:
            del self._running[user]
        else:
            self._running[user] -= 1
        if user != self._last:
            self._last, self._other_at = user, self._last_at
        self._last_at = self._clock()

    def has_company(self, user: str) -> bool:
        """Whether a request of another user is being carried out, or was a moment ago."""
        if self._total > self._running.get(user, 0):
            return True
        at = self._other_at if user == self._last else self._last_at
        return at > -math.inf and self._clock() - at < COMPANY_SECONDS

    def spent(self, user: str, seconds: float) -> float:
        """`user` has taken so much of the event loop; how long to wait before it takes more, mostly 0."""
        if not self.has_company(user):
            return 0.0
        now = self._clock()
        self._go_on_at[user] = max(self._go_on_at.get(user, 0.0), now) + seconds * WAITS
        self._go_on_at.move_to_end(user)
        if len(self._go_on_at) > KEPT_USERS:
            self._go_on_at.popitem(last=False)
        return self._due(user, now)

    def due(self, user: str) -> float:
        """How long `user` has to wait yet, mostly 0."""
        return self._due(user, self._clock()) if user in self._go_on_at else 0.0

    async def wait(self, user: str) -> None:
        """Wait until nothing is due. Of several that wait for this user one after the other looks."""
        while seconds := self.due(user):
            self._waiting[user] += 1
            try:
                await asyncio.sleep(seconds + self._waiting[user] * SHORTEST_WAIT)
            finally:
                self._waiting[user] -= 1
                if not self._waiting[user]:
                    del self._waiting[user]

    def _due(self, user: str, now: float) -> float:
        seconds = self._go_on_at[user] - now
        if seconds <= 0:
            del self._go_on_at[user]
        return seconds if seconds >= SHORTEST_WAIT else 0.0
