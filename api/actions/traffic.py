"""What both doors share of a request on its way: all that users share, the rate limit, and the deadline."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Protocol

from api.actions.budget import Budget, Hold
from api.actions.pace import Pace
from api.actions.rates import Rates
from api.actions.roles import Role
from api.actions.slots import Slots
from api.settings import Settings
from mappings.errors import EngineTimeout, TooManyRequests

KEPT_SLOTS = 1
"""Slots beyond those that fill the engine, which is opened for as many more calls: see `Slots`."""

EXPLAINED_AT_ONCE = 1
"""Analyses that run at once, over all connections, and one more for a user who has none running. They take the time of
this process and of nothing else, so that several at once would only be slower together."""

ARRIVING_SHARE, ARRIVING_MESSAGES = 2, 4
"""Messages that have not come whole may hold this part of what is held for answers, or as many of the largest."""

SMALL_MESSAGE = 16 * 1024
"""Bytes of it that a connection may have sent whatever others have."""

BUSY = "The service is busy and did not answer in time."
"""What a request is answered with whose deadline passed while it waited."""

SILENT = "The contacts engine did not answer in time."
"""What a request is answered with whose deadline passed while the engine worked on it."""


class Recorder(Protocol):
    """Who keeps the figures.

    Attributes:
        in_flight: requests being carried out; whoever carries one out counts it up and down.
    """

    in_flight: int

    def answered(self, door: str, action: str, outcome: str, seconds: float | None = None) -> None:
        """Count an answer; `outcome` is `success`, `cancelled` or the code of the error."""


class Traffic:
    """One for the application, so that a user who comes through two doors has no more than through one.

    Args:
        recorder: keeps the figures; nothing is decided by them.
        width: requests that fill the engine, for where the settings do not say how many.

    Attributes:
        slots: turns for the engine.
        pace: of the event loop; whoever carries out a request tells it when that begins and ends.
        budget: of what is held for clients.
        arriving: of messages that have not come whole.
    """

    def __init__(self, settings: Settings, recorder: Recorder, width: int) -> None:
        self._rates = Rates(settings.rate_limit)
        self._timeout = settings.engine.timeout
        self.recorder = recorder
        self.slots = Slots(settings.max_running or width, KEPT_SLOTS)
        self.pace = Pace()
        self.budget = Budget(settings.max_held_bytes)
        arriving = max(settings.max_held_bytes // ARRIVING_SHARE, settings.max_message_bytes * ARRIVING_MESSAGES)
        self.arriving = Budget(arriving, SMALL_MESSAGE)
        self._explanations = Slots(EXPLAINED_AT_ONCE, kept=1)

    def let_in(self, user: str, role: Role, least: Role) -> None:
        """Let in a request of `user`, who has `role`, for what needs `least`, and count it towards the user's limit.

        Raises:
            Forbidden: the role is not enough; it was not counted.
            TooManyRequests: over the limit.
        """
        role.require(least)
        if seconds := self._rates.take(user):
            words = f"Too many requests; your limit is reached, the next is possible in {seconds:.0f} s"
            raise TooManyRequests(words, retry_after=seconds)

    def deadline(self) -> float:
        """When a request that comes now has to be answered, in the loop's time."""
        return asyncio.get_running_loop().time() + self._timeout

    def explaining(self, user: str) -> "Explaining":
        """`async with traffic.explaining(user):` is a turn for what needs no engine, but time of this process."""
        return Explaining(self._explanations, self.pace, user)

    @asynccontextmanager
    async def admitted(
        self, user: str, *, uses_engine: bool = True, by: float | None = None, outgrown: Hold | None = None
    ) -> AsyncGenerator[None]:
        """Carry out a request of `user` in a block, with a slot if it uses the engine.

        The wait for the slot and the block have one deadline together. For a door that keeps no deadlines of its own;
        of a streamed answer each part is such a block.

        Args:
            user: who asks.
            uses_engine: whether it needs a slot.
            by: the deadline in the loop's time, where it began before.
            outgrown: an answer that had no room, and is made again in its turn, which is waited for too.

        Raises:
            TooManyRequests: too many wait for a slot already.
            EngineTimeout: the deadline came first; the block was cancelled.
        """
        self.pace.begin(user)
        words = BUSY
        slot = self.slots.turn(user) if uses_engine else self.explaining(user)
        try:
            async with asyncio.timeout_at(self.deadline() if by is None else by) as deadline:
                if outgrown is not None:
                    await outgrown.turn()
                async with slot:
                    words = SILENT if uses_engine else BUSY
                    yield
        except TimeoutError:
            if deadline.expired():
                raise EngineTimeout(words) from None
            raise
        finally:
            self.pace.end(user)


class Explaining:
    """A turn for what takes the event loop's time, or that of a thread beside it, for as long as a block runs."""

    def __init__(self, turns: Slots, pace: Pace, user: str) -> None:
        self._turns = turns
        self._pace = pace
        self._user = user
        self._started = 0.0

    async def __aenter__(self) -> None:
        """Wait for the turn, and before that for as long as the user owes others."""
        while True:
            if self._pace.due(self._user):
                await self._pace.wait(self._user)
            if not self._turns.take(self._user):
                await self._turns.acquire(self._user)
            if not self._pace.due(self._user):
                break
            self._turns.release(self._user)
        self._started = time.monotonic()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The turn is over."""
        self._pace.spent(self._user, time.monotonic() - self._started)
        self._turns.release(self._user)
