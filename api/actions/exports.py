"""The forms of an answer with contacts: one JSON object, NDJSON (a contact a line), CSV.

CSV has the names of the fields as its header, which `contacts index csv` reads again, the values of a list joined by
`, `, and nothing for null. Values are quoted as RFC 4180 says and otherwise left as they are: one that a spreadsheet
takes for a formula is not changed, so open a file of foreign contacts with care.
"""

import csv
import io
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import Protocol

import msgspec

from api.actions.streams import TakeTurn, parts_of
from search.fields import ContactListItem, ContactSimpleItem

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"

VIEWS: Mapping[str, type[msgspec.Struct]] = {"full": ContactListItem, "simple": ContactSimpleItem}
"""View → what contacts are in it."""

ROWS_AT_ONCE = 200
"""Rows of CSV that are made in one go: some milliseconds, then others have their turn."""


class ItemStream(Protocol):
    """Contacts in batches, e.g. a `SearchStream`."""

    @property
    def metadata(self) -> bytes:
        """The end of the answer, as in `Plan`."""

    def batches(self, take_turn: TakeTurn) -> AsyncGenerator[list[bytes]]:
        """The items as JSON."""


async def json_parts(stream: ItemStream, take_turn: TakeTurn) -> AsyncGenerator[bytes]:
    """The same bytes as the finished answer. There are no neighbouring pages of everything."""
    separator = b'{"next":null,"previous":null,"results":['
    async with aclosing(stream.batches(take_turn)) as batches:
        async for items in batches:
            for part in parts_of(items):
                yield separator + part
                separator = b","
    yield (b"" if separator == b"," else separator) + b"]" + stream.metadata + b"}"


async def ndjson_parts(stream: ItemStream, take_turn: TakeTurn) -> AsyncGenerator[bytes]:
    """A contact a line."""
    async with aclosing(stream.batches(take_turn)) as batches:
        async for items in batches:
            yield ndjson(items)


async def csv_parts(
    stream: ItemStream, take_turn: TakeTurn, *, simple: bool, columns: Sequence[str] = ()
) -> AsyncGenerator[bytes]:
    """A header, then a contact a row. The header comes with the first rows: before them all may still fail."""
    header = csv_header(simple=simple, columns=columns)
    async with aclosing(stream.batches(take_turn)) as batches:
        async for items in batches:
            for at in range(0, len(items), ROWS_AT_ONCE):
                yield header + csv_rows(items[at : at + ROWS_AT_ONCE], simple=simple, columns=columns)
                header = b""
    if header:
        yield header


def ndjson(items: Sequence[bytes]) -> bytes:
    """`items`, one a line."""
    return b"".join([item + b"\n" for item in items])


def csv_header(*, simple: bool, columns: Sequence[str] = ()) -> bytes:
    """The names of the fields, of which there may be some asked for."""
    return _lines([columns or _shape(simple).__struct_fields__])


def csv_rows(items: Sequence[bytes], *, simple: bool, columns: Sequence[str] = ()) -> bytes:
    """`items` as rows."""
    decoder = msgspec.json.Decoder(_shape(simple))
    contacts = map(decoder.decode, items)
    if columns:
        return _lines([[cell(getattr(contact, name)) for name in columns] for contact in contacts])
    return _lines([map(cell, msgspec.structs.astuple(contact)) for contact in contacts])


def cell(value: object) -> object:
    """What a column holds of a value."""
    return ", ".join(value) if isinstance(value, list | tuple) else value


def _shape(simple: bool) -> type[msgspec.Struct]:
    return VIEWS["simple" if simple else "full"]


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
