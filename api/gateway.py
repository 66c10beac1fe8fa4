"""`WS /api/v2/apollo/ws`: who may come in. What happens then is `api.connection`.

A rejected handshake is an HTTP 401 with a body and the socket is never accepted, so that any client library can show
why. A guard can't do that: its refusal is an empty 403.
"""

import logging
import time
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State

from api.accounts import Accounts
from api.connection import Close, Connection
from api.errors import message_of, report, status_of
from api.service import ContactService
from api.settings import Settings

PATH = "/api/v2/apollo/ws"
SUBPROTOCOL = "bearer"

_log = logging.getLogger(__name__)


@websocket(PATH)
async def gateway(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """Check the token, accept, and serve until the client leaves or the token expires."""
    accounts: Accounts = state.accounts
    service: ContactService = state.service
    settings: Settings = state.settings
    await socket.receive()
    try:
        claims = await accounts.identify(find_token(socket))
    except Exception as error:
        report(error, "handshake")
        await _reject(socket, status_of(error), message_of(error))
        return
    chosen = SUBPROTOCOL if SUBPROTOCOL in socket.scope.get("subprotocols", []) else None
    await socket.send({"type": "websocket.accept", "subprotocol": chosen, "headers": []})
    client = socket.client.host if socket.client else "?"
    _log.info("connection opened: user %s, from %s", claims.user, client)
    started = time.monotonic()
    connection = Connection(socket, service, settings)
    close = Close.CLIENT_LEFT
    try:
        close = await connection.run(claims.expires_at - time.time())
    finally:
        seconds = time.monotonic() - started
        words = "connection closed: user %s, from %s, %s, %d requests, %.1f s"
        _log.info(words, claims.user, client, close.name.lower(), connection.requests, seconds)


def find_token(socket: WebSocket[Any, Any, Any]) -> str | None:
    """The token in `?token=`, in `Authorization: Bearer`, or after `bearer` among the subprotocols; in this order."""
    if token := socket.query_params.get("token"):
        return str(token)
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    offered = list(socket.scope.get("subprotocols", []))
    if SUBPROTOCOL in offered[:-1]:
        return str(offered[offered.index(SUBPROTOCOL) + 1])
    return None


async def _reject(socket: WebSocket[Any, Any, Any], status: int, detail: str) -> None:
    send: Any = socket.send
    if "websocket.http.response" not in (socket.scope.get("extensions") or {}):
        # Before accepting, all that such a server can say is 403; some pass the code on.
        await send(
            {"type": "websocket.close", "code": Close.TOKEN_EXPIRED if status == 401 else 1011, "reason": detail}
        )
        return
    body = msgspec.json.encode({"detail": detail})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body, "more_body": False})
