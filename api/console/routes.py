"""The door to the console: the page at `/`, its files below `/console`.

All links of the page are relative to it, so that it works behind a path prefix that a proxy takes away.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from litestar import MediaType, Request, Response, Router, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import PathParameter

from api.console.files import PAGE, About, read_files
from api.console.filters import filters
from api.rest.kept_files import packed_file_of, sent
from api.settings import Settings

ABOUT, FILTERS = "about.json", "filters.json"
"""The files that are made: of `About`, and of the `filters`."""

ACTION = "console"
"""What logs and figures call a request for any of the files."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types lit-html"
)
"""What a browser may do for the page: load and ask what is of its own origin, and make HTML of text only where
`lit-html` does, which makes it of the page's own templates alone.

Content-Security-Policy, https://www.w3.org/TR/CSP3/, with https://www.w3.org/TR/trusted-types/."""

HEADERS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    # Kept, but asked for each time: after an upgrade no module is of another version than the page.
    "cache-control": "no-cache",
    "vary": "Accept-Encoding",
}
"""Of every answer with a file, and of one that says that a browser has it already."""

_Path = Annotated[str, PathParameter(description="The path of a file below the directory of the page's files")]


def console_router(settings: Settings) -> Router:
    """The routes of the page, with its files as they are now."""
    files = read_files()
    page, others = files[PAGE], {name: file for name, file in files.items() if name != PAGE}
    about = About(settings.registration_open, settings.docs == "public")
    for name, told in ((ABOUT, about), (FILTERS, filters())):
        others[name] = packed_file_of(msgspec.json.encode(told), MediaType.JSON)

    @get("/", opt={"action": ACTION})
    async def console_page(request: Request[None, None, State]) -> Response[bytes]:
        return sent(request, page, HEADERS)

    @get("/console/{file:path}", opt={"action": ACTION})
    async def console_file(request: Request[None, None, State], file: _Path) -> Response[bytes]:
        found = others.get(file.removeprefix("/"))
        if found is None:
            raise NotFoundException
        return sent(request, found, HEADERS)

    return Router("/", route_handlers=[console_page, console_file], include_in_schema=False)
