"""uvicorn's WebSocket, which takes the frames of `api.socket.frames` and does not let one client take all the time.

A read may bring a quarter of a megabyte, in which there is room for forty thousand frames. So what came is looked at in
pieces, others have their turn after each, and no more is read meanwhile.
"""

from typing import Any, cast

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame as ReceivedFrame

from api.socket.frames import EXTENSION, Frame, Meter

TURN_SECONDS = 0.001
"""How long what one client sent is looked at before others have their turn."""

LEAST_PIECE, MOST_PIECE = 512, 16 * 1024
"""Bytes that are looked at between two looks at the clock: many of a large message, few where frames are tiny."""


class FramedWebSocket(WebSocketsSansIOProtocol):
    """The protocol of one connection. What is not said here is uvicorn's own business."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._meter = Meter()
        self._rest = b""
        self._piece = 4 * 1024
        self._halted = False
        self._pong = b""
        self._message: bytearray | None = None

    async def run_asgi(self) -> None:
        """Run the application, which finds the extension in its scope."""
        self.scope["extensions"][EXTENSION] = cast(dict[object, object], self._meter)
        await super().run_asgi()

    # Reading

    def data_received(self, data: bytes) -> None:
        """Look at what came, or at the beginning of it."""
        if self._halted:
            self._rest += data
            self.transport.pause_reading()
        else:
            self._look_at(data)

    async def receive(self) -> ASGIReceiveEvent:
        """The next event for the application. Reading goes on once it has them all."""
        message = await self.queue.get()
        if self.read_paused and not self._halted and self.queue.empty():
            self.read_paused = False
            self.transport.resume_reading()
        return message

    def handle_cont(self, event: ReceivedFrame) -> None:
        """Put a piece of a message behind those before it: it may come in any number of them."""
        if self._message is None:
            self._message = bytearray(self.frames[0])
        self._message += event.data
        if event.fin:
            self.frames, self._message = [bytes(self._message)], None
            self.send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer a ping; where the client reads nothing, only the last ones (RFC 6455, 5.5.3)."""
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)
        else:
            self._pong = pong or self._pong

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        if self._pong:
            pong, self._pong = self._pong, b""
            self.transport.write(pong)

    def _look_at(self, data: bytes) -> None:
        """Look at `data` for as long as a turn lasts; the rest has to wait, for longer if the user owes others."""
        at, began = 0, self.loop.time()
        now = began
        while at < len(data) and now - began < TURN_SECONDS and not self.transport.is_closing():
            piece = data[at : at + self._piece]
            super().data_received(piece)
            at += len(piece)
            before, now = now, self.loop.time()
            if now - before > TURN_SECONDS / 2:
                self._piece = max(self._piece // 2, LEAST_PIECE)
            elif now - before < TURN_SECONDS / 16:
                self._piece = min(self._piece * 2, MOST_PIECE)
        seconds = self._meter.spent(now - began)
        if (at < len(data) or seconds) and not self.transport.is_closing():
            self._rest = data[at:]
            self._halted = True
            self.transport.pause_reading()
            self.loop.call_later(seconds, self._go_on)

    def _go_on(self) -> None:
        self._halted = False
        if self.transport.is_closing():
            return
        rest, self._rest = self._rest, b""
        if rest:
            self._look_at(rest)
        if not self._halted and not self.transport.is_closing():
            self.read_paused = not self.queue.empty()
            if not self.read_paused:
                self.transport.resume_reading()

    # Writing

    async def send(self, message: Any) -> None:
        """Take an event of the application; for a frame, wait until the client has taken nearly all of it."""
        if message["type"] == "contacts.frame":
            await self._send_frame(cast(Frame, message))
        else:
            await super().send(message)

    async def _send_frame(self, frame: Frame) -> None:
        if not self.writable.is_set():
            await self.writable.wait()
        if self.disconnected:
            raise ClientDisconnected
        began = self.loop.time()
        begin = {
            "text": self.conn.send_text,
            "binary": self.conn.send_binary,
            "continuation": self.conn.send_continuation,
        }
        try:
            begin[frame["opcode"]](frame["data"], frame["last"])
        except InvalidState as error:
            raise ClientDisconnected from error
        self.transport.write(b"".join(self.conn.data_to_send()))
        # Only who asks for more has to wait for that.
        self._meter.spent(self.loop.time() - began)
        if not self.writable.is_set():
            await self.writable.wait()
