"""Rows that go over several lines: is it a cell with line breaks, or a quote that should not be there?

A quote that nobody closes would take every line up to the next quote with it. Three signs tell it from a cell that
really has line breaks; then only its first line is lost, and reading goes on at the next.
"""

import csv
from collections.abc import Sequence

import msgspec

from indexing.sources.cells import Cell

MOST_LINES = 50
"""Of one cell."""

UNCLOSED = "a quote is not closed before the next one opens"


class Dialect(msgspec.Struct, frozen=True):
    """How cells are told apart.

    Attributes:
        delimiter: one character.
        spaced: blanks after a delimiter do not belong to the cell.
    """

    delimiter: str
    spaced: bool = False

    def cells_of(self, line: str) -> list[str]:
        """The cells of one line, taken alone; none where it can't be told."""
        try:
            return next(csv.reader([line], delimiter=self.delimiter, skipinitialspace=self.spaced), [])
        except csv.Error:
            return []


class Damage(msgspec.Struct, frozen=True):
    """The first so many `lines` of a row are lost, the last of them to a quote that should not be there."""

    lines: int
    reason: str


class _BrokenCell(msgspec.Struct):
    """A quoted cell that began on line `first` of its row and has not ended there."""

    column: int
    first: int
    last: int | None = None
    well_closed: bool = True


class BrokenRow:
    """The lines of a row whose cells have line breaks, as they come."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._column = 0
        self._cells: list[_BrokenCell] = []
        self._open: _BrokenCell | None = None
        self.swallows_cells = False
        """A quoted cell with a delimiter in it begins and ends on one line, and something else follows its end."""
        self.lines: list[str] = []

    def add(self, line: str) -> None:
        """The next line, which goes on with the cell that is open."""
        at, number = 0, len(self.lines)
        self.lines.append(line)
        if self._open is not None:
            at = _after_closing(line, 0)
            if not at:
                return
            self._open.last = number
            self._open.well_closed = self._ends_cell(line, at)
            self._open = None
            at = self._next_cell(line, at)
        while at < len(line):
            begin = at + len(line[at:]) - len(line[at:].lstrip(" ")) if self._dialect.spaced else at
            if line.startswith('"', begin):
                at = _after_closing(line, begin + 1)
                if not at:
                    self._open = _BrokenCell(self._column, number)
                    self._cells.append(self._open)
                    return
                self.swallows_cells |= self._dialect.delimiter in line[begin:at] and not self._ends_cell(line, at)
            at = self._next_cell(line, at)

    @property
    def overlong(self) -> bool:
        """The cell that is open has as many lines as a cell may have, and goes on."""
        return self._open is not None and len(self.lines) - self._open.first >= MOST_LINES

    def damage(self, cells: Sequence[Cell], width: int) -> Damage | None:
        """What is wrong with the whole row, read as `cells`, under a header of `width` cells."""
        ragged = len(cells) < width or any(cells[width:])
        for cell in self._cells:
            reason = self._reason(cell, width, ragged)
            if reason is not None:
                return Damage(cell.first + 1, reason)
        return None

    def _reason(self, cell: _BrokenCell, width: int, ragged: bool) -> str | None:
        if cell.last is None:
            far = f"after {MOST_LINES} lines" if self.overlong else "before the file ends"
            return f"a quote is not closed {far}"
        if not cell.well_closed:
            return UNCLOSED
        if width > 1 and self._has_rows_inside(cell, width, ragged):
            return "a quote takes whole rows with it"
        return None

    def _has_rows_inside(self, cell: _BrokenCell, width: int, ragged: bool) -> bool:
        """Most lines inside are rows by themselves, or the last one is.

        That one ends outside the cell. Of a first column it always looks like a row, and of others seldom: prose has
        a blank after a comma.
        """
        assert cell.last is not None
        inside = [line for line in self.lines[cell.first + 1 : cell.last] if line.strip()]
        rows = sum(self._cells_alone(line, width) == width for line in inside)
        if inside and 2 * rows > len(inside):
            return True
        last = self._dialect.cells_of(self.lines[cell.last])
        usual = cell.column == 0 or self._dialect.spaced or any(text.startswith(" ") for text in last)
        return len(last) == width and (ragged or not usual)

    def _cells_alone(self, line: str, width: int) -> int:
        cells = self._dialect.cells_of(line)
        return len(cells) if any(cells[width:]) else min(len(cells), width)

    def _ends_cell(self, line: str, at: int) -> bool:
        return line[at : at + 1] in ("", "\r", "\n", self._dialect.delimiter)

    def _next_cell(self, line: str, at: int) -> int:
        delimiter = line.find(self._dialect.delimiter, at)
        if delimiter < 0:
            return len(line)
        self._column += 1
        return delimiter + 1


def _after_closing(line: str, at: int) -> int:
    """Where a quoted cell that is open at `at` is closed: the place after the quote; 0 if it is not."""
    while True:
        quote = line.find('"', at)
        if quote < 0:
            return 0
        if not line.startswith('"', quote + 1):
            return quote + 1
        at = quote + 2
