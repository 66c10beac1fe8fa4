"""`POST /api/v2/auth/register|login|refresh|logout`, `GET /api/v2/auth/me`, and who sends an HTTP request."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.datastructures import State

from api.accounts.accounts import Accounts, PublicUser, Session
from api.accounts.bodies import LoginBody, LogoutBody, RefreshBody, RegisterBody, read_object
from api.actions.traffic import Traffic
from api.openapi import BEARER, operation, problems
from api.socket.connections import Connections

LINKS = {"refresh": "refresh_token", "logout": "refresh_token"}
"""What can be done with a refresh token."""

UNKNOWN = "?"
"""The address of a client that has none, e.g. on a Unix socket."""


class AuthController(Controller):
    """Doors to `Accounts`; bodies are JSON objects, errors `{"detail": …}`."""

    path = "/api/v2/auth"
    tags = ("Accounts",)

    @post(
        "/register",
        status_code=201,
        summary="Create a user",
        operation_class=operation(body=RegisterBody, links=LINKS),
        responses=problems(400, 403, 409, 413, 429, 503),
    )
    async def register(self, request: Request[Any, Any, State]) -> Session:
        """Create a user and log in."""
        return await _accounts(request).register(read_object(await request.body()), address_of(request))

    @post(
        "/login",
        status_code=200,
        summary="Log in",
        operation_class=operation(body=LoginBody, links=LINKS),
        responses=problems(400, 401, 413, 429, 503),
    )
    async def login(self, request: Request[Any, Any, State]) -> Session:
        """A session for an e-mail and a password: an access token, and a refresh token to get the next with."""
        return await _accounts(request).login(read_object(await request.body()), address_of(request))

    @post(
        "/refresh",
        status_code=200,
        summary="Renew the tokens",
        operation_class=operation(body=RefreshBody, links=LINKS),
        responses=problems(400, 401, 413, 429, 503),
    )
    async def refresh(self, request: Request[Any, Any, State]) -> Session:
        """New tokens for a `refresh_token`, which can be used once: using it again ends the session."""
        return await _accounts(request).refresh(read_object(await request.body()), address_of(request))

    @post(
        "/logout",
        status_code=204,
        summary="Log out",
        operation_class=operation(body=LogoutBody, body_required=False),
        responses=problems(400, 401, 413, 503),
        security=[BEARER, {}],
    )
    async def logout(self, request: Request[Any, Any, State]) -> None:
        """End the session of the access token, or of the `refresh_token` in the body, and close its WebSockets."""
        body = await request.body()
        session = await _accounts(request).logout(read_object(body) if body.strip() else {}, bearer_token(request))
        connections: Connections = request.app.state.connections
        connections.end_session(session)

    @get(
        "/me",
        summary="Who am I",
        operation_class=operation(),
        responses=problems(401, 503),
        security=[BEARER],
    )
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
