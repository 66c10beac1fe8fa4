"""Around all HTTP requests: a request id and safe headers, one log line, the figures. WebSockets pass untouched."""

import asyncio
import logging
import secrets
import time
from collections.abc import Iterable, Mapping

from litestar.enums import ScopeType
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)

from api.actions.audit import NO_ADDRESS, REST
from api.operations.headers import completed
from api.operations.logs import Label, is_request_id, label
from api.operations.metrics import Metrics
from mappings.errors import Stopped

HEADER = b"x-request-id"

BROKEN, CANCELLED = "broken", "cancelled"
"""Outcomes of a request that no status tells: its answer was not sent whole; its client left before it was."""

_QUIET = frozenset(("console", "health", "metrics"))

_log = logging.getLogger(__name__)


class Observer:
    """An ASGI application around another.

    Args:
        actions: what each path is called in logs and figures, by its method; by another it is called as by its first.
            Another path may hold anything, so it is not shown.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, actions: Mapping[str, Mapping[str, str]]) -> None:
        self._app = app
        self._metrics = metrics
        self._actions = actions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope["headers"])
        label.set(Label(request=request_id.decode()))
        exchange, started = _Exchange(receive, send, request_id), time.perf_counter()
        self._metrics.in_flight += 1
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            # The service stops, which alone ends a request from without, and its client was told or cut off: to let it
            # through would be called an error of the application.
            _log.debug("a request is broken off")
        finally:
            self._metrics.in_flight -= 1
            seconds, outcome, action = time.perf_counter() - started, exchange.outcome, self._action(scope)
            self._metrics.answered(REST, action, outcome, seconds)
            client = scope.get("client")
            fields = {
                "method": scope["method"],
                "action": action,
                "status": exchange.status,
                "outcome": outcome,
                "ms": round(seconds * 1000, 1),
                "address": client[0] if client else NO_ADDRESS,
            }
            words = "%(method)s %(action)s %(outcome)s in %(ms)s ms, from %(address)s"
            _log.log(_level(action, outcome), words, fields, extra={"fields": fields})

    def _action(self, scope: HTTPScope) -> str:
        """What a request is called, once it was routed: only then it is known which of its path is a parameter."""
        named = self._actions.get(scope.get("path_template") or scope["path"].rstrip("/"), {})
        return named.get(scope["method"]) or next(iter(named.values()), "other")


class _Exchange:
    """What is heard and said of one request, and how it ended.

    Attributes:
        status: of the answer; 0 before there is one.
    """

    def __init__(self, receive: Receive, send: Send, request_id: bytes) -> None:
        self._receive = receive
        self._send = send
        self._request_id = request_id
        self._asked = self._answered = self._left = False
        self.status = 0

    @property
    def outcome(self) -> str:
        """The status, or what became of a request whose answer is not all with its client."""
        if self._answered and not self._left:
            return str(self.status)
        return BROKEN if self.status and not self._left else CANCELLED

    async def receive(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        """The next event. Raises `Stopped` when the client leaves before it has asked everything: that is no fault."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._asked = not message.get("more_body", False)
            return message
        self._left = not self._answered
        if not self._asked:
            raise Stopped("The client left")
        return message

    async def send(self, message: Message) -> None:
        """Say something, with the headers that no answer goes without."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*completed(message["headers"]), (HEADER, self._request_id)]}
        await self._send(message)
        if message["type"] == "http.response.body" and not self._left:
            self._answered = not message.get("more_body", False)


def _level(action: str, outcome: str) -> int:
    if outcome == BROKEN:
        return logging.WARNING
    return logging.DEBUG if action in _QUIET else logging.INFO


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The one a client or proxy gave, if it looks like one, else a new one."""
    given = next((value for name, value in headers if name == HEADER), b"")
    return given if is_request_id(given.decode("ascii", "replace")) else secrets.token_hex(8).encode()
