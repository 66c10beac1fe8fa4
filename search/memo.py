"""Memories with a budget in bytes: of what many contacts share in a load, of what many requests ask for.

`functools.lru_cache` bounds entries; one entry here can be a company with ten keywords or with ten thousand.
"""

from collections import deque
from collections.abc import Callable, Hashable
from itertools import islice
from threading import Lock
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(dict[Key, Value]):
    """What is remembered by `keep` until there is too much of it.

    It is a dictionary for the sake of speed: what is there is found without running any Python. Threads may share it.

    Args:
        weigh: about how many bytes a key and its value hold.
        budget: bytes that are held at most, plus one entry. When they are used up the half that came first is
            forgotten: what of it is asked for often is soon there again, and nothing has to be kept about the use of
            each entry.
    """

    def __init__(self, weigh: Callable[[Key, Value], int], budget: int) -> None:
        super().__init__()
        self._weigh, self._budget = weigh, budget
        self._held = 0
        self._weights: deque[int] = deque()  # of the entries, in their order
        self._adding = Lock()

    def keep(self, key: Key, value: Value) -> Value:
        """Remember `value`. Of two for one key the first is kept, and counted, and given back."""
        weight = self._weigh(key, value)
        with self._adding:
            count = len(self)
            # Looked up once: to hash what a company is takes longer than all else here.
            kept = self.setdefault(key, value)
            if len(self) > count:
                self._held += weight
                self._weights.append(weight)
                while self._held > self._budget and len(self) > 1:
                    self._forget()
        return kept

    def _forget(self) -> None:
        for key in list(islice(self, len(self) // 2)):
            del self[key]
            self._held -= self._weights.popleft()


class Memo(Kept[Key, Value]):
    """`memo[key]` is what `make` makes of `key`, made when it is first asked for. Exceptions pass through and are not
    remembered. Two threads that ask for the same key at once may both make its value.

    Args:
        make: a pure function.
        weigh: as of `Kept`.
        budget: as of `Kept`.
    """

    def __init__(self, make: Callable[[Key], Value], weigh: Callable[[Key, Value], int], budget: int) -> None:
        super().__init__(weigh, budget)
        self._make = make

    def __missing__(self, key: Key) -> Value:
        return self.keep(key, self._make(key))
