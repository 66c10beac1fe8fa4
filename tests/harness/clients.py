"""What tests of the gateway say and hear over a WebSocket."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

URL = "https://app.apollo.io/#/people?personTitles[]=CEO"

UNREAD: dict[str, Any] = {"max_size": None, "max_queue": 1, "close_timeout": 0.1}
"""How one connects who will leave what comes unread. To end politely would need it read, and is waited for else."""


def timeless(answer: Any) -> Any:
    """An answer without the time at which it was asked for, if that is in it."""
    if not isinstance(answer, dict) or "searches" not in answer:
        return answer
    return {**answer, "searches": [search | {"saved_at": None} for search in answer["searches"]]}


def request(action: str, request_id: object = "r", **data: object) -> str:
    return json.dumps({"action": action, "request_id": request_id, "data": {"url": URL, **data}})


async def receive(socket: ClientConnection) -> dict[str, Any]:
    message = await asyncio.wait_for(socket.recv(), 10)
    assert isinstance(message, str)
    return json.loads(message)


async def ask(socket: ClientConnection, action: str, request_id: object = "r", **data: object) -> dict[str, Any]:
    await socket.send(request(action, request_id, **data))
    return await receive(socket)


async def eventually(condition: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def rejected(url: str, **options: Any) -> tuple[int, dict[str, str]]:
    with pytest.raises(InvalidStatus) as caught:
        await connect(url, **options)
    response = caught.value.response
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, json.loads(response.body)


async def close_code(socket: ClientConnection, seconds: float = 10) -> int:
    """The code that the server closes with; messages before it are dropped."""
    with pytest.raises(ConnectionClosed) as caught:
        await asyncio.wait_for(_read_all(socket), seconds)
    assert caught.value.rcvd is not None, "it was not closed but lost"
    return caught.value.rcvd.code


async def _read_all(socket: ClientConnection) -> None:
    while True:
        await socket.recv()
