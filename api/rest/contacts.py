"""What HTTP adds to a search: pages that link to each other, everything as a stream, lines and rows instead of JSON."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from itertools import chain, repeat
from urllib.parse import urlencode

import msgspec
from litestar import Response

from api.accounts.guard import HttpRequest
from api.actions.budget import Account, Hold
from api.actions.examples import example_item
from api.actions.exports import CSV, JSON, NDJSON, csv_header, csv_parts, csv_rows, json_parts, ndjson, ndjson_parts
from api.actions.requests import Data, SearchRequest
from api.actions.service import ContactService, SearchAnswer
from api.actions.streams import SearchStream
from api.actions.table import ACTIONS
from api.actions.views import DEFAULT, VIEWS, View
from api.openapi import Form
from api.rest.preferences import media_type
from api.rest.questions import PATH, in_query
from api.rest.replies import StreamedReply, reply, takes_gzip
from api.rest.work import account_of, first_turn, in_turn, settings_of, turn, while_there
from search.fields import MORE_FIELDS

FILES: Mapping[str, str] = {NDJSON: "contacts.ndjson", CSV: "contacts.csv"}
"""Media types beside JSON → what a browser calls the file that it saves."""

WORDS = f"""`next` and `previous` are URLs for the same body. With `Accept: application/x-ndjson` or `text/csv` the
contacts come as lines or rows, and the links in the header `Link`. A stream that breaks off ends without its
last chunk, in HTTP/1.0 with a reset, so a client that checks for it never takes a part for the whole.

In `view=complete` a contact has, behind what is described here: {", ".join(f"`{name}`" for name in MORE_FIELDS)}."""
"""What the OpenAPI document adds to the action's description."""


def forms() -> Mapping[str, Form]:
    """What the OpenAPI document says of the media types beside JSON, with a made-up contact in each."""
    items, view = [example_item()], VIEWS[DEFAULT]
    return {
        NDJSON: Form(ndjson(items).decode(), "A contact a line"),
        CSV: Form((csv_header(view) + csv_rows(items, view)).decode(), "A contact a row"),
    }


async def search(http: HttpRequest, service: ContactService, data: Data) -> Response[bytes] | StreamedReply:
    """The answer to a search: a page with a limit, which is cut to the largest there may be, else everything."""
    request = SearchRequest.read(data)
    if request.limit is None:
        return await _everything(http, service, request)
    limit = min(request.limit, settings_of(http).max_page_size)
    request = msgspec.structs.replace(request, limit=limit)
    page = await in_turn(http, service, lambda service: service.page(request))
    return await _page(http, page, {**in_query(http, SearchRequest), "limit": limit}, request.shown)


async def _page(http: HttpRequest, page: SearchAnswer, query: Data, view: View) -> Response[bytes] | StreamedReply:
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
    headers = _as_file(form) | ({"link": links} if links else {})
    if form == NDJSON:
        return await reply(http, ndjson(page.items), NDJSON, **headers)
    return await reply(http, csv_header(view) + csv_rows(page.items, view), CSV, **headers)


async def _everything(http: HttpRequest, service: ContactService, request: SearchRequest) -> StreamedReply:
    """All contacts, in the form that the client accepts. What fails before the first part is an error as any other."""
    stream = await service.stream_search(request)
    form = _form(http)
    turns: Iterator[Callable[[HttpRequest], AbstractAsyncContextManager[object]]] = chain((first_turn,), repeat(turn))
    if form == NDJSON:
        parts = ndjson_parts(stream, lambda: next(turns)(http))
    elif form == CSV:
        parts = csv_parts(stream, lambda: next(turns)(http), request.shown)
    else:
        parts = json_parts(stream, lambda: next(turns)(http))
    parts = _held(parts, stream, account_of(http))
    first = await while_there(http, anext(parts, b""))
    headers = _as_file(form) | {"content-type": f"{form}; charset=utf-8" if form == CSV else form}
    return StreamedReply(first, parts, headers, settings_of(http).stall_seconds, gzip=takes_gzip(http))


def _as_file(form: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{FILES[form]}"'} if form in FILES else {}


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
