"""The REST door: the actions of the WebSocket as requests under `/api/v2/apollo`, on the same service.

Each row of the table of actions is a route here. `SPECIAL` has those that HTTP adds something to.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from types import GenericAlias

import msgspec
from litestar import Request, Response, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from api.accounts.guard import HttpRequest, deed_of, let_in
from api.actions.audit import Deed
from api.actions.examples import example_answer
from api.actions.exports import JSON
from api.actions.requests import ActionRequest, Data, needs_some
from api.actions.roles import Role
from api.actions.service import ContactService
from api.actions.table import ACTIONS, Action
from api.openapi import BEARER, Form, least_role, operation, problems
from api.rest import contacts
from api.rest.questions import PATH, asked, body_of, query_of, refused
from api.rest.replies import StreamedReply, reply
from api.rest.work import account_of, in_turn, service_of
from mappings.errors import InvalidInput

Reply = Response[bytes] | StreamedReply


class Special(msgspec.Struct, frozen=True):
    """What HTTP adds to an action.

    Attributes:
        answer: makes the reply.
        words: what the description of the action says of it.
        forms: tells the media types beside JSON.
    """

    answer: Callable[[HttpRequest, ContactService, Data], Awaitable[Reply]]
    words: str
    forms: Callable[[], Mapping[str, Form]]


SPECIAL: Mapping[str, Special] = {"search_contacts": Special(contacts.search, contacts.WORDS, contacts.forms)}
"""Name of an action → what is added to it."""


async def authenticated(connection: ASGIConnection[object, object, object, State], handler: BaseRouteHandler) -> None:
    """A guard: it comes before anything of the request is looked at. Which methods there are, everyone may know."""
    assert isinstance(connection, Request)
    if connection.method != "OPTIONS":
        action = ACTIONS[handler.opt["action"]]
        deed = deed_of(connection, action.name, audited=action.uses_engine)
        claims = await let_in(connection, action.least, deed)
        connection.state.user, connection.state.role = claims.user, claims.role


def contacts_router() -> Router:
    """A route for each action, for one user at a time: with an access token, inside the user's rate limit."""
    return Router(
        path=PATH,
        route_handlers=[route(action) for action in ACTIONS.values()],
        tags=["Contacts"],
        security=[BEARER],
        guards=[authenticated],
        exception_handlers={InvalidInput: refused},
    )


def route(action: Action[ActionRequest]) -> HTTPRouteHandler:
    """The route of one action."""
    special, in_body = SPECIAL.get(action.name), action.method == "POST"

    async def answer(request: HttpRequest) -> Reply:
        deed: Deed = request.state.deed
        try:
            answered = await made(request, service_of(request).doing(deed))
        except BaseException as error:
            deed.end(error)
            raise
        if isinstance(answered, StreamedReply):
            answered.when_ended(deed.end)
        else:
            deed.end()
        return answered

    async def made(request: HttpRequest, service: ContactService) -> Reply:
        try:
            return await answered_by(request, service)
        except BaseException:
            account_of(request).close()
            raise

    async def answered_by(request: HttpRequest, service: ContactService) -> Reply:
        data = await asked(request, action.request, in_body=in_body)
        if special is not None:
            return await special.answer(request, service, data)
        wanted = action.request.read(data)
        body = await in_turn(
            request, service, lambda service: action.function(service, wanted), uses_engine=action.uses_engine
        )
        return await reply(request, body, JSON)

    # Litestar makes the document of these.
    answer.__name__ = action.operation
    answer.__annotations__["return"] = GenericAlias(Response, (action.shape,))
    return HTTPRouteHandler(
        action.path,
        http_method=action.method,
        opt={"action": action.name},
        status_code=200,
        summary=action.summary,
        description="\n\n".join((action.description, *([special.words] if special else ()), least_role(action.least))),
        response_description=inspect.getdoc(action.shape) or action.summary,
        operation_class=operation(
            query=query_of(action.request, in_body=in_body),
            body=body_of(action.request) if in_body else None,
            body_required=needs_some(action.request),
            forms=_forms(action),
        ),
        responses=problems(
            *(400, 401, 413, 429, 503), *((403,) if action.least is not Role.COUNTER else ()), *action.statuses
        ),
    )(answer)


def _forms(action: Action[ActionRequest]) -> Mapping[str, Form]:
    """What the document says of the answer in each media type."""
    answer, special = example_answer(action.name), SPECIAL.get(action.name)
    return ({JSON: Form(answer)} if answer else {}) | dict(special.forms() if special else {})
