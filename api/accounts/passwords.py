"""Passwords as Argon2id hashes, made and checked in threads, a few at a time."""

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mappings.errors import InvalidField, TooManyRequests

SHORTEST, LONGEST = 8, 1024
"""Characters of a password."""

AT_ONCE = 2
"""Hashes computed at once; each takes `MEMORY_KIB` and a core for some 20 ms."""

WAITING = 64
"""Hashes that may wait for their turn; past it the caller is told to come back."""

# Of the settings OWASP calls equally strong (19 MiB and 2 passes … 7 MiB and 5) the one with the least memory: the
# allocator keeps what a thread once used, so it counts towards the idle service.
MEMORY_KIB, PASSES, LANES = 7 * 1024, 5, 1

Result = TypeVar("Result")


class Passwords:
    """Makes and checks hashes. A check takes the same time whether or not there is a hash to check against."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._dummy: str | None = None
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def prepare(self) -> None:
        """Make the hash that unknown users are checked against. To be called once, before the first check."""
        self._dummy = await self.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """The hash to store. Raises `InvalidField` for a password that is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise InvalidField(f"password must have {SHORTEST} to {LONGEST} characters")
        return await self._in_thread(lambda: self._hasher.hash(password))

    async def check(self, password: str, stored: str | None) -> bool:
        """Tell whether `password` has the hash `stored`; never for `None`, an unknown user."""
        if self._dummy is None:
            await self.prepare()
        against = stored or self._dummy or ""
        matches = await self._in_thread(lambda: self._matches(against, password[: LONGEST + 1]))
        return matches and stored is not None

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= WAITING:
            raise TooManyRequests("Too many logins at once; try again in a few seconds")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
