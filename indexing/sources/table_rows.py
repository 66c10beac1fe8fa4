"""The rows of a table sorted out: people apart from blank lines, headers that come again, and words below the last row.

What a file's rows become here is what a load counts: rows, some of them damaged, and the rest by kind.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from indexing.data import read_data
from indexing.sources.base import Row
from indexing.sources.cells import Cell, text_of
from indexing.sources.header_row import Header, one_line
from indexing.sources.lines import Lines

MOST_WORDS = 10
"""Lines of words below the last row. A file with more of them has such rows."""

_BLANKS = ("", "\xa0", *(" " * blanks for blanks in range(1, 21)))
"""How a row of blanks begins."""

_MOST_LONELY = 0.01
"""Share of rows with a single word above which words at the end are rows too."""


_SUMS = frozenset(read_data("sums", list[str]))
"""The words of what a sum is called, without case; a name beside a number is somebody."""

_BEGIN_SUMS = frozenset(spelling for word in _SUMS for spelling in (word, word.upper(), word.capitalize()))
_AMOUNT = re.compile(r"[.,'’\s$€£¥%()+-]*\d[\d.,'’\s$€£¥%()+-]*", re.ASCII)
_IDENTITY = re.compile(r"[@/\d]")
"""In a single word, that of somebody."""


class Table(Protocol):
    """A file whose header has been found.

    Attributes:
        above: the rows above the header.
        header_lines: lines of the header.
        read: lines that have been read so far.
        further: lines among them that a row before them went on with.
        unfinished: the row that was given last ends where the file ends, in the middle of a line.
    """

    above: Sequence[Sequence[Cell]]
    header_lines: int
    read: int
    further: int

    @property
    def unfinished(self) -> bool: ...

    def rows(self, width: int, /) -> Iterator[Row]:
        """All rows below the header."""
        ...


class TableRows:
    """The rows of people in `table`, each with a cell for every column of `header`.

    Args:
        rows: of the file, above those of the table; `lonely` of them had a single word.

    Attributes:
        lonely: rows so far that had a single word.
    """

    def __init__(self, table: Table, header: Header, rows: int = 0, lonely: int = 0) -> None:
        self._table, self._header = table, header
        self._width = len(header.cells)
        self._named = max(at for at, cell in enumerate(header.cells, 1) if cell)
        self._spelled = list(header.cells[: self._named])
        self._plain = [cell.casefold() for cell in self._spelled]
        self._headers = table.header_lines
        self._notes = sum(map(is_filled, table.above))
        self._blank = len(table.above) - self._notes
        self._short = 0
        self._rows = rows
        self.lonely = lonely
        self._words: list[tuple[Row, bool]] = []
        self._holds_back = False

    def __iter__(self) -> Iterator[Row]:
        width = self._width
        second, third = min(1, width - 1), min(2, width - 1)
        odd = {self._header.begins, self._header.cells[0], *_BLANKS, *_BEGIN_SUMS}
        odd |= {f"\ufeff{begin}" for begin in odd}
        for row in self._table.rows(width):
            cells = row.cells
            # As nearly all rows are. Whatever stands out is looked at closely.
            if len(cells) == width and cells[second] and cells[third] and cells[0] not in odd and not self._words:
                self._rows += 1
                yield row
            else:
                yield from self._sorted(row)
        yield from self._ended()

    @property
    def lines(self) -> Lines:
        """Where the lines have gone; it adds up when the rows have come to their end."""
        table = self._table
        return Lines(table.read, self._headers, self._notes, self._blank, table.further, self._short)

    @property
    def settled(self) -> bool:
        """All rows that the table has given were passed on: it goes on below the last of them."""
        return not self._words and not self._holds_back

    def _sorted(self, row: Row) -> Iterator[Row]:
        cells = row.cells
        if row.problem is None:
            if not is_filled(cells):
                self._blank += 1
                return
            if self._is_header(cells):
                self._headers += 1
                self._notes += len(self._words)
                self._words.clear()
                return
            if _is_sum(cells):
                self._notes += 1
                return
            if len(self._words) < MOST_WORDS and self._are_words(cells):
                self._words.append((row, self._table.unfinished))
                return
        yield from self._words_as_rows()
        self._rows += 1
        yield self._fitted(row, self._table.unfinished)

    def _ended(self) -> Iterator[Row]:
        if self._rows and self.lonely <= _MOST_LONELY * self._rows:
            self._notes += len(self._words)
            self._words.clear()
        yield from self._words_as_rows()

    def _words_as_rows(self) -> Iterator[Row]:
        """People go on below them, so these are people too."""
        words, self._words = self._words, []
        self._rows += len(words)
        self.lonely += len(words)
        self._holds_back = bool(words)
        for row, unfinished in words:
            yield self._fitted(row, unfinished)
        self._holds_back = False

    def _fitted(self, row: Row, unfinished: bool) -> Row:
        """A row with as many cells as the header has, or with a problem."""
        count, width = len(row.cells), self._width
        if row.problem is not None or count == width:
            return row
        if count > width:
            if not is_filled(row.cells[width:]):
                return Row(row.line, row.cells[:width])
            return msgspec.structs.replace(row, problem=f"the row has {count} cells where the header has {width}")
        if count < self._named:
            if unfinished:
                problem = f"the file ends within the row: it has {count} cells where the header has {width}"
                return msgspec.structs.replace(row, problem=problem)
            self._short += 1
        return Row(row.line, [*row.cells, *[""] * (width - count)])

    def _is_header(self, cells: Sequence[Cell]) -> bool:
        if len(cells) < self._named or one_line(cells[0]).casefold() != self._plain[0]:
            return False
        # In its own spelling, as a rule; to make each cell plain takes a hundred times as long.
        same = cells[: self._named] == self._spelled
        plain = self._plain if same else [one_line(cell).casefold() for cell in cells[: self._named]]
        return plain == self._plain and not is_filled(cells[self._named :])

    def _are_words(self, cells: Sequence[Cell]) -> bool:
        """A text that stands alone, or prose that was cut at its commas; nobody's address, number or profile."""
        if self._width < 3 or (len(cells) == self._width and cells.count("") < self._width - 2):
            return False
        texts = (text for text in map(text_of, cells) if text.strip())
        first, short = next(texts), len(cells) < self._named
        # Of a row of somebody no more than the second text is looked at.
        return all(short and text.startswith(" ") for text in texts) and (
            " " in first.strip() or not _IDENTITY.search(first)
        )


def is_filled(cells: Sequence[Cell]) -> bool:
    """Any of the cells holds something that can be seen."""
    try:
        # A file has texts alone. To join them takes a tenth of the time of asking each.
        return bool("".join(cells).strip())  # type: ignore[arg-type]
    except TypeError:
        return any(cell is not None and text_of(cell).strip() for cell in cells)


def _is_sum(cells: Sequence[Cell]) -> bool:
    """`Total,,,12`, also between people: words that name a sum, and beside them nothing but amounts."""
    texts = filter(None, map(str.strip, map(text_of, cells)))
    words = next(texts, "").casefold().strip(" :=.").split()
    if not words or not _SUMS.issuperset(words):
        return False
    amounts = list(texts)
    return bool(amounts) and all(map(_AMOUNT.fullmatch, amounts))
