"""What an HTTP request asks for: the JSON in its body and the texts in its query, as fields that actions read."""

import time
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs

import msgspec
from litestar import MediaType, Response

from api.accounts.guard import HttpRequest
from api.actions.fields import FIELDS, OUT_OF_RANGE, Field, Place
from api.actions.kinds import Schema
from api.actions.parts import JSON, NESTED_BYTES, fields_in_parts
from api.actions.requests import (
    ActionRequest,
    Data,
    fields_of,
    least_of,
    needs_some,
    properties_schema,
    required_by,
)
from api.actions.table import ACTIONS
from api.actions.weight import kept
from api.errors import problem, status_of
from api.openapi import Query
from api.rest.work import account_of, hold, pace_of
from mappings.errors import INVALID, ForeignUrl, InvalidField, InvalidParameter, MissingField, shorten

PATH = "/api/v2/apollo"
"""Where all of them are asked."""

NO_URL = "URL is required and must be a string"

_IN_QUERY, _IN_BODY = (Place.QUERY, Place.EITHER), (Place.BODY, Place.EITHER)
_ANYWHERE = (Place.QUERY, Place.EITHER, Place.BODY)
"""Of a request without a body."""


async def asked(http: HttpRequest, request: type[ActionRequest], *, in_body: bool = True) -> Data:
    """The fields of `request` that are in the query and in the body; others are ignored, unless it is to be strict.

    Of a list in both all values count, and any other must be the same in both. Where there is no body all are in the
    query, and what comes as one is not looked at.

    Raises:
        MissingField: the URL is no text, or there is none.
        InvalidField: several values of a field that can have one only, or what is no list where it has to be; a body
            that is no object, where nothing has to be in it; with `strict`, a name that is ignored.
    """
    body = await _given(http, optional=in_body and not needs_some(request))
    if not in_body:
        fields = in_query(http, request, _ANYWHERE)
        if fields.get("strict") is True:
            _refuse_ignored(request, _query(http), "query", _ANYWHERE)
        return fields
    if _lacks_url(request, body):
        raise MissingField("url")
    fields = in_query(http, request)
    for field in _placed(request, *_IN_BODY):
        if (value := body.get(field.name)) is not None:
            given = fields.get(field.name)
            fields[field.name] = value if given is None else field.kind.join(field.name, given, value)
    if fields.get("strict") is True:
        _refuse_ignored(request, _query(http), "query", _IN_QUERY)
        _refuse_ignored(request, body, "body", _IN_BODY)
    return fields


def _lacks_url(request: type[ActionRequest], body: Data) -> bool:
    """Whether the URL is no text, or there is none, nor what stands in its place."""
    if "url" not in request.__struct_fields__ or isinstance(url := body.get("url"), str):
        return False
    others = request.one_of if "url" in request.one_of else ()
    return url is not None or all(body.get(name) is None for name in others)


def _refuse_ignored(request: type[ActionRequest], names: Iterable[str], where: str, places: tuple[Place, ...]) -> None:
    """Raise `InvalidField` for the first of `names` that means nothing `where` it stands."""
    taken = {field.name for field in _placed(request, *places)}
    name = next((name for name in names if name not in taken), None)
    if name is not None:
        raise InvalidField(f"strict: {shorten(name)} is not a field of the {where} of this request")


def in_query(
    http: HttpRequest, request: type[ActionRequest], places: tuple[Place, ...] = _IN_QUERY
) -> dict[str, object]:
    """The fields of `request` that are in the query. Raises `InvalidField`: several values where there can be one."""
    query = _query(http)
    return {
        field.name: field.kind.from_texts(field.name, query[field.name])
        for field in _placed(request, *places)
        if field.name in query
    }


def _query(http: HttpRequest) -> dict[str, list[str]]:
    return parse_qs(http.scope["query_string"].decode(errors="replace"), keep_blank_values=True)


def query_of(request: type[ActionRequest], *, in_body: bool = True) -> list[Query]:
    """The parameters of the query, for the OpenAPI document. Where there is a body, what must be there is in it."""
    required = () if in_body else required_by(request)
    places = _IN_QUERY if in_body else _ANYWHERE
    return [Query(field.name, field.query_schema(), field.name in required) for field in _placed(request, *places)]


def body_of(request: type[ActionRequest]) -> Schema:
    """The schema of the body, for the OpenAPI document."""
    fields = _placed(request, *_IN_BODY)
    # Requests that differ in their queries only have one body.
    alike = (action.request for action in ACTIONS.values() if _placed(action.request, *_IN_BODY) == fields)
    title = request.body or next(alike, request).__name__.replace("Request", "Body")
    names = {field.name for field in fields}
    examples = [{name: value for name, value in least_of(request).items() if name in names}]
    body: Schema = {"title": title, "type": "object", **properties_schema(request, fields)}
    return body | {"examples": examples}


def refused(_request: HttpRequest, error: Exception) -> Response[bytes]:
    """The answer to a mistake of the caller, in the words of the protocol."""
    return Response(problem(_words(error)), status_code=status_of(error), media_type=MediaType.JSON)


def _words(error: Exception) -> str:
    match error:
        case MissingField(name="url"):
            return NO_URL
        case ForeignUrl() | InvalidParameter():
            return str(error)
    return f"{INVALID}{error}"


def _placed(request: type[ActionRequest], *places: Place) -> list[Field]:
    return [field for field in fields_of(request) if field.place in places]


async def _given(http: HttpRequest, *, optional: bool) -> Data:
    """The fields in the body. It is held while it comes, and they until the request is answered.

    Raises:
        InvalidField: it is JSON with a value that no request can hold; or no object, though it is `optional`, so that
            nobody would miss what it lacks.
        TooManyRequests: the user's requests hold so much already that this one has no room.
    """
    account, body = account_of(http), bytearray()
    async for chunk in http.stream():
        hold(account, len(chunk))
        body += chunk
    pace, user = pace_of(http), http.state.user
    await pace.wait(user)
    began = time.monotonic()
    found = _object(bytes(body))
    if found is None and optional and body:
        raise InvalidField("The body is no JSON object")
    fields, size = kept(found or {})
    pace.spent(user, time.monotonic() - began)
    account.keep(-len(body))
    hold(account, size)
    return fields


def _object(body: bytes) -> Mapping[str, object] | None:
    """The JSON object in `body`; `None` if it is anything else, which then lacks what is required.

    Raises:
        InvalidField: it is JSON with a value that no request can hold.
    """
    try:
        if len(body) > NESTED_BYTES:
            return _large_object(body)
        decoded = msgspec.json.decode(body)
    except msgspec.ValidationError as error:
        raise InvalidField(f"In the body {OUT_OF_RANGE}") from error
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None


def _large_object(body: bytes) -> Mapping[str, object] | None:
    """The same, of a large one. Raises besides what decoding raises of what is no JSON."""
    try:
        fields, fault = fields_in_parts(body, JSON, FIELDS.keys())
    except msgspec.ValidationError:
        return None
    if fault is not None:
        raise fault
    return fields
