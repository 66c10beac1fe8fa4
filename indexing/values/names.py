"""A person's whole name in one cell → first and last name. The words around names are in `data/names.json`."""

import re
from functools import lru_cache

import msgspec

from indexing.data import read_data


class _Words(msgspec.Struct, frozen=True):
    address: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    within: frozenset[str]


_WORDS = read_data("names", _Words)
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\"[^\"]*\"|“[^”]*”")

ADDRESS_FORMS = frozenset(
    f"{spelling}{point}"
    for form in _WORDS.address
    for spelling in (form, form.title(), form.capitalize(), form.upper())
    for point in ("", ".")
)
"""`Ms.` and the like, in the spellings that people use."""

Name = tuple[str | None, str | None]
"""First and last name."""


@lru_cache(maxsize=4096)
def split_name(text: str) -> Name:
    """First and last name of `Ann Alpha`, `Alpha, Ann`, `Dr. Ann van der Alpha, PhD`; nothing of what is no name.

    Titles before, degrees after, and what is in brackets are left out. The last name begins at its particle (`van`),
    else it is the last word. One word alone is the first name, and after a title (`Mr. Alpha`) the last.
    """
    if "@" in text:
        return None, None
    parts = [part.split() for part in _BRACKETS.sub(" ", text).split(",")]
    words, *others = [part for part in parts if part] or [[]]
    given = [part for part in others if not _are_degrees(part, beside=words)]
    if given:
        # `Alpha, Ann`
        return " ".join(_without_titles(given[0])) or None, " ".join(words) or None
    untitled = _without_degrees(_without_titles(words))
    if len(untitled) < 2:
        word = " ".join(untitled) or None
        return (word, None) if untitled == words else (None, word)
    words = untitled
    at = next((at for at, word in enumerate(words[:-1]) if at and word.lower() in _WORDS.within), len(words) - 1)
    return " ".join(words[:at]), " ".join(words[at:])


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and _key(words[0]) in _WORDS.before and not _is_initial(words[0]):
        words = words[1:]
    return words


def _without_degrees(words: list[str]) -> list[str]:
    while len(words) > 2 and _key(words[-1]) in _WORDS.after and not words[-1].islower():
        words = words[:-1]
    return words


def _are_degrees(part: list[str], beside: list[str]) -> bool:
    """What stands after a comma is no name: `PhD`, and capitals beside a whole name that is not in capitals."""
    if _key(" ".join(part)) in _WORDS.after or all(_key(word) in _WORDS.after for word in part):
        return True
    return len(beside) > 1 and " ".join(part).isupper() and not " ".join(beside).isupper()


def _is_initial(word: str) -> bool:
    """`M. Alpha` may be a Monsieur; `M` of two letters and more never is an initial."""
    return len(word.strip(".")) == 1


def _key(word: str) -> str:
    return word.lower().replace(".", "").strip("/|-–()")
