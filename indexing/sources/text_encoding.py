"""Which encoding a text is in: by its byte order mark, else UTF-8 if it is that, else as charset-normalizer finds.

Old spreadsheets write the code page of their country. UTF-8 that a few wrong bytes are in stays UTF-8, and the rows
with these bytes are rejected.
"""

import codecs
import re
from collections.abc import Mapping
from typing import BinaryIO

import msgspec
from charset_normalizer import from_bytes

from mappings.errors import SourceError

LOOKED_THROUGH = 64 * 1024 * 1024
"""Bytes in which the first one beyond ASCII is looked for; a text that has none there is taken for UTF-8."""

_CHUNK = 256 * 1024
_SAMPLE = 64 * 1024
"""Bytes of lines beyond ASCII that decide."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""In this order: the mark of UTF-16 begins that of UTF-32."""

_LATIN: Mapping[str, str] = {
    "cp1252": "Windows-1252",
    "cp1254": "Windows-1254",
    "cp1250": "Windows-1250",
    "cp1257": "Windows-1257",
    "mac_roman": "Mac OS Roman",
    "cp850": "DOS code page 850",
}
"""Python's names and the usual ones. Of those that fit a text equally well, the first."""

_OTHER_SCRIPTS: Mapping[str, str] = {
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "koi8_r": "KOI8-R",
    "cp932": "Shift JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp949": "Korean (cp949)",
}

_WIDE = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_ESCAPED = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")


class Encoding(msgspec.Struct, frozen=True):
    """An encoding by Python's name; `guess` is how people call it, where it was not certain."""

    codec: str
    guess: str | None = None

    @property
    def errors(self) -> str:
        """What becomes of wrong bytes: lone surrogates, which cost their row and not the load."""
        return "surrogatepass" if self.codec.startswith(("utf-16", "utf-32")) else "surrogateescape"


def detect_encoding(text: BinaryIO, most: int = LOOKED_THROUGH) -> Encoding:
    """The encoding of `text`, of which so many bytes are read, and `most` at most before the first beyond ASCII."""
    chunk = text.read(_CHUNK)
    for mark, codec in _MARKS:
        if chunk.startswith(mark):
            return Encoding(codec)
    if wide := _wide(chunk):
        return Encoding(wide, _WIDE[wide])
    looked = len(chunk)
    while chunk.isascii():
        if not chunk or looked >= most:
            return Encoding("utf-8")
        chunk = text.read(_CHUNK)
        looked += len(chunk)
    sample = chunk + text.read(_CHUNK)
    return Encoding("utf-8") if _is_utf8(sample) else _code_page(sample)


def check_encoding(name: str) -> None:
    """Raises `SourceError` when there is no such encoding."""
    try:
        codecs.lookup(name)
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


def _code_page(sample: bytes) -> Encoding:
    telling = bytearray()
    for line in sample.splitlines(keepends=True):
        if not line.isascii():
            telling += line
        if len(telling) > _SAMPLE:
            break
    runs = _BEYOND_ASCII.findall(telling)
    # Accents stand alone between plain letters; what is written in other letters has whole words of them.
    latin = sum(len(run) > 2 for run in runs) * 4 < len(runs)
    codec = _latin_page(bytes(telling)) if latin else _other_page(bytes(telling))
    return Encoding(codec, _LATIN.get(codec) or _OTHER_SCRIPTS[codec])


def _other_page(text: bytes) -> str:
    """What charset-normalizer finds, unless another one that it leaves possible is the less odd."""
    ranks: dict[str, tuple[int, int]] = {}
    for rank, match in enumerate(from_bytes(text, cp_isolation=list(_OTHER_SCRIPTS))):
        ranks |= dict.fromkeys(_OTHER_SCRIPTS.keys() & match.could_be_from_charset, (_oddity(str(match)), rank))
    return min(ranks, key=ranks.__getitem__, default=_latin_page(text))


def _latin_page(text: bytes) -> str:
    """charset-normalizer can't tell these apart in names, of which each may be of another language."""
    return min(_LATIN, key=lambda codec: _oddity(text.decode(codec, "replace")))


def _oddity(text: str) -> int:
    """How many letters in it no language has there: signs and single capitals within words, and the Icelandic ones.

    Those are nearly always Turkish ones.
    """
    odd = text.count("\ufffd")
    for before, letter, after in zip(text, text[1:], text[2:], strict=False):
        if letter > "\x7f" and before.isalpha():
            cased = letter.lower() != letter.upper()
            odd += letter.isupper() and (before.islower() or after.islower())
            odd += letter in "þÞðÐ" or (not cased and after.isalpha() and letter not in "’‘´")
    return odd
