"""`POST /api/v2/auth/register|login|refresh|logout`, `GET /api/v2/auth/me`, and who sends an HTTP request."""

from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import State

from api.accounts import Accounts, PublicUser, Session
from api.connections import Connections
from api.traffic import Traffic
from mappings.errors import InvalidJson

UNKNOWN = "?"
"""The address of a client that has none, e.g. on a Unix socket."""


class AuthController(Controller):
    """Doors to `Accounts`; bodies are JSON objects, errors `{"detail": …}`."""

    path = "/api/v2/auth"

    @post("/register", status_code=201)
    async def register(self, request: Request[Any, Any, State]) -> Session:
        """Create a user and log in."""
        return await _accounts(request).register(_object(await request.body()), address_of(request))

    @post("/login", status_code=200)
    async def login(self, request: Request[Any, Any, State]) -> Session:
        """Log in."""
        return await _accounts(request).login(_object(await request.body()), address_of(request))

    @post("/refresh", status_code=200)
    async def refresh(self, request: Request[Any, Any, State]) -> Session:
        """New tokens for a `refresh_token`, which can be used once: using it again ends the session."""
        return await _accounts(request).refresh(_object(await request.body()), address_of(request))

    @post("/logout", status_code=204)
    async def logout(self, request: Request[Any, Any, State]) -> None:
        """End the session of the access token, or of the `refresh_token` in the body, and close its WebSockets."""
        body = await request.body()
        session = await _accounts(request).logout(_object(body) if body.strip() else {}, bearer_token(request))
        connections: Connections = request.app.state.connections
        connections.end_session(session)

    @get("/me")
    async def me(self, request: Request[Any, Any, State]) -> PublicUser:
        """The user whose access token was sent."""
        return await _accounts(request).me(bearer_token(request))


async def sender(request: Request[Any, Any, Any]) -> str:
    """The uuid of the user who sent `request`, which counts towards that user's rate limit.

    Raises:
        Unauthorized: no access token, or one that does not hold.
        TooManyRequests: over the user's rate limit.
    """
    traffic: Traffic = request.app.state.traffic
    claims = await _accounts(request).identify(bearer_token(request))
    traffic.count(claims.user)
    return claims.user


def bearer_token(request: Request[Any, Any, Any]) -> str | None:
    """The token in `Authorization: Bearer`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def address_of(request: Request[Any, Any, Any]) -> str:
    """The client's address, as a trusted proxy or the connection says."""
    return request.client.host if request.client else UNKNOWN


def _accounts(request: Request[Any, Any, Any]) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidJson("The body is not valid JSON") from error
    if not isinstance(found, dict):
        raise InvalidJson("The body is not a JSON object")
    return found
