"""The OpenAPI document, made from the controllers, with a page to read and try it at `/docs`."""

from dataclasses import dataclass

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, ScalarRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    Schema,
    SecurityScheme,
    Tag,
)

from api.version import service_version

PATH = "/docs"
"""The page; the document itself is at `/docs/openapi.json`. The page loads its script from a CDN."""


@dataclass
class QueryOperation(Operation):
    """An operation whose query parameters are either there or not: over HTTP there is no null."""

    def __post_init__(self) -> None:
        for parameter in self.parameters or ():
            if isinstance(parameter, Parameter) and isinstance(parameter.schema, Schema):
                _without_null(parameter.schema)
                if parameter.name == "offset":
                    # Litestar leaves a minimum of 0 out.
                    parameter.schema.minimum = 0


@dataclass
class ExportOperation(QueryOperation):
    """An operation that also answers in lines and rows."""

    def __post_init__(self) -> None:
        super().__post_init__()
        found = (self.responses or {}).get("200")
        if isinstance(found, OpenAPIResponse) and found.content is not None:
            for form, text in (("application/x-ndjson", "A contact a line"), ("text/csv", "A contact a row")):
                schema = Schema(type=OpenAPIType.STRING, description=text)
                found.content[form] = OpenAPIMediaType(schema=schema)


def _without_null(schema: Schema) -> None:
    given = [each for each in schema.one_of or () if isinstance(each, Schema) and each.type != OpenAPIType.NULL]
    if len(given) == 1:
        schema.one_of, schema.type, schema.items = None, given[0].type, given[0].items


def openapi() -> OpenAPIConfig:
    """What Litestar makes the document with."""
    scheme = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
    return OpenAPIConfig(
        title="Apollo contact search",
        version=service_version(),
        description="Apollo.io people-search URLs, answered from your own contacts. The WebSocket: `/asyncapi.json`.",
        path=PATH,
        render_plugins=[ScalarRenderPlugin(), JsonRenderPlugin()],
        use_handler_docstrings=True,
        components=Components(security_schemes={"BearerToken": scheme}),
        tags=[Tag(name="Contacts"), Tag(name="Accounts"), Tag(name="Operations")],
    )
