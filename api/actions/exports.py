"""The forms of an answer with contacts: one JSON object, NDJSON (a contact a line), CSV.

CSV has the names of the fields as its header, which `contacts index csv` reads again, the values of a list joined by
`, `, `true` or `false`, an object as JSON, and nothing for null. Values are quoted as RFC 4180 says and otherwise left
as they are: only where it is asked to be safe for spreadsheets is one that they take for a formula changed.
"""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Protocol

import msgspec

from api.actions.streams import TakeTurn, parts_of
from api.actions.views import View

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"

ROWS_AT_ONCE = 200
"""Rows of CSV that are made in one go: some milliseconds, then others have their turn."""


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""

_AMBIGUOUS = re.compile(r"[,;|\r\n]|^\[|^\s|\s$|^$")
"""What a value of a list has in it that reading a list takes for something else."""


class ItemStream(Protocol):
    """Contacts in batches, e.g. a `SearchStream`."""

    @property
    def metadata(self) -> bytes:
        """The end of the answer, as in `Plan`."""

    def batches(self, take_turn: TakeTurn) -> AsyncGenerator[list[bytes]]:
        """The items as JSON."""


class Sheet(msgspec.Struct, frozen=True):
    """How contacts become CSV.

    Attributes:
        view: of the contacts.
        columns: the fields that are shown; all of the view, if none are named.
        safe: for spreadsheets: a text that one takes for a formula is told from one by an apostrophe, and what it is
            encoded in by a byte order mark.
        comment: a line before the header; nothing: there is none.
    """

    view: View
    columns: Sequence[str] = ()
    safe: bool = False
    comment: str = ""

    def header(self) -> bytes:
        """What stands above the rows: the comment, the names of the fields."""
        comment = [[f"# {self.comment}"]] if self.comment else []
        lines = _lines([*comment, self.columns or self.view.shape.__struct_fields__])
        return BOM_UTF8 + lines if self.safe else lines

    def rows(self, items: Sequence[bytes]) -> bytes:
        """`items`, which are as they are sent, as rows."""
        decoder, listed = msgspec.json.Decoder(self.view.shape), _exactly if self.view.complete else ", ".join
        contacts = map(decoder.decode, items)
        rows = (
            [[getattr(contact, name) for name in self.columns] for contact in contacts]
            if self.columns
            else map(msgspec.structs.astuple, contacts)
        )
        cells = [[cell(value, listed) for value in row] for row in rows]
        return _lines([map(_harmless, row) for row in cells] if self.safe else cells)


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


async def csv_parts(stream: ItemStream, take_turn: TakeTurn, sheet: Sheet) -> AsyncGenerator[bytes]:
    """A header, then a contact a row. The header comes with the first rows: before them all may still fail."""
    header = sheet.header()
    async with aclosing(stream.batches(take_turn)) as batches:
        async for items in batches:
            for at in range(0, len(items), ROWS_AT_ONCE):
                yield header + sheet.rows(items[at : at + ROWS_AT_ONCE])
                header = b""
    if header:
        yield header


def ndjson(items: Sequence[bytes]) -> bytes:
    """`items`, one a line."""
    return b"".join([item + b"\n" for item in items])


def cell(value: object, listed: Callable[[Sequence[str]], str] = ", ".join) -> object:
    """A value as the `csv` module takes it; `listed` makes the text of a list."""
    if isinstance(value, tuple | list):
        return listed([*map(str, value)])
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value) if isinstance(value, dict) else value


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _exactly(texts: Sequence[str]) -> str:
    """A list whose values would not be read back from their join, as JSON: whole contacts can be loaded again."""
    return _json(texts) if any(map(_AMBIGUOUS.search, texts)) else ", ".join(texts)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
