"""What goes to workers and back, in less time than it takes to pickle rows and structs one by one."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from indexing.sources.cells import Cell

_BETWEEN_CELLS, _BETWEEN_ROWS = "\x1f", "\x1e"


Reduced = str | tuple[Any, ...]
"""What a `__reduce__` gives."""


def packed(struct: msgspec.Struct) -> Reduced:
    """For the `__reduce__` of a struct that travels as MessagePack: all in it must be what that knows."""
    try:
        return partial(msgspec.msgpack.decode, type=type(struct)), (msgspec.msgpack.encode(struct),)
    except UnicodeEncodeError:
        # Lone surrogates, of which pickle knows.
        return msgspec.Struct.__reduce__(struct)


def joined_rows(rows: Sequence[Sequence[Cell]]) -> str | None:
    """Rows of texts as one text, for `separate_rows`; `None` if they are not all of one width and without control
    characters."""
    try:
        text = _BETWEEN_ROWS.join(map(_BETWEEN_CELLS.join, rows))  # type: ignore[arg-type] # else a `TypeError`
    except TypeError:
        return None
    width = len(rows[0]) if rows else 0
    cells_between, rows_between = text.count(_BETWEEN_CELLS), text.count(_BETWEEN_ROWS)
    if not width or cells_between != len(rows) * (width - 1) or rows_between != len(rows) - 1:
        return None
    return text if all(len(cells) == width for cells in rows) else None


def separate_rows(text: str) -> list[list[str]]:
    """The rows in a text of `joined_rows`."""
    return [line.split(_BETWEEN_CELLS) for line in text.split(_BETWEEN_ROWS)]
