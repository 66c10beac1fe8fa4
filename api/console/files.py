"""The files of the page, read once when the application is made: so no request waits for a disk."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from api.rest.kept_files import KeptFile, packed_file_of
from mappings.json_filters import FILTERS
from mappings.parameters import NOT_ABOUT_CONTACTS, known_parameters

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


class Filter(msgspec.Struct, frozen=True):
    """A parameter of Apollo's that a search can be given, as people are told of it.

    Attributes:
        compared: how contacts are compared with a value.
        example: a value as it may be written, if it is no plain words.
    """

    name: str
    category: str
    description: str
    compared: str
    example: str


def filters() -> list[Filter]:
    """All that ask something of contacts or of another one that does, in the order of answers."""
    return [
        Filter(each.name, each.category, each.description, each.compared, each.example)
        for each in known_parameters()
        if each.reason is None and each.category not in NOT_ABOUT_CONTACTS and each.name != FILTERS
    ]


def read_files(directory: Path = STATIC) -> Mapping[str, KeptFile]:
    """The files below `directory`, by their path from there, such as `vendor/lit-html/lit-html.js`. Blocks."""
    paths = sorted(path for path in directory.rglob("*") if path.is_file() and path.suffix in TYPES)
    return {
        path.relative_to(directory).as_posix(): packed_file_of(path.read_bytes(), TYPES[path.suffix]) for path in paths
    }
