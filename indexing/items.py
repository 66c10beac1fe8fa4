"""The cells of one row → a contact item, or a reason why not.

Values are trimmed and typed, nothing else: what the source wrote is what is stored and sent back. A cell is a text or,
where the source has types, a value; a value of its field's own type is taken as it is, any other is read as the text
that a CSV would have. So the same contacts come of a database and of its export.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from operator import itemgetter
from typing import Any

import msgspec

from indexing.cell_readers import OWN_TYPES, READERS
from indexing.sources.cells import Cell, is_sound, text_of
from indexing.sources.columns import ColumnMapping
from mappings.errors import RowRejected
from search.fields import ITEM_FIELDS, ContactCompleteItem

_UUID = ITEM_FIELDS.index("uuid")

ItemReader = Callable[[Sequence[Cell]], ContactCompleteItem]


@cache
def item_reader(fields: tuple[str | None, ...]) -> ItemReader:
    """The function that reads rows of a source whose columns mean `fields`; `None` is a column to pass over.

    It makes a contact of a row's cells. The uuid is the source's own, else empty. It raises
    `RowRejected` if the row is empty or a value is not of its field's type, naming field and value.
    """
    # A cell follows those of the row, empty, for fields without a column.
    places = [fields.index(name) if name in fields else len(fields) for name in ITEM_FIELDS]
    in_item_order: Callable[[Sequence[Any]], tuple[Any, ...]] = itemgetter(*places)
    readers = [(at, name, READERS[name]) for at, name in enumerate(ITEM_FIELDS) if name in READERS]
    own_types = [OWN_TYPES.get(name, frozenset()) for name in ITEM_FIELDS]

    def read(cells: Sequence[Cell]) -> ContactCompleteItem:
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
            values[_UUID] = ""
            if not any(values):
                raise RowRejected("the row is empty")
        return ContactCompleteItem(*values)

    return read


class Draft(msgspec.Struct, frozen=True):
    """What a row says; its uuid is the row's own, else empty."""

    contact: ContactCompleteItem


def contact_reader(columns: ColumnMapping, strict_values: bool) -> Callable[[Sequence[Cell]], Draft]:  # noqa: ARG001
    """The function that makes a contact of a row's cells. It raises `RowRejected`."""
    read = item_reader(columns.fields)
    return lambda cells: Draft(read(cells))


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
