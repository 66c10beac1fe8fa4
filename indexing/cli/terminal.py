"""The one way to the terminal: every line, table and answer that a command prints goes through here.

Contacts, URLs, e-mail addresses, headers and names of files are other people's words. They are shown as text: never
read as markup, and what would command a terminal, turn the direction of writing or hide between letters is shown as
an escape. A test lets nobody else print or draw.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import TextIO
from unicodedata import category, combining, east_asian_width

import click
import msgspec

_GAP = "  "
"""Between the columns of a table without a frame."""

_LEAST_WIDTH = 8
"""Of a column that is drawn. On a terminal that has less for each, tables are lines, which it breaks itself."""

# Control characters (Cc: C0, DEL, C1), marks of direction and of zero width (Cf), line and paragraph separators, halves
# of surrogates, and the letters that are drawn as nothing.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_BEYOND_ASCII = re.compile(r"[^ -~]")
_BEYOND_ASCII_LINES = re.compile(r"[^ -~\r\n]|\r(?!\n)")


class Table(msgspec.Struct, frozen=True):
    """What is shown in columns.

    Attributes:
        headers: of the columns; empty for a table without.
        rows: cells as they are, whoever wrote them.
        title: a line above it.
        framed: it has a frame on a terminal; elsewhere no table has. One without is set in by a space.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    framed: bool = True


def visible(text: str) -> str:
    r"""`text` on one line, without what a terminal would obey or hide: that is shown as in Python, e.g. `\x1b`."""
    return text if text.isascii() and text.isprintable() else _BEYOND_ASCII.sub(_shown, text)


def say(text: str) -> None:
    """A line on standard output."""
    _line(visible(text), sys.stdout)


def note(text: str) -> None:
    """A line on standard error: what is to be known, and is no part of the answer."""
    _line(visible(text), sys.stderr)


def heading(text: str) -> None:
    """A line on standard output that stands out, where that can be."""
    _line(click.style(visible(text), bold=True), sys.stdout)


def print_json(value: object) -> None:
    """`value` as one line of JSON on standard output; bytes are JSON already."""
    print_bytes((value if isinstance(value, bytes) else msgspec.json.encode(value)) + b"\n")


def print_json_indented(value: object) -> None:
    """`value` as JSON over several lines, for people."""
    print_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def print_bytes(data: bytes) -> None:
    """A part of an answer for programs (UTF-8) on standard output. Only on a terminal anything in it is escaped."""
    if sys.stdout.isatty():
        sys.stdout.write(_BEYOND_ASCII_LINES.sub(_shown_as_json, data.decode()))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def print_table(table: Table) -> None:
    """Show a table on standard output: drawn on a terminal; elsewhere in full width, without a frame or colours."""
    if table.title:
        say(table.title)
    cells = _visible_cells(table.rows)
    if _has_room(cells or [table.headers]):
        _draw(cells, table.headers, framed=table.framed, cut=False)
        return
    rows = [list(table.headers), *cells] if table.headers else cells
    for line in aligned(rows, widths_of(rows)):
        _line(line if table.framed else f" {line}", sys.stdout)


class GrowingTable:
    """A table whose rows are shown as they come, each on a line.

    On a terminal columns of equal width cut what does not fit. Elsewhere the first rows decide how wide columns are; a
    longer cell further down is not cut and takes its room.

    Args:
        headers: of the columns.
        framed: it has a frame on a terminal; for a table whose rows come all at once.
    """

    def __init__(self, headers: Sequence[str], *, framed: bool = False) -> None:
        self._headers, self._framed = headers, framed
        self._widths: Sequence[int] | None = None

    def print(self, rows: Iterable[Sequence[str]]) -> None:
        """Show the next rows."""
        cells, first = _visible_cells(rows), self._widths is None
        titled = [list(self._headers), *cells] if first else cells
        self._widths = self._widths or widths_of(titled)
        if _has_room([self._headers]):
            _draw(cells, self._headers, framed=self._framed, cut=True, titled=first)
            return
        for line in aligned(titled, self._widths):
            _line(line, sys.stdout)


def widths_of(rows: Iterable[Sequence[str]]) -> Sequence[int]:
    """How many columns of a terminal the columns of `rows` take."""
    return [max(map(_width, column)) for column in zip(*rows, strict=True)]


def aligned(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> Iterable[str]:
    """Lines in which the cells of a column begin below each other, where they are no wider than it."""
    for row in rows:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def _has_room(rows: Sequence[Sequence[str]]) -> bool:
    """Whether standard output is a terminal that is wide enough to draw on."""
    return sys.stdout.isatty() and get_terminal_size().columns >= _LEAST_WIDTH * len(rows[0])


def _visible_cells(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    return [[visible(cell) for cell in row] for row in rows]


def _draw(
    cells: Sequence[Sequence[str]], headers: Sequence[str], *, framed: bool, cut: bool, titled: bool = True
) -> None:
    from rich.box import HEAVY_HEAD  # noqa: PLC0415 - only what draws pays for the package
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table as Drawing  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    drawing = Drawing(show_header=titled and bool(headers), box=HEAVY_HEAD if framed else None, expand=cut)
    for header in headers:
        if cut:
            drawing.add_column(Text(header), no_wrap=True, overflow="ellipsis", ratio=1)
        else:
            drawing.add_column(Text(header), overflow="fold")
    for row in cells:
        drawing.add_row(*map(Text, row))
    Console(file=sys.stdout, highlight=False).print(drawing)


def _line(text: str, stream: TextIO) -> None:
    # What the stream's encoding lacks is better shown as an escape than not at all.
    encoding = stream.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)


def _shown(match: re.Match[str]) -> str:
    return _escape(match[0]) if _is_unseen(match[0]) else match[0]


def _shown_as_json(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    escape = "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
    return escape if _is_unseen(match[0]) else match[0]


def _is_unseen(character: str) -> bool:
    return category(character) in _UNSEEN or character in _BLANK_LETTERS


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _width(text: str) -> int:
    """Columns of a terminal that `text` takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)
