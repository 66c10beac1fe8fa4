"""uvicorn's WebSocket with one thing more: it takes the frames of `api.socket.frames`."""

from typing import Any, cast

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from api.socket.frames import EXTENSION, Frame


class FramedWebSocket(WebSocketsSansIOProtocol):
    """The protocol of one connection. All events but frames are uvicorn's own business."""

    async def run_asgi(self) -> None:
        """Run the application, which finds the extension in its scope."""
        self.scope["extensions"][EXTENSION] = {}
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        """Take an event of the application; for a frame, wait until the client has room for it."""
        if message["type"] == "contacts.frame":
            await self._send_frame(cast(Frame, message))
        else:
            await super().send(message)

    async def _send_frame(self, frame: Frame) -> None:
        await self.writable.wait()
        if self.disconnected:
            raise ClientDisconnected
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
