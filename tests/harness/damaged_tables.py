"""Text tables of made-up people, with what happens to files in a known number: what must come of them is known too."""

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec
from hypothesis import strategies as st

from indexing.sources.lines import Lines

HEADER = ("First Name", "Last Name", "Title", "Company", "Email")

_Make = Callable[[int, str], Sequence[str]]


class Piece(msgspec.Struct, frozen=True):
    """Some lines of a table.

    Attributes:
        lines: without their ends.
        person: the first name that must be live; `None` where these lines are nobody.
        damaged: they are a row that must be rejected.
        counted: the attribute of `Lines` that counts them, where they are no row.
        short: cells are missing.
    """

    lines: tuple[str, ...]
    person: str | None = None
    damaged: bool = False
    counted: str | None = None
    short: bool = False


class DamagedTable(msgspec.Struct, frozen=True):
    """A table, and what must come of it.

    Attributes:
        people: their first names.
        damaged: the lines on which the rows begin that must be rejected.
    """

    text: str
    people: list[str]
    damaged: list[int]
    lines: Lines


def _cells(number: int) -> list[str]:
    return [f"P{number}", f"Q{number}", "CEO", f"Acme {number}", f"p{number}@c{number}.example"]


def _person(column: int, cell: str) -> Callable[[int, str], Piece]:
    """A person with this text in one cell."""

    def made(number: int, delimiter: str) -> Piece:
        cells = _cells(number)
        cells[column] = cell.replace(",", delimiter)
        return Piece(tuple(delimiter.join(cells).split("\n")), person=cells[0])

    return made


def _stray(column: int) -> Callable[[int, str], Piece]:
    """A quote before one cell, which nobody closes."""

    def made(number: int, delimiter: str) -> Piece:
        cells = _cells(number)
        cells[column] = f'"{cells[column]}'
        return Piece((delimiter.join(cells),), damaged=True)

    return made


def _short(number: int, delimiter: str) -> Piece:
    cells = _cells(number)[: 2 + number % 3]
    return Piece((delimiter.join(cells),), person=cells[0], short=True)


def _same(line: str, counted: str) -> Callable[[int, str], Piece]:
    return lambda _, delimiter: Piece((line.replace(",", delimiter),), counted=counted)


KINDS: Mapping[str, Callable[[int, str], Piece]] = {
    "plain": _person(2, "CTO"),
    "quoted": _person(3, '"Acme, Inc"'),
    "nothing quoted": _person(2, '""'),
    "quotes doubled": _person(2, '"the ""real"" boss, they say"'),
    "two lines": _person(2, '"CEO\nand founder"'),
    "lines in the first cell of two": _person(1, '"de\n\nla Mar"'),
    "lines at the end": _person(4, '"p@c.example\ntea, coffee\n and cake"'),
    "quotes within": _person(2, 'CEO "the boss"'),
    "one quote within": _person(3, 'Acme 5" Pipes'),
    "quotes not doubled": _person(2, '"CTO, "acting""'),
    "a quote at the end": _person(4, 'p@c.example"'),
    "blanks before a quote": _person(2, ' "CEO"'),
    "surplus empty": lambda number, delimiter: Piece((delimiter.join([*_cells(number), "", ""]),), f"P{number}"),
    "short": _short,
    "surplus": lambda number, delimiter: Piece((delimiter.join([*_cells(number), "more"]),), damaged=True),
    **{f"stray {column}": _stray(column) for column in range(len(HEADER))},
    "bare commas": _same(",,,,", "blank"),
    "a bare comma": _same(",", "blank"),
    "blank": _same("", "blank"),
    "blanks": _same("  ", "blank"),
    "header": _same(",".join(HEADER), "header"),
}
"""What may stand below the header: number of the person, delimiter → its lines."""

ABOVE = ("Notes:", "", 'Leads of the "North', '"An open quote', "A list, made by hand", ",,")
BELOW = ("Total: 300", "Confidential", "", ",,,,", "Made by hand, in March", "Total,300,,,")

_KIND = st.sampled_from(sorted(KINDS))


@st.composite
def damaged_tables(draw: st.DrawFn) -> DamagedTable:
    """Tables of up to 70 rows, in all mixes of damage."""
    delimiter = draw(st.sampled_from(",;\t|"))
    kinds = ["plain", *draw(st.lists(_KIND | st.just("plain"), max_size=70))]
    pieces = [_note(line, delimiter) for line in draw(st.lists(st.sampled_from(ABOVE), max_size=4))]
    pieces.append(Piece((delimiter.join(HEADER),), counted="header"))
    pieces += [KINDS[kind](number, delimiter) for number, kind in enumerate(kinds)]
    cut = draw(st.booleans())
    if not cut:
        pieces += [_note(line, delimiter) for line in draw(st.lists(st.sampled_from(BELOW), max_size=4))]
    else:
        pieces.append(Piece((delimiter.join(("Pcut", "Qcut", "CE")),), damaged=True))
    ends = draw(st.sampled_from((["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"])))
    text = "".join(line + draw(st.sampled_from(ends)) for piece in pieces for line in piece.lines)
    return _table(text.rstrip("\r\n") if cut else text, pieces)


def _note(line: str, delimiter: str) -> Piece:
    # A comma of prose has a blank behind it.
    written = re.sub(r",(?! )", delimiter, line)
    return Piece((written,), counted="notes" if written.strip(delimiter) else "blank")


def _table(text: str, pieces: Sequence[Piece]) -> DamagedTable:
    counts = dict.fromkeys(("read", "header", "notes", "blank", "further", "short"), 0)
    damaged = []
    for piece in pieces:
        if piece.damaged:
            damaged.append(counts["read"] + 1)
        counts["read"] += len(piece.lines)
        counts[piece.counted or "further"] += len(piece.lines) - (piece.counted is None)
        counts["short"] += piece.short
    people = [piece.person for piece in pieces if piece.person is not None]
    return DamagedTable(text, people, damaged, Lines(**counts))
