"""The application: everything is wired here, and only here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, MediaType, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from api.accounts import Accounts
from api.auth import AuthController
from api.errors import message_of, report, status_of
from api.gateway import gateway
from api.health import live, ready
from api.service import ContactService
from api.settings import Settings
from search.engine import Engine


def create_app(settings: Settings, engine: Engine[Any] | None = None) -> Litestar:
    """The service as an ASGI application.

    Args:
        settings: as `load_settings` makes them; a secret is needed.
        engine: used as it is and left open at the end; `None` opens the one in the settings, and closes it.

    Raises:
        SettingsError: no secret, or a database URL that can't be used.
    """
    accounts = Accounts(settings)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        opened = engine or _open(settings)
        try:
            app.state.engine = opened
            app.state.service = ContactService(opened, settings)
            await accounts.open()
            yield
        finally:
            await accounts.close()
            if engine is None:
                await opened.close()

    return Litestar(
        route_handlers=[gateway, AuthController, live, ready],
        lifespan=[lifespan],
        state=State({"accounts": accounts, "settings": settings}),
        exception_handlers={HTTPException: _http_error, Exception: _error},
        request_max_body_size=settings.max_message_bytes,
        openapi_config=None,
        logging_config=None,
    )


def _open(settings: Settings) -> Engine[Any]:
    # Engines bring heavy packages, which an application with an engine of its own does without.
    from search.engines import open_engine  # noqa: PLC0415

    return open_engine(settings.engine)


def _error(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, str]]:
    report(error, f"{request.method} {request.scope['path']}")
    return _detail(status_of(error), message_of(error))


def _http_error(_request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    response = _detail(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response


def _detail(status: int, detail: str) -> Response[dict[str, str]]:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response({"detail": detail}, status_code=status, headers=headers, media_type=MediaType.JSON)
