"""What both doors share of a request on its way: the user's rate limit, a slot for the engine, the deadline."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from typing import Protocol

from api.actions.rates import Rates
from api.actions.roles import Role
from api.actions.slots import Slots
from api.settings import Settings
from mappings.errors import EngineTimeout, TooManyRequests

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
        width: requests that the engine works on well at once, for where the settings do not say how many.

    Attributes:
        slots: turns for the engine.
        running: requests that the core carries out at the moment; who does that counts it up and down.
    """

    def __init__(self, settings: Settings, recorder: Recorder, width: int) -> None:
        self._rates = Rates(settings.rate_limit)
        self._timeout = settings.engine.timeout
        self.recorder = recorder
        self.slots = Slots(settings.max_running or width)
        self.running = 0

    @property
    def busy(self) -> bool:
        """Whether any request is being carried out."""
        return self.running > 0

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

    @asynccontextmanager
    async def admitted(self, user: str, *, uses_engine: bool = True) -> AsyncGenerator[None]:
        """Carry out a request of `user` in a block, with a slot if it uses the engine.

        The wait for the slot and the block have one deadline together. For a door that keeps no deadlines of its own;
        of a streamed answer each part is such a block.

        Raises:
            TooManyRequests: too many wait for a slot already.
            EngineTimeout: the deadline came first; the block was cancelled.
        """
        self.running += 1
        words = BUSY
        slot = self.slots.turn(user) if uses_engine else nullcontext()
        try:
            async with asyncio.timeout(self._timeout) as deadline, slot:
                words = SILENT if uses_engine else BUSY
                yield
        except TimeoutError:
            if deadline.expired():
                raise EngineTimeout(words) from None
            raise
        finally:
            self.running -= 1
