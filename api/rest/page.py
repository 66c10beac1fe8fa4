"""The page at `/docs` to read and try the OpenAPI document with: Swagger UI, served from here, without internet."""

import base64
import hashlib
import html
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Router
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import NotFoundException
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.static_files import create_static_files_router

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
        """Have the files served beside the page."""
        caching = CacheControlHeader(max_age=CACHE_SECONDS, public=True, immutable=True)
        router.register(
            create_static_files_router(
                self._files, [FILES], cache_control=caching, name="docs", before_request=_only_files_that_there_are
            )
        )


_NAMES = frozenset(path.name for path in FILES.iterdir())


async def _only_files_that_there_are(request: Request[None, None, State]) -> None:
    """Raises `NotFoundException` for any other name: one that no file can have would be an error of the file system."""
    if str(request.path_params["file_path"]).strip("/") not in _NAMES:
        raise NotFoundException
