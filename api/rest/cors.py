"""Pages of other origins: what a browser is told that asks for them (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol).

It stands around the whole application, so that errors and answers to unknown paths have it too. The framework's own
replaces the `Vary` of an answer, and refuses in plain text.
"""

from collections.abc import Iterable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

Headers = list[tuple[bytes, bytes]]

MAX_AGE = 3600
"""Seconds for which a browser may remember what it was told beforehand."""

METHODS = b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"

EXPOSED = b"Content-Disposition, Link, Retry-After, X-Request-Id"
"""Headers of answers that pages of other origins may read."""

REFUSED = problem("Pages of this origin may not use the service")
"""Which may is no secret, but nobody's business either."""


class Cors:
    """An ASGI application around another.

    Args:
        origins: those whose pages may use the service, as browsers write them.
    """

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        sent = dict(scope["headers"])
        allowed = self._allowed(sent.get(b"origin", b""))
        if scope["method"] == "OPTIONS" and b"origin" in sent and b"access-control-request-method" in sent:
            await _preflight(send, allowed, sent.get(b"access-control-request-headers"))
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                exposed = [(b"access-control-expose-headers", EXPOSED)] if allowed else []
                message = {**message, "headers": [*_varying(message["headers"]), *allowed, *exposed]}
            await send(message)

        await self._app(scope, receive, answer)

    def _allowed(self, origin: bytes) -> Headers:
        """What allows a page of `origin` to read an answer; nothing if it may not."""
        if origin not in self._origins:
            return []
        return [(b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")]


async def _preflight(send: Send, allowed: Headers, wanted: bytes | None) -> None:
    """The answer to a browser that asks beforehand whether a page may send such a request, with `wanted` headers."""
    if allowed:
        status, body = 204, b""
        headers = [*allowed, (b"access-control-allow-methods", METHODS), (b"access-control-max-age", b"%d" % MAX_AGE)]
        headers += [] if wanted is None else [(b"access-control-allow-headers", wanted)]
    else:
        status, body = 400, REFUSED
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": _varying(headers)})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _varying(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """`headers`, which say that a page of another origin gets another answer, beside what they vary with already."""
    with_vary = list(headers)
    vary = [value for name, value in with_vary if name.lower() == b"vary"]
    return [pair for pair in with_vary if pair[0].lower() != b"vary"] + [(b"vary", b", ".join([*vary, b"Origin"]))]
