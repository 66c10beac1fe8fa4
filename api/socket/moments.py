"""When the next thing of a connection is due. The session's clock goes in, nothing here looks at one."""

import math

from api.socket import limits
from api.socket.close import Close
from api.socket.expiry import Expiry


class Moments:
    """What ends a connection by the time, and when somebody has to look.

    Args:
        expiry: of the token.
        stall_seconds: how long a client may take nothing of what is being sent.

    Attributes:
        next: when to look, at the latest. It may be too early, so that hardly anything has to move it.
        finish_by: when requests that still run are stopped; infinity while the service does not stop.
    """

    def __init__(self, expiry: Expiry, stall_seconds: float) -> None:
        self.next = expiry.at
        self.finish_by = self._flush_by = self._moved_at = math.inf
        self._expiry = expiry
        self._stall_seconds = stall_seconds

    @property
    def finishing(self) -> bool:
        """Whether the service stops."""
        return self.finish_by != math.inf

    def look_by(self, moment: float) -> None:
        """Something is due at `moment`."""
        self.next = min(moment, self.next)

    def moved(self, now: float) -> None:
        """A message is being sent, and the client has room for the next bytes of it."""
        self._moved_at = now
        self.look_by(now + self._stall_seconds)

    def arrived(self) -> None:
        """Nothing is being sent."""
        self._moved_at = math.inf

    def finish(self, by: float) -> None:
        """The service stops."""
        self.finish_by = by
        self.look_by(by)

    def flush(self, now: float) -> None:
        """All requests are answered, and only the client's reading is waited for."""
        if self._flush_by == math.inf:
            self._flush_by = now + limits.FLUSH_SECONDS
            self.look_by(self._flush_by)

    def close(self, now: float) -> Close | None:
        """Why the connection has to end by now."""
        if now >= self._expiry.at:
            return Close.TOKEN_EXPIRED
        if now >= self._flush_by:
            return Close.GOING_AWAY
        return Close.NOT_READING if now - self._moved_at >= self._stall_seconds else None

    def looked(self, now: float, deadline: float) -> None:
        """All that was due by now is done; `deadline` is that of the next request."""
        stalled_at = self._moved_at + self._stall_seconds
        moments = (self._expiry.at, self._expiry.notice_at, self._flush_by, stalled_at, self.finish_by, deadline)
        self.next = min(moment for moment in (*moments, math.inf) if moment > now)
