"""The files of the page, read once when the application is made: so no request waits for a disk."""

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

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

_LEVEL = 9
"""Of gzip: it is done once."""


class Form(msgspec.Struct, frozen=True):
    """A file as it is sent, and the tag by which a browser asks whether what it kept is still that."""

    body: bytes
    tag: str


class File(msgspec.Struct, frozen=True):
    """A file of the page: its media type, and both forms of it."""

    media_type: str
    plain: Form
    packed: Form


class About(msgspec.Struct, frozen=True):
    """What the page is to know before anybody is signed in, and any stranger may.

    Attributes:
        registration: whether whoever comes may become a user.
        docs: whether the documents of the API are at `docs`, beside the page.
    """

    registration: bool
    docs: bool


def read_files(directory: Path = STATIC) -> Mapping[str, File]:
    """The files below `directory`, by their path from there, such as `vendor/lit-html/lit-html.js`. Blocks."""
    paths = sorted(path for path in directory.rglob("*") if path.is_file() and path.suffix in TYPES)
    return {path.relative_to(directory).as_posix(): file_of(path.read_bytes(), TYPES[path.suffix]) for path in paths}


def file_of(body: bytes, media_type: str) -> File:
    """A file with this content."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    packed = gzip.compress(body, _LEVEL, mtime=0)
    # Two forms of one file are two things to a cache, RFC 9110, 8.8.1.
    return File(media_type, Form(body, f'"{digest}"'), Form(packed, f'"{digest}-gzip"'))
