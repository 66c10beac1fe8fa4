"""The OpenAPI document, made from the handlers and their structs, with a page to read and try it at `/docs`."""

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag

from api.rest.page import DocsPage
from api.version import service_version

PATH = "/docs"
"""The page; the document itself is at `/docs/openapi.json`."""


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
        tags=[Tag(name="Contacts"), Tag(name="Accounts"), Tag(name="Users"), Tag(name="Operations")],
    )
