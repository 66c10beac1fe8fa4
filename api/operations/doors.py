"""Which door answers what: the public one, and that of operators on a port of its own.

Metrics and the documents are for everybody, for the admin port only, or for nobody (`CONTACTS_METRICS`,
`CONTACTS_DOCS`); health is at both doors, and all else at the public one only.
"""

from collections.abc import Mapping
from typing import cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from api.operations.headers import completed
from api.settings import Settings, Where

_ADMIN = "contacts.admin"
"""The key of a scope that came in by the admin port."""

_NOT_FOUND = problem("Not Found")


class Doors:
    """An ASGI application around another: to whom a path is not shown, it is not there."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._operators: Mapping[str, Where] = {
            "health": "public",
            "metrics": settings.metrics,
            "docs": settings.docs,
            "asyncapi.json": settings.docs,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say that there is nothing."""
        if self._shown(scope):
            await self._app(scope, receive, send)
        else:
            await _not_found(scope, send)

    def _shown(self, scope: Scope) -> bool:
        # By its first part: that is more than is answered, and the same however many slashes stand around it.
        first = next(filter(None, scope["path"].split("/")), "")
        where = self._operators.get(first)
        if _ADMIN in scope:
            return where is not None and where != "off"
        return where is None or where == "public"


class AdminDoor:
    """An ASGI application around the whole service, for the admin port: it tells that a request came in there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        # The types of a scope know no keys but the standard's.
        await self._app(cast(Scope, {**scope, _ADMIN: True}), receive, send)


async def _not_found(scope: Scope, send: Send) -> None:
    kind = "http" if scope["type"] == ScopeType.HTTP else "websocket.http"
    headers = completed([(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_NOT_FOUND))])
    await send(cast(Message, {"type": f"{kind}.response.start", "status": 404, "headers": headers}))
    await send(cast(Message, {"type": f"{kind}.response.body", "body": _NOT_FOUND, "more_body": False}))
