"""Answers of unknown length to clients of HTTP/1.0, which know no chunks (RFC 9112, 6.1): the end of the connection is
that of the answer, so that one that broke off must not look the same.

Until such an answer is whole, whatever closes the connection, be it the end of this process, resets it: no client takes
a part for the whole.
"""

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class Unchunked:
    """The `send` of a request of HTTP/1.0, in place of uvicorn's, which would send chunks.

    Args:
        cycle: uvicorn's state of the request.
        begins: called when an answer of unknown length begins.
    """

    def __init__(self, cycle: RequestResponseCycle, begins: Callable[[], None]) -> None:
        self._cycle = cycle
        self._send = cycle.send
        self._begins = begins
        self._endless = False

    async def __call__(self, message: Any) -> None:
        """Send the next piece of the answer."""
        cycle = self._cycle
        if message["type"] == "http.response.start":
            if not any(name.lower() == b"content-length" for name, _ in message.get("headers", ())):
                self._endless = True
                cycle.chunked_encoding, cycle.expected_content_length = False, sys.maxsize
                self._begins()
        elif self._endless and not message.get("more_body", False):
            cycle.expected_content_length = len(message.get("body", b""))
        await self._send(message)


def reset_at_close(transport: asyncio.BaseTransport, *, reset: bool) -> None:
    """Whether the connection is reset when it is closed, or ends in order."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", int(reset), 0))
