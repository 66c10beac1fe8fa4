"""The REST door: the actions of the WebSocket as `POST` requests under `/api/v2/apollo`, on the same service."""

from collections.abc import Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Controller, MediaType, Request, Response, post

from api.accounts.guard import sender
from api.actions.exports import CSV, JSON, NDJSON, csv_header, csv_parts, csv_rows, json_parts, ndjson, ndjson_parts
from api.actions.query import read_query
from api.actions.requests import SearchRequest, analyze_request, count_request, search_request, uuids_request
from api.actions.service import SearchAnswer
from api.actions.shapes import CountData, CountQuery, SearchData, SearchQuery, UrlBody, UuidsData, UuidsQuery
from api.rest.openapi import BEARER, operation, problems
from api.rest.replies import StreamedReply, reply, takes_gzip, while_there
from api.socket.connection import Services
from mappings.analysis import Analysis
from mappings.counting import CountedAnalysis
from mappings.errors import ForeignUrl, InvalidInput, InvalidParameter, MissingField

PATH = "/api/v2/apollo"
NO_URL = "URL is required and must be a string"
INVALID = "Invalid filter parameters: "
PROBLEMS = problems(400, 401, 413, 429, 503)
EXPORTS = {NDJSON: "A contact a line", CSV: "A contact a row"}
HttpRequest = Request[Any, Any, Any]
Result = TypeVar("Result")


def refused(_request: HttpRequest, error: Exception) -> Response[dict[str, str]]:
    """The answer to a mistake of the caller, in the words of the protocol."""
    return Response({"detail": _words(error)}, status_code=400, media_type=MediaType.JSON)


def _words(error: Exception) -> str:
    match error:
        case MissingField(name="url"):
            return NO_URL
        case ForeignUrl() | InvalidParameter():
            return str(error)
    return f"{INVALID}{error}"


async def authenticated(connection: Any, _handler: Any) -> None:
    """A guard: it comes before anything of the request is looked at. Which methods there are, everyone may know."""
    if connection.scope["method"] != "OPTIONS":
        connection.state.user = await sender(connection)


class ContactsController(Controller):
    """The actions, for one user at a time: with an access token, inside the user's rate limit."""

    path = PATH
    tags = ("Contacts",)
    security = (BEARER,)
    guards = (authenticated,)
    exception_handlers = {InvalidInput: refused}  # noqa: RUF012

    @post(
        "/analyze",
        status_code=200,
        summary="Explain a URL",
        operation_class=operation(body=UrlBody),
        responses=PROBLEMS,
    )
    async def analyze(self, request: HttpRequest) -> Response[Analysis]:
        """Take a URL apart: its parameters by category, with readable values. Nothing is searched."""
        asked = analyze_request(await _asked(request))
        return await reply(request, await _services(request).contacts.analyze(asked), JSON)

    @post(
        "/analyze/count",
        status_code=200,
        summary="Count a URL's parameters one by one",
        operation_class=operation(body=UrlBody),
        responses=PROBLEMS,
    )
    async def count_by_filter(self, request: HttpRequest) -> Response[CountedAnalysis]:
        """The analysis, with the number of contacts for every category, parameter and value, each on its own.

        Pagination, sorting and what can't be mapped count 0; an exclusion counts the contacts that have the value;
        a category counts as its largest parameter.
        """
        asked = analyze_request(await _asked(request))
        return await reply(request, await _run(request, _services(request).contacts.count_by_filter(asked)), JSON)

    @post(
        "/contacts/count",
        status_code=200,
        summary="Count contacts",
        operation_class=operation(query=CountQuery, body=UrlBody),
        responses=PROBLEMS,
    )
    async def count(self, request: HttpRequest) -> Response[CountData]:
        """How many contacts match the URL, exactly."""
        asked = count_request(await _asked(request, CountQuery))
        return await reply(request, await _run(request, _services(request).contacts.count(asked)), JSON)

    @post(
        "/contacts/count/uuids",
        status_code=200,
        summary="Uuids of contacts",
        operation_class=operation(query=UuidsQuery, body=UrlBody),
        responses=PROBLEMS,
    )
    async def uuids(self, request: HttpRequest) -> Response[UuidsData]:
        """The uuids of the first `limit` contacts in order; without a limit all of them, in any order."""
        asked = uuids_request(await _asked(request, UuidsQuery))
        return await reply(request, await _run(request, _services(request).contacts.uuids(asked)), JSON)

    @post(
        "/contacts",
        status_code=200,
        summary="Search contacts",
        operation_class=operation(query=SearchQuery, body=UrlBody, forms=EXPORTS),
        responses=PROBLEMS,
    )
    async def search(self, request: HttpRequest) -> Response[SearchData]:
        """Contacts in order; without a limit all of them, however many.

        `next` and `previous` are URLs for the same body. With `Accept: application/x-ndjson` or `text/csv` the
        contacts come as lines or rows, and the links in the header `Link`. A stream that breaks off ends without its
        last chunk, so a client that checks for it never takes a part for the whole.
        """
        given = await _asked(request, SearchQuery)
        asked = search_request(given)
        if asked.limit is None:
            return await _streamed(request, asked)
        limit = min(asked.limit, _services(request).settings.max_page_size)
        asked = msgspec.structs.replace(asked, limit=limit)
        found = await _run(request, _services(request).contacts.search(asked))
        return await _page(request, found, {**given, "limit": limit}, simple=asked.simple)


async def _asked(request: HttpRequest, query: type[msgspec.Struct] | None = None) -> dict[str, Any]:
    """The URL in the body and the fields in the query. Raises `MissingField` or `InvalidField`."""
    try:
        body = msgspec.json.decode(await request.body(), type=UrlBody)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise MissingField("url") from error
    return {**(read_query(request.scope["query_string"], query) if query else {}), "url": body.url}


async def _page(request: HttpRequest, found: SearchAnswer, given: Mapping[str, Any], *, simple: bool) -> Response[Any]:
    """The answer to a limited search, in the form that the client accepts."""

    def link(cursor: str) -> str:
        repeated = {name: value for name, value in given.items() if name not in ("url", "offset")}
        return f"{request.base_url}{PATH[1:]}/contacts?{urlencode({**repeated, 'cursor': cursor}, doseq=True)}"

    form = _form(request)
    if form == JSON:
        return await reply(request, found.encode(link), JSON)
    cursors = {"next": found.next, "prev": found.previous}
    links = ", ".join(f'<{link(cursor)}>; rel="{name}"' for name, cursor in cursors.items() if cursor is not None)
    headers = {"link": links} if links else {}
    if form == NDJSON:
        return await reply(request, ndjson(found.items), NDJSON, **headers)
    rows = csv_header(simple=simple) + csv_rows(found.items, simple=simple)
    return await reply(request, rows, CSV, **headers)


async def _streamed(request: HttpRequest, asked: SearchRequest) -> Response[Any]:
    """Everything, in the form that the client accepts. What fails before the first part is an error as any other."""
    services = _services(request)
    stream = await services.contacts.stream_search(asked)

    def turn() -> AbstractAsyncContextManager[Any]:
        return services.traffic.slots.turn(request.state.user)

    form, headers = _form(request), {}
    if form == NDJSON:
        parts = ndjson_parts(stream, turn)
    elif form == CSV:
        parts = csv_parts(stream, turn, simple=asked.simple)
        headers = {"content-disposition": 'attachment; filename="contacts.csv"'}
    else:
        parts = json_parts(stream, turn)
    first = await while_there(request, anext(parts, b""))
    headers["content-type"] = f"{form}; charset=utf-8" if form == CSV else form
    stall = services.settings.stall_seconds
    return StreamedReply(first, parts, headers, stall, gzip=takes_gzip(request))


async def _run(request: HttpRequest, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of a use of the engine: in its turn, and for as long as the client is there."""

    async def in_turn() -> Result:
        async with _services(request).traffic.slots.turn(request.state.user):
            return await work

    return await while_there(request, in_turn())


def _form(request: HttpRequest) -> str:
    return request.accept.best_match([JSON, NDJSON, CSV]) or JSON


def _services(request: HttpRequest) -> Services:
    services: Services = request.app.state.services
    return services
