"""One cell → what is stored of it, by the type of its field: lists, numbers, datetimes, phones, uuids.

Cells are texts or, where the source has types, values. A value of its field's own type gives what its text would.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from indexing.sources.cells import Cell, text_of, values_of
from mappings.errors import RowRejected, shorten
from search.fields import FORMS, LONG_MAX
from search.kinds import Form

LONGEST_UUID = 128
"""Characters of a uuid. Elasticsearch takes identifiers of at most 512 bytes."""

_LONGEST_NUMBER = 128

_NUMBER = re.compile(r"'?\$?\s*(\d+(?:,\d{3})*(?:\.\d+)?)\s*([KMB])?\+?", re.IGNORECASE)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_SPAN = re.compile(r"'?\s*([\d,]+)\s*[-–—]\s*[\d,]+")
_SCALE = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}

_CACHED_LENGTH = 512
"""Longer values are read anew each time, so that no cache grows beyond a few megabytes."""

CellReader = Callable[[str, Any], Any]
"""From a field and its cell, a text that is trimmed and not empty or a value of the field's type, to what is stored.
It raises `RowRejected`, naming field and value, of anything else."""


def _phone(_field: str, text: str) -> str:
    return text.removeprefix("'")


def _uuid(field: str, text: str) -> str:
    if len(text) > LONGEST_UUID:
        raise RowRejected(f"{field}: {shorten(text)!r} is longer than {LONGEST_UUID} characters")
    return text


def _list(_field: str, cell: str | Sequence[Cell]) -> tuple[str, ...] | None:
    if isinstance(cell, str):
        return _cached_split(cell) if len(cell) <= _CACHED_LENGTH else _split(cell)
    texts = tuple(values_of(cell))
    return _cached_values(texts) if sum(map(len, texts)) <= _CACHED_LENGTH else _values(texts)


def _split(text: str) -> tuple[str, ...] | None:
    """The values of a list: a JSON array as it is, anything else cut at commas and semicolons."""
    values = text.replace(";", ",").split(",")
    if text.startswith("["):
        with suppress(msgspec.DecodeError, RecursionError):
            values = msgspec.json.decode(text, type=list[str])
    return _values(values)


def _values(texts: Iterable[str]) -> tuple[str, ...] | None:
    return tuple(filter(None, map(str.strip, texts))) or None


# What is kept is also shared: values that are one object are compared at once in whatever is derived of them.
_cached_split, _cached_values = lru_cache(maxsize=4096)(_split), lru_cache(maxsize=4096)(_values)


def _integer(field: str, cell: str | int | Decimal) -> int:
    """A whole number, also as spreadsheets write it; of a span such as `11-50`, the lower end."""
    if isinstance(cell, str):
        return _cached_integer(field, cell[:_LONGEST_NUMBER])
    number = cell
    if isinstance(number, Decimal):
        if not number.is_finite() or number.is_signed():
            raise _no_number(field, text_of(cell))
        # As its text would be read: whole digits as they are, a fraction as the nearest float.
        number = int(number) if int(number.as_tuple().exponent) >= 0 else round(float(number))
    if number < 0:
        raise _no_number(field, text_of(cell))
    return _bounded(field, number, cell)


@lru_cache(maxsize=4096)
def _cached_integer(field: str, text: str) -> int:
    if span := _SPAN.fullmatch(text):
        text = span.group(1)
    number = _NUMBER.fullmatch(text) if len(text) < _LONGEST_NUMBER else None
    if not number:
        raise _no_number(field, text)
    digits, scale = number.group(1).replace(",", ""), _SCALE[(number.group(2) or "").lower()]
    return _bounded(field, int(digits) * scale if digits.isdecimal() else round(float(digits) * scale), text)


def _bounded(field: str, number: int, cell: Cell) -> int:
    if number > LONG_MAX:
        raise RowRejected(f"{field}: {shorten(text_of(cell))!r} is over {LONG_MAX}")
    return number


def _no_number(field: str, text: str) -> RowRejected:
    return RowRejected(f"{field}: {shorten(text)!r} is not a number, e.g. 1200, 1,200, $1.5M or 11-50")


def _datetime(field: str, cell: str | date) -> str:
    """An ISO 8601 date or datetime as `YYYY-MM-DDTHH:MM:SS` in UTC."""
    if not isinstance(cell, str):
        return _utc(field, cell)
    # Not kept: a time of day hardly ever comes twice, a date does.
    with suppress(ValueError):
        if _DATETIME.fullmatch(cell):
            datetime.fromisoformat(cell)
            return cell
    return _cached_utc(field, cell) if len(cell) <= _CACHED_LENGTH else _utc(field, cell)


def _utc(field: str, cell: str | date) -> str:
    try:
        moment = datetime.fromisoformat(cell.removesuffix(" UTC")) if isinstance(cell, str) else cell
        if not isinstance(moment, datetime):
            return f"{moment.isoformat()}T00:00:00"
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        text = shorten(text_of(cell))
        raise RowRejected(f"{field}: {text!r} is not a date, e.g. 2024-01-15 or 2024-01-15T10:30:00") from None
    return moment.isoformat(timespec="seconds")


_cached_utc = lru_cache(maxsize=4096)(_utc)


_OF_FORM: dict[Form, tuple[CellReader, frozenset[type]]] = {
    Form.LIST: (_list, frozenset({list, tuple})),
    Form.INTEGER: (_integer, frozenset({int, Decimal})),
    Form.DATETIME: (_datetime, frozenset({date, datetime})),
    Form.PHONE: (_phone, frozenset()),
}

READERS = {name: _OF_FORM[form][0] for name, form in FORMS.items() if form in _OF_FORM} | {"uuid": _uuid}
"""Field → its reader; fields that are not here are plain text."""

OWN_TYPES = {name: _OF_FORM[form][1] for name, form in FORMS.items() if form in _OF_FORM}
"""Field → the types that its reader takes besides text."""
