"""The page at `/docs` to read and try the OpenAPI document with: Swagger UI, served from here, without internet."""

import base64
import hashlib
import html
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import NotFoundException
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import PathParameter

from api.rest.kept_files import file_of, sent

VERSION = "5.35.0"
"""Of Swagger UI. What was taken of it, and under which licences, is in `VENDORED.txt` beside its files."""

FILES = Path(__file__).parent / "static" / f"swagger-ui-{VERSION}"

CACHE_SECONDS = 31_536_000
"""How long browsers may keep the files: their addresses have the version in them."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{files}/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="{files}/swagger-ui-bundle.js"></script>
<script>{start}</script>
</body>
</html>
"""

# Browsers refuse whatever this does not name, so nothing of the page can ask another host for anything.
_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
)


class DocsPage(OpenAPIRenderPlugin):
    """The page, at the root of the documents, and the files that it is drawn with.

    Args:
        path: where the documents are, e.g. `/docs`.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path="/")
        self._files = f"/{FILES.name}"
        self._root = path

    def render(self, request: Request[None, None, State], openapi_schema: dict[str, Any]) -> bytes:
        """The page. It asks for the document itself, so that the document is there once."""
        options = {
            "url": self.get_openapi_json_route(request),
            "dom_id": "#docs",
            "deepLinking": True,
            # Swagger UI would have a server on the internet look at documents that aren't on localhost.
            "validatorUrl": None,
        }
        start = f"SwaggerUIBundle({msgspec.json.encode(options).decode()})"
        digest = base64.b64encode(hashlib.sha256(start.encode()).digest()).decode()
        page = _PAGE.format(
            policy=_POLICY.format(digest=digest),
            title=html.escape(openapi_schema["info"]["title"]),
            files=self._root + self._files,
            start=start,
        )
        return page.encode()

    def receive_router(self, router: Router) -> None:
        """Have the files served beside the page, as they are now."""
        files = {
            path.name: file_of(path.read_bytes(), _TYPES.get(path.suffix, MediaType.TEXT)) for path in FILES.iterdir()
        }

        @get(self._files + "/{file:str}", cache_control=_KEPT)
        async def docs_file(request: Request[None, None, State], file: _Name) -> Response[bytes]:
            if file not in files:
                raise NotFoundException
            return sent(request, files[file], {})

        router.register(docs_file)


_Name = Annotated[str, PathParameter(description="The name of a file of the page")]
_KEPT = CacheControlHeader(max_age=CACHE_SECONDS, public=True, immutable=True)
_TYPES = {".js": "text/javascript", ".css": MediaType.CSS}
