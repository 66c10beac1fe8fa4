"""The cells of one row → a contact item, or a reason why not.

Values are trimmed and typed, nothing else: what the source wrote is what is stored and sent back. A cell is a text or,
where the source has types, a value; a value of its field's own type is taken as it is, any other is read as the text
that a CSV would have. So the same contacts come of a database and of its export.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import sha1
from operator import itemgetter
from typing import Any
from uuid import NAMESPACE_URL

import msgspec

from indexing.sources.cells import Cell, is_sound, text_of, values_of
from mappings.errors import RowRejected, shorten
from search.fields import (
    DATETIME_FIELDS,
    INTEGER_FIELDS,
    ITEM_FIELDS,
    LIST_FIELDS,
    LONG_MAX,
    PHONE_FIELDS,
    ContactListItem,
)

LONGEST_UUID = 128
"""Characters of a uuid. Elasticsearch takes identifiers of at most 512 bytes."""

_LONGEST_NUMBER = 128

_UUID, _EMAIL, _LINKEDIN = map(ITEM_FIELDS.index, ("uuid", "email", "person_linkedin_url"))
_NUMBER = re.compile(r"'?\$?\s*(\d+(?:,\d{3})*(?:\.\d+)?)\s*([KMB])?\+?", re.IGNORECASE)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_SPAN = re.compile(r"'?\s*([\d,]+)\s*[-–—]\s*[\d,]+")
_SCALE = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
_NAMESPACE = NAMESPACE_URL.bytes

_CACHED_LENGTH = 512
"""Longer values are read anew each time, so that no cache grows beyond a few megabytes."""

CellReader = Callable[[str, Any], Any]
"""From a field and its cell, a text that is trimmed and not empty or a value of the field's type, to what is stored."""

ItemReader = Callable[[Sequence[Cell]], ContactListItem]


@cache
def item_reader(fields: tuple[str | None, ...]) -> ItemReader:
    """The function that reads rows of a source whose columns mean `fields`; `None` is a column to pass over.

    It makes a contact of a row's cells. The uuid is the source's own, else made from the e-mail, else from the
    LinkedIn URL, else from the whole row, so that the same row has the same uuid in every load. It raises
    `RowRejected` if the row is empty or a value is not of its field's type, naming field and value.
    """
    # A cell follows those of the row, empty, for fields without a column.
    places = [fields.index(name) if name in fields else len(fields) for name in ITEM_FIELDS]
    in_item_order: Callable[[Sequence[Any]], tuple[Any, ...]] = itemgetter(*places)
    readers = [(at, name, _READERS[name]) for at, name in enumerate(ITEM_FIELDS) if name in _READERS]
    own_types = [_OWN_TYPES.get(name, frozenset()) for name in ITEM_FIELDS]

    def read(cells: Sequence[Cell]) -> ContactListItem:
        try:
            whole = "".join(cells)  # type: ignore[arg-type] # texts alone, as a file has them: the quick way
            values: list[Any] = [text or None for text in map(str.strip, in_item_order((*cells, "")))]
        except TypeError:
            whole = "" if is_sound(cells) else "".join(map(text_of, cells))
            values = [
                (cell.strip() or None)
                if type(cell) is str
                else (cell if cell is None or type(cell) in types else text_of(cell).strip() or None)
                for cell, types in zip(in_item_order((*cells, None)), own_types, strict=True)
            ]
        if not whole.isascii() or "\0" in whole:
            _check_text(whole, fields, cells)
        for at, name, reader in readers:
            if values[at] is not None:
                values[at] = reader(name, values[at])
        if values[_UUID] is None:
            values[_UUID] = _derived_uuid(values)
        return ContactListItem(*values)

    return read


def _derived_uuid(values: Sequence[Any]) -> str:
    name = (values[_EMAIL] or "").lower() or values[_LINKEDIN]
    if not name:
        named = zip(ITEM_FIELDS, values, strict=True)
        name = "\n".join([f"{field}={value}" for field, value in named if value is not None])
        if not name:
            raise RowRejected("the row is empty")
    # A UUIDv5 (RFC 9562), as `uuid.uuid5(NAMESPACE_URL, name)` makes it, in half the time.
    digest = bytearray(sha1(_NAMESPACE + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _check_text(whole: str, fields: Sequence[str | None], cells: Sequence[Cell]) -> None:
    """Refuses what no store takes: bytes that were not of the source's encoding, which come as lone surrogates, and
    NUL, the mark of a damaged file or of UTF-16 taken for something else."""
    with suppress(UnicodeEncodeError):
        whole.encode()
        if "\0" not in whole:
            return
    for field, cell in zip(fields, cells, strict=False):
        if field is None:
            continue
        text = text_of(cell)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise RowRejected(f"{field}: the bytes are not of the source's encoding; give --encoding") from None
        if "\0" in text:
            raise RowRejected(f"{field}: there is a NUL byte; is the file damaged, or in another --encoding?")


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


_READERS: dict[str, CellReader] = {
    **dict.fromkeys(LIST_FIELDS, _list),
    **dict.fromkeys(INTEGER_FIELDS, _integer),
    **dict.fromkeys(DATETIME_FIELDS, _datetime),
    **dict.fromkeys(PHONE_FIELDS, _phone),
    "uuid": _uuid,
}
"""Fields that are more than text."""

_OWN_TYPES: dict[str, frozenset[type]] = {
    **dict.fromkeys(LIST_FIELDS, frozenset({list, tuple})),
    **dict.fromkeys(INTEGER_FIELDS, frozenset({int, Decimal})),
    **dict.fromkeys(DATETIME_FIELDS, frozenset({date, datetime})),
}
"""The types that the readers of these fields take besides text."""
