"""Requests that may use the engine at once, over all connections and both doors, shared fairly between users."""

import asyncio
from collections import OrderedDict, deque
from types import TracebackType

from mappings.errors import TooManyRequests

MOST_WAITING = 10_000
"""Requests of all users that may wait for a slot. Those of WebSockets have their own, smaller bounds before."""


class Slots:
    """A cap with a queue for each user behind it. A free slot goes to the users in turn, not to whoever asked most.

    Nothing here ends a wait: whoever waits has a deadline of its own.

    Args:
        most: requests that hold a slot at once.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Requests that wait for a slot."""
        return self._waiting

    def turn(self, user: str) -> "Turn":
        """`async with slots.turn(user):` holds a slot."""
        return Turn(self, user)

    def take(self) -> bool:
        """Take a slot if one is free and nobody waits for it: the usual case, without waiting."""
        if self._free and not self._waiting:
            self._free -= 1
            return True
        return False

    async def acquire(self, user: str) -> None:
        """Take a slot. Raises `TooManyRequests` if too many wait already."""
        if self.take():
            return
        if self._waiting >= MOST_WAITING:
            raise TooManyRequests("The service is at its limit; try again later", retry_after=1.0)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._queues.setdefault(user, deque())
        queue.append(place)
        self._waiting += 1
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                # It was handed a slot in the same moment.
                self.release()
            else:
                self._forget(user, place)
            raise

    def release(self) -> None:
        """Give a slot back: the next user's first waiting request gets it."""
        while self._waiting:
            user, queue = self._queues.popitem(last=False)
            place = queue.popleft()
            self._waiting -= 1
            if queue:
                self._queues[user] = queue
            # One that was cancelled a moment ago has not left its queue yet.
            if not place.done():
                place.set_result(None)
                return
        self._free += 1

    def _forget(self, user: str, place: asyncio.Future[None]) -> None:
        queue = self._queues.get(user)
        if queue is None or place not in queue:
            return
        queue.remove(place)
        self._waiting -= 1
        if not queue:
            del self._queues[user]


class Turn:
    """A slot for as long as a block runs."""

    def __init__(self, slots: Slots, user: str) -> None:
        self._slots = slots
        self._user = user

    async def __aenter__(self) -> None:
        """Wait for the slot."""
        await self._slots.acquire(self._user)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self._slots.release()
