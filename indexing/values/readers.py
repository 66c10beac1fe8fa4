"""A field → how its cells are read: the table of the values.

Cells are texts, trimmed and not empty, or values of the field's own type, where the source has types. A value of the
own type gives what its text would.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from indexing.sources.columns import Column
from indexing.sources.dates import DateOrder
from indexing.sources.headers import header_key
from indexing.values.dates import date_reader
from indexing.values.emails import email
from indexing.values.lists import list_reader
from indexing.values.numbers import number_reader
from indexing.values.phones import phone
from indexing.values.truths import truth, verified
from indexing.values.unreadable import Unreadable
from search.fields import FORMS
from search.kinds import Form

EMAILS = ("email", "secondary_email", "tertiary_email")
"""The fields of addresses, the first to be filled first."""

LONGEST_UUID = 128
"""Characters of a uuid. Elasticsearch takes identifiers of at most 512 bytes."""

ValueReader = Callable[[Any], Any]
"""From a cell to what is stored of it; `None` is nothing. It raises `Unreadable`."""

_OWN_TYPES: dict[Form, frozenset[type]] = {
    Form.LIST: frozenset({list, tuple}),
    Form.INTEGER: frozenset({int, Decimal}),
    Form.DATETIME: frozenset({date, datetime}),
    Form.TRUTH: frozenset({bool}),
}


def own_types(field: str) -> frozenset[type]:
    """The types that the reader of `field` takes besides text."""
    return _OWN_TYPES.get(FORMS[field], frozenset())


def value_reader(field: str, column: Column, dates: DateOrder) -> ValueReader | None:
    """The reader of `field` in `column`; `None` for text, which is what it is."""
    if field in EMAILS:
        return email
    if field == "uuid":
        return _uuid
    if field == "email_status" and header_key(column.header).endswith("verified"):
        return verified
    match FORMS[field]:
        case Form.INTEGER:
            return number_reader(field, column.scale)
        case Form.DATETIME:
            return date_reader(dates)
        case Form.LIST:
            return list_reader(field)
        case Form.PHONE:
            return phone
        case Form.TRUTH:
            return truth
        case _:
            return None


def _uuid(text: str) -> str:
    if len(text) > LONGEST_UUID:
        raise Unreadable(f"is longer than {LONGEST_UUID} characters")
    return text
