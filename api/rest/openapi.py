"""The OpenAPI document, made from the handlers and their structs, with a page to read and try it at `/docs`."""

from typing import Any

from litestar import MediaType, Request, Response, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag

from api.errors import problem
from api.openapi import shared
from api.rest.page import DocsPage
from api.version import service_version

PATH = "/docs"
"""The page; the document itself is at `/docs/openapi.json`."""


class Document(JsonRenderPlugin):
    """The document itself."""

    def render(self, request: Request[None, None, State], openapi_schema: dict[str, Any]) -> bytes:
        """It as JSON, with what Litestar leaves out."""
        return super().render(request, shared(openapi_schema))


def openapi() -> OpenAPIConfig:
    """What Litestar makes the document with."""
    scheme = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
    return OpenAPIConfig(
        title="Apollo contact search",
        version=service_version(),
        description="Apollo.io people-search URLs, answered from your own contacts. The WebSocket: `/asyncapi.json`.",
        path=PATH,
        openapi_router=Router(PATH, route_handlers=[], include_in_schema=False, after_request=_as_elsewhere),
        render_plugins=[DocsPage(PATH), Document()],
        use_handler_docstrings=True,
        operation_id_creator=lambda handler, _method, _path: handler.handler_name,
        components=Components(security_schemes={"BearerToken": scheme}),
        tags=[Tag(name="Contacts"), Tag(name="Accounts"), Tag(name="Users"), Tag(name="Operations")],
    )


def _as_elsewhere(response: Response[object]) -> Response[object]:
    """An answer under `PATH`; for a path that there is not, where the framework has a page of its own, ours."""
    if response.status_code != 404:
        return response
    return Response(problem("Not Found"), status_code=404, media_type=MediaType.JSON)
