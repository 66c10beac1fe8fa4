"""The application: everything is wired here, and only here."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from api.accounts.accounts import Accounts
from api.accounts.controller import AuthController
from api.actions.service import ContactService
from api.actions.traffic import Traffic
from api.errors import message_of, report, status_of
from api.operations.health import live, metrics_page, ready
from api.operations.metrics import Metrics, TimedEngine
from api.operations.observer import Observer
from api.rest.openapi import openapi
from api.rest.routes import ContactsController
from api.settings import Settings
from api.socket.asyncapi import asyncapi_page
from api.socket.connection import Services
from api.socket.connections import Connections
from api.socket.gateway import gateway
from mappings.errors import TooManyRequests
from search.engine import Engine

EXPOSED = ["Content-Disposition", "Link", "Retry-After", "X-Request-Id"]
"""Headers of answers that pages of other origins may read."""


def create_app(settings: Settings, engine: Engine[Any] | None = None) -> Litestar:
    """The service as an ASGI application.

    Args:
        settings: as `load_settings` makes them; a secret is needed.
        engine: used as it is and left open at the end; `None` opens the one in the settings, and closes it.

    Raises:
        SettingsError: no secret, or a database URL that can't be used.
    """
    accounts, metrics = Accounts(settings), Metrics()
    connections = Connections(settings.max_connections, metrics)
    accounts.listen(connections.end_session)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        opened = engine or _open(settings)
        try:
            timed: Any = TimedEngine(opened, metrics)
            app.state.engine = timed
            app.state.service = ContactService(timed, settings)
            app.state.traffic = Traffic(settings, metrics, opened.width)
            app.state.services = Services(app.state.service, accounts, app.state.traffic, settings)
            await accounts.open()
            watching = asyncio.create_task(connections.watch(accounts.sessions))
            try:
                yield
            finally:
                watching.cancel()
        finally:
            await accounts.close()
            if engine is None:
                await opened.close()

    app = Litestar(
        route_handlers=[gateway, asyncapi_page, ContactsController, AuthController, live, ready, metrics_page],
        lifespan=[lifespan],
        state=State(
            {
                "accounts": accounts,
                "connections": connections,
                "metrics": metrics,
                "settings": settings,
            }
        ),
        exception_handlers={HTTPException: _http_error, Exception: _error},
        request_max_body_size=settings.max_message_bytes,
        cors_config=_cors(settings),
        openapi_config=openapi(),
        logging_config=None,
    )
    app.asgi_handler = Observer(app.asgi_handler, metrics)
    return app


def _cors(settings: Settings) -> CORSConfig | None:
    """Which pages of other origins a browser lets use the REST door."""
    if not settings.cors_origins:
        return None
    return CORSConfig(
        allow_origins=list(settings.cors_origins), allow_credentials=True, max_age=3600, expose_headers=EXPOSED
    )


def _open(settings: Settings) -> Engine[Any]:
    # Engines bring heavy packages, which an application with an engine of its own does without.
    from search.engines import open_engine  # noqa: PLC0415

    # As many as are let in run; where the settings do not say how many, the engine does.
    return open_engine(msgspec.structs.replace(settings.engine, concurrency=settings.max_running))


def _error(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, str]]:
    report(error, request.method)
    response = _detail(status_of(error), message_of(error))
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(math.ceil(error.retry_after or 1))
    return response


def _http_error(_request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    response = _detail(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response


def _detail(status: int, detail: str) -> Response[dict[str, str]]:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response({"detail": detail}, status_code=status, headers=headers, media_type=MediaType.JSON)
