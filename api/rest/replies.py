"""HTTP answers that Litestar has none of: streams that end abruptly where they fail, and gzip off the event loop."""

import asyncio
import logging
import zlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import cast

from litestar import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from api.accounts.guard import HttpRequest
from api.actions.budget import SMALL, Account
from api.errors import report
from api.rest.preferences import coding
from api.rest.work import account_of, gone, settings_of
from mappings.errors import Stopped

HEAD = "contacts.head"
"""The key of a scope whose request is answered as a `GET`, and is none: its answer has no content."""

TINY = 1024
"""Bytes that are not worth compressing."""

PIECE = 512 * 1024
"""Bytes of a finished answer that are handed to the server at once: it keeps what the client does not take."""

LEVEL = 3
"""Of zlib: most of the gain for a third of the time."""

_GZIP = 31
"""zlib's name for a gzip header and the largest window."""

Ended = Callable[[BaseException | None], None]

_log = logging.getLogger(__name__)


class StreamedReply(Response[None]):
    """An answer that sends `parts`, whose first was made already.

    The next part is made when the client took the one before. One that takes nothing for `stall_seconds` is closed.
    After a failure the response is not ended: the connection closes without the last chunk, and any client notices
    that something is missing. A client that leaves ends the work.

    `when_ended` gives who is told how it ended: with nothing if the client has all, else why it has not.
    """

    def __init__(
        self,
        first: bytes,
        parts: AsyncGenerator[bytes],
        headers: Mapping[str, str],
        stall_seconds: float,
        *,
        gzip: bool,
    ) -> None:
        super().__init__(None, status_code=200)
        self._first = first
        self._parts = parts
        self._headers = {**headers, **_encoding(gzip)}
        self._stall_seconds = stall_seconds
        self._gzip = gzip
        self._ended: Ended | None = None

    def when_ended(self, told: Ended) -> None:
        """Have `told` called once, at the end."""
        self._ended = told

    def to_asgi_response(self, *_arguments: object, **_named: object) -> ASGIResponse:
        """What Litestar runs, which may be any ASGI application."""
        return cast("ASGIResponse", self._serve)

    async def _serve(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything, or until the client leaves, stalls, or something fails."""
        trouble: BaseException | None = None
        try:
            async with aclosing(self._parts):
                sending, leaving = asyncio.ensure_future(self._send(send)), asyncio.ensure_future(gone(receive))
                try:
                    await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in (sending, leaving):
                        task.cancel()
                    [trouble, _] = await asyncio.gather(sending, leaving, return_exceptions=True)
        finally:
            if self._ended is not None:
                self._ended(trouble)

    async def _send(self, send: Send) -> Exception | None:
        """Send everything; what kept it from that is told, and returned."""
        headers = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP) if self._gzip else None
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._send_part(send, self._first, compressor)
            async for part in self._parts:
                await self._send_part(send, part, compressor)
            rest = compressor.flush() if compressor else b""
            await self._send_body(send, rest, more=False)
        except TimeoutError:
            _log.info("a client took nothing of a stream for %s s and is closed", self._stall_seconds)
            return Stopped("The client took nothing")
        except Exception as error:
            report(error, "streaming an answer")
            return error
        return None

    async def _send_part(self, send: Send, part: bytes, compressor: "zlib._Compress | None") -> None:
        if compressor is not None:
            part = await asyncio.to_thread(compressor.compress, part)
        if part:
            await self._send_body(send, part, more=True)
        # Neither need have waited: a server drops at once what it can no longer send.
        await asyncio.sleep(0)

    async def _send_body(self, send: Send, body: bytes, *, more: bool) -> None:
        async with asyncio.timeout(self._stall_seconds):
            await send({"type": "http.response.body", "body": body, "more_body": more})


async def reply(
    request: HttpRequest, body: bytes | bytearray, media_type: str, **headers: str
) -> Response[bytes] | StreamedReply:
    """An answer that is finished, as gzip if the client takes that.

    One that is not `SMALL` is held until the client has taken it.
    """
    account, gzip = account_of(request), takes_gzip(request) and len(body) > TINY
    if len(body) > SMALL:
        return StreamedReply(
            bytes(body[:PIECE]),
            _pieces(body, account),
            {"content-type": media_type, **headers} | ({} if gzip else {"content-length": str(len(body))}),
            settings_of(request).stall_seconds,
            gzip=gzip,
        )
    account.close()
    if gzip:
        body = await asyncio.to_thread(_compressed, body)
    return Response(bytes(body), status_code=200, media_type=media_type, headers={**headers, **_encoding(gzip)})


def takes_gzip(request: HttpRequest) -> bool:
    """Whether `Accept-Encoding` takes gzip."""
    return coding(request.headers.getall("accept-encoding", []), "gzip")


async def _pieces(body: bytes | bytearray, account: Account) -> AsyncGenerator[bytes]:
    """All of `body` behind its first piece; it is held until the last one is taken. Raises `Stopped`."""
    account.leaves(len(body))
    try:
        for start in range(PIECE, len(body), PIECE):
            if account.overdue:
                raise Stopped("The client takes too long over an answer that others wait for")
            yield bytes(body[start : start + PIECE])
    finally:
        account.close()


def _compressed(body: bytes | bytearray) -> bytes:
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
    return compressor.compress(body) + compressor.flush()


def _encoding(gzip: bool) -> dict[str, str]:
    return {"vary": "Accept-Encoding"} | ({"content-encoding": "gzip"} if gzip else {})
