"""A memory for what many contacts share: what a pure function made of a key is kept, up to a number of bytes.

`functools.lru_cache` bounds entries; one entry here can be a company with ten keywords or with ten thousand.
"""

from collections.abc import Callable, Hashable
from itertools import islice
from threading import Lock
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memo(dict[Key, Value]):
    """`memo[key]` is what `make` makes of `key`, made when it is first asked for. Exceptions pass through and are not
    remembered.

    It is a dictionary for the sake of speed: what is there is found without running any Python. Threads may share it:
    two that ask for the same key at once may both make its value, which is then kept, and counted, once.

    Args:
        make: a pure function.
        weigh: about how many bytes a key and its value hold.
        budget: bytes that are held at most, plus one entry. When they are used up the half that came first is
            forgotten: what of it is asked for often is soon there again, and nothing has to be kept about the use of
            each entry.
    """

    def __init__(self, make: Callable[[Key], Value], weigh: Callable[[Key, Value], int], budget: int) -> None:
        super().__init__()
        self._make, self._weigh, self._budget = make, weigh, budget
        self._held = 0
        self._adding = Lock()

    def __missing__(self, key: Key) -> Value:
        made = self._make(key)
        weight = self._weigh(key, made)
        with self._adding:
            if key in self:
                return self[key]
            while self and self._held + weight > self._budget:
                self._forget()
            self._held += weight
            self[key] = made
        return made

    def _forget(self) -> None:
        for key in list(islice(self, (len(self) + 1) // 2)):
            self._held -= self._weigh(key, self.pop(key))
