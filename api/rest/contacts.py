"""What HTTP adds to a search: pages that link to each other, everything as a stream, lines and rows instead of JSON."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from itertools import chain, repeat
from urllib.parse import quote, urlencode

import msgspec
from litestar import Response

from api.accounts.guard import HttpRequest
from api.actions.budget import Account, Hold
from api.actions.examples import example_item
from api.actions.exports import CSV, JSON, NDJSON, Sheet, csv_parts, json_parts, ndjson, ndjson_parts
from api.actions.requests import Data, SearchRequest
from api.actions.service import ContactService, SearchAnswer
from api.actions.streams import SearchStream
from api.actions.table import ACTIONS
from api.actions.views import DEFAULT, VIEWS
from api.actions.wording import InWords, words_of
from api.openapi import Form
from api.rest.preferences import media_type
from api.rest.questions import PATH, in_query
from api.rest.replies import StreamedReply, reply, takes_gzip
from api.rest.work import account_of, first_turn, in_turn, settings_of, turn, while_there
from search.fields import MORE_FIELDS

FILES: Mapping[str, str] = {NDJSON: "ndjson", CSV: "csv"}
"""Media types beside JSON → what the name of a file of that ends with."""

WORDS = f"""`next` and `previous` are URLs for the same body. With `Accept: application/x-ndjson` or `text/csv` the
contacts come as lines or rows, and the links in the header `Link`. A stream that breaks off ends without its
last chunk, in HTTP/1.0 with a reset, so a client that checks for it never takes a part for the whole.

In `view=complete` a contact has, behind what is described here: {", ".join(f"`{name}`" for name in MORE_FIELDS)}."""
"""What the OpenAPI document adds to the action's description."""


def forms() -> Mapping[str, Form]:
    """What the OpenAPI document says of the media types beside JSON, with a made-up contact in each."""
    items, sheet = [example_item()], Sheet(VIEWS[DEFAULT])
    return {
        NDJSON: Form(ndjson(items).decode(), "A contact a line"),
        CSV: Form((sheet.header() + sheet.rows(items)).decode(), "A contact a row"),
    }


async def search(http: HttpRequest, service: ContactService, data: Data) -> Response[bytes] | StreamedReply:
    """The answer to a search: a page with a limit, which is cut to the largest there may be, else everything."""
    request = SearchRequest.read(data)
    if request.limit is None:
        return await everything(http, service, request, _form(http))
    limit = min(request.limit, settings_of(http).max_page_size)
    request = msgspec.structs.replace(request, limit=limit)
    page = await in_turn(http, service, lambda service: service.page(request))
    query = {**in_query(http, SearchRequest), "limit": limit}
    return await _page(http, page, query, request, await words_of(service, request))


async def _page(
    http: HttpRequest, page: SearchAnswer, query: Data, request: SearchRequest, words: InWords | None
) -> Response[bytes] | StreamedReply:
    """A page in the form that the client accepts. Its links repeat the `query`, and go with the same body."""

    def link(cursor: str) -> str:
        repeated = {name: "true" if value is True else value for name, value in query.items() if name != "offset"}
        linked = urlencode({**repeated, "cursor": cursor}, doseq=True)
        return f"{http.base_url}{PATH[1:]}{ACTIONS['search_contacts'].path}?{linked}"

    form = _form(http)
    if form == JSON:
        return await reply(http, page.encode(link), JSON)
    cursors = {"next": page.next, "prev": page.previous}
    links = ", ".join(f'<{link(cursor)}>; rel="{name}"' for name, cursor in cursors.items() if cursor is not None)
    headers = _as_file(form, words) | ({"link": links} if links else {})
    if form == NDJSON:
        return await reply(http, ndjson(page.items), NDJSON, **headers)
    sheet = _sheet(request, words)
    return await reply(http, sheet.header() + sheet.rows(page.items), CSV, **headers)


async def everything(http: HttpRequest, service: ContactService, request: SearchRequest, form: str) -> StreamedReply:
    """All contacts, as the media type `form`. What fails before the first part is an error as any other."""
    stream = await service.stream_search(request)
    words = await words_of(service, request)
    turns: Iterator[Callable[[HttpRequest], AbstractAsyncContextManager[object]]] = chain((first_turn,), repeat(turn))
    if form == NDJSON:
        parts = ndjson_parts(stream, lambda: next(turns)(http))
    elif form == CSV:
        parts = csv_parts(stream, lambda: next(turns)(http), _sheet(request, words))
    else:
        parts = json_parts(stream, lambda: next(turns)(http))
    parts = _held(parts, stream, account_of(http))
    first = await while_there(http, anext(parts, b""))
    headers = _as_file(form, words) | {"content-type": f"{form}; charset=utf-8" if form == CSV else form}
    return StreamedReply(first, parts, headers, settings_of(http).stall_seconds, gzip=takes_gzip(http))


def _sheet(request: SearchRequest, words: InWords | None) -> Sheet:
    return Sheet(request.shown, safe=request.spreadsheet_safe, comment="" if words is None else words.text)


def _as_file(form: str, words: InWords | None) -> dict[str, str]:
    """What a browser calls the file that it saves (RFC 6266): after the search, where its words are wanted."""
    if form not in FILES:
        return {}
    plain = f'attachment; filename="contacts.{FILES[form]}"'
    named = f"; filename*=UTF-8''{quote(f'contacts-{words.name}.{FILES[form]}')}" if words and words.name else ""
    return {"content-disposition": plain + named}


async def _held(parts: AsyncGenerator[bytes], stream: SearchStream, account: Account) -> AsyncGenerator[bytes]:
    """The same parts; what they are made of is held until the last one is taken."""
    hold = Hold(account)
    try:
        async with aclosing(parts):
            async for part in parts:
                hold.set(stream.held + len(part))
                yield part
    finally:
        account.close()


def _form(http: HttpRequest) -> str:
    return media_type(http.headers.getall("accept", ["*/*"]), [JSON, *FILES])
