"""Where a text can be cut, so that each part is read as it would be in one go: at rows that nothing above hangs on.

While a text is read from its beginning it is known in which byte of the file each of its lines begins, and after each
row whether anything that is decided below it still hangs on what is above.
"""

import codecs
import io
from collections.abc import Iterable, Iterator

import msgspec

from indexing.sources.base import Row
from indexing.sources.delimited import DelimitedTable
from indexing.sources.header_row import Header
from indexing.sources.lines import Lines
from indexing.sources.quotes import Dialect
from indexing.sources.table_rows import TableRows
from indexing.sources.text_encoding import Encoding

_REMEMBERED = 2000
"""Lines at the beginning of a text of which it is remembered where they begin: they are read ahead."""

_MARKS = {
    "utf-8-sig": ((codecs.BOM_UTF8, "utf-8"), (b"", "utf-8")),
    "utf-16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    "utf-32": ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
}
"""What a byte order mark says of the lines below it."""

_PLAIN = frozenset({"utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})
"""Encodings whose lines can be read by themselves, and come back as the bytes that they were."""


class Form(msgspec.Struct, frozen=True):
    """How the rows of a text are read from any line on.

    Attributes:
        codec, errors: its encoding, without a byte order mark.
        wrapped: each line is one cell, in which the others are.
    """

    codec: str
    errors: str
    dialect: Dialect
    wrapped: bool
    header: Header


class Mark(msgspec.Struct, frozen=True):
    """A place where a part of a text may begin.

    Attributes:
        begin: the byte of the file.
        line: the line that begins there.
        rows: above it, `lonely` of them with a single word.
        lines: where those above it have gone.
    """

    begin: int
    line: int
    rows: int
    lonely: int
    lines: Lines


def line_codec(encoding: Encoding, head: bytes) -> tuple[str, int] | None:
    """The codec of single lines of a text in `encoding` that begins with `head`, and the bytes of the mark before them.

    `None` where lines can't be read by themselves for certain: of some encodings a line does not tell its bytes.
    """
    name = codecs.lookup(encoding.codec).name
    for mark, codec in _MARKS.get(name, ()):
        if head.startswith(mark):
            return codec, len(mark)
    if name in _PLAIN or _has_a_byte_for_each_letter(encoding):
        return name, 0
    return None


def _has_a_byte_for_each_letter(encoding: Encoding) -> bool:
    every = bytes(range(256))
    try:
        for some in (every, every[::-1], b"\x1b$B!!\x1b(B"):
            text = some.decode(encoding.codec, encoding.errors)
            if len(text) != len(some) or text.encode(encoding.codec, encoding.errors) != some:
                return False
    except UnicodeError:
        return False
    return True


class MeasuredText:
    """The lines of a text, of which it is known where they begin in the file.

    Attributes:
        end: the byte behind the lines that were read so far.
    """

    def __init__(self, text: Iterable[str], codec: str, errors: str, begin: int) -> None:
        self._text, self._codec, self._errors = iter(text), codec, errors
        # Where it is so, most lines need not be encoded to be measured.
        self._as_ascii = "\n".encode(codec) == b"\n"
        self._starts = [begin]
        self._lines = 0
        self.end = begin

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        plain = self._as_ascii and line.isascii()
        self.end += len(line) if plain else len(line.encode(self._codec, self._errors))
        self._lines += 1
        if self._lines < _REMEMBERED:
            self._starts.append(self.end)
        return line

    def begin_of(self, line: int) -> int | None:
        """Where a line begins in the file; `None` if it is neither the next one nor among the first."""
        if line == self._lines + 1:
            return self.end
        return self._starts[line - 1] if line <= len(self._starts) else None


class Cuts:
    """Marks in a text of `size` bytes, about equally far apart, for at most so many `parts`; set while it is read.

    Attributes:
        marks: the first of them where the first row may begin.
    """

    def __init__(self, text: MeasuredText, size: int, parts: int) -> None:
        self._text, self._size = text, size
        self._targets = [size * part // parts for part in range(parts - 1, 0, -1)]
        self.marks: list[Mark] = []

    def passed_on(self, table: DelimitedTable, sorted_out: TableRows) -> Iterator[Row]:
        """The rows that `sorted_out` makes of `table`, with the marks set on the way."""
        self._set(table, sorted_out, 0)
        rows = 0
        for rows, row in enumerate(sorted_out, 1):
            if self._targets and self._text.end >= self._targets[-1] and table.settled and sorted_out.settled:
                self._set(table, sorted_out, rows)
            yield row
        if len(self.marks) > 1 and self.marks[-1].rows == rows:
            # Below it there is nobody: the lines there belong to the part above.
            self.marks.pop()

    def _set(self, table: DelimitedTable, sorted_out: TableRows, rows: int) -> None:
        """Set a mark behind so many rows, if that is far enough, and known for certain."""
        line = table.next_line
        begin = self._text.begin_of(line)
        if begin is None or (rows and not self._targets[-1] <= begin < self._size):
            return
        while self._targets and self._targets[-1] <= begin:
            self._targets.pop()
        lines = msgspec.structs.replace(sorted_out.lines, read=line - 1)
        self.marks.append(Mark(begin, line, rows, sorted_out.lonely, lines))


class Window(io.RawIOBase):
    """The bytes of an open file from `begin` up to `end`; to its end by default."""

    def __init__(self, file: io.FileIO, begin: int, end: int | None) -> None:
        self._file, self._left = file, (file.seek(0, io.SEEK_END) if end is None else end) - begin
        file.seek(begin)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview", /) -> int:  # type: ignore[override]
        """As of any raw stream."""
        count = self._file.readinto(memoryview(buffer)[: self._left]) or 0
        self._left -= count
        return count
