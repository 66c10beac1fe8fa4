"""Text tables as rows of cells: lines, cut at a delimiter, with quotes around cells that need them.

Every line that is read becomes part of a row, however the file is damaged. What the rows are, people or blank lines
or notes, is decided in `indexing.sources.table_rows`.
"""

import csv
import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from indexing.sources.base import Row
from indexing.sources.cells import Cell
from indexing.sources.header_row import SEARCHED, Header, find_header
from indexing.sources.quotes import MOST_LINES, UNCLOSED, BrokenRow, Dialect

DELIMITERS = ",;\t|"
LONGEST_FIELD = 16 * 1024 * 1024
"""Characters of one field; Python's own limit of 131,072 would end the load at the first long one."""

_AHEAD = 1000
"""Lines within which the header must come."""

_SEPARATOR_LINE = re.compile(r"""["']?sep=(.)["']?\s*$""", re.IGNORECASE)
"""How a spreadsheet is told the delimiter of a file, above its header."""


_WRAPPED = re.compile(r'"((?:[^"]|"")*)"(\s*)')
"""A line that has been made one cell: a spreadsheet does that with a file whose delimiter it does not know."""


class DelimitedRows:
    """The rows of a text from some line on, below its header.

    Args:
        text: its lines from there on, with their ends.
        dialect: how their cells are told apart.
        line: the number of the first of them in the file.
        wrapped: each of them is one cell, in which the others are.

    Attributes:
        read: lines that have been read.
        further: lines among them that a row before them went on with.
        next_line: the number of the first line below the row that was given last.
    """

    above: Sequence[Sequence[Cell]] = ()
    header_lines = 0

    def __init__(self, text: Iterator[str], dialect: Dialect, line: int, *, wrapped: bool = False) -> None:
        csv.field_size_limit(LONGEST_FIELD)
        self._text: Iterator[str] = map(_unwrapped, text) if wrapped else text
        self.dialect, self._line = dialect, line
        self._taken: list[str] = []
        self._again = deque[str]()
        self._looked_at = 0
        self.read, self.further, self.next_line = 0, 0, line

    @property
    def settled(self) -> bool:
        """No line below the row that was given last has been looked at, to tell what is wrong with one above it."""
        return self._looked_at < self.next_line

    @property
    def unfinished(self) -> bool:
        """The row that was given last ends without a line break: it is the last of the file, and may be cut off."""
        return bool(self._taken) and not self._taken[-1].endswith(("\n", "\r"))

    def rows(self, width: int, /) -> Iterator[Row]:
        """All rows below the header, which has `width` cells, also those without any cell."""
        taken, line = self._taken, self._line
        while True:
            reader = csv.reader(self._fed(), delimiter=self.dialect.delimiter, skipinitialspace=self.dialect.spaced)
            try:
                for cells in reader:
                    if len(taken) == 1:
                        self.next_line = line + 1
                        yield self._row_of_one_line(line, cells, width)
                        taken.clear()
                        line += 1
                        continue
                    row, lines = self._broken_row(line, cells, width)
                    self._looked_at, self.next_line = line + len(taken) - 1, line + lines
                    yield row
                    taken.clear()
                    line += lines
                    if self._again:
                        break
                else:
                    return
            except csv.Error as error:
                self._again.extendleft(reversed(taken[1:]))
                self._looked_at, self.next_line = line + len(taken) - 1, line + 1
                taken.clear()
                yield Row(line, (), f"the row is not CSV: {error}")
                line += 1

    def _row_of_one_line(self, line: int, cells: list[str], width: int) -> Row:
        """The row of the only line taken. Where cells are missing or quotes are odd, one may have taken some cells into
        another, or the whole line into one."""
        quotes = (text := self._taken[0]).count('"')
        if quotes and (len(cells) < width or quotes % 2):
            if len(cells) == 1 and len(inside := self.dialect.cells_of(cells[0])) == width:
                return Row(line, inside)
            row = BrokenRow(self.dialect)
            row.add(text)
            if row.swallows_cells:
                return Row(line, (text.rstrip("\r\n"),), UNCLOSED)
        return Row(line, cells)

    def _fed(self) -> Iterator[str]:
        """The lines, to the reader of cells; it asks for a second one only while a quote is open."""
        taken, again = self._taken, self._again
        while again:
            taken.append(again.popleft())
            yield taken[-1]
            if taken and self._goes_too_far():
                return
        for number, line in enumerate(self._text, self.read + 1):
            self.read = number
            taken.append(line)
            yield line
            if taken and self._goes_too_far():
                return
        if taken:
            # The file ends within the row. A row that needs no look has one line.
            taken.append("")

    def _goes_too_far(self) -> bool:
        if len(self._taken) == 1:
            self._row = BrokenRow(self.dialect)
        self._row.add(self._taken[-1])
        return self._row.overlong

    def _broken_row(self, line: int, cells: Sequence[str], width: int) -> tuple[Row, int]:
        """The row of the lines taken, or of those that are lost; and how many they are. The others are read again."""
        lines = [line for line in self._taken if line]
        for missing in lines[len(self._row.lines) :]:
            self._row.add(missing)
        damage = self._row.damage(cells, width)
        if damage is None:
            self.further += len(lines) - 1
            return Row(line, cells), len(lines)
        self.further += damage.lines - 1
        self._again.extendleft(reversed(lines[damage.lines :]))
        lost = "".join(lines[: damage.lines]).rstrip("\r\n")
        return Row(line, (lost,), damage.reason), damage.lines


class DelimitedTable(DelimitedRows):
    """A table in a text.

    Args:
        text: of which no line has been read, and whose lines come with their ends.
        delimiter: by default that of `sep=`, else the one under which most headers are known.
        named: headers that are known beside those that name a field.

    Attributes:
        header: `None` where no row seems to be one.
        above: the rows above the header, or all that were looked through.
        header_lines: lines of the header itself.
        wrapped: each line is one cell, in which the others are.
        others: none; a text is one table.
    """

    others: tuple[str, ...] = ()

    def __init__(self, text: Iterator[str], delimiter: str | None = None, named: Collection[str] = ()) -> None:
        head = list(islice(text, _AHEAD))
        if head:
            head[0] = head[0].removeprefix("\ufeff")
        begins = list(islice((at for at, line in enumerate(head) if line.strip()), SEARCHED))
        told = _SEPARATOR_LINE.match(head[begins[0]]) if begins else None
        delimiters = delimiter or (told[1] if told else DELIMITERS)
        self.header, dialect = _best_header(head, begins, delimiters, named)
        self.wrapped = self.header is None and bool(begins) and bool(_WRAPPED.fullmatch(head[begins[0]]))
        if self.wrapped:
            head = [*map(_unwrapped, head)]
            self.header, dialect = _best_header(head, begins, delimiters, named)
        above = len(head) if self.header is None else begins[self.header.at]
        header_lines = 0 if self.header is None else _row_at(head, above, dialect)[1]
        super().__init__(text, dialect, above + header_lines + 1, wrapped=self.wrapped)
        self.above = [dialect.cells_of(line) for line in head[:above]]
        self.header_lines = header_lines
        self.read = len(head)
        self._again = deque(head[above + header_lines :])


def _best_header(
    head: Sequence[str], begins: Sequence[int], delimiters: str, named: Collection[str]
) -> tuple[Header | None, Dialect]:
    """The header that begins on one of the lines `begins`, under the best of `delimiters`."""
    best, dialect = None, Dialect(delimiters[0])
    for delimiter in delimiters:
        tried = Dialect(delimiter)
        header = find_header((_row_at(head, at, tried)[0] for at in begins), named)
        if header is not None and (best is None or header.known > best.known):
            best, dialect = header, tried
    if best is not None:
        cells, _ = _row_at(head, begins[best.at], dialect)
        if len(cells) > 1 and all(cell.startswith(" ") for cell in cells[1:]):
            dialect = Dialect(dialect.delimiter, spaced=True)
    return best, dialect


def _unwrapped(line: str) -> str:
    wrapped = _WRAPPED.fullmatch(line)
    return wrapped[1].replace('""', '"') + wrapped[2] if wrapped else line


def _row_at(head: Sequence[str], at: int, dialect: Dialect) -> tuple[list[str], int]:
    """The row that begins on line `at` of `head`, and how many lines it has."""
    lines = islice(head, at, at + MOST_LINES)
    reader = csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=dialect.spaced)
    try:
        return next(reader, []), reader.line_num
    except csv.Error:
        return [], reader.line_num
