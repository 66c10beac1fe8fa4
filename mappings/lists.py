"""Several values that were written as one: a list in JSON, one a line, or joined by commas.

Apollo's app repeats the name for each value; programs and people join them. Each function here is a
`Split`. What may be one value stays one: titles, names and places have commas of their own.
"""

import re
from collections.abc import Callable

import msgspec

Split = Callable[[str], list[str]]
"""Takes several values apart that were written as one."""

_JOINED = re.compile(r"[,;|]")
_JOINED_PLACES = re.compile(r"[;|]")
_JOINED_CODES = re.compile(r"[,;|]\s*(?=[0-9])")
_JOINED_ADDRESSES = re.compile(r"[\s,;|]+")
_BETWEEN_BOUNDS = re.compile(r"[-‐‑‒–—−~+]|\bto\b", re.IGNORECASE)
_TEXTS = msgspec.json.Decoder(list[str])


def listed(value: str) -> list[str]:
    """The texts of a list in JSON, `["CEO","CTO"]`, or the lines that have any; else the value itself."""
    if value[:1] == "[":
        try:
            return _TEXTS.decode(value) or [value]
        except msgspec.DecodeError:
            return [value]
    if "\n" in value or "\r" in value:
        return [line for line in map(str.strip, value.splitlines()) if line] or [value]
    return [value]


def separated(value: str) -> list[str]:
    """The same, and each at its commas: for what has none of its own."""
    return _taken_apart(value, _JOINED)


def places(value: str) -> list[str]:
    """The same at semicolons and bars: `Berlin, Germany; Paris, France`."""
    return _taken_apart(value, _JOINED_PLACES)


def codes(value: str) -> list[str]:
    """The same at commas before a digit: `7372, 7371`, but not `7372 Software, prepackaged`."""
    return _taken_apart(value, _JOINED_CODES)


def addresses(value: str) -> list[str]:
    """Domains or web addresses, whatever stands between them; none of nothing."""
    return [part for text in listed(value) for part in _JOINED_ADDRESSES.split(text) if part]


def ranges(value: str) -> list[str]:
    """Ranges: `11,50;51,200`, and `11-50,51-200` if each of them is one without the comma."""
    parts = _taken_apart(value, _JOINED_PLACES)
    return [one for part in parts for one in (_ranges_with_commas(part) if "," in part else (part,))]


def joins_bounds(text: str) -> bool:
    """Whether what a text holds looks like two bounds, one of which may be open, and not like one number."""
    return "," in text or bool(_BETWEEN_BOUNDS.search(text))


def known(is_known: Callable[[str], object]) -> Split:
    """Names of a vocabulary, of which some have commas: taken apart if each part is one, and the whole is none."""

    def split(value: str) -> list[str]:
        return [part for text in listed(value) for part in _known_in(text)]

    def _known_in(text: str) -> list[str]:
        if not _JOINED.search(text) or is_known(text):
            return [text]
        parts = _parts(text, _JOINED)
        return parts if all(map(is_known, parts)) else [text]

    return split


def _taken_apart(value: str, joined: re.Pattern[str]) -> list[str]:
    texts = listed(value)
    if not joined.search(value):
        return texts
    return [part for text in texts for part in _parts(text, joined)]


def _parts(text: str, joined: re.Pattern[str]) -> list[str]:
    """Those that are not blank; the text itself if none is."""
    return [part for part in map(str.strip, joined.split(text)) if part] or [text]


def _ranges_with_commas(text: str) -> list[str]:
    if not _BETWEEN_BOUNDS.search(text):
        return [text]
    parts = list(map(str.strip, text.split(",")))
    return parts if all(map(_BETWEEN_BOUNDS.search, parts)) else [text]
