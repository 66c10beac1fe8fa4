"""`WS /api/v2/apollo/ws`: who may come in. What happens then is `api.socket.connection`.

A rejected handshake is an HTTP 401 with a body and the socket is never accepted, so that any client library can show
why. A guard can't do that: its refusal is an empty 403.
"""

import logging
import secrets
import time
from contextlib import ExitStack
from typing import Any

from litestar import WebSocket, websocket
from litestar.datastructures import State

from api.accounts.bearer import bearer
from api.accounts.guard import address_of
from api.accounts.tokens import Claims
from api.errors import message_of, problem, report, status_of
from api.operations.headers import completed
from api.operations.logs import Label, label
from api.operations.metrics import Metrics
from api.services import Services
from api.socket import msgpack
from api.socket.close import Close
from api.socket.connection import Connection
from api.socket.connections import Connections

PATH = "/api/v2/apollo/ws"
SUBPROTOCOL = "bearer"

RETRY_SECONDS = 5
"""What a client that finds no place is told to wait."""

_log = logging.getLogger(__name__)


@websocket(PATH)
async def gateway(socket: WebSocket[Any, Any, Any], state: State) -> None:
    """Check that there is room, and the token; accept, and serve until the client leaves or the token expires."""
    connections: Connections = state.connections
    metrics: Metrics = state.metrics
    name = secrets.token_hex(4)
    label.set(Label(name))
    await socket.receive()
    if (refusal := connections.refusal()) is not None:
        await refuse(socket, metrics, 503, refusal)
        return
    with connections.place():
        await _serve(socket, state.services, connections, metrics, name)


async def _serve(
    socket: WebSocket[Any, Any, Any], services: Services, connections: Connections, metrics: Metrics, name: str
) -> None:
    with ExitStack() as held:
        try:
            claims = await services.accounts.identify(find_token(socket))
            held.enter_context(connections.place_of(claims.user))
        except Exception as error:
            report(error, "handshake")
            await refuse(socket, metrics, status_of(error), message_of(error))
            return
        await _accepted(socket, services, connections, claims, name)


async def _accepted(
    socket: WebSocket[Any, Any, Any], services: Services, connections: Connections, claims: Claims, name: str
) -> None:
    offered = socket.scope.get("subprotocols", [])
    chosen = next((name for name in (msgpack.SUBPROTOCOL, SUBPROTOCOL) if name in offered), None)
    await socket.send({"type": "websocket.accept", "subprotocol": chosen, "headers": []})
    client = address_of(socket)
    _log.info("connection opened: user %s, from %s", claims.user, client)
    started = time.monotonic()
    connection = Connection(socket, services, claims, name, msgpack=chosen == msgpack.SUBPROTOCOL)
    close = Close.CLIENT_LEFT
    try:
        with connections.entered(connection):
            close = await connection.run()
    finally:
        seconds = time.monotonic() - started
        words = "connection closed: user %s, from %s, %s, %d requests, %.1f s"
        _log.info(words, claims.user, client, close.name.lower(), connection.requests, seconds)


def find_token(socket: WebSocket[Any, Any, Any]) -> str | None:
    """The token in `?token=`, in `Authorization: Bearer`, or after `bearer` among the subprotocols; in this order."""
    if token := socket.query_params.get("token"):
        return str(token)
    if (token := bearer(socket.headers.get("authorization", ""))) is not None:
        return token
    offered = list(socket.scope.get("subprotocols", []))
    if SUBPROTOCOL in offered[:-1]:
        return str(offered[offered.index(SUBPROTOCOL) + 1])
    return None


async def refuse(socket: WebSocket[Any, Any, Any], metrics: Metrics, status: int, reason: str) -> None:
    """Refuse a handshake, and log why: its client may show no more than that it failed."""
    metrics.refused += 1
    _log.info("handshake refused: %d, from %s: %s", status, address_of(socket), reason)
    await reject(socket, status, reason)


async def reject(socket: WebSocket[Any, Any, Any], status: int, detail: str) -> None:
    """Refuse a handshake with an HTTP answer, or a close where the server can do no more."""
    send: Any = socket.send
    if "websocket.http.response" not in (socket.scope.get("extensions") or {}):
        # Before accepting, all that such a server can say is 403; some pass the code on.
        await send(
            {"type": "websocket.close", "code": Close.TOKEN_EXPIRED if status == 401 else 1011, "reason": detail}
        )
        return
    body = problem(detail)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status in (429, 503):
        headers.append((b"retry-after", b"%d" % RETRY_SECONDS))
    await send({"type": "websocket.http.response.start", "status": status, "headers": completed(headers)})
    await send({"type": "websocket.http.response.body", "body": body, "more_body": False})
