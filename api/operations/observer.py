"""Around all HTTP requests: a request id, one log line, and the figures. WebSockets pass untouched."""

import logging
import secrets
import time
from collections.abc import Iterable, Mapping

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from api.operations.logs import Label, is_request_id, label
from api.operations.metrics import Metrics

DOOR = "rest"
HEADER = b"x-request-id"

_QUIET = frozenset(("health", "metrics"))

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
        status, started = 0, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (HEADER, request_id)]}
            await send(message)

        self._metrics.in_flight += 1
        try:
            await self._app(scope, receive, answer)
        finally:
            self._metrics.in_flight -= 1
            seconds = time.perf_counter() - started
            action = self._action(scope)
            self._metrics.answered(DOOR, action, str(status) if status else "cancelled", seconds)
            fields = {"method": scope["method"], "action": action, "status": status, "ms": round(seconds * 1000, 1)}
            words = "%(method)s %(action)s %(status)d in %(ms)s ms"
            _log.log(logging.DEBUG if action in _QUIET else logging.INFO, words, fields, extra={"fields": fields})

    def _action(self, scope: HTTPScope) -> str:
        """What a request is called, once it was routed: only then it is known which of its path is a parameter."""
        named = self._actions.get(scope.get("path_template") or scope["path"].rstrip("/"), {})
        return named.get(scope["method"]) or next(iter(named.values()), "other")


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The one a client or proxy gave, if it looks like one, else a new one."""
    given = next((value for name, value in headers if name == HEADER), b"")
    return given if is_request_id(given.decode("ascii", "replace")) else secrets.token_hex(8).encode()
