"""A WebSocket with bounds on messages that have not come whole, and on the time that it takes to end.

A message that has begun must come on and end, as a body over HTTP, and what there is of it counts. A connection that is
to end does so, whether or not its client takes the rest.
"""

import asyncio
import logging
from typing import Any

from api.edge import limits
from api.edge.deadlines import Deadlines
from api.socket.wire import FramedWebSocket

LATE = 1008, f"a message must be sent within {limits.BODY_SECONDS:g} s, {limits.BODY_PACE} bytes a second at least"
NO_ROOM = 1013, "too many unfinished messages"
"""Codes (https://www.iana.org/assignments/websocket) and reasons where a message has not come whole."""

_log = logging.getLogger(__name__)


class BoundedWebSocket(FramedWebSocket):
    """The protocol of one connection after its handshake."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.close_timeout = limits.CLOSE_SECONDS
        self._held = 0
        """Bytes of a message that has not come whole, as the meter knows."""
        self._coming: Deadlines | None = None
        """Its time."""
        self._watching: asyncio.TimerHandle | None = None
        self._ending: asyncio.TimerHandle | None = None

    # The end

    async def run_asgi(self) -> None:
        """Run the application. The connection ends soon after it."""
        await super().run_asgi()
        if not self.disconnected:
            # What waits in the connection keeps it open until the client has taken it, byte by byte.
            self._ending = self.loop.call_later(self.close_timeout + limits.LINGER_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        for timer in (self._watching, self._ending):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def keepalive_timeout(self) -> None:
        """The client has answered no ping: the application need not wait until it has taken what was sent before."""
        super().keepalive_timeout()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1011})

    # Messages

    def send_receive_event_to_app(self) -> None:
        """A message is whole."""
        self._coming = None
        super().send_receive_event_to_app()

    def _look_at(self, data: bytes) -> None:
        super()._look_at(data)
        if not self.transport.is_closing():
            self._count(len(data) - len(self._rest))

    def _count(self, read: int) -> None:
        """Count what there is of a message that has not come whole, of which `read` bytes more came at most."""
        begun = self.frames[0] if self._message is None and self.frames else self._message or b""
        size = len(begun) + len(self.conn.reader.buffer)
        if not size:
            self._coming = None
        if size != self._held and not self._meter.holds(size):
            self._give_up(*NO_ROOM)
        elif size:
            if self._coming is None:
                self._coming = Deadlines(self.loop.time())
                self._coming.head_read(self.loop.time())
            self._coming.body_bytes += read
            if self._watching is None:
                self._watching = self.loop.call_later(limits.LOOK_SECONDS, self._watch)
        self._held = size

    def _watch(self) -> None:
        """Look whether the message comes on."""
        self._watching = None
        if self._coming is None or self.transport.is_closing():
            return
        now = self.loop.time()
        if self._halted or self.read_paused:
            self._coming.held_up(now)
        if self._coming.late(now):
            self._give_up(*LATE)
        else:
            self._watching = self.loop.call_later(self._coming.next_look(now), self._watch)

    def _give_up(self, code: int, reason: str) -> None:
        """Close the connection, of which nothing more is read."""
        _log.info("closed with %d, from %s: %s", code, self.client and self.client[0], reason)
        self.conn.fail(code, reason)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()
