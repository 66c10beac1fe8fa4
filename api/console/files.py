"""The files of the page, read once when the application is made: so no request waits for a disk."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from api.rest.kept_files import KeptFile, packed_file_of

STATIC = Path(__file__).parent / "static"
"""Where they lie. What is below `vendor` is of others, unchanged; `VENDORED.txt` there says of whom."""

PAGE = "index.html"
"""The file that is the page itself."""

TYPES: Mapping[str, str] = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    "": "text/plain",
}
"""What a file's name ends with → its media type. A licence has no ending. Files of other kinds are not served: types of
modules are for whoever changes them."""


class About(msgspec.Struct, frozen=True):
    """What the page is to know before anybody is signed in, and any stranger may.

    Attributes:
        registration: whether whoever comes may become a user.
        docs: whether the documents of the API are at `docs`, beside the page.
    """

    registration: bool
    docs: bool


def read_files(directory: Path = STATIC) -> Mapping[str, KeptFile]:
    """The files below `directory`, by their path from there, such as `vendor/lit-html/lit-html.js`. Blocks."""
    paths = sorted(path for path in directory.rglob("*") if path.is_file() and path.suffix in TYPES)
    return {
        path.relative_to(directory).as_posix(): packed_file_of(path.read_bytes(), TYPES[path.suffix]) for path in paths
    }
