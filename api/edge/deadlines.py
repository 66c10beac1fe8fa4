"""How long one HTTP connection may take for what it sends. Plain values: the time goes in, what is late comes out."""

from enum import Enum

from api.edge import limits


class Reading(Enum):
    """What is read of a client."""

    NOTHING_YET = "the first request of a new connection"
    NOTHING = "a further request"
    HEAD = "request line and headers"
    BODY = "body"
    ALL = "all that was begun: the answer is on its way"


class Deadlines:
    """Of one connection, from `now` on. Times are seconds of any one clock.

    Attributes:
        reading: where in a request the client is.
        body_bytes: how much of its body has come.
    """

    __slots__ = ("_since", "body_bytes", "reading")

    def __init__(self, now: float) -> None:
        self.reading = Reading.NOTHING_YET
        self.body_bytes = 0
        self._since = now

    def begun(self, now: float) -> None:
        """The first byte of a request has come."""
        if self.reading is not Reading.NOTHING_YET:
            self._since = now
        self.reading = Reading.HEAD

    def head_read(self, now: float) -> None:
        """The headers are whole."""
        self.reading, self.body_bytes, self._since = Reading.BODY, 0, now

    def all_read(self) -> None:
        """So is the request."""
        self.reading = Reading.ALL

    def answered(self, now: float) -> None:
        """Everything that was read is answered."""
        if self.reading is Reading.ALL:
            self.reading, self._since = Reading.NOTHING, now

    def held_up(self, now: float) -> None:
        """The service did not read: the client has its time anew."""
        self.body_bytes, self._since = 0, now

    def late(self, now: float) -> bool:
        """Whether the client has taken longer than it may."""
        taken = now - self._since
        if self.reading is Reading.ALL:
            return False
        if self.reading is not Reading.BODY:
            return taken >= limits.HEAD_SECONDS
        slow = taken >= limits.BODY_GRACE_SECONDS and self.body_bytes < taken * limits.BODY_PACE
        return slow or taken >= limits.BODY_SECONDS

    def next_look(self, now: float) -> float:
        """Seconds from `now` until it may be late, or might by then have been told of something else."""
        if self.reading is Reading.ALL:
            return limits.LOOK_SECONDS
        allowed = limits.BODY_SECONDS if self.reading is Reading.BODY else limits.HEAD_SECONDS
        return min(limits.LOOK_SECONDS, max(self._since + allowed - now, 0.0))
