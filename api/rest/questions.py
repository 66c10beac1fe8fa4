"""What an HTTP request asks for: the JSON in its body and the texts in its query, as fields that actions read."""

from collections.abc import Mapping
from urllib.parse import parse_qs

import msgspec
from litestar import MediaType, Response

from api.accounts.guard import HttpRequest
from api.actions.fields import Field, Place, Schema
from api.actions.requests import ActionRequest, Data, fields_of, required_by
from api.errors import status_of
from mappings.errors import ForeignUrl, InvalidParameter, MissingField

PATH = "/api/v2/apollo"
"""Where all of them are asked."""

NO_URL = "URL is required and must be a string"
INVALID = "Invalid filter parameters: "

_IN_QUERY, _IN_BODY = (Place.QUERY, Place.EITHER), (Place.BODY, Place.EITHER)


async def asked(http: HttpRequest, request: type[ActionRequest]) -> Data:
    """The fields of `request` that are in the query and in the body; others are ignored. Of a list in both all count.

    Raises:
        MissingField: the URL is no text, or there is none.
        InvalidField: several values of a field that can have one only, or what is no list where it has to be.
    """
    body = _object(await http.body())
    if "url" in request.__struct_fields__ and not isinstance(body.get("url"), str):
        raise MissingField("url")
    fields = in_query(http, request)
    for field in _placed(request, *_IN_BODY):
        if (value := body.get(field.name)) is not None:
            given = fields.get(field.name)
            fields[field.name] = value if given is None else _joined(field, given, value)
    return fields


def _joined(field: Field, *lists: object) -> list[str]:
    """The texts of several lists of one field. Raises `InvalidField` for what is no such list."""
    read = field.kind.read
    return [text for given in lists for text in msgspec.convert(read(field.name, given), tuple[str, ...])]


def in_query(http: HttpRequest, request: type[ActionRequest]) -> dict[str, object]:
    """The fields of `request` that are in the query. Raises `InvalidField`: several values where there can be one."""
    query = parse_qs(http.scope["query_string"].decode(errors="replace"), keep_blank_values=True)
    return {
        field.name: field.kind.from_texts(field.name, query[field.name])
        for field in _placed(request, *_IN_QUERY)
        if field.name in query
    }


def query_of(request: type[ActionRequest]) -> dict[str, Schema]:
    """The parameters of the query, for the OpenAPI document."""
    return {field.name: field.query_schema() for field in _placed(request, *_IN_QUERY)}


def body_of(request: type[ActionRequest]) -> Schema:
    """The schema of the body, for the OpenAPI document."""
    fields = _placed(request, *_IN_BODY)
    required = [field.name for field in fields if field.name in required_by(request)]
    properties = {field.name: field.json_schema(required=field.name in required) for field in fields}
    return {"type": "object", "properties": properties, "required": required}


def refused(_request: HttpRequest, error: Exception) -> Response[dict[str, str]]:
    """The answer to a mistake of the caller, in the words of the protocol."""
    return Response({"detail": _words(error)}, status_code=status_of(error), media_type=MediaType.JSON)


def _words(error: Exception) -> str:
    match error:
        case MissingField(name="url"):
            return NO_URL
        case ForeignUrl() | InvalidParameter():
            return str(error)
    return f"{INVALID}{error}"


def _placed(request: type[ActionRequest], *places: Place) -> list[Field]:
    return [field for field in fields_of(request) if field.place in places]


def _object(body: bytes) -> Mapping[str, object]:
    """The JSON object in `body`; an empty one if it is anything else, which then lacks what is required."""
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}
