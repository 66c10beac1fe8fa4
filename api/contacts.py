"""The REST door: the actions of the WebSocket as `POST` requests under `/api/v2/apollo`, on the same service."""

from collections.abc import Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Controller, MediaType, Request, Response, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ClientException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body, Parameter

from api.auth import sender
from api.connection import Services
from api.exports import CSV, JSON, NDJSON, csv_header, csv_parts, csv_rows, json_parts, ndjson, ndjson_parts
from api.messages import EXAMPLE_URL, CountData, Problem, SearchData, Url, UuidsData
from api.openapi import ExportOperation, QueryOperation
from api.replies import StreamedReply, reply, takes_gzip, while_there
from api.requests import SearchRequest, analyze_request, count_request, search_request, uuids_request
from api.service import SearchAnswer
from mappings.analysis import Analysis
from mappings.counting import CountedAnalysis
from mappings.errors import ForeignUrl, InvalidInput, InvalidParameter, MissingField

PATH = "/api/v2/apollo"
NO_URL = "URL is required and must be a string"
INVALID = "Invalid filter parameters: "
PARAMETERS = (
    "limit",
    "offset",
    "cursor",
    "view",
    "include_company_name",
    "exclude_company_name",
    "include_domain_list",
    "exclude_domain_list",
)
"""The query parameters that a link to another page repeats, with the cursor in place of the offset."""

HttpRequest = Request[Any, Any, Any]
Result = TypeVar("Result")


class UrlBody(msgspec.Struct, frozen=True):
    """What every request's body holds."""

    url: Url


UrlData = Annotated[UrlBody, Body(examples=[Example(summary="CEOs in California", value={"url": EXAMPLE_URL})])]
Limit = Annotated[int | None, Parameter(ge=1, description="Most to answer; without it all", required=False)]
Names = Annotated[list[str] | None, Parameter(description="Part of a company's name; repeat for any of several")]
Domains = Annotated[
    list[str] | None, Parameter(description="Company domains, any of them: repeated or separated by commas")
]
Lists = dict[str, list[str] | None]


class Place(msgspec.Struct, frozen=True):
    """Which contacts of a result are wanted."""

    offset: int | None
    cursor: str | None
    view: str | None


async def company_lists(
    include_company_name: Names = None,
    exclude_company_name: Names = None,
    include_domain_list: Domains = None,
    exclude_domain_list: Domains = None,
) -> Lists:
    """The company and domain lists in the query."""
    return {
        "include_company_name": include_company_name,
        "exclude_company_name": exclude_company_name,
        "include_domain_list": _apart(include_domain_list),
        "exclude_domain_list": _apart(exclude_domain_list),
    }


async def place(
    offset: Annotated[int | None, Parameter(ge=0, description="Contacts to skip", required=False)] = None,
    cursor: Annotated[str | None, Parameter(description="Where to go on; see `next` and `previous`")] = None,
    view: Annotated[str | None, Parameter(description="`simple` for contacts in short")] = None,
) -> Place:
    """Where in the result to start, and the view."""
    return Place(offset, cursor or None, view)


PROBLEMS: Mapping[int, ResponseSpec] = {
    400: ResponseSpec(Problem, generate_examples=False, description="The request is not as it must be"),
    401: ResponseSpec(Problem, generate_examples=False, description="No access token, or one that does not hold"),
    413: ResponseSpec(Problem, generate_examples=False, description="The body or the answer is too large"),
    429: ResponseSpec(Problem, generate_examples=False, description="Too many requests; see Retry-After"),
    500: ResponseSpec(Problem, generate_examples=False, description="Something went wrong here"),
    503: ResponseSpec(Problem, generate_examples=False, description="The engine can't answer now"),
}


def refused(_request: HttpRequest, error: Exception) -> Response[dict[str, str]]:
    """The answer to a mistake of the caller, in the words of the protocol."""
    if isinstance(error, ClientException) and error.status_code != 400:
        return Response({"detail": error.detail}, status_code=error.status_code, media_type=MediaType.JSON)
    return Response({"detail": _words(error)}, status_code=400, media_type=MediaType.JSON)


def _words(error: Exception) -> str:
    match error:
        case MissingField(name="url"):
            return NO_URL
        case ForeignUrl() | InvalidParameter():
            return str(error)
        case InvalidInput():
            return f"{INVALID}{error}"
        case ValidationException(extra=[{"source": "query", "key": key, "message": message}, *_]):
            return f"{INVALID}{key}: {message.replace(' | null', '')}"
    # What is left is a body without a url that is a string, or one that is no JSON at all.
    return NO_URL


async def authenticated(connection: Any, _handler: Any) -> None:
    """A guard: it comes before anything of the request is looked at."""
    connection.state.user = await sender(connection)


class ContactsController(Controller):
    """The actions, for one user at a time: with an access token, inside the user's rate limit."""

    path = PATH
    tags = ("Contacts",)
    security = ({"BearerToken": []},)
    guards = (authenticated,)
    dependencies = {"lists": Provide(company_lists), "place": Provide(place)}  # noqa: RUF012
    # RecursionError is what nesting without end is to the decoder of the body.
    exception_handlers = dict.fromkeys((InvalidInput, ClientException, RecursionError), refused)

    @post("/analyze", status_code=200, responses=PROBLEMS, summary="Explain a URL")
    async def analyze(self, request: HttpRequest, data: UrlData) -> Response[Analysis]:
        """Take a URL apart: its parameters by category, with readable values. Nothing is searched."""
        answer = await _services(request).contacts.analyze(analyze_request({"url": data.url}))
        return await reply(request, answer, JSON)

    @post("/analyze/count", status_code=200, responses=PROBLEMS, summary="Count a URL's parameters one by one")
    async def count_by_filter(self, request: HttpRequest, data: UrlData) -> Response[CountedAnalysis]:
        """The analysis, with the number of contacts for every category, parameter and value, each on its own.

        Pagination, sorting and what can't be mapped count 0; an exclusion counts the contacts that have the value;
        a category counts as its largest parameter.
        """
        asked = analyze_request({"url": data.url})
        return await reply(request, await _run(request, _services(request).contacts.count_by_filter(asked)), JSON)

    @post(
        "/contacts/count", status_code=200, responses=PROBLEMS, operation_class=QueryOperation, summary="Count contacts"
    )
    async def count(self, request: HttpRequest, data: UrlData, lists: NamedDependency[Lists]) -> Response[CountData]:
        """How many contacts match the URL, exactly."""
        asked = count_request({"url": data.url, **lists})
        return await reply(request, await _run(request, _services(request).contacts.count(asked)), JSON)

    @post(
        "/contacts/count/uuids",
        status_code=200,
        responses=PROBLEMS,
        operation_class=QueryOperation,
        summary="Uuids of contacts",
    )
    async def uuids(
        self, request: HttpRequest, data: UrlData, lists: NamedDependency[Lists], limit: Limit = None
    ) -> Response[UuidsData]:
        """The uuids of the first `limit` contacts in order; without a limit all of them, in any order."""
        asked = uuids_request({"url": data.url, "limit": limit, **lists})
        return await reply(request, await _run(request, _services(request).contacts.uuids(asked)), JSON)

    @post("/contacts", status_code=200, responses=PROBLEMS, operation_class=ExportOperation, summary="Search contacts")
    async def search(
        self,
        request: HttpRequest,
        data: UrlData,
        lists: NamedDependency[Lists],
        place: NamedDependency[Place],
        limit: Limit = None,
    ) -> Response[SearchData]:
        """Contacts in order; without a limit all of them, however many.

        `next` and `previous` are URLs for the same body. With `Accept: application/x-ndjson` or `text/csv` the
        contacts come as lines or rows, and the links in the header `Link`. A stream that breaks off ends without its
        last chunk, so a client that checks for it never takes a part for the whole.
        """
        most = None if limit is None else min(limit, _services(request).settings.max_page_size)
        given = {"limit": most, **msgspec.structs.asdict(place), **lists}
        asked = search_request({"url": data.url, **given})
        if most is None:
            return await _streamed(request, asked)
        found = await _run(request, _services(request).contacts.search(asked))
        return await _page(request, found, given, simple=asked.simple)


async def _page(request: HttpRequest, found: SearchAnswer, given: Mapping[str, Any], *, simple: bool) -> Response[Any]:
    """The answer to a limited search, in the form that the client accepts."""

    def link(cursor: str) -> str:
        repeated = {name: given[name] for name in PARAMETERS if name != "offset" and given[name] is not None}
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


def _apart(domains: list[str] | None) -> list[str] | None:
    return None if domains is None else [part for value in domains for part in value.split(",")]


def _services(request: HttpRequest) -> Services:
    services: Services = request.app.state.services
    return services
