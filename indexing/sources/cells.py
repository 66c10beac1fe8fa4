"""What a cell of a row holds, and how it reads as text.

A file has texts alone. A database has values of its columns' types, which `indexing.items` takes as they are; what is
not of the field's type, and every row in the reject file, is shown the way a CSV would have it.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from search.fields import LIST_FIELDS

Cell = str | bool | int | float | Decimal | datetime | date | UUID | Sequence["Cell"] | None
"""`None` is an empty cell. A value of any other type counts as its `str`, but an object of JSON as that."""

_json = msgspec.json.Encoder(enc_hook=str).encode


def text_of(cell: Cell) -> str:
    """A cell as a CSV would have it. The values of a list stand in one text, joined by `; `."""
    return _TEXT_OF.get(type(cell), str)(cell)


def text_of_field(field: str | None, cell: Cell) -> str:
    """The same of a cell that means `field`: the values of a list field as JSON, whatever commas they hold."""
    if field in LIST_FIELDS and isinstance(cell, list | tuple):
        # Not msgspec: a row with a lone surrogate is rejected, and has to be shown all the same.
        return json.dumps(values_of(cell), ensure_ascii=False, separators=(",", ":"))
    return text_of(cell)


def values_of(cells: Sequence[Cell]) -> list[str]:
    """The values of a list as texts, without the empty cells."""
    return [cell if type(cell) is str else text_of(cell) for cell in cells if cell is not None]


def size_of(cells: Sequence[Cell]) -> int:
    """How much a row holds, for the size of batches: characters, or bytes of JSON where not all cells are texts."""
    try:
        # A file has texts alone. To join them takes half the time of asking each.
        return len("".join(cells))  # type: ignore[arg-type]
    except TypeError:
        pass
    try:
        # The quickest way through cells of all types.
        return len(_json(cells))
    except UnicodeEncodeError:
        return sum(map(len, map(text_of, cells)))


def is_sound(cells: Sequence[Cell]) -> bool:
    """No text in a row, also within lists, has a NUL or a lone surrogate. Quick; it may doubt a sound row."""
    try:
        return rb"\u0000" not in _json(cells)
    except UnicodeEncodeError:
        return False


_TEXT_OF: dict[type, Callable[[Any], str]] = {
    str: str,
    type(None): lambda _: "",
    bool: lambda truth: "true" if truth else "false",
    float: lambda number: format(Decimal(str(number)), "f"),
    Decimal: lambda number: format(number, "f"),
    date: date.isoformat,
    datetime: datetime.isoformat,
    dict: lambda members: json.dumps(members, ensure_ascii=False, separators=(",", ":"), default=text_of),
    list: lambda cells: "; ".join(values_of(cells)),
    tuple: lambda cells: "; ".join(values_of(cells)),
}
