"""A request over an open WebSocket, as benchmarks send it: of the answer only the status is looked for."""

import asyncio
import json
import time

from websockets.asyncio.client import ClientConnection

from benchmarks.filters import url

LIMIT = 25
PAUSE_SECONDS = 0.01
"""Between two searches of a client that behaves well."""

PATIENCE_SECONDS = 60.0
"""After this a request counts as unanswered."""

_HEAD = 120
"""Bytes of an answer that its status is among."""


def message(action: str, request_id: object = 1, **data: object) -> str:
    """A request as it is sent."""
    return json.dumps({"action": action, "request_id": request_id, "data": data})


def has_status(answer: bytes, status: str) -> bool:
    """Whether an answer is a `success`, a `partial`, an `error`."""
    return b'"status":"%b"' % status.encode() in answer[:_HEAD]


async def ask(socket: ClientConnection, action: str, **data: object) -> bytes:
    """The answer to one request on a connection that has no other.

    Raises:
        AssertionError: it is no success.
        TimeoutError: there is none within `PATIENCE_SECONDS`.
    """
    await socket.send(message(action, **data))
    answer = await asyncio.wait_for(socket.recv(decode=False), PATIENCE_SECONDS)
    assert has_status(answer, "success"), answer[:500]
    return answer


async def search_calmly(socket: ClientConnection, number: int) -> float:
    """Search with the filter of a number, and pause after it; milliseconds that the search took. Raises as `ask`."""
    asked = url(number)
    started = time.perf_counter()
    await ask(socket, "search_contacts", url=asked, limit=LIMIT)
    milliseconds = (time.perf_counter() - started) * 1000
    await asyncio.sleep(PAUSE_SECONDS)
    return milliseconds
