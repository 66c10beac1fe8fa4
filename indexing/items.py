"""The cells of one row → a contact item, or a reason why not.

Values are trimmed and typed, nothing else: what the source wrote is what is stored and sent back.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha1
from operator import itemgetter
from typing import Any
from uuid import NAMESPACE_URL

import msgspec

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

Reader = Callable[[str, str], Any]
ItemReader = Callable[[Sequence[str]], ContactListItem]


@cache
def item_reader(fields: tuple[str | None, ...]) -> ItemReader:
    """The function that reads rows of a source whose columns mean `fields`; `None` is a column to pass over.

    It makes a contact of a row's cells (text as in the source). The uuid is the source's own, else made from the
    e-mail, else from the LinkedIn URL, else from the whole row, so that the same row has the same uuid in every load.
    It raises `RowRejected` if the row is empty or a value is not of its field's type, naming field and value.
    """
    # A cell follows those of the row, empty, for fields without a column.
    places = [fields.index(name) if name in fields else len(fields) for name in ITEM_FIELDS]
    in_item_order: Callable[[Sequence[str]], tuple[str, ...]] = itemgetter(*places)
    readers = [(at, name, _READERS[name]) for at, name in enumerate(ITEM_FIELDS) if name in _READERS]

    def read(cells: Sequence[str]) -> ContactListItem:
        whole = "".join(cells)
        if not whole.isascii() or "\0" in whole:
            _check_text(whole, fields, cells)
        values: list[Any] = [text or None for text in map(str.strip, in_item_order((*cells, "")))]
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


def _check_text(whole: str, fields: Sequence[str | None], cells: Sequence[str]) -> None:
    """Refuses what no store takes: bytes that were not of the source's encoding, which come as lone surrogates, and
    NUL, the mark of a damaged file or of UTF-16 taken for something else."""
    with suppress(UnicodeEncodeError):
        whole.encode()
        if "\0" not in whole:
            return
    for field, text in zip(fields, cells, strict=False):
        if field is None:
            continue
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


def _list(_field: str, text: str) -> tuple[str, ...] | None:
    return _cached_list(text) if len(text) <= _CACHED_LENGTH else _split(text)


def _split(text: str) -> tuple[str, ...] | None:
    """The values of a list: a JSON array as it is, anything else cut at commas and semicolons."""
    values = text.replace(";", ",").split(",")
    if text.startswith("["):
        with suppress(msgspec.DecodeError, RecursionError):
            values = msgspec.json.decode(text, type=list[str])
    return tuple(filter(None, map(str.strip, values))) or None


_cached_list = lru_cache(maxsize=4096)(_split)


def _integer(field: str, text: str) -> int:
    """A whole number as spreadsheets write it; of a span such as `11-50`, the lower end."""
    return _cached_integer(field, text[:_LONGEST_NUMBER])


@lru_cache(maxsize=4096)
def _cached_integer(field: str, text: str) -> int:
    if span := _SPAN.fullmatch(text):
        text = span.group(1)
    number = _NUMBER.fullmatch(text) if len(text) < _LONGEST_NUMBER else None
    if not number:
        raise RowRejected(f"{field}: {shorten(text)!r} is not a number, e.g. 1200, 1,200, $1.5M or 11-50")
    digits, scale = number.group(1).replace(",", ""), _SCALE[(number.group(2) or "").lower()]
    value = int(digits) * scale if digits.isdecimal() else round(float(digits) * scale)
    if value > LONG_MAX:
        raise RowRejected(f"{field}: {shorten(text)!r} is over {LONG_MAX}")
    return value


def _datetime(field: str, text: str) -> str:
    """An ISO 8601 date or datetime as `YYYY-MM-DDTHH:MM:SS` in UTC."""
    # Not kept: a time of day hardly ever comes twice, a date does.
    with suppress(ValueError):
        if _DATETIME.fullmatch(text):
            datetime.fromisoformat(text)
            return text
    return _cached_utc(field, text) if len(text) <= _CACHED_LENGTH else _utc(field, text)


def _utc(field: str, text: str) -> str:
    try:
        parsed = datetime.fromisoformat(text.removesuffix(" UTC"))
        if parsed.tzinfo is not None:
            parsed = parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowRejected(f"{field}: {shorten(text)!r} is not a date, e.g. 2024-01-15 or 2024-01-15T10:30:00") from None
    return parsed.replace(tzinfo=None, microsecond=0).isoformat()


_cached_utc = lru_cache(maxsize=4096)(_utc)


_READERS: dict[str, Reader] = {
    **dict.fromkeys(LIST_FIELDS, _list),
    **dict.fromkeys(INTEGER_FIELDS, _integer),
    **dict.fromkeys(DATETIME_FIELDS, _datetime),
    **dict.fromkeys(PHONE_FIELDS, _phone),
    "uuid": _uuid,
}
"""Fields that are more than text."""
