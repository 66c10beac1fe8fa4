"""Lists as people write them: between commas, semicolons, strokes or line breaks, as JSON, or as Python shows them."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import msgspec

from indexing.sources.cells import Cell, values_of
from indexing.values.placeholders import ANYWHERE

_CACHED_LENGTH = 512
"""Longer values are read anew each time, so that no cache grows beyond a few megabytes."""

_SEPARATORS = str.maketrans("|\r\n", ",,,")
_SHOWN = re.compile(r"""\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*[],]""")
_ESCAPED = re.compile(r"\\(['\"\\])")
_CODES = frozenset({"sic_codes", "naics_codes"})
_CODE = re.compile(r"(\d{2,8})(?:\.0+|\s*[:–-]\s*[^\W\d].*)", re.DOTALL)


def list_reader(field: str) -> Callable[[Any], tuple[str, ...] | None]:
    """The reader of the lists in `field`; what is kept of codes are the digits, also of `7372.0`, as a spreadsheet
    has it, and of `7372 - Software`. Nothing is unreadable."""
    return _codes if field in _CODES else _list


def _list(cell: str | Sequence[Cell]) -> tuple[str, ...] | None:
    if isinstance(cell, str):
        return _cached_split(cell) if len(cell) <= _CACHED_LENGTH else _split(cell)
    texts = tuple(values_of(cell))
    return _cached_values(texts) if sum(map(len, texts)) <= _CACHED_LENGTH else _values(texts)


def _codes(cell: str | Sequence[Cell]) -> tuple[str, ...] | None:
    codes = _list(cell)
    return codes and tuple(
        code if code.isdecimal() or not (found := _CODE.fullmatch(code)) else found[1] for code in codes
    )


def _split(text: str) -> tuple[str, ...] | None:
    """The values of a list: an array as it is, anything else cut."""
    if text.startswith("[") and (values := _array(text)) is not None:
        return _values(values)
    if "|" in text or "\n" in text or "\r" in text:
        text = text.translate(_SEPARATORS)
    return _values(text.replace(";", ",").split(","))


def _array(text: str) -> list[str] | None:
    """The values of `["a", "b"]`, or of `['a', 'b']`, which programs write that print what they have."""
    with suppress(msgspec.DecodeError, RecursionError):
        return [str(value) for value in msgspec.json.decode(text, type=list[str | int])]
    values, at = [], 1
    while shown := _SHOWN.match(text, at):
        values.append(_ESCAPED.sub(r"\1", shown[1][1:-1]))
        at = shown.end()
    return values if values and text[at - 1 :] == "]" else None


def _values(texts: Iterable[str]) -> tuple[str, ...] | None:
    return tuple([text for text in map(str.strip, texts) if text and text not in ANYWHERE]) or None


# What is kept is also shared: values that are one object are compared at once in whatever is derived of them.
_cached_split, _cached_values = lru_cache(maxsize=4096)(_split), lru_cache(maxsize=4096)(_values)
