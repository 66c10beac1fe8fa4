"""uvicorn's WebSocket for handshakes that were read already, by `api.edge.protocol`: with its limits and no other."""

from collections.abc import Generator
from http import HTTPStatus
from typing import Any

from uvicorn._types import HTTPScope
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.protocol import Protocol
from websockets.server import ServerProtocol

from api.edge.messages import BoundedWebSocket
from api.errors import problem
from api.operations.headers import SAFE


class Handshake(ServerProtocol):
    """A connection of which frames are all that is still to be read. What it refuses, it says as we say it."""

    def parse(self) -> Generator[None, None, None]:
        """Read frames; the request before them is given to `accept`."""
        yield from Protocol.parse(self)

    def reject(self, status: HTTPStatus | int, text: str) -> Response:
        """An answer that refuses the handshake; where no reason is given, in the words of its status."""
        response = super().reject(status, "")
        response.body = problem(" ".join(text.split()) or response.reason_phrase)
        for name, value in (("Content-Length", str(len(response.body))), ("Content-Type", "application/json")):
            del response.headers[name]
            response.headers[name] = value
        response.headers.update([(name.decode(), value.decode()) for name, value in SAFE])
        return response


class EdgeWebSocket(BoundedWebSocket):
    """The protocol of one WebSocket, from its handshake on."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn = Handshake(max_size=self.config.ws_max_size, logger=self.logger)

    def shake_hands(self, scope: HTTPScope, path: bytes, early: bytes) -> None:
        """Begin with a request whose head was read, and which has no body.

        Nothing is read until the handshake is answered: what was sent before that would be answered before it, too.

        Args:
            scope: the request's.
            path: in ASCII, with the query.
            early: what the client has sent without waiting for the answer.
        """
        self._early = early
        self.transport.pause_reading()
        headers = Headers((name.decode("ascii"), value.decode("latin-1")) for name, value in scope["headers"])
        self.handle_connect(Request(path.decode("ascii"), headers, scope["method"]))

    async def send(self, message: Any) -> None:
        """Take an event of the application. An answer that refuses the handshake completes it."""
        await super().send(message)
        if message["type"] == "websocket.accept" and not self.transport.is_closing():
            self.transport.resume_reading()
            if self._early:
                self.data_received(self._early)
                self._early = b""
        elif message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True
