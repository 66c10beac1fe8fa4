"""Which code page a text is in that is no UTF-8: old spreadsheets write that of their country.

charset-normalizer tells scripts apart. Between the pages for Latin letters it can't tell in lists of names, each of
which may be of another language: there the words decide, by the alphabets of the languages that each page is for.
"""

import re
from functools import cache

import msgspec
from charset_normalizer import from_bytes

from indexing.data import read_data

_SAMPLE = 64 * 1024
"""Bytes of lines beyond ASCII that decide."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_WORD = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*")
"""With a letter beyond ASCII."""


class CodePage(msgspec.Struct, frozen=True):
    """A code page by Python's name of it, and by that which people know."""

    codec: str
    name: str


class _Alphabet(msgspec.Struct, frozen=True):
    language: str
    letters: str
    pages: tuple[str, ...]


class _Pages(msgspec.Struct, frozen=True):
    """The data file. Of the pages that fit a text equally well, the first counts.

    Attributes:
        source: where the alphabets come from.
        alphabets: the letters beyond ASCII of a language, and the pages that people write it in.
    """

    latin: list[CodePage]
    other: list[CodePage]
    source: str
    alphabets: list[_Alphabet]


def find_code_page(text: bytes) -> CodePage:
    """The page that `text`, which has bytes beyond ASCII and may be cut anywhere, is most likely in."""
    telling = _telling(text)
    runs = _BEYOND_ASCII.findall(telling)
    # Accents stand alone between plain letters; what is written in other letters has whole words of them.
    if sum(len(run) > 2 for run in runs) * 4 < len(runs):
        return _latin_page(telling)
    return _other_page(telling) or _latin_page(telling)


def _telling(text: bytes) -> bytes:
    """The lines with bytes beyond ASCII, as far as they are needed."""
    lines, size = [], 0
    for line in text.splitlines(keepends=True):
        if not line.isascii() and size < _SAMPLE:
            lines.append(line)
            size += len(line)
    return b"".join(lines)


def _latin_page(text: bytes) -> CodePage:
    return min(_pages().latin, key=lambda page: _oddity(text.decode(page.codec, "replace"), page.codec))


def _other_page(text: bytes) -> CodePage | None:
    """What charset-normalizer finds, unless another one that it leaves possible has fewer odd capitals."""
    pages = _pages().other
    best, least = None, (0, 0)
    for rank, match in enumerate(from_bytes(text, cp_isolation=[page.codec for page in pages])):
        page = next((page for page in pages if page.codec in match.could_be_from_charset), None)
        oddity = (_odd_capitals(str(match)), rank)
        if page is not None and (best is None or oddity < least):
            best, least = page, oddity
    return best


def _oddity(text: str, codec: str) -> int:
    """How many words of `text` no language has that is written in the page, and signs and capitals within words."""
    alphabets = _alphabets(codec)
    words = (set(filter(_is_beyond_ascii, word)) for word in _WORD.findall(text))
    foreign = sum(not any(letters <= alphabet for alphabet in alphabets) for letters in words)
    signs = sum(
        _is_beyond_ascii(sign) and not sign.isalpha() and before.isalpha() and after.isalpha() and sign not in "’‘´"
        for before, sign, after in zip(text, text[1:], text[2:], strict=False)
    )
    return text.count("\ufffd") + foreign + signs + _odd_capitals(text)


def _odd_capitals(text: str) -> int:
    """Capitals beyond ASCII within words of small letters."""
    return sum(
        _is_beyond_ascii(letter) and letter.isupper() and before.isalpha() and (before.islower() or after.islower())
        for before, letter, after in zip(text, text[1:], text[2:], strict=False)
    )


def _is_beyond_ascii(letter: str) -> bool:
    return letter > "\x7f"


@cache
def _alphabets(codec: str) -> list[frozenset[str]]:
    alphabets = [alphabet.letters for alphabet in _pages().alphabets if codec in alphabet.pages]
    return [frozenset(letters + letters.upper()) for letters in alphabets]


@cache
def _pages() -> _Pages:
    return read_data("code_pages", _Pages)
