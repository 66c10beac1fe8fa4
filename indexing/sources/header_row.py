"""Which row of a table is its header: notes may stand above it."""

import re
from collections.abc import Collection, Iterable, Sequence

import msgspec

from indexing.sources.cells import Cell, text_of
from indexing.sources.columns import known_headers
from mappings.text import normalise

SEARCHED = 20
"""Rows that are looked through for the header, blank ones aside."""

_LONGEST = 500
"""Characters of a header. What is longer is a text."""

_ADDRESS = re.compile(r"\S@\S+\.\S|://")
"""In a row of people, never in a header."""


class Header(msgspec.Struct, frozen=True):
    """The header of a table.

    Attributes:
        at: how many of the rows that were looked through stand above it.
        cells: as written, line breaks and byte order marks aside.
        begins: the first of them as it stands in the file.
        known: how many of them name a field.
    """

    at: int
    cells: tuple[str, ...]
    begins: str
    known: int


def find_header(rows: Iterable[Sequence[Cell]], named: Collection[str] = ()) -> Header | None:
    """The header among the first `rows`; `None` if none of them names a field.

    It is the first that has over half of the known names that any of them has: a row of people may hold such a word,
    and a second, longer header below must not make notes of the people above it.

    Args:
        named: further headers that are known, from `--map`.
    """
    known = {normalise(header) for header in named}
    found = [header for at, row in enumerate(rows) if (header := _header_of(at, row, known)).known]
    most = max((header.known for header in found), default=0)
    return next((header for header in found if 2 * header.known > most), None)


def one_line(cell: Cell) -> str:
    """A cell of a header as one line, without the byte order mark of a file that was appended."""
    return " ".join(text_of(cell).replace("\ufeff", "").split())


def _header_of(at: int, row: Sequence[Cell], named: Collection[str]) -> Header:
    cells, begins = tuple(map(one_line, row)), text_of(row[0]) if row else ""
    if any(len(cell) > _LONGEST or _ADDRESS.search(cell) for cell in cells):
        return Header(at, cells, begins, 0)
    by_hand = sum(normalise(cell) in named and not known_headers([cell]) for cell in cells) if named else 0
    return Header(at, cells, begins, known_headers(cells) + by_hand)
