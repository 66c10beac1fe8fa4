"""How many connections there may be, whoever has them, and who goes when there are more."""

import logging
import time
from typing import Protocol

from api.actions.budget import Budget
from api.edge import limits

_log = logging.getLogger(__name__)


class Visitor(Protocol):
    """An HTTP connection."""

    def turn_out(self) -> None:
        """Close it, without a word."""
        ...


class Door:
    """The connections of one server.

    Those that ask nothing are in the order in which they fell silent: past the cap the one that has been so for longest
    gives way to the next that comes. Whoever comes to ask something always gets in, however many only sit there.

    Args:
        most: connections of all kinds at once.

    Attributes:
        unfinished: heads of requests that have not come whole, by address.
    """

    def __init__(self, most: int) -> None:
        self.unfinished = Budget(limits.UNFINISHED_BYTES, limits.SMALL_HEAD_BYTES)
        self._most = most
        self._silent: dict[Visitor, None] = {}
        self._said = -limits.FULL_SECONDS

    def silent(self, visitor: Visitor) -> None:
        """It asks nothing (any more)."""
        self._silent[visitor] = None

    def asks(self, visitor: Visitor) -> None:
        """It has sent a request, or is gone."""
        self._silent.pop(visitor, None)

    def full(self, connections: int) -> bool:
        """Whether that many are too many."""
        return connections > self._most

    def make_room(self, connections: int, comer: Visitor) -> None:
        """`comer` makes them that many: another one goes, if they are too many and there is one that asks nothing."""
        if not self.full(connections):
            return
        if time.monotonic() - self._said >= limits.FULL_SECONDS:
            self._said = time.monotonic()
            _log.warning("more than %d connections: those that ask nothing are closed, the oldest first", self._most)
        oldest = next(iter(self._silent))
        if oldest is not comer:
            del self._silent[oldest]
            oldest.turn_out()
