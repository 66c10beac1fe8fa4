"""The files of the page, read once when the application is made: so no request waits for a disk."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import msgspec

from api.rest.kept_files import KeptFile, packed_file_of

STATIC = Path(__file__).parent / "static"
"""Where they lie."""

VENDOR = "vendor"
"""What is below it is of others, and sent unchanged; `VENDORED.txt` there says of whom."""

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

_BLOCK = rb"[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*"
"""A comment between `/*` and `*/`, of any number of lines."""

_COMMENTS: Mapping[str, re.Pattern[bytes]] = {
    ".css": re.compile(rb"^%b$" % _BLOCK, re.MULTILINE | re.DOTALL),
    ".js": re.compile(rb"^(?:%b|[ \t]*//[^\n]*)$" % _BLOCK, re.MULTILINE | re.DOTALL),
}
"""What a file's name ends with → the comments in it that have lines of their own, with nothing before or behind.

What stands beside code stays: it may be part of a text. That no text of several lines has a line that looks like one of
these is shown by a test, which has a compiler read all modules with them and without."""


class About(msgspec.Struct, frozen=True):
    """What the page is to know before anybody is signed in, and any stranger may.

    Attributes:
        registration: whether whoever comes may become a user.
        docs: whether the documents of the API are at `docs`, beside the page.
    """

    registration: bool
    docs: bool


def read_files(directory: Path = STATIC) -> Mapping[str, KeptFile]:
    """The files below `directory` as they are sent, by their path from there, such as `vendor/lit-html/lit-html.js`.

    Blocks.
    """
    paths = sorted(path for path in directory.rglob("*") if path.is_file() and path.suffix in TYPES)
    names = [path.relative_to(directory).as_posix() for path in paths]
    return {
        name: packed_file_of(sent_of(path.read_bytes(), name), TYPES[path.suffix])
        for name, path in zip(names, paths, strict=True)
    }


def sent_of(body: bytes, name: str) -> bytes:
    """What is sent of a file: all but the comments of our own, for whoever changes it. Lines keep their numbers."""
    comments = _COMMENTS.get(PurePosixPath(name).suffix)
    if comments is None or name.startswith(f"{VENDOR}/"):
        return body
    return comments.sub(lambda comment: b"\n" * comment[0].count(b"\n"), body)
