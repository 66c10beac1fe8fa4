"""Around all HTTP requests: a request id, one log line, and the figures. WebSockets pass untouched."""

import logging
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

from api.operations.logs import Label, label
from api.operations.metrics import Metrics

DOOR = "rest"
HEADER = b"x-request-id"

_APOLLO, _AUTH = "/api/v2/apollo", "/api/v2/auth"
_ACTIONS: Mapping[str, str] = {
    f"{_APOLLO}/analyze": "analyze",
    f"{_APOLLO}/analyze/count": "count_by_filter",
    f"{_APOLLO}/contacts": "search_contacts",
    f"{_APOLLO}/contacts/count": "count_contacts",
    f"{_APOLLO}/contacts/count/uuids": "get_uuids",
    **{f"{_AUTH}/{name}": name for name in ("register", "login", "refresh", "logout", "me")},
    "/health/live": "health",
    "/health/ready": "health",
    "/metrics": "metrics",
}
"""What each path is called in logs and figures. Another path may hold anything, so it is not shown."""

_QUIET = frozenset(("health", "metrics"))
_ID = re.compile(rb"[\w.:-]{1,64}")

_log = logging.getLogger(__name__)


class Observer:
    """An ASGI application around another."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        action = _ACTIONS.get(scope["path"].rstrip("/"), "other")
        request_id = _request_id(scope["headers"])
        label.set(Label(request=request_id.decode()))
        status, started = 0, time.perf_counter()

        async def answer(message: Any) -> None:
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
            self._metrics.answered(DOOR, action, str(status) if status else "cancelled", seconds)
            fields = {"method": scope["method"], "action": action, "status": status, "ms": round(seconds * 1000, 1)}
            words = "%(method)s %(action)s %(status)d in %(ms)s ms"
            _log.log(logging.DEBUG if action in _QUIET else logging.INFO, words, fields, extra={"fields": fields})


def _request_id(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The one a client or proxy gave, if it looks like one, else a new one."""
    given = next((value for name, value in headers if name == HEADER), b"")
    return given if _ID.fullmatch(given) else secrets.token_hex(8).encode()
