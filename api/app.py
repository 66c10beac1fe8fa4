"""The application: everything is wired here, and only here."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute, WebSocketRoute

from api.accounts.accounts import Accounts
from api.accounts.bodies import MOST_BYTES
from api.accounts.controller import AuthController
from api.accounts.users_controller import UsersController
from api.actions.aside import Aside, Maker
from api.actions.service import ContactService
from api.actions.traffic import KEPT_SLOTS, Traffic
from api.console.routes import console_router
from api.edge.unrouted import Unrouted
from api.errors import message_of, problem, report, status_of
from api.operations.doors import Doors
from api.operations.health import Check, live, metrics_page, ready
from api.operations.metrics import Metrics
from api.operations.observer import Observer
from api.operations.start import build_info
from api.operations.store_watch import StoreWatch
from api.operations.timed_engine import TimedEngine
from api.rest.cors import Cors
from api.rest.downloads import downloads_router
from api.rest.openapi import openapi
from api.rest.routes import contacts_router
from api.services import Services
from api.settings import Settings
from api.socket.asyncapi import asyncapi_page
from api.socket.connections import Connections
from api.socket.gateway import gateway
from mappings.errors import TooManyRequests
from search.apart import Apart
from search.engine import Engine

_log = logging.getLogger(__name__)


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What handlers find in the application's state, each part under its name here. It is there once it has started.

    Attributes:
        services: for both doors.
        accounts: for `api.accounts.guard` and the routes of accounts.
        traffic: for the guard.
        connections: for the gateway and whoever ends them all.
        metrics: for the gateway and `/metrics`.
        checks: for `/health/ready`.
    """

    services: Services
    accounts: Accounts
    traffic: Traffic
    connections: Connections
    metrics: Metrics
    checks: Sequence[Check]


def create_app(settings: Settings, engine: Engine[Any] | None = None) -> Litestar:
    """The service as an ASGI application.

    Args:
        settings: as `load_settings` makes them; a secret is needed.
        engine: used as it is and left open at the end; `None` opens the one in the settings, and closes it.

    Raises:
        SettingsError: no secret, or a database URL that can't be used.
    """
    accounts, metrics = Accounts(settings), Metrics()
    connections = Connections(settings.max_connections, settings.max_user_connections, metrics)
    accounts.listen(connections.end_session)
    metrics.build = build_info(settings)
    metrics.counter(
        "contacts_database_errors", "Uses of the users' database that failed", lambda: accounts.database.errors
    )
    metrics.counter(
        "contacts_tokens_remembered",
        "Tokens taken since they held a moment ago, while users could not be looked up",
        lambda: accounts.recent.relied_on,
    )

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        opened = engine or _open(settings)
        # What an engine of its own compiles, another process may not know of.
        aside = Aside() if engine else Aside(Apart(Maker))
        width = opened.width if engine else opened.width - KEPT_SLOTS
        try:
            timed = TimedEngine(opened, metrics)
            traffic = Traffic(settings, metrics, width)
            shared = Shared(
                services=Services(
                    ContactService(timed, settings, accounts.searches, aside), accounts, traffic, settings
                ),
                accounts=accounts,
                traffic=traffic,
                connections=connections,
                metrics=metrics,
                checks=(connections.ready, timed.ready, accounts.database.ready),
            )
            app.state.update(msgspec.structs.asdict(shared))
            await accounts.open()
            if await accounts.deserted():
                _log.warning("there are no users yet: make the first with `contacts users create EMAIL --role admin`")
            metrics.gauge(
                "contacts_requests_waiting", "Requests that wait for the engine", lambda: traffic.slots.waiting
            )
            watching = [
                asyncio.create_task(connections.watch(accounts.sessions)),
                asyncio.create_task(StoreWatch(opened, metrics).run()),
            ]
            try:
                yield
            finally:
                for task in watching:
                    task.cancel()
        finally:
            await accounts.close()
            await aside.close()
            if engine is None:
                await opened.close()

    largest = settings.max_message_bytes
    auth = Router("/", route_handlers=[AuthController, UsersController], request_max_body_size=min(MOST_BYTES, largest))
    app = Litestar(
        route_handlers=[
            *(gateway, asyncapi_page, contacts_router(), downloads_router(), auth, live, ready, metrics_page),
            *([console_router(settings)] if settings.console == "on" else []),
        ],
        lifespan=[lifespan],
        exception_handlers={HTTPException: _http_error, Exception: _error},
        request_max_body_size=largest,
        openapi_config=openapi(),
        logging_config=None,
    )
    _name_all_methods(app)
    sockets = {route.path for route in app.routes if isinstance(route, WebSocketRoute)}
    routed = Doors(Unrouted(app.asgi_handler, sockets, metrics), settings)
    answered = Cors(routed, settings.cors_origins) if settings.cors_origins else routed
    app.asgi_handler = Observer(answered, metrics, _actions(app))
    return app


def _name_all_methods(app: Litestar) -> None:
    """Have `OPTIONS` tell all methods of a path: what Litestar made knows those it had with its first handler."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and len(route.route_handlers) > 2:
            fresh = route.create_options_handler(route.path)
            kept = [handler for handler in route.route_handlers if handler.http_methods != {"OPTIONS"}]
            fresh.owner = kept[0].owner
            fresh.on_registration(app)
            route.route_handlers = [*kept, fresh]
            route.route_handler_map.clear()
            route.create_handler_map()


def _actions(app: Litestar) -> dict[str, dict[str, str]]:
    """Path → method → what logs and figures call it: its `action`, or else, if documented, its own name."""
    actions: dict[str, dict[str, str]] = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if handler.resolve_include_in_schema() or "action" in handler.opt:
                    name = handler.opt.get("action", handler.handler_name)
                    actions.setdefault(route.path_format, {}).update(dict.fromkeys(handler.http_methods, name))
    return actions


def _open(settings: Settings) -> Engine[Any]:
    # Engines bring heavy packages, which an application with an engine of its own does without.
    from search.engines import engine_module, open_engine  # noqa: PLC0415

    # As many as are let in run; where the settings do not say how many, the engine does.
    width = settings.max_running or engine_module(settings.engine.engine).WIDTH
    return open_engine(msgspec.structs.replace(settings.engine, concurrency=width + KEPT_SLOTS))


def _error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    report(error, request.method)
    response = _detail(status_of(error), message_of(error))
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(math.ceil(error.retry_after or 1))
    return response


def _http_error(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    response = _detail(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response


def _detail(status: int, detail: str) -> Response[bytes]:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(problem(detail), status_code=status, headers=headers, media_type=MediaType.JSON)
