"""Rate limits: so many requests a minute for each key, be it a user, an address or an e-mail."""

import time
from collections import OrderedDict
from collections.abc import Callable

MINUTE = 60.0

KEPT_KEYS = 20_000
"""Keys that are remembered, about 3 MiB. The one unused for longest is forgotten first, and starts afresh."""


class Rates:
    """A token bucket for each key: it holds a minute's worth and refills evenly.

    Kept as one number a key, the time at which its bucket is full again (the generic cell rate algorithm), so a
    request costs a dictionary look-up and nothing runs in between.

    Args:
        per_minute: requests; 0 switches the limit off.
        kept: keys that are remembered at most.
        clock: seconds that never go back.
    """

    def __init__(self, per_minute: int, kept: int = KEPT_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = MINUTE / per_minute if per_minute else 0.0
        self._kept = kept
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> float:
        """Count a request of `key`: 0 if it may go on, else the seconds until one may. A refused one is not counted."""
        if not self._interval:
            return 0.0
        now = self._clock()
        full_at = max(self._full_at.get(key, 0.0), now) + self._interval
        # A millionth of slack: the sum of a minute's intervals is not exactly a minute.
        if full_at - now > MINUTE * 1.000001:
            return full_at - now - MINUTE
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._kept:
            self._full_at.popitem(last=False)
        return 0.0
