"""`POST /api/v2/auth/register|login|refresh|logout`, `GET /api/v2/auth/me`."""

from litestar import Controller, get, post

from api.accounts.accounts import Accounts, IssuedTokens, PublicUser
from api.accounts.bodies import LoginBody, LogoutBody, RefreshBody, RegisterBody, read_object
from api.accounts.guard import HttpRequest, address_of, bearer_token
from api.actions.audit import Deed
from api.openapi import BEARER, operation, problems

LINKS = {"refresh": "refresh_token", "logout": "refresh_token"}
"""What can be done with a refresh token."""


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
    async def register(self, request: HttpRequest) -> IssuedTokens:
        """Create a user and log in."""
        with _deed(request, "register") as deed:
            issued = await _accounts(request).register(read_object(await request.body()), address_of(request))
            deed.user = issued.user.uuid
        return issued

    @post(
        "/login",
        status_code=200,
        summary="Log in",
        operation_class=operation(body=LoginBody, links=LINKS),
        responses=problems(400, 401, 413, 429, 503),
    )
    async def login(self, request: HttpRequest) -> IssuedTokens:
        """A session for an e-mail and a password: an access token, and a refresh token to get the next with."""
        with _deed(request, "login") as deed:
            issued = await _accounts(request).login(read_object(await request.body()), address_of(request))
            deed.user = issued.user.uuid
        return issued

    @post(
        "/refresh",
        status_code=200,
        summary="Renew the tokens",
        operation_class=operation(body=RefreshBody, links=LINKS),
        responses=problems(400, 401, 413, 429, 503),
    )
    async def refresh(self, request: HttpRequest) -> IssuedTokens:
        """New tokens for a `refresh_token`, which can be used once: using it again ends the session."""
        with _deed(request, "refresh") as deed:
            issued = await _accounts(request).refresh(read_object(await request.body()), address_of(request))
            deed.user = issued.user.uuid
        return issued

    @post(
        "/logout",
        status_code=204,
        summary="Log out",
        operation_class=operation(body=LogoutBody, body_required=False),
        responses=problems(400, 401, 413, 503),
        security=[BEARER, {}],
    )
    async def logout(self, request: HttpRequest) -> None:
        """End the session of the access token, or of the `refresh_token` in the body, and close its WebSockets."""
        with _deed(request, "logout") as deed:
            body = await request.body()
            given = read_object(body) if body.strip() else {}
            deed.user = await _accounts(request).logout(given, bearer_token(request))

    @get(
        "/me",
        summary="Who am I",
        operation_class=operation(),
        responses=problems(401, 503),
        security=[BEARER],
    )
    async def me(self, request: HttpRequest) -> PublicUser:
        """The user whose access token was sent."""
        return await _accounts(request).me(bearer_token(request))


def _deed(request: HttpRequest, action: str) -> Deed:
    """What the audit log is told of it."""
    return Deed(door="rest", action=action, address=address_of(request))


def _accounts(request: HttpRequest) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts
