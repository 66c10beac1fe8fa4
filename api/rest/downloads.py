"""Links with which a browser downloads contacts by itself, where a page can't write a file: it sends no token along.

A link is asked for as the contacts are, with a token. It opens them once, within a minute, if the session that asked
for it still lasts. What it is known by stands in its query, as tokens of WebSockets do, which no log has.
"""

from typing import Annotated

import msgspec
from litestar import Request, Router, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from msgspec import Meta

from api.accounts.accounts import Accounts
from api.accounts.guard import HttpRequest, deed_of, let_in
from api.actions.one_use import OneUse
from api.actions.requests import SearchRequest
from api.actions.roles import Role
from api.actions.traffic import Traffic
from api.openapi import BEARER, Query, least_role, operation, problems
from api.rest.contacts import FILES, everything, forms
from api.rest.questions import PATH, asked, body_of, query_of, refused
from api.rest.replies import HEAD, StreamedReply
from api.rest.work import account_of, service_of
from mappings.errors import InvalidInput, NotFound

SECONDS = 60
"""How long a link holds."""

LEAST = Role.USER

NO_LINK = "The link was used, or is too old."


_TICKET = Query("ticket", {"type": "string", "minLength": 1, "description": "What the link is known by"}, required=True)


class DownloadLink(msgspec.Struct, frozen=True):
    """A link that downloads contacts once, within `expires_in` seconds."""

    path: Annotated[str, Meta(examples=["api/v2/apollo/downloads?ticket=6vXkqLr0"])]
    expires_in: Annotated[int, Meta(ge=1, examples=[SECONDS])]


class Wanted(msgspec.Struct, frozen=True):
    """What a link opens: whose contacts, in which session, which, and as what."""

    user: str
    session: str
    request: SearchRequest
    form: str


async def authenticated(connection: ASGIConnection[object, object, object, State], handler: BaseRouteHandler) -> None:
    """A guard, as that of the contacts: what is asked is looked at only afterwards."""
    assert isinstance(connection, Request)
    if connection.method != "OPTIONS":
        claims = await let_in(connection, LEAST, deed_of(connection, handler.handler_name))
        connection.state.user, connection.state.role = claims.user, claims.role
        connection.state.session = claims.session


def downloads_router() -> Router:
    """The routes, with the links of one application."""
    links: OneUse[Wanted] = OneUse(SECONDS)

    @get(
        "/",
        summary="Download contacts",
        description="What a link opens: contacts, as a file.",
        operation_class=operation(query=[_TICKET], forms=forms()),
        responses=problems(404, 429, 503),
    )
    async def download(request: HttpRequest) -> StreamedReply:
        if HEAD in request.scope:
            # Nothing is opened to look at it from outside.
            raise MethodNotAllowedException(headers={"allow": "GET"})
        wanted = links.take(request.query_params.get("ticket", ""))
        if wanted is None:
            raise NotFoundException(NO_LINK)
        return await _opened(request, wanted)

    made = [_made(links, ending, form) for form, ending in FILES.items()]
    return Router(
        f"{PATH}/downloads",
        route_handlers=[*made, download],
        tags=["Contacts"],
        exception_handlers={InvalidInput: refused},
    )


def _made(links: OneUse[Wanted], ending: str, form: str) -> HTTPRouteHandler:
    """The route that makes links to files of the media type `form`."""

    async def answer(request: HttpRequest) -> DownloadLink:
        with request.state.deed:
            try:
                data = await asked(request, SearchRequest)
                wanted = SearchRequest.read(data)
                # What is wrong with it is said to who asks, not to who opens the link.
                await service_of(request).doing(request.state.deed).plan(wanted)
            finally:
                account_of(request).close()
            opens = Wanted(request.state.user, request.state.session, wanted, form)
            ticket = links.issue(request.state.user, opens, len(msgspec.json.encode(data)))
        return DownloadLink(f"{PATH[1:]}/downloads?ticket={ticket}", SECONDS)

    # Litestar makes the document of it.
    answer.__name__ = f"link_{ending}"
    return post(
        f"/{ending}",
        guards=[authenticated],
        security=[BEARER],
        status_code=201,
        summary=f"Make a link to download contacts as {ending.upper()}",
        description=f"A link that a browser opens without a token, once, within {SECONDS} seconds: with all contacts, "
        f"or as many as\nthe limit says, as a file. It is asked for as contacts are.\n\n{least_role(LEAST)}",
        operation_class=operation(query=query_of(SearchRequest), body=body_of(SearchRequest)),
        responses=problems(400, 401, 403, 413, 429, 503),
    )(answer)


async def _opened(request: HttpRequest, wanted: Wanted) -> StreamedReply:
    """The contacts of a link.

    Raises:
        NotFound: the session has ended that asked for it.
        Forbidden: the user may no longer read contacts.
        TooManyRequests: over the user's rate limit.
    """
    accounts: Accounts = request.app.state.accounts
    traffic: Traffic = request.app.state.traffic
    deed = deed_of(request, "download")
    deed.user = wanted.user
    try:
        role = await accounts.recent.role_in(wanted.session, wanted.user)
        if role is None:
            raise NotFound(NO_LINK)
        traffic.let_in(wanted.user, role, LEAST)
        request.state.user, request.state.role = wanted.user, role
        try:
            answer = await everything(request, service_of(request).doing(deed), wanted.request, wanted.form)
        except BaseException:
            account_of(request).close()
            raise
    except BaseException as error:
        deed.end(error)
        raise
    answer.when_ended(deed.end)
    return answer
