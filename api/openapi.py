"""How handlers describe themselves for the OpenAPI document. What it is made with as a whole: `api.rest.openapi`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, cast

import msgspec
from litestar.openapi import spec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    Link,
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    Reference,
    RequestBody,
)
from msgspec import Meta

from api.actions.kinds import Schema
from api.actions.roles import Role
from api.actions.words import described

BEARER: dict[str, list[str]] = {"BearerToken": []}
"""The security requirement of operations that need an access token."""

Shape = type[msgspec.Struct]

_WORDS = {
    200: "Done",
    201: "Created",
    204: "Done; there is nothing to say",
    400: "The request is not as it must be",
    401: "No token, or one that does not hold; or wrong credentials",
    403: "Not for a user of this role, or switched off by configuration",
    404: "It is not there",
    409: "It exists already, or may not be changed",
    413: "The body or the answer is too large",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "The engine or the users can't be reached now, or the service is stopping",
}


class Problem(msgspec.Struct, frozen=True):
    """An error over HTTP."""

    detail: Annotated[str, Meta(examples=["URL must be from apollo.io domain"])]


class Form(msgspec.Struct, frozen=True):
    """What is said of an answer in one media type.

    Attributes:
        example: one of them.
        words: what it holds; `None` of JSON, which has a schema.
    """

    example: object
    words: str | None = None


class Query(msgspec.Struct, frozen=True):
    """A parameter of a query; whether it must be there."""

    name: str
    schema: Schema
    required: bool = False


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The errors that an operation may answer with, and 500. All have the same body."""
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=_WORDS[status])
        for status in sorted((*statuses, 500))
    }


def links_by_field(field: str, *operations: str) -> dict[str, Link]:
    """Links from an answer to operations whose body has the same `field`."""
    return {name: Link(operation_id=name, request_body={field: f"$response.body#/{field}"}) for name in operations}


def links_by_path(parameter: str, pointer: str, *operations: str) -> dict[str, Link]:
    """Links from an answer to operations with a `parameter` in their path, whose value stands at `pointer` in it."""
    return {name: Link(operation_id=name, parameters={parameter: f"$response.body#{pointer}"}) for name in operations}


def least_role(role: Role) -> str:
    """The sentence about who may use something."""
    return f"Least role: `{role}`."


def operation(
    *,
    query: Sequence[Query] = (),
    body: Shape | Schema | None = None,
    body_required: bool = True,
    forms: Mapping[str, Form] | None = None,
    links: Mapping[str, Link] | None = None,
) -> type[Operation]:
    """What Litestar describes an operation with whose request is read by hand.

    Litestar knows only what it reads itself, and such structs would be checked in its words instead of ours.

    Args:
        query: the query parameters. They are either there or not: over HTTP there is no null.
        body: the JSON object.
        body_required: whether there must be one.
        forms: media types that the answer may have, of JSON only where it has an example.
        links: operations that the answer leads to, as `links_by_field` and `links_by_path` make them.
    """

    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            if query:
                self.parameters = [_parameter(each) for each in query]
            if body is not None:
                content = OpenAPIMediaType(schema=_as_it_is(body if isinstance(body, dict) else schema_of(body)))
                self.request_body = RequestBody(content={"application/json": content}, required=body_required)
            for status, response in (self.responses or {}).items():
                if isinstance(response, OpenAPIResponse):
                    if response.description == HTTPStatus(int(status)).description:
                        # What Litestar says where nothing was said.
                        response.description = _WORDS[int(status)]
                    response.headers = _headers(status, linked=bool(_texts(forms or {}))) or None
                    if status.startswith("2"):
                        answers = {**(response.content or {}), **_texts(forms or {})}
                        for media_type, form in (forms or {}).items():
                            # As JSON: Litestar would leave out what is null.
                            answers[media_type].example = msgspec.Raw(msgspec.json.encode(form.example))
                        response.content = answers or None
                        response.links = {**links} if links else None

    return Described


def schema_of(shape: Shape) -> Schema:
    """The schema of a struct that has no others in it."""
    _, components = msgspec.json.schema_components([shape])
    schema: Schema = components[shape.__name__]
    return schema


def shared(document: dict[str, Any]) -> dict[str, Any]:
    """The whole document, with the bodies of requests as components, as answers are, each there once by its title.

    Litestar makes components of what it reads itself only. `document` is changed; done again, that changes nothing.
    """
    schemas = document["components"]["schemas"]
    for operations in document["paths"].values():
        for described_operation in operations.values():
            for content in described_operation.get("requestBody", {}).get("content", {}).values():
                if (title := content["schema"].get("title")) is not None:
                    schemas[title] = content["schema"]
                    content["schema"] = {"$ref": f"#/components/schemas/{title}"}
    document["components"]["schemas"] = described(dict(sorted(schemas.items())))
    return document


def _headers(status: str, *, linked: bool) -> dict[str, OpenAPIHeader | Reference]:
    match status:
        case "429":
            seconds = _as_it_is({"type": "integer", "minimum": 1})
            return {"Retry-After": OpenAPIHeader(seconds, required=True, description="Seconds to wait")}
        case "401":
            return {"WWW-Authenticate": OpenAPIHeader(_as_it_is({"type": "string", "const": "Bearer"}), required=True)}
        case "200" if linked:
            text = _as_it_is({"type": "string"})
            return {
                "Link": OpenAPIHeader(text, description="Neighbouring pages, of lines and rows with a limit"),
                "Content-Disposition": OpenAPIHeader(text, description="What to save lines and rows as"),
            }
    return {}


def _parameter(query: Query) -> Parameter:
    return Parameter(
        name=query.name,
        param_in="query",
        schema=_as_it_is(query.schema),
        description=cast("str | None", query.schema.get("description")),
        required=query.required,
    )


def _texts(forms: Mapping[str, Form]) -> dict[str, OpenAPIMediaType]:
    return {
        media_type: OpenAPIMediaType(schema=_as_it_is({"type": "string", "description": form.words}))
        for media_type, form in forms.items()
        if form.words is not None
    }


def _as_it_is(schema: Schema) -> spec.Schema:
    """Litestar puts a dictionary into the document unchanged, which its types don't say."""
    return cast("spec.Schema", schema)
