"""Which encoding a text is in: by its byte order mark, else UTF-8 if it is that, else the code page that fits.

UTF-8 that a few wrong bytes are in stays UTF-8, and the rows
with these bytes are rejected.
"""

import codecs
import re
from typing import BinaryIO

import msgspec

from indexing.sources.code_pages import find_code_page
from mappings.errors import SourceError

LOOKED_THROUGH = 64 * 1024 * 1024
"""Bytes in which the first one beyond ASCII is looked for; a text that has none there is taken for UTF-8."""

_CHUNK = 256 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""In this order: the mark of UTF-16 begins that of UTF-32."""

_WIDE = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_ESCAPED = re.compile("[\udc80-\udcff]")


class Encoding(msgspec.Struct, frozen=True):
    """An encoding by Python's name; `guess` is how people call it, where it was not certain."""

    codec: str
    guess: str | None = None

    @property
    def errors(self) -> str:
        """What becomes of wrong bytes: lone surrogates, which cost their row and not the load."""
        wide = codecs.lookup(self.codec).name.startswith(("utf-16", "utf-32"))
        return "surrogatepass" if wide else "surrogateescape"


def detect_encoding(text: BinaryIO) -> Encoding:
    """The encoding of `text`, which is read only as far as that needs."""
    chunk = text.read(_CHUNK)
    for mark, codec in _MARKS:
        if chunk.startswith(mark):
            return Encoding(codec)
    if wide := _wide(chunk):
        return Encoding(wide, _WIDE[wide])
    looked = len(chunk)
    while chunk.isascii():
        if not chunk or looked >= LOOKED_THROUGH:
            return Encoding("utf-8")
        chunk = text.read(_CHUNK)
        looked += len(chunk)
    sample = chunk + text.read(_CHUNK)
    if _is_utf8(sample):
        return Encoding("utf-8")
    page = find_code_page(sample)
    return Encoding(page.codec, page.name)


def check_encoding(name: str) -> None:
    """Raises `SourceError` when there is no such encoding of texts."""
    try:
        "".encode(name)
    except LookupError as error:
        raise SourceError(f"--encoding {name}: {error}") from error


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of the Latin letters in it is a NUL."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(sample: bytes) -> bool:
    """Most of what is beyond ASCII is whole characters of UTF-8."""
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample)
    wrong = len(_ESCAPED.findall(text))
    return wrong == 0 or sum(map(text.count, {letter for letter in text if letter > "\x7f"})) > 2 * wrong
