"""The forms of an answer with contacts: one JSON object, NDJSON (a contact a line), CSV.

CSV has the names of the fields as its header, which `contacts index csv` reads again, the values of a list joined by
`, `, and nothing for null. Values are quoted as RFC 4180 says and otherwise left as they are: one that a spreadsheet
takes for a formula is not changed, so open a file of foreign contacts with care.
"""

import csv
import io
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing

import msgspec

from api.actions.streams import SearchStream, TakeTurn, parts_of
from search.fields import ContactListItem, ContactSimpleItem

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"

ROWS_AT_ONCE = 200
"""Rows of CSV that are made in one go: some milliseconds, then others have their turn."""


async def json_parts(stream: SearchStream, take_turn: TakeTurn) -> AsyncGenerator[bytes]:
    """The same bytes as the finished answer. There are no neighbouring pages of everything."""
    separator = b'{"next":null,"previous":null,"results":['
    async with aclosing(stream.batches(take_turn)) as batches:
        async for items in batches:
            for part in parts_of(items):
                yield separator + part
                separator = b","
    yield (b"" if separator == b"," else separator) + b"]" + stream.metadata + b"}"


async def ndjson_parts(stream: SearchStream, take_turn: TakeTurn) -> AsyncGenerator[bytes]:
    """A contact a line."""
    async with aclosing(stream.batches(take_turn)) as batches:
        async for items in batches:
            yield ndjson(items)


async def csv_parts(stream: SearchStream, take_turn: TakeTurn, *, simple: bool) -> AsyncGenerator[bytes]:
    """A header, then a contact a row. The header comes with the first rows: before them all may still fail."""
    header = csv_header(simple=simple)
    async with aclosing(stream.batches(take_turn)) as batches:
        async for items in batches:
            for at in range(0, len(items), ROWS_AT_ONCE):
                yield header + csv_rows(items[at : at + ROWS_AT_ONCE], simple=simple)
                header = b""
    if header:
        yield header


def ndjson(items: Sequence[bytes]) -> bytes:
    """`items`, one a line."""
    return b"".join([item + b"\n" for item in items])


def csv_header(*, simple: bool) -> bytes:
    """The names of the fields."""
    return _lines([_shape(simple).__struct_fields__])


def csv_rows(items: Sequence[bytes], *, simple: bool) -> bytes:
    """`items` as rows."""
    decoder = msgspec.json.Decoder(_shape(simple))
    rows = [msgspec.structs.astuple(decoder.decode(item)) for item in items]
    return _lines([[", ".join(value) if isinstance(value, tuple) else value for value in row] for row in rows])


def _shape(simple: bool) -> type[msgspec.Struct]:
    return ContactSimpleItem if simple else ContactListItem


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
