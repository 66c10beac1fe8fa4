"""Around the application: what a stranger may ask of any path, which its router has no word for."""

from collections.abc import Collection
from typing import cast

from litestar.connection import WebSocket
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from api.operations.metrics import Metrics
from api.rest.replies import HEAD
from api.socket.gateway import refuse


class Unrouted:
    """An ASGI application around another.

    `HEAD` is answered wherever `GET` is (RFC 9110, 9.1), as `GET` would be: the server leaves the content out. A
    handshake at a path without a WebSocket is a 404; the router could only close it, which is an empty 403.

    Args:
        sockets: the paths of WebSockets.
    """

    def __init__(self, app: ASGIApp, sockets: Collection[str], metrics: Metrics) -> None:
        self._app = app
        self._sockets = sockets
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or WebSocket."""
        if scope["type"] == ScopeType.WEBSOCKET and scope["path"].rstrip("/") not in self._sockets:
            await receive()
            await refuse(WebSocket(scope, receive, send), self._metrics, 404, "Not Found")
            return
        if scope["type"] == ScopeType.HTTP and scope["method"] == "HEAD":
            # A copy: the server's own scope still says that the content is left out.
            # The types of a scope know no keys but the standard's.
            scope = cast(Scope, {**scope, "method": "GET", HEAD: True})
        await self._app(scope, receive, send)
