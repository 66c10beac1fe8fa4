"""The cells of one row → a contact item, or a reason why not.

Values are trimmed and typed, nothing else: what the source wrote is what is stored and sent back.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from mappings.errors import RowRejected, shorten
from search.fields import DATETIME_FIELDS, INTEGER_FIELDS, ITEM_FIELDS, LIST_FIELDS, LONG_MAX, ContactListItem

LONGEST_UUID = 128
"""Characters of a uuid. Elasticsearch takes identifiers of at most 512 bytes."""

_PHONES = frozenset(name for name in ITEM_FIELDS if name.endswith("_phone"))
_NUMBER = re.compile(r"'?\$?\s*(\d+(?:,\d{3})*(?:\.\d+)?)\s*([KMB])?\+?", re.IGNORECASE)
_SPAN = re.compile(r"'?\s*([\d,]+)\s*[-–—]\s*[\d,]+")
_SCALE = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
_LIST_SEPARATOR = re.compile(r"[,;]")


def item_of(cells: dict[str, str]) -> ContactListItem:
    """The contact in `cells` (item field → text as in the source).

    The uuid is the source's own, else made from the e-mail, else from the LinkedIn URL, else from the whole row, so
    that the same row has the same uuid in every load.

    Raises:
        RowRejected: the row is empty, or a value is not of its field's type; names field and value.
    """
    values: dict[str, Any] = {}
    for field, text in cells.items():
        stripped = text.strip()
        if stripped:
            values[field] = _READERS[field](field, stripped)
    if not values:
        raise RowRejected("the row is empty")
    if "uuid" not in values:
        values["uuid"] = _derived_uuid(values)
    return ContactListItem(**values)


def _derived_uuid(values: dict[str, Any]) -> str:
    name = values.get("email", "").lower() or values.get("person_linkedin_url")
    if not name:
        name = "\n".join(f"{field}={values[field]}" for field in ITEM_FIELDS if field in values)
    return str(uuid5(NAMESPACE_URL, name))


def _text(field: str, text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise RowRejected(f"{field}: the bytes are not of the source's encoding; give --encoding") from None
    return text


def _phone(field: str, text: str) -> str:
    return _text(field, text.removeprefix("'"))


def _uuid(field: str, text: str) -> str:
    if len(text) > LONGEST_UUID:
        raise RowRejected(f"{field}: {shorten(text)!r} is longer than {LONGEST_UUID} characters")
    return _text(field, text)


def _list(field: str, text: str) -> tuple[str, ...] | None:
    values = [value.strip() for value in _LIST_SEPARATOR.split(_text(field, text))]
    return tuple([value for value in values if value]) or None


@lru_cache(maxsize=16384)
def _integer(field: str, text: str) -> int:
    """A whole number as spreadsheets write it; of a span such as `11-50`, the lower end."""
    if span := _SPAN.fullmatch(text):
        text = span.group(1)
    number = _NUMBER.fullmatch(text)
    if not number:
        raise RowRejected(f"{field}: {shorten(text)!r} is not a number, e.g. 1200, 1,200, $1.5M or 11-50")
    digits, scale = number.group(1).replace(",", ""), _SCALE[(number.group(2) or "").lower()]
    value = int(digits) * scale if digits.isdecimal() else round(float(digits) * scale)
    if value > LONG_MAX:
        raise RowRejected(f"{field}: {shorten(text)!r} is over {LONG_MAX}")
    return value


@lru_cache(maxsize=16384)
def _datetime(field: str, text: str) -> str:
    """An ISO 8601 date or datetime as `YYYY-MM-DDTHH:MM:SS` in UTC."""
    try:
        parsed = datetime.fromisoformat(text.removesuffix(" UTC"))
        if parsed.tzinfo is not None:
            parsed = parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowRejected(f"{field}: {shorten(text)!r} is not a date, e.g. 2024-01-15 or 2024-01-15T10:30:00") from None
    return parsed.replace(tzinfo=None, microsecond=0).isoformat()


def _reader(field: str) -> Callable[[str, str], Any]:
    if field == "uuid":
        return _uuid
    for fields, reader in (
        (LIST_FIELDS, _list),
        (INTEGER_FIELDS, _integer),
        (DATETIME_FIELDS, _datetime),
        (_PHONES, _phone),
    ):
        if field in fields:
            return reader
    return _text


_READERS = {field: _reader(field) for field in ITEM_FIELDS}
