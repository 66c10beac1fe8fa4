"""What everybody does for themselves below `/api/v2/auth`: register, log in and out, and look after one's sessions."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Annotated, cast

from litestar import Controller, Response, delete, get, post
from litestar.exceptions import NotAuthorizedException
from litestar.params import PathParameter

from api.accounts.accounts import Accounts, IssuedTokens, OwnSession, OwnUser, SignInCode
from api.accounts.bodies import (
    CodesBody,
    LoginBody,
    LogoutBody,
    PasswordBody,
    RedeemBody,
    RefreshBody,
    RegisterBody,
    read_object,
)
from api.accounts.cookie import forgotten, kept, path_of, token_of
from api.accounts.guard import HttpRequest, address_of, bearer_token, deed_of
from api.openapi import BEARER, links_by_field, links_by_path, operation, problems
from mappings.errors import Unauthorized

_Session = Annotated[str, PathParameter(description="The `uuid` of a session, as their list has it", min_length=1)]

LINKS = links_by_field("refresh_token", "refresh", "logout")
"""What can be done with a refresh token."""


class AuthController(Controller):
    """Doors to `Accounts`; bodies are JSON objects, errors `{"detail": …}`.

    A page in a browser, which says so (`api.accounts.cookie`), has its refresh token in a cookie instead of in bodies.
    """

    path = "/api/v2/auth"
    tags = ("Accounts",)

    @post(
        "/register",
        status_code=201,
        summary="Create a user",
        operation_class=operation(body=RegisterBody, links=LINKS),
        responses=problems(400, 403, 409, 413, 429, 503),
    )
    async def register(self, request: HttpRequest) -> Response[IssuedTokens]:
        """Create a user and log in."""
        return await _sign_in(request, "register", _accounts(request).register)

    @post(
        "/login",
        status_code=200,
        summary="Log in",
        operation_class=operation(body=LoginBody, links=LINKS),
        responses=problems(400, 401, 413, 429, 503),
    )
    async def login(self, request: HttpRequest) -> Response[IssuedTokens]:
        """A session for an e-mail and a password: an access token, and a refresh token to get the next with."""
        return await _sign_in(request, "login", _accounts(request).login)

    @post(
        "/refresh",
        status_code=200,
        summary="Renew the tokens",
        operation_class=operation(body=RefreshBody, links=LINKS),
        responses=problems(400, 401, 413, 429, 503),
    )
    async def refresh(self, request: HttpRequest) -> Response[IssuedTokens]:
        """New tokens for a `refresh_token`, which is used up by it. For ten seconds it may come again, and is answered
        with the same refresh token; coming later, it was copied, and ends the session.
        """
        path = path_of(request)
        if path is not None:
            return await _refresh_page(request, path)
        with deed_of(request, "refresh") as deed:
            issued = await _accounts(request).refresh(read_object(await request.body()), address_of(request))
            deed.user = issued.user.uuid
        return Response(issued)

    @post(
        "/codes",
        status_code=201,
        summary="Make a code that signs in",
        operation_class=operation(body=CodesBody, links=links_by_field("code", "redeem")),
        responses=problems(400, 401, 413, 429, 503),
    )
    async def make_code(self, request: HttpRequest) -> SignInCode:
        """A code that stands for a `refresh_token`, once and for a few minutes: so a link can sign in (`#code=` behind
        the address of the console), and holds nothing that lasts. Whoever comes with it goes on with the session.
        """
        with deed_of(request, "make_code") as deed:
            code, deed.user = await _accounts(request).code(read_object(await request.body()), address_of(request))
        return code

    @post(
        "/redeem",
        status_code=200,
        summary="Sign in with a code",
        operation_class=operation(body=RedeemBody, links=LINKS),
        responses=problems(400, 401, 413, 429, 503),
    )
    async def redeem(self, request: HttpRequest) -> Response[IssuedTokens]:
        """New tokens of the session that a `code` is of, which is used up by it, and so is the refresh token."""
        return await _sign_in(request, "redeem", _accounts(request).redeem)

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
        path = path_of(request)
        if path is not None:
            # The document would tell of some content, were there a type of answer.
            return cast("None", await _log_out_page(request, path))
        with deed_of(request, "logout") as deed:
            body = await request.body()
            given = read_object(body) if body.strip() else {}
            deed.user = await _accounts(request).logout(given, bearer_token(request))
        return None

    @get(
        "/me",
        summary="Who am I",
        operation_class=operation(),
        responses=problems(401, 503),
        security=[BEARER],
    )
    async def me(self, request: HttpRequest) -> OwnUser:
        """The user whose access token was sent, and the role of that user."""
        return await _accounts(request).me(bearer_token(request))

    @post(
        "/password",
        status_code=200,
        summary="Change my password",
        operation_class=operation(body=PasswordBody, links=LINKS),
        responses=problems(400, 401, 403, 413, 429, 503),
        security=[BEARER],
    )
    async def change_password(self, request: HttpRequest) -> Response[IssuedTokens]:
        """Give the user whose access token was sent a new password. All sessions end, and a new one begins."""
        with deed_of(request, "change_password") as deed:
            path = path_of(request)
            body = read_object(await request.body())
            issued = await _accounts(request).change_password(body, bearer_token(request), address_of(request))
            deed.user = issued.user.uuid
        return await _answer(request, path, issued)

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


_SignIn = Callable[[Mapping[str, object], str], Awaitable[IssuedTokens]]
"""Makes tokens of a body, for an address."""


async def _sign_in(request: HttpRequest, action: str, sign_in: _SignIn) -> Response[IssuedTokens]:
    """The answer to a request that brings what signs somebody in."""
    with deed_of(request, action) as deed:
        path = path_of(request)
        issued = await sign_in(read_object(await request.body()), address_of(request))
        deed.user = issued.user.uuid
    return await _answer(request, path, issued)


async def _answer(request: HttpRequest, path: str | None, issued: IssuedTokens) -> Response[IssuedTokens]:
    """The answer to a login; to a page at `path` without the refresh token, which goes into its cookie."""
    if path is None:
        return Response(issued)
    of_page = await _accounts(request).of_page(issued)
    answer = Response(of_page, cookies=[kept(request, path, issued.refresh_token)])
    # The document tells of clients that have no cookie.
    return cast("Response[IssuedTokens]", answer)


async def _refresh_page(request: HttpRequest, path: str) -> Response[IssuedTokens]:
    """The same for a page at `path`; nothing (204), if it has no cookie: that nobody is signed in is no error.

    Raises:
        NotAuthorizedException: the cookie does not hold; then it is taken away.
    """
    token = token_of(request)
    if token is None:
        return cast("Response[IssuedTokens]", Response(None, status_code=204))
    try:
        with deed_of(request, "refresh") as deed:
            issued = await _accounts(request).refresh({"refresh_token": token}, address_of(request))
            deed.user = issued.user.uuid
    except Unauthorized as error:
        gone = {"set-cookie": forgotten(request, path).to_header(header="")}
        raise NotAuthorizedException(str(error), headers=gone) from error
    return await _answer(request, path, issued)


async def _log_out_page(request: HttpRequest, path: str) -> Response[None]:
    """End the session of a page at `path`, if it has one, and take its cookie away."""
    token = token_of(request)
    with suppress(Unauthorized), deed_of(request, "logout") as deed:
        deed.user = await _accounts(request).logout({"refresh_token": token}, None if token else bearer_token(request))
    return Response(None, cookies=[forgotten(request, path)])


def _accounts(request: HttpRequest) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts
