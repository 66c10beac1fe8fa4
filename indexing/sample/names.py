"""People's names, by culture."""

import unicodedata
from typing import Final, NamedTuple

import msgspec

from indexing.sample.tables import ranked, table
from indexing.sample.words import read_words

_UNDECOMPOSED: Final = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae"})


class Name(NamedTuple):
    """A name or a part of one, and how addresses spell it."""

    shown: str
    ascii: str


class _NameWords(msgspec.Struct, frozen=True):
    """By rank; `shown=ascii` where the ASCII form can't be derived."""

    first: list[str]
    last: list[str]


def _ascii(text: str) -> str:
    """The text in lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_UNDECOMPOSED))
    return "".join(char for char in plain if char.isascii() and (char.isalnum() or char == "-"))


def _weighed(words: list[str]) -> list[tuple[Name, float]]:
    names = []
    for word in words:
        shown, _, given = word.partition("=")
        names.append(Name(shown, given or _ascii(shown)))
    return ranked(names, 0.6)


def _table(lists: dict[str, list[str]], culture: str) -> list[Name]:
    """The table of a culture's names among `lists`; one in eight English ones is of another culture."""
    names = _weighed(lists[culture])
    if culture != "en":
        return table(names)
    others = [pair for other, words in lists.items() if other != culture for pair in _weighed(words)]
    scale = sum(weight for _, weight in names) / sum(weight for _, weight in others) / 7
    return table(names + [(name, weight * scale) for name, weight in others])


def _tables() -> dict[str, tuple[list[Name], list[Name]]]:
    words = read_words("names", dict[str, _NameWords])
    first = {culture: lists.first for culture, lists in words.items()}
    last = {culture: lists.last for culture, lists in words.items()}
    return {culture: (_table(first, culture), _table(last, culture)) for culture in words}


NAME_TABLES: Final = _tables()
"""Culture → tables of first and of last names."""
