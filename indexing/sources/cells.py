"""What a cell of a row holds, and how it reads as text.

A file has texts alone. A database has values of its columns' types, which `indexing.items` takes as they are; what is
not of the field's type, and every row in the reject file, is shown the way a CSV would have it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from search.fields import LIST_FIELDS

Cell = str | bool | int | float | Decimal | datetime | date | UUID | Sequence["Cell"] | None
"""`None` is an empty cell. A value of any other type counts as its `str`."""

_WITHOUT_TEXT = frozenset({type(None), bool, int, float, Decimal, datetime, date, UUID})


def text_of(cell: Cell) -> str:
    """A cell as a CSV would have it. The values of a list stand in one text, joined by `; `."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal | float):
        return format(Decimal(str(cell)), "f")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, list | tuple):
        return "; ".join([text_of(part) for part in cell if part is not None])
    return str(cell)


def text_of_field(field: str | None, cell: Cell) -> str:
    """The same of a cell that means `field`: the values of a list field as JSON, whatever commas they hold."""
    if field in LIST_FIELDS and isinstance(cell, list | tuple):
        return msgspec.json.encode([text_of(part) for part in cell if part is not None]).decode()
    return text_of(cell)


def texts_of(cells: Sequence[Cell]) -> list[str]:
    """All text in a row: its texts, and what of other values is not made of digits and the like."""
    return [cell if isinstance(cell, str) else text_of(cell) for cell in cells if type(cell) not in _WITHOUT_TEXT]


def characters_of(cells: Sequence[Cell]) -> int:
    """How much text a row has: what its batch is measured by."""
    try:
        return sum(map(len, cells))  # type: ignore[arg-type] # texts alone, as a file has them
    except TypeError:
        return sum(map(len, texts_of(cells)))
