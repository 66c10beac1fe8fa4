"""How many requests of a connection run at once, and how many wait behind them. Without I/O."""

from collections import OrderedDict

from api.actions.budget import SMALL, Account


class Lane:
    """At most `width` requests run at once; at most `depth` more wait, first come first served.

    Each holds its message, whether it waits or runs, which for most of its time is waiting for the engine. So what may
    be held on `account` bounds them too, but for `SMALL` bytes of those that run: a connection may always ask for
    something. `most_bytes` bounds those that wait. A request is known by its number.
    """

    def __init__(self, *, width: int, depth: int, most_bytes: int, account: Account) -> None:
        self._width = width
        self._depth = depth
        self._most_bytes = most_bytes
        self._account = account
        self._running: dict[int, int] = {}
        self._waiting: OrderedDict[int, int] = OrderedDict()
        self._running_bytes = self._waiting_bytes = 0

    def has_room(self, size: int) -> bool:
        """Whether a request of `size` bytes can run or wait."""
        if len(self._running) < self._width:
            return self._running_bytes + size <= SMALL or self._account.fits(size)
        return (
            len(self._waiting) < self._depth
            and self._waiting_bytes + size <= self._most_bytes
            and self._account.fits(size)
        )

    def enter(self, number: int, size: int) -> bool:
        """Take in a request there is room for: `True` if it runs from now on, `False` if it waits."""
        self._account.keep(size)
        if len(self._running) < self._width:
            self._run(number, size)
            return True
        self._waiting[number] = size
        self._waiting_bytes += size
        return False

    def leave(self, number: int) -> int | None:
        """Let a request go, wherever it stood; the number of the waiting one that runs in its place."""
        if (size := self._waiting.pop(number, None)) is not None:
            self._waiting_bytes -= size
            self._account.keep(-size)
            return None
        size = self._running.pop(number)
        self._running_bytes -= size
        self._account.keep(-size)
        if not self._waiting:
            return None
        following, size = self._waiting.popitem(last=False)
        self._waiting_bytes -= size
        self._run(following, size)
        return following

    def _run(self, number: int, size: int) -> None:
        self._running[number] = size
        self._running_bytes += size
