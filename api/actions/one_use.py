"""Secrets that open something once, and not for long: for links that a browser opens by itself, without a token.

What is kept of a secret is a digest, so that nothing that is read here opens anything.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from mappings.errors import TooManyRequests

MOST_OF_ONE = 8
"""Secrets of one owner at once. A further one ends the oldest."""

MOST = 10_000
"""Secrets of all owners at once: some MiB."""

MOST_BYTES = 64 * 1024 * 1024
"""Of what all of them open."""

_BYTES = 32
"""Of a secret; nobody guesses it while it holds."""

_NAME = 12
"""The first characters of a secret, by which it is found; all of it is compared then, in a time that tells nothing."""

Value = TypeVar("Value")


class _Kept(msgspec.Struct, Generic[Value], frozen=True):
    owner: str
    digest: bytes
    ends_at: float
    value: Value
    size: int


class OneUse(Generic[Value]):
    """The secrets of a kind, of this process: another does not know them, and after a restart none does.

    Args:
        seconds: how long one holds.
        clock: seconds that never go back.
    """

    def __init__(self, seconds: float, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._most = most
        self._clock = clock
        self._kept: dict[str, _Kept[Value]] = {}
        """By the beginning of the secret, the oldest first: all hold equally long."""

    def issue(self, owner: str, value: Value, size: int = 0) -> str:
        """A fresh secret, of characters that a URL may have, which opens `value` once, of so many bytes.

        Raises:
            TooManyRequests: there are too many of others.
        """
        self._forget_old()
        own = [name for name, kept in self._kept.items() if kept.owner == owner]
        if len(own) >= MOST_OF_ONE:
            del self._kept[own[0]]
        held = sum([kept.size for kept in self._kept.values()])
        if len(self._kept) >= self._most or held + size > MOST_BYTES:
            raise TooManyRequests("Too many links wait to be opened; try again later", retry_after=self.seconds)
        secret = secrets.token_urlsafe(_BYTES)
        self._kept[secret[:_NAME]] = _Kept(owner, _digest(secret), self._clock() + self.seconds, value, size)
        return secret

    def take(self, secret: str) -> Value | None:
        """What `secret` opens, which it does no more; `None` if it is none of these, or was taken, or is too old."""
        self._forget_old()
        kept = self._kept.get(secret[:_NAME])
        if kept is None or not hmac.compare_digest(kept.digest, _digest(secret)):
            return None
        del self._kept[secret[:_NAME]]
        return kept.value

    def _forget_old(self) -> None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values())).ends_at <= now:
            del self._kept[next(iter(self._kept))]


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
