"""Passwords as Argon2id hashes, made and checked in threads, a few at a time, for clients in turn.

Whoever tries many passwords, from however many addresses, makes others wait for as many turns as there are addresses,
and never for all that these ask.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.actions.slots import Slots
from mappings.errors import InvalidField, TooManyRequests

SHORTEST, LONGEST = 8, 1024
"""Characters of a password."""

AT_ONCE = 2
"""Hashes computed at once; each takes `MEMORY_KIB` and a core for some 20 ms."""

WAITING = 64
"""Hashes that one client may have under way; past it the caller is told to come back."""

WAIT_SECONDS = 15
"""How long one may take, most of it waiting."""

# Of the settings OWASP calls equally strong (19 MiB and 2 passes … 7 MiB and 5) the one with the least memory: the
# allocator keeps what a thread once used, so it counts towards the idle service.
MEMORY_KIB, PASSES, LANES = 7 * 1024, 5, 1

BUSY = "Too many logins at once; try again in a few seconds"

Result = TypeVar("Result")


class Passwords:
    """Makes and checks hashes. A check takes the same time whether or not there is a hash to check against.

    `client` is who is waited for, by default whoever runs the service.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._dummy: str | None = None
        self._turns = Slots(AT_ONCE)
        self._under_way: Counter[str] = Counter()

    async def prepare(self) -> None:
        """Make the hash that unknown users are checked against. To be called once, before the first check."""
        self._dummy = await self.hash(secrets.token_urlsafe())

    async def hash(self, password: str, client: str = "") -> str:
        """The hash to store. Raises `InvalidField` for a password that is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise InvalidField(f"password must have {SHORTEST} to {LONGEST} characters")
        return await self._in_turn(client, lambda: self._hasher.hash(password))

    async def check(self, password: str, stored: str | None, client: str = "") -> bool:
        """Tell whether `password` has the hash `stored`; never for `None`, an unknown user."""
        if self._dummy is None:
            await self.prepare()
        against = stored or self._dummy or ""
        matches = await self._in_turn(client, lambda: self._matches(against, password[: LONGEST + 1]))
        return matches and stored is not None

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, client: str, work: Callable[[], Result]) -> Result:
        if self._under_way[client] >= WAITING:
            raise TooManyRequests(BUSY)
        self._under_way[client] += 1
        try:
            async with asyncio.timeout(WAIT_SECONDS), self._turns.turn(client):
                return await asyncio.to_thread(work)
        except TimeoutError as error:
            raise TooManyRequests(BUSY) from error
        finally:
            self._under_way[client] -= 1
            if not self._under_way[client]:
                del self._under_way[client]
