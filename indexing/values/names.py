"""A person's whole name in one cell → first and last name. The words around names are in `data/names.json`."""

import re
from functools import lru_cache

import msgspec

from indexing.data import read_data


class _Words(msgspec.Struct, frozen=True):
    """The data file. `names` are those words of `before` and `after` that are also people's names."""

    address: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    names: frozenset[str]
    within: frozenset[str]


_WORDS = read_data("names", _Words)
_STROKE = re.compile(r"[|•]|\s[·–—-]\s")
"""Before what is told after a name: `Ann Alpha | Sales`."""

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

    Titles before, degrees after, what is in brackets or behind a stroke, and signs without a letter are left out. The
    last name begins at its particle (`van`), else it is the last word. One word alone is the first name, and after a
    title (`Mr. Alpha`) the last.
    """
    if "@" in text or not any(map(str.isalpha, text)):
        return None, None
    parts = [_with_letters(part.split()) for part in _without_aside(_BRACKETS.sub(" ", text)).split(",")]
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


def _without_aside(text: str) -> str:
    stroke = _STROKE.search(text)
    return text[: stroke.start()] if stroke and len(text[: stroke.start()].split()) > 1 else text.replace("|", " ")


def _with_letters(words: list[str]) -> list[str]:
    """Without emojis and dashes; the sign of `Ann & Bob` stays."""
    return [word for word in words if word == "&" or any(map(str.isalpha, word))]


def _without_titles(words: list[str]) -> list[str]:
    titled = False
    while len(words) > 1 and (words[0] == "&" or (_is_title(words[0], titled) and not _is_initial(words[0]))):
        words, titled = words[1:], True
    return words


def _is_title(word: str, titled: bool) -> bool:
    """`Dr`; of `Phil` only with its point, and of `phil` in small letters after a title."""
    if _key(word) not in _WORDS.before:
        return False
    return _key(word) not in _WORDS.names or word.endswith(".") or (titled and word.islower())


def _without_degrees(words: list[str]) -> list[str]:
    while len(words) > 2 and _is_degree(words[-1], words[:-1]) and not words[-1].islower():
        words = words[:-1]
    return words


def _is_degree(word: str, beside: list[str]) -> bool:
    """`PhD`; of `Ma` only with its points, or as `MA` beside a name that is not in capitals."""
    if _key(word) not in _WORDS.after:
        return False
    return _key(word) not in _WORDS.names or "." in word or (word.isupper() and not " ".join(beside).isupper())


def _are_degrees(part: list[str], beside: list[str]) -> bool:
    """What stands after a comma is no name: `PhD`, and capitals beside a whole name that is not in capitals."""
    whole = len(beside) > 1
    if _key(" ".join(part)) in _WORDS.after - _WORDS.names or all(
        _key(word) in _WORDS.after if whole else _is_degree(word, beside) for word in part
    ):
        return True
    return whole and " ".join(part).isupper() and not " ".join(beside).isupper()


def _is_initial(word: str) -> bool:
    """`M. Alpha` may be a Monsieur; `M` of two letters and more never is an initial."""
    return len(word.strip(".")) == 1


def _key(word: str) -> str:
    return word.lower().replace(".", "").strip("/|-–()")
