"""`POST /api/v2/auth/register` and `/login`."""

from typing import Any

import msgspec
from litestar import Controller, Request, post
from litestar.datastructures import State

from api.accounts import Accounts, Session
from mappings.errors import InvalidJson


class AuthController(Controller):
    """Doors to `Accounts`; bodies are JSON objects, errors `{"detail": …}`."""

    path = "/api/v2/auth"

    @post("/register", status_code=201)
    async def register(self, request: Request[Any, Any, State]) -> Session:
        """Create a user and log in."""
        accounts: Accounts = request.app.state.accounts
        return await accounts.register(_object(await request.body()))

    @post("/login", status_code=200)
    async def login(self, request: Request[Any, Any, State]) -> Session:
        """Log in."""
        accounts: Accounts = request.app.state.accounts
        return await accounts.login(_object(await request.body()))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidJson("The body is not valid JSON") from error
    if not isinstance(found, dict):
        raise InvalidJson("The body is not a JSON object")
    return found
