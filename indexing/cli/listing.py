"""The contacts that a search found, in the form that was asked for: a table, CSV, NDJSON or JSON.

CSV, NDJSON and the JSON of all contacts are the same bytes as REST's, from the same writers (`api.actions.exports`).
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing, nullcontext

import msgspec

from api.actions.exports import ItemStream, Sheet, cell, csv_parts, json_parts, ndjson_parts
from api.actions.requests import SearchRequest
from api.actions.service import ContactService
from api.actions.streams import TakeTurn
from api.actions.views import MATCHED, VIEWS
from api.actions.wording import words_of
from indexing.cli.terminal import GrowingTable, print_bytes, print_json, say
from mappings.errors import InvalidField

FORMS = ("table", "csv", "ndjson", "json")

_TABLE = ("name", "title", "company", "email", "place")
"""Columns of a table for which none are asked for."""

_item = msgspec.json.Decoder(dict[str, object]).decode


class Listing(msgspec.Struct, frozen=True):
    """How contacts are to be shown.

    Attributes:
        form: one of `FORMS`.
        columns: the fields to show, in this order; empty for those that the form has by itself.
    """

    form: str = "table"
    columns: tuple[str, ...] = ()


def columns_of(text: str, view: str, further: Sequence[str] = ()) -> tuple[str, ...]:
    """The fields in `text`, which are separated by commas; `further` ones are known beside those of the view.

    Raises:
        InvalidField: one is no field of a contact in this view.
    """
    names = tuple(name for part in text.split(",") if (name := part.strip()))
    known = (*VIEWS[view].shape.__struct_fields__, *further)
    for name in names:
        if name not in known:
            raise InvalidField(f"{name!r} is not a field of a contact in the {view} view{_elsewhere(name, known)}")
    if not names:
        raise InvalidField(f"names no field; there are {', '.join(known)}")
    return names


def tagged_columns(columns: tuple[str, ...], form: str) -> tuple[str, ...]:
    """`columns` with the one that says which of the URLs find a contact, at the end if it is not among them.

    A form without columns of its own has it by itself, at the end of each contact.
    """
    shown = columns or (_TABLE if form == "table" else ())
    return (*shown, MATCHED) if shown and MATCHED not in shown else shown


def _elsewhere(name: str, known: Sequence[str]) -> str:
    """The view that has the field, or else the fields that there are."""
    for other, view in VIEWS.items():
        if name in view.shape.__struct_fields__:
            return f"; --view {other} has it"
    return f", which has {', '.join(known)}"


async def print_page(service: ContactService, request: SearchRequest, listing: Listing) -> None:
    """Show one page of contacts; for people with how many there are in all, and the way to the neighbouring pages."""
    page = await service.page(request)
    if listing.form == "json":
        print_json(msgspec.structs.replace(page, items=picked(page.items, listing.columns)).encode())
        return
    total = await service.engine.count(page.plan.compiled)
    _say_total(total)
    print_contacts(page.items, {"next": page.next, "previous": page.previous}, listing.columns)


def print_contacts(items: Iterable[bytes], ends: Mapping[str, str | None], columns: Sequence[str] = ()) -> None:
    """Show a page of contacts as a table, and below it the cursors at its ends."""
    GrowingTable(columns or _TABLE, framed=True).print(_rows(items, columns))
    for end, cursor in ends.items():
        if cursor is not None:
            say(f"{end}: --cursor {cursor}")


async def print_stream(service: ContactService, request: SearchRequest, listing: Listing) -> None:
    """Show contacts batch by batch, however many."""
    stream = await service.stream_search(request)
    if listing.form == "table":
        _say_total(await service.engine.count((await service.plan(request)).compiled))
        table = GrowingTable(listing.columns or _TABLE)
        async with aclosing(stream.batches()) as batches:
            async for items in batches:
                table.print(_rows(items, listing.columns))
        return
    shown = Picked(stream, listing.columns) if listing.columns else stream
    if listing.form == "csv":
        words = await words_of(service, request)
        comment = "" if words is None else words.text
        sheet = Sheet(request.shown, listing.columns, request.spreadsheet_safe, comment)
        parts = csv_parts(stream, nullcontext, sheet)
    else:
        parts = (ndjson_parts if listing.form == "ndjson" else json_parts)(shown, nullcontext)
    async with aclosing(parts):
        async for part in parts:
            print_bytes(part)
    if listing.form == "json":
        print_bytes(b"\n")


class Picked:
    """A stream's contacts with some of their fields only."""

    def __init__(self, stream: ItemStream, columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, columns

    @property
    def metadata(self) -> bytes:
        """As the stream's."""
        return self._stream.metadata

    async def batches(self, take_turn: TakeTurn) -> AsyncGenerator[list[bytes]]:
        """The items as JSON."""
        async with aclosing(self._stream.batches(take_turn)) as batches:
            async for items in batches:
                yield picked(items, self._columns)


def picked(items: list[bytes], columns: Sequence[str]) -> list[bytes]:
    """`items` with these of their fields, in this order; as they are for no columns."""
    if not columns:
        return items
    return [msgspec.json.encode({name: contact.get(name) for name in columns}) for contact in map(_item, items)]


def _say_total(count: int) -> None:
    say("1 contact" if count == 1 else f"{count:,} contacts")


def _rows(items: Iterable[bytes], columns: Sequence[str]) -> list[list[str]]:
    contacts = map(_for_people, map(_item, items))
    return [[_text(contact.get(name)) for name in columns or _TABLE] for contact in contacts]


def _for_people(contact: Mapping[str, object]) -> dict[str, object]:
    name = _joined(" ", contact, ("first_name", "last_name"))
    return {**contact, "name": name, "place": _joined(", ", contact, ("city", "country"))}


def _joined(separator: str, contact: Mapping[str, object], names: Iterable[str]) -> str:
    return separator.join(str(contact[name]) for name in names if contact.get(name))


def _text(value: object) -> str:
    return "" if value is None else str(cell(value))
