"""What everybody does for themselves below `/api/v2/auth`: register, log in and out, and look after one's sessions."""

from typing import Annotated

from litestar import Controller, delete, get, post
from litestar.params import PathParameter

from api.accounts.accounts import Accounts, IssuedTokens, OwnSession, PublicUser
from api.accounts.bodies import LoginBody, LogoutBody, PasswordBody, RefreshBody, RegisterBody, read_object
from api.accounts.guard import HttpRequest, address_of, bearer_token, deed_of
from api.openapi import BEARER, links_by_field, links_by_path, operation, problems

_Session = Annotated[str, PathParameter(description="The `uuid` of a session, as their list has it", min_length=1)]

LINKS = links_by_field("refresh_token", "refresh", "logout")
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
        with deed_of(request, "register") as deed:
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
        with deed_of(request, "login") as deed:
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
        """New tokens for a `refresh_token`, which is used up by it. For ten seconds it may come again, and is answered
        with the same refresh token; coming later, it was copied, and ends the session.
        """
        with deed_of(request, "refresh") as deed:
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
        with deed_of(request, "logout") as deed:
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

    @post(
        "/password",
        status_code=200,
        summary="Change my password",
        operation_class=operation(body=PasswordBody, links=LINKS),
        responses=problems(400, 401, 403, 413, 429, 503),
        security=[BEARER],
    )
    async def change_password(self, request: HttpRequest) -> IssuedTokens:
        """Give the user whose access token was sent a new password. All sessions end, and a new one begins."""
        with deed_of(request, "change_password") as deed:
            body = read_object(await request.body())
            issued = await _accounts(request).change_password(body, bearer_token(request), address_of(request))
            deed.user = issued.user.uuid
        return issued

    @get(
        "/sessions",
        summary="My sessions",
        operation_class=operation(links=links_by_path("session", "/0/uuid", "end_session")),
        responses=problems(401, 503),
        security=[BEARER],
    )
    async def sessions(self, request: HttpRequest) -> list[OwnSession]:
        """The logins that hold of the user whose access token was sent."""
        return await _accounts(request).own_sessions(bearer_token(request))

    @delete(
        "/sessions",
        status_code=204,
        summary="End all my sessions",
        operation_class=operation(),
        responses=problems(401, 503),
        security=[BEARER],
    )
    async def end_sessions(self, request: HttpRequest) -> None:
        """End all sessions of the user whose access token was sent, its own too, and close their WebSockets."""
        with deed_of(request, "end_sessions") as deed:
            deed.user = await _accounts(request).end_sessions(bearer_token(request))

    @delete(
        "/sessions/{session:str}",
        status_code=204,
        summary="End a session of mine",
        operation_class=operation(),
        responses=problems(400, 401, 404, 503),
        security=[BEARER],
    )
    async def end_session(self, request: HttpRequest, session: _Session) -> None:
        """End a session of the user whose access token was sent, and close its WebSockets."""
        with deed_of(request, "end_session") as deed:
            deed.user = await _accounts(request).end_session(bearer_token(request), session)


def _accounts(request: HttpRequest) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts
