"""The cells of one row → a contact, and what had to be left out of it; or the reason why it is none.

What the source wrote is what is stored and sent back: values are trimmed and typed, and what stands for nothing is
nothing. A value that can't be read costs itself, no more. A cell is a text or, where the source has types, a value; a
value of its field's own type is taken as it is, any other is read as the text that a CSV would have.

A reader is made once for a source. Its quick way is for files: all fields are picked, trimmed and compared with the
placeholders at once, then those with a type are read. What few files need are steps of their own (`indexing.steps`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec

from indexing.repairs import Repair
from indexing.row import Row
from indexing.sources.cells import Cell, is_sound, text_of
from indexing.sources.columns import Column, ColumnMapping
from indexing.steps import best_place, parting, steps_of
from indexing.values.names import ADDRESS_FORMS
from indexing.values.placeholders import ANYWHERE, placeholders_of
from indexing.values.readers import EMAILS, ValueReader, own_types, value_reader
from indexing.values.unreadable import Unreadable
from mappings.errors import RowRejected
from search.fields import ALL_FIELDS, ContactCompleteItem

_UUID, _FIRST, _LAST, _TITLE, _EMAIL, _PROFILE = map(
    ALL_FIELDS.index, ("uuid", "first_name", "last_name", "title", "email", "person_linkedin_url")
)
_MARKED = ANYWHERE | ADDRESS_FORMS
"""Texts that are not what they seem in one field or another. Few rows have one."""

_ADDRESSES = tuple(map(ALL_FIELDS.index, EMAILS))
_PLACEHOLDERS = [placeholders_of(field) for field in ALL_FIELDS]
_OWN_TYPES = [own_types(field) for field in ALL_FIELDS]
_OF_A_COMPANY = re.compile(r"linkedin\.com/(?:company|school|showcase|groups)/", re.IGNORECASE)

_UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
"""What no one sees and copying leaves around texts: blanks of no width, and marks of direction around phone numbers."""

_AROUND = f"{_UNSEEN} \t\r\n\xa0"
_QUOTED = re.compile(r'="(.*)"', re.DOTALL)
"""How programs keep a spreadsheet from reading `01234` as a number: `="01234"`."""

NOBODY = "the row names nobody: it has no name, no e-mail and no LinkedIn profile of a person"


class Draft(msgspec.Struct, frozen=True):
    """What one row has made.

    Attributes:
        contact: its uuid is the row's own, "" where the row has none.
        repairs: the values that could not be read.
    """

    contact: ContactCompleteItem
    repairs: tuple[Repair, ...] = ()


ContactReader = Callable[[Sequence[Cell]], Draft]


@lru_cache(maxsize=64)
def contact_reader(mapping: ColumnMapping, strict_values: bool = False) -> ContactReader:
    """The function that makes a contact of a row's cells, in a source with the columns of `mapping`.

    It raises `RowRejected` if the row names nobody, or its text is damaged. A value that can't be read is null and a
    repair; with `strict_values` it rejects the row.
    """
    places = [best_place(mapping, field) for field in ALL_FIELDS]
    # A cell follows those of the row, empty, for fields without a column.
    pick: Callable[[Sequence[Any]], tuple[Any, ...]] = itemgetter(
        *(len(mapping.columns) if place is None else place for place in places)
    )
    readers = list(_readers(mapping, places))
    steps, part = steps_of(mapping), parting(mapping)

    def read(whole: Sequence[Cell], bare: bool = False) -> Draft:
        cells = whole if part is None else part(whole)
        try:
            text = "".join(whole)  # type: ignore[arg-type] # texts alone, as a file has them: the quick way
            values: list[Any] = [cell or None for cell in map(str.strip, pick((*cells, "")))]
            plain = _MARKED.isdisjoint(values)
        except TypeError:
            text = "" if is_sound(whole) else "".join(map(text_of, whole))
            values, plain = list(map(_value, pick((*cells, None)), _OWN_TYPES)), False
        if not text.isascii() or "\0" in text:
            encoded = _checked(text, mapping, whole)
            # The signs are E2… and EF… in UTF-8: to look for one byte is many times as quick.
            if (b"\xe2" in encoded or b"\xef" in encoded) and not bare and any(map(text.__contains__, _UNSEEN)):
                return read([*map(_bare, whole)], bare=True)
        if "=" in text and '="' in text and not bare:
            return read([*map(_bare, whole)], bare=True)
        # Most rows need none: it is made when there is something to put in it.
        row = None if plain and not steps else Row(cells, whole, values, strict_values)
        if row is not None and not plain:
            _drop_placeholders(row, places, mapping)
        for at, field, reader, column in readers:
            cell = values[at]
            if cell is not None:
                try:
                    values[at] = reader(cell)
                except Unreadable as bad:
                    row = row or Row(cells, whole, values, strict_values)
                    row.unread(at, field, column, cell, bad)
        for step in steps:
            step.take(row)  # type: ignore[arg-type] # where there are steps, there is a row
        if row is None and (profile := values[_PROFILE]) is not None and "/sales/" in profile:
            row = Row(cells, whole, values, strict_values)
        return finished(values, row)

    return read


def finished(values: list[Any], row: Row | None) -> Draft:
    """What has become of the values of a contact, and of their row if it needed one. Raises `RowRejected`."""
    repairs = () if row is None else row.finished()
    if values[_EMAIL] is None and values[_FIRST] is None and values[_LAST] is None:
        _check_somebody(values)
    if values[_UUID] is None:
        values[_UUID] = ""
    return Draft(ContactCompleteItem(*values), repairs)


def is_odd(text: str) -> bool:
    """Text of cells needs a closer look: it may be damaged, or have something around it that is none of it."""
    if '="' in text or "\0" in text:
        return True
    if text.isascii():
        return False
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        return True
    return (b"\xe2" in encoded or b"\xef" in encoded) and any(map(text.__contains__, _UNSEEN))


def _readers(mapping: ColumnMapping, places: Sequence[int | None]) -> Iterator[tuple[int, str, ValueReader, Column]]:
    """The readers of fields that have a column and are no plain text."""
    for at, (field, place) in enumerate(zip(ALL_FIELDS, places, strict=True)):
        if place is not None and (reader := value_reader(field, mapping.columns[place], mapping.dates)):
            yield at, field, reader, mapping.columns[place]


def _value(cell: Cell, types: frozenset[type]) -> Any:
    if type(cell) is str:
        return cell.strip() or None
    return cell if cell is None or type(cell) in types else text_of(cell).strip() or None


def _bare(cell: Cell) -> Cell:
    """A text without what programs have put around it."""
    if type(cell) is not str:
        return cell
    found = _QUOTED.fullmatch(text := cell.strip(_AROUND))
    return found[1] if found else text


def _drop_placeholders(row: Row, places: Sequence[int | None], mapping: ColumnMapping) -> None:
    """Make nothing of what stands for nothing; and a `Title` of Outlook is `Ms.`, which is nobody's job."""
    values = row.values
    for at, nothing in enumerate(_PLACEHOLDERS):
        if type(value := values[at]) is str and value in nothing:
            values[at] = None
    if (place := places[_TITLE]) is not None and values[_TITLE] in ADDRESS_FORMS:
        row.keep(mapping.columns[place], values[_TITLE])
        values[_TITLE] = None


def _check_somebody(values: Sequence[Any]) -> None:
    """Raises `RowRejected` where neither a uuid, nor an address, nor a profile tells who the contact is."""
    profile = values[_PROFILE]
    if profile is not None and _OF_A_COMPANY.search(profile):
        profile = None
    if profile is None and values[_UUID] is None and all(values[at] is None for at in _ADDRESSES):
        raise RowRejected(NOBODY)


def _checked(text: str, mapping: ColumnMapping, cells: Sequence[Cell]) -> bytes:
    """`text`, that of `cells`, in UTF-8; nothing where it is not that in columns that are left out.

    Refuses what no store takes: bytes that were not of the source's encoding, which come as lone surrogates, and NUL,
    the mark of a damaged file or of UTF-16 taken for something else.
    """
    with suppress(UnicodeEncodeError):
        encoded = text.encode()
        if "\0" not in text:
            return encoded
    for column, cell in zip(mapping.columns, cells, strict=False):
        if column.left_out:
            continue
        name, damaged = column.field or column.name, text_of(cell)
        try:
            damaged.encode()
        except UnicodeEncodeError:
            raise RowRejected(f"{name} has bytes that are not of the source's encoding; give --encoding") from None
        if "\0" in damaged:
            raise RowRejected(f"{name} has a NUL byte; is the file damaged, or in another --encoding?")
    return b""
