"""Turns for what there is little of, such as the engine: over all connections and both doors, shared between users."""

import asyncio
from collections import OrderedDict
from types import TracebackType

from mappings.errors import TooManyRequests

MOST_WAITING = 20_000
"""Requests of all users that may wait for a slot, and of one as many as there is room for then: so one alone may have
half of them, and the next who comes finds room. Those of WebSockets have their own, smaller bounds before."""


class Slots:
    """A cap with a queue for each user behind it.

    A free slot goes to the user who holds fewest of those that wait, and among equals to the users in turn: not to
    whoever asked most. A user alone may hold all but those that are `kept`.

    Nothing here ends a wait: whoever waits has a deadline of its own.

    Args:
        most: requests that hold a slot at once.
        kept: slots beyond those, for users who hold none: whoever fills the others for long stops nobody else.
    """

    def __init__(self, most: int, kept: int = 0) -> None:
        self._free = most + kept
        self._kept = kept
        self._held: dict[str, int] = {}
        self._queues: OrderedDict[str, OrderedDict[asyncio.Future[None], None]] = OrderedDict()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Requests that wait for a slot."""
        return self._waiting

    def wanted_besides(self, user: str) -> bool:
        """Whether a request of anybody else waits."""
        return len(self._queues) > (user in self._queues)

    def turn(self, user: str) -> "Turn":
        """`async with slots.turn(user):` holds a slot."""
        return Turn(self, user)

    def take(self, user: str) -> bool:
        """Take a slot if there is one for `user`: the usual case, without waiting.

        Nobody is passed over: as long as there is one for this user, there was one for whoever waits.
        """
        if self._free > self._kept or (self._free and user not in self._held):
            self._give(user)
            return True
        return False

    async def acquire(self, user: str) -> None:
        """Take a slot. Raises `TooManyRequests` if too many wait already, or too many of this user."""
        if self.take(user):
            return
        if len(self._queues.get(user, ())) >= MOST_WAITING - self._waiting:
            raise TooManyRequests("The service is at its limit; try again later", retry_after=1.0)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Ordered, so that leaving is quick from any place: a client that goes takes many with it.
        self._queues.setdefault(user, OrderedDict())[place] = None
        self._waiting += 1
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                # It was handed a slot in the same moment.
                self.release(user)
            else:
                self._forget(user, place)
            raise

    def release(self, user: str) -> None:
        """Give a slot back that `user` held: whoever is next among those that wait gets it."""
        self._free += 1
        if self._held[user] == 1:
            del self._held[user]
        else:
            self._held[user] -= 1
        while self._waiting and (following := self._next()) is not None:
            queue = self._queues[following]
            place, _ = queue.popitem(last=False)
            self._waiting -= 1
            if queue:
                self._queues.move_to_end(following)
            else:
                del self._queues[following]
            # One that was cancelled a moment ago has not left its queue yet.
            if not place.done():
                self._give(following)
                place.set_result(None)

    def _give(self, user: str) -> None:
        self._free -= 1
        self._held[user] = self._held.get(user, 0) + 1

    def _next(self) -> str | None:
        """The user for whom there is a slot now. At most as many are looked at as hold one, and one more."""
        if not self._free:
            return None
        chosen, fewest = None, 0
        for user in self._queues:
            held = self._held.get(user, 0)
            if not held:
                return user
            if chosen is None or held < fewest:
                chosen, fewest = user, held
        return chosen if self._free > self._kept else None

    def _forget(self, user: str, place: asyncio.Future[None]) -> None:
        queue = self._queues.get(user)
        if queue is None or place not in queue:
            return
        del queue[place]
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
        self._slots.release(self._user)
