"""Lists as people write them: between commas or semicolons, or as JSON."""

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

_CODES = frozenset({"sic_codes", "naics_codes"})
_ROUNDED_CODE = re.compile(r"(\d+)\.0+", re.ASCII)


def list_reader(field: str) -> Callable[[Any], tuple[str, ...] | None]:
    """The reader of the lists in `field`; what is kept of codes are the digits, also where a spreadsheet has made
    `7372.0` of them. Nothing is unreadable."""
    return _codes if field in _CODES else _list


def _list(cell: str | Sequence[Cell]) -> tuple[str, ...] | None:
    if isinstance(cell, str):
        return _cached_split(cell) if len(cell) <= _CACHED_LENGTH else _split(cell)
    texts = tuple(values_of(cell))
    return _cached_values(texts) if sum(map(len, texts)) <= _CACHED_LENGTH else _values(texts)


def _codes(cell: str | Sequence[Cell]) -> tuple[str, ...] | None:
    codes = _list(cell)
    return codes and tuple(_ROUNDED_CODE.sub(r"\1", code) if "." in code else code for code in codes)


def _split(text: str) -> tuple[str, ...] | None:
    """The values of a list: a JSON array as it is, anything else cut at commas and semicolons."""
    values = text.replace(";", ",").split(",")
    if text.startswith("["):
        with suppress(msgspec.DecodeError, RecursionError):
            values = [str(value) for value in msgspec.json.decode(text, type=list[str | int])]
    return _values(values)


def _values(texts: Iterable[str]) -> tuple[str, ...] | None:
    return tuple(text for text in map(str.strip, texts) if text and text not in ANYWHERE) or None


# What is kept is also shared: values that are one object are compared at once in whatever is derived of them.
_cached_split, _cached_values = lru_cache(maxsize=4096)(_split), lru_cache(maxsize=4096)(_values)
