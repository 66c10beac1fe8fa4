"""Bodies that leave slice by slice: of what the client does not take, hardly anything waits in the server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from api.edge import limits

Send = Callable[[Any], Awaitable[None]]


class Sliced:
    """The `send` of a request in place of `send`, which would copy the whole of a body into the connection at once."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Any) -> None:
        """Send the next piece of the answer; of a large one, each slice once the client has taken those before."""
        # Of a view no piece is a copy.
        body = memoryview(message.get("body", b""))
        start = 0
        while len(body) - start > limits.SLICE_BYTES:
            end = start + limits.SLICE_BYTES
            await self._send({**message, "body": body[start:end], "more_body": True})
            start = end
            # That it does not take them the connection learns in its own turn.
            await asyncio.sleep(0)
        await self._send({**message, "body": body[start:]} if start else message)
