"""A memory for what many contacts share: what a pure function made of a key is kept, up to a number of bytes.

`functools.lru_cache` bounds entries; one entry here can be a company with ten keywords or with ten thousand.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memo(Generic[Key, Value]):
    """`make` with a memory. Exceptions pass through and are not remembered. Threads may share it.

    Args:
        make: a pure function.
        weigh: about how many bytes a key and its value hold.
        budget: bytes that are held at most, plus one entry. When they are used up everything is forgotten: what is
            asked for often is soon there again, and nothing has to be kept about the use of each entry.
    """

    def __init__(self, make: Callable[[Key], Value], weigh: Callable[[Key, Value], int], budget: int) -> None:
        self._make, self._weigh, self._budget = make, weigh, budget
        self._kept: dict[Key, Value] = {}
        self._held = 0

    def __call__(self, key: Key) -> Value:
        """What `make` makes of `key`."""
        try:
            return self._kept[key]
        except KeyError:
            pass
        made = self._make(key)
        self._held += self._weigh(key, made)
        if self._held > self._budget:
            self._kept.clear()
            self._held = self._weigh(key, made)
        self._kept[key] = made
        return made
