"""How many requests of a connection run at once, and how many wait behind them. Without I/O."""

from api.actions.budget import Account


class Lane:
    """At most `width` requests run at once; at most `depth` more wait, first come first served.

    Those waiting hold their messages, so `most_bytes` bounds them too, and so does what may be held on `account`. A
    request is known by its number.
    """

    def __init__(self, *, width: int, depth: int, most_bytes: int, account: Account) -> None:
        self._width = width
        self._depth = depth
        self._most_bytes = most_bytes
        self._account = account
        self._running = 0
        self._waiting: dict[int, int] = {}
        self._waiting_bytes = 0

    def has_room(self, size: int) -> bool:
        """Whether a request of `size` bytes can run or wait."""
        return self._running < self._width or (
            len(self._waiting) < self._depth
            and self._waiting_bytes + size <= self._most_bytes
            and self._account.fits(size)
        )

    def enter(self, number: int, size: int) -> bool:
        """Take in a request there is room for: `True` if it runs from now on, `False` if it waits."""
        if self._running < self._width:
            self._running += 1
            return True
        self._waiting[number] = size
        self._hold(size)
        return False

    def leave(self, number: int) -> int | None:
        """Let a request go, wherever it stood; the number of the waiting one that runs in its place."""
        if (size := self._waiting.pop(number, None)) is not None:
            self._hold(-size)
            return None
        following = next(iter(self._waiting), None)
        if following is None:
            self._running -= 1
        else:
            self._hold(-self._waiting.pop(following))
        return following

    def _hold(self, size: int) -> None:
        self._waiting_bytes += size
        self._account.keep(size)
