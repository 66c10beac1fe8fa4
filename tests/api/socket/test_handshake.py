"""How a handshake is refused, and where its token may stand: with a socket of the tests."""

from typing import Any

import pytest
from litestar.connection import WebSocket

from api.socket.gateway import find_token, reject

pytestmark = pytest.mark.anyio


def handshake(query: str = "", offered: tuple[str, ...] = (), header: str | None = None, **more: Any):
    headers = [] if header is None else [(b"authorization", header.encode())]
    scope = {"type": "websocket", "query_string": query.encode(), "headers": headers, "subprotocols": list(offered)}
    sent: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    async def receive() -> dict[str, Any]:
        raise AssertionError("nothing is read of it")

    return WebSocket({**scope, **more}, receive, send), sent


@pytest.mark.parametrize(
    ("token", "made_of"),
    [
        (None, {}),
        ("q", {"query": "token=q", "header": "Bearer h", "offered": ("bearer", "p")}),
        ("h", {"header": "bearer  h ", "offered": ("bearer", "p")}),
        ("p", {"query": "token=", "header": "Basic h", "offered": ("msgpack", "bearer", "p")}),
        (None, {"offered": ("p", "bearer")}),
    ],
)
async def test_where_the_token_is_looked_for(token, made_of):
    assert find_token(handshake(**made_of)[0]) == token


@pytest.mark.parametrize(("status", "header"), [(401, (b"www-authenticate", b"Bearer")), (503, (b"retry-after", b"5"))])
async def test_a_refusal_is_an_http_answer(status, header):
    _, (start, body) = await refused(status, {"websocket.http.response": {}})
    assert start["status"] == status
    assert header in start["headers"]
    assert body["body"] == b'{"detail":"no"}'


@pytest.mark.parametrize(("status", "code"), [(401, 4401), (503, 1011)])
@pytest.mark.parametrize("extensions", [None, {}])
async def test_a_server_that_can_not_do_that_closes(status, code, extensions):
    _, sent = await refused(status, extensions)
    assert sent == [{"type": "websocket.close", "code": code, "reason": "no"}]


async def refused(status: int, extensions: dict[str, Any] | None) -> tuple[Any, list[dict[str, Any]]]:
    socket, sent = handshake(extensions=extensions)
    await reject(socket, status, "no")
    return socket, sent
