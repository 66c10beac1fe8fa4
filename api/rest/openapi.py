"""The OpenAPI document, made from the controllers and their structs, with a page to read and try it at `/docs`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    Link,
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    RequestBody,
    SecurityScheme,
    Tag,
)

from api.actions.shapes import Problem
from api.rest.page import DocsPage
from api.version import service_version

PATH = "/docs"
"""The page; the document itself is at `/docs/openapi.json`."""

BEARER: dict[str, list[str]] = {"BearerToken": []}
"""The security requirement of operations that need an access token."""

Shape = type[msgspec.Struct]

_WORDS = {
    400: "The request is not as it must be",
    401: "No token, or one that does not hold; or wrong credentials",
    403: "Switched off by configuration",
    409: "It exists already",
    413: "The body or the answer is too large",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "The engine or the users can't be reached now, or the service is stopping",
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The errors that an operation may answer with. All have the same body."""
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=_WORDS[status])
        for status in sorted((*statuses, 500))
    }


def operation(
    *,
    query: Shape | None = None,
    body: Shape | None = None,
    body_required: bool = True,
    forms: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> type[Operation]:
    """What Litestar describes an operation with whose request is read by hand.

    Litestar knows only what it reads itself, and such structs would be checked in its words instead of ours.

    Args:
        query: its fields are the query parameters. They are either there or not: over HTTP there is no null.
        body: the JSON object.
        body_required: whether there must be one.
        forms: media types beside JSON that the answer may have, with a description.
        links: operations that the answer leads to → the field that it and their body have in common.
    """

    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            if query is not None:
                self.parameters = [_parameter(name, schema) for name, schema in _schema(query)["properties"].items()]
            if body is not None:
                content = OpenAPIMediaType(schema=_schema(body))
                self.request_body = RequestBody(content={"application/json": content}, required=body_required)
            for status, response in (self.responses or {}).items():
                if isinstance(response, OpenAPIResponse):
                    response.headers = _headers(status, bool(forms)) or None
                    if status.startswith("2"):
                        response.content = {**(response.content or {}), **_texts(forms or {})} or None
                        response.links = {name: _link(name, field) for name, field in (links or {}).items()} or None

    return Described


def _headers(status: str, linked: bool) -> dict[str, Any]:
    match status:
        case "429":
            schema: Any = {"type": "integer", "minimum": 1}
            return {"Retry-After": OpenAPIHeader(schema, required=True, description="Seconds to wait")}
        case "401":
            schema = {"type": "string", "const": "Bearer"}
            return {"WWW-Authenticate": OpenAPIHeader(schema, required=True)}
        case "200" if linked:
            schema = {"type": "string"}
            return {"Link": OpenAPIHeader(schema, description="Neighbouring pages, of lines and rows with a limit")}
    return {}


def _parameter(name: str, schema: Any) -> Parameter:
    return Parameter(name=name, param_in="query", schema=schema, description=schema.get("description"))


def _texts(forms: Mapping[str, str]) -> dict[str, OpenAPIMediaType]:
    schemas: dict[str, Any] = {form: {"type": "string", "description": words} for form, words in forms.items()}
    return {form: OpenAPIMediaType(schema=schema) for form, schema in schemas.items()}


def _link(name: str, field: str) -> Link:
    return Link(operation_id=name, request_body={field: f"$response.body#/{field}"})


def _schema(shape: Shape) -> Any:
    """The schema of a struct that has no others in it."""
    _, components = msgspec.json.schema_components([shape])
    return components[shape.__name__]


def openapi() -> OpenAPIConfig:
    """What Litestar makes the document with."""
    scheme = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
    return OpenAPIConfig(
        title="Apollo contact search",
        version=service_version(),
        description="Apollo.io people-search URLs, answered from your own contacts. The WebSocket: `/asyncapi.json`.",
        path=PATH,
        render_plugins=[DocsPage(PATH), JsonRenderPlugin()],
        use_handler_docstrings=True,
        operation_id_creator=lambda handler, _method, _path: handler.handler_name,
        components=Components(security_schemes={"BearerToken": scheme}),
        tags=[Tag(name="Contacts"), Tag(name="Accounts"), Tag(name="Operations")],
    )
