"""uvicorn's HTTP connection, with bounds on what a client sends before its request is one, and on the time it takes.

Requests go on to the application, handshakes to `api.edge.handshake`. Whatever becomes neither is answered here, with
`{"detail"}` like everything else, or closed, where nothing was asked.
"""

import asyncio
import logging
import math
from typing import Any, NoReturn

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.actions.budget import Account
from api.edge import limits
from api.edge.deadlines import Deadlines, Reading
from api.edge.door import Door
from api.edge.handshake import EdgeWebSocket
from api.edge.host import is_host
from api.edge.refusal import Refusal
from api.edge.slices import Sliced
from api.edge.unchunked import Unchunked, reset_at_close

MALFORMED = Refusal(400, "The request can't be read as HTTP/1.1")
HOST = Refusal(400, "Host: expected the name or address of the service once, with a port up to 65535 or without one")
BODY_OF_HANDSHAKE = Refusal(400, "A WebSocket handshake has no body")
AHEAD = Refusal(400, f"At most {limits.PIPELINED} requests may be sent ahead of their answers on one connection")
LARGE_HEAD = Refusal(431, f"Request line and headers are limited to {limits.HEAD_BYTES} bytes together")
LATE_HEAD = Refusal(408, f"Request line and headers must be sent within {limits.HEAD_SECONDS:g} s")
LATE_BODY = Refusal(
    408,
    f"A body must be sent within {limits.BODY_SECONDS:g} s, and no slower than {limits.BODY_PACE} bytes a second",
)
NO_ROOM = Refusal(503, "Too many unfinished requests; try again later", ((b"retry-after", b"5"),))
FULL = Refusal(503, "Too many connections; try again later", ((b"retry-after", b"5"),))
STOPPING = Refusal(503, "The service is stopping; try again", ((b"retry-after", b"5"),))

_NO_BODY = (b"", b"0")

_log = logging.getLogger(__name__)


class EdgeProtocol(HttpToolsProtocol):
    """One connection, until it becomes a WebSocket or ends. Responses, keep-alive and flow are uvicorn's business.

    Args:
        door: of the server.
        stall_seconds: how long the client may take nothing, or too little for the next slice of its answer.
        of_uvicorn: what uvicorn gives its own.
    """

    def __init__(self, door: Door, stall_seconds: float, **of_uvicorn: Any) -> None:
        super().__init__(**of_uvicorn)
        self._door = door
        self._stall_seconds = stall_seconds
        self._stalls_since = math.inf
        """When the client began to leave no room for more."""
        self._size = 0
        """Of the head that is being read, without its unfinished line."""
        self._in_head = False
        self._unfinished: Account | None = None
        """What the head of a request is held on that has not come whole."""
        self._held = 0
        """Bytes of it, as that knows."""
        self._fruitless = 0
        """Bytes in a row that brought the request no further."""
        self._reason: Refusal | None = None
        """Why the parser was stopped."""
        self._refusal: Refusal | None = None
        """What is answered once all that was asked before is."""
        self._linger = 0
        """Bytes that are still read, of a client that gets no further answer."""
        self._gulp = 0
        """Bytes that nobody wants, since the last pause."""
        self._ended = False
        self._resets = self._whole = self._cut = False
        """Whether closing is a reset; whether the latest answer is whole; whether what is left of it is not sent."""

    # What the transport tells

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(transport)
        now = self.loop.time()
        self._deadlines = Deadlines(now)
        self._timer = self.loop.call_later(self._deadlines.next_look(now), self._look)
        self._door.silent(self)
        self._door.make_room(len(self.connections), self)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        if exc is None and self._resets and self._whole and not self._cut:
            # All of the answer is with the system: now the end of the connection may be taken for its own.
            reset_at_close(self.transport, reset=False)
        self._timer.cancel()
        self._door.asks(self)
        self._let_go()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """It has sent something."""
        if self._ended or self._refusal is not None:
            self._throw_away(len(data))
            return
        self._unset_keepalive_if_required()
        self._fruitless += len(data)
        while data:
            try:
                self.parser.feed_data(data)
                break
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                if self._should_upgrade():
                    self._shake_hands(data)
                    return
            except httptools.HttpParserError:
                self._refuse(self._reason or MALFORMED)
                return
        if self._fruitless > limits.HEAD_BYTES:
            self._refuse(LARGE_HEAD)
        elif self._deadlines.reading in (Reading.HEAD, Reading.BODY):
            self._hold(self._fruitless if self._in_head else self._size)

    def pause_writing(self) -> None:
        """It does not take what it is sent."""
        super().pause_writing()
        self._stalls_since = self.loop.time()

    def resume_writing(self) -> None:
        """It has."""
        super().resume_writing()
        self._stalls_since = math.inf

    def turn_out(self) -> None:
        """Close it: it asks nothing, and others have no room."""
        # Those that come before the transport has told of its end are to find it gone, too.
        self.connections.discard(self)
        self.transport.abort()

    def break_off(self) -> None:
        """The service stops now: say so to who waits for an answer that has not begun."""
        self._cut = True
        if self.cycle is None or self.cycle.response_complete or self.cycle.response_started or self.pipeline:
            self.transport.abort()
        else:
            self.cycle.disconnected = True
            self._end(STOPPING)

    # What the parser tells

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._size, self._in_head = 0, True
        self._deadlines.begun(self.loop.time())

    def on_url(self, url: bytes) -> None:
        """Some of its URL."""
        self._size += len(url)
        if self._size > limits.HEAD_BYTES:
            self._stop(LARGE_HEAD)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header. Trailers of a body are none: they could contradict what was decided by the headers."""
        self._size += len(name) + len(value) + 4  # ": \r\n"
        if self._size > limits.HEAD_BYTES:
            self._stop(LARGE_HEAD)
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its head is whole: it becomes a request, or a handshake, unless it can't."""
        self._door.asks(self)
        hosts = self._values(b"host")
        if hosts and (len(hosts) > 1 or not is_host(hosts[0])):
            self._stop(HOST)
        if self._door.full(len(self.connections)):
            self._stop(FULL)
        if len(self.pipeline) >= limits.PIPELINED:
            self._stop(AHEAD)
        if self._shakes_hands():
            # uvicorn looks at the URLs of requests only.
            self.url = _origin_form(self.url)
            if self._values(b"transfer-encoding") or not set(self._values(b"content-length")) <= set(_NO_BODY):
                self._stop(BODY_OF_HANDSHAKE)
        super().on_headers_complete()
        if not self._shakes_hands():
            if self.scope["http_version"] == "1.0":
                self.cycle.send = Unchunked(self.cycle, self._begin_endless)  # type: ignore[method-assign]
            self.cycle.send = Sliced(self.cycle.send)  # type: ignore[method-assign]
        self._in_head = False
        self._deadlines.head_read(self.loop.time())

    def on_body(self, body: bytes) -> None:
        """Some of its body."""
        self._fruitless = 0
        self._deadlines.body_bytes += len(body)
        super().on_body(body)
        if self.cycle.response_complete:
            self._pause_between_gulps(len(body))
            if self._deadlines.body_bytes > limits.LINGER_BYTES:
                self._end()

    def on_message_complete(self) -> None:
        """It is whole."""
        super().on_message_complete()
        self._fruitless = 0
        self._let_go()
        self._deadlines.all_read()
        if self.cycle is not None and self.cycle.response_complete:
            self._fall_silent()

    def on_response_complete(self) -> None:
        """The oldest request that was not answered is."""
        self._whole = True
        if self._refusal is not None and not self.pipeline:
            self.server_state.total_requests += 1
            self._end(self._refusal)
            return
        super().on_response_complete()
        if self.cycle.response_complete:
            self._fall_silent()

    # Time

    def _look(self) -> None:
        """Look at the clock."""
        now = self.loop.time()
        if self.transport.is_closing():
            # It ends when the client has taken the rest.
            self._stalls_since = min(self._stalls_since, now)
        if now - self._stalls_since >= self._stall_seconds:
            self._cut = True
            self.transport.abort()
            return
        if self.flow.read_paused or (self.cycle is not None and self.cycle.waiting_for_100_continue):
            self._deadlines.held_up(now)
        if self._deadlines.late(now) and self._refusal is None:
            self._end_late()
        if not self._ended:
            self._timer = self.loop.call_later(self._deadlines.next_look(now) or limits.LOOK_SECONDS, self._look)

    def _end_late(self) -> None:
        if self._deadlines.reading is Reading.HEAD:
            self._refuse(LATE_HEAD)
        elif self._deadlines.reading is Reading.BODY:
            self._refuse(LATE_BODY)
        else:
            self.transport.close()

    def _fall_silent(self) -> None:
        self._deadlines.answered(self.loop.time())
        if self._deadlines.reading is Reading.NOTHING:
            self._door.silent(self)

    # What becomes of a head

    def _values(self, name: bytes) -> list[bytes]:
        return [value for given, value in self.headers if given == name]

    def _should_upgrade(self) -> bool:
        """Whether it is to be a WebSocket; the headers may be repeated, and name several things (RFC 9110, 7.8)."""
        connection, upgrade = (
            {token.strip().lower() for value in self._values(name) for token in value.split(b",")}
            for name in (b"connection", b"upgrade")
        )
        return b"upgrade" in connection and b"websocket" in upgrade

    def _hold(self, size: int) -> None:
        """There are `size` bytes of the head of a request that has not come whole."""
        if self._unfinished is None:
            self._unfinished = self._door.unfinished.account(self.client[0] if self.client else "")
        more = size - self._held
        if more <= 0 or self._unfinished.fits(more):
            self._unfinished.keep(more)
            self._held = size
        else:
            self._refuse(NO_ROOM)

    def _let_go(self) -> None:
        """It is whole, or will not be."""
        if self._unfinished is not None:
            self._unfinished.close()
            self._unfinished, self._held = None, 0

    def _shakes_hands(self) -> bool:
        return self.parser.should_upgrade() and self._should_upgrade()

    def _shake_hands(self, early: bytes) -> None:
        """Become a WebSocket."""
        self._timer.cancel()
        self._door.asks(self)
        self._let_go()
        self.connections.discard(self)
        socket = EdgeWebSocket(config=self.config, server_state=self.server_state, app_state=self.app_state)
        socket.connection_made(self.transport)
        self.transport.set_protocol(socket)
        socket.shake_hands(self.scope, self.url, early)
        # Each holds the other, and neither is needed any more.
        self.parser = None  # type: ignore[assignment]

    def _begin_endless(self) -> None:
        """An answer begins whose end is that of the connection."""
        self._resets, self._whole = True, False
        reset_at_close(self.transport, reset=True)

    # Refusals

    def _stop(self, refusal: Refusal) -> NoReturn:
        """Stop the parser, which calls."""
        self._reason = refusal
        raise httptools.HttpParserError(refusal.detail)

    def _refuse(self, refusal: Refusal) -> None:
        """Answer `refusal`, once all that was asked before is answered, and read no further."""
        _log.info("refused with %d what is no request yet, from %s", refusal.status, self.client and self.client[0])
        unanswered = self.cycle is not None and not self.cycle.response_complete
        if self._deadlines.reading is not Reading.BODY:
            if unanswered:
                self._refusal = refusal
            else:
                self._end(refusal)
        elif self.pipeline:
            # Its head was taken for a request, which waits behind others and will be none.
            self.pipeline.popleft()
            self._refusal = refusal
        else:
            answerable = not self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._end(refusal if answerable else None)

    def _end(self, refusal: Refusal | None = None) -> None:
        """Send that, and end: whatever the client goes on sending is read for a while, so that it sees the answer."""
        if self._ended or self.transport.is_closing():
            return
        self._ended, self._linger = True, limits.LINGER_BYTES
        # With what it has of a head that is never whole.
        self.parser = None  # type: ignore[assignment]
        self._let_go()
        self._unset_keepalive_if_required()
        self._timer.cancel()
        self._timer = self.loop.call_later(limits.LINGER_SECONDS, self.transport.abort)
        if refusal is not None:
            self.transport.write(refusal.answer(self.server_state.default_headers))
        elif self._resets:
            self.transport.abort()
            return
        self.transport.write_eof()
        self.flow.resume_reading()

    def _throw_away(self, size: int) -> None:
        self._pause_between_gulps(size)
        if self._ended:
            self._linger -= size
            if self._linger < 0:
                self.transport.abort()

    def _pause_between_gulps(self, size: int) -> None:
        """Read no further for a moment, where nobody wants what is read."""
        self._gulp += size
        if self._gulp >= limits.GULP_BYTES:
            self._gulp = 0
            self.flow.pause_reading()
            self.loop.call_later(limits.PAUSE_SECONDS, self.flow.resume_reading)


def _origin_form(url: bytes) -> bytes:
    """The path and query of a URL, which proxies are sent as a whole. Raises what `httptools` does of another text."""
    parts = httptools.parse_url(url)
    path: bytes = parts.path
    path.decode("ascii")
    return path if parts.query is None else path + b"?" + parts.query
