"""Rows over several lines: cells with line breaks, and quotes that should not be there."""

import csv
import io
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.sources.quotes import MOST_LINES, BrokenRow, Damage, Dialect

COMMA = Dialect(",")
OPEN_AT_END = "a quote is not closed before the file ends"
TOO_LONG = "a quote is not closed after 50 lines"
NEXT_OPENS = "a quote is not closed before the next one opens"
ROWS = "a quote takes whole rows with it"


def damage(lines: str, width: int, cells: Sequence[str] | None = None, dialect: Dialect = COMMA) -> Damage | None:
    row = BrokenRow(dialect)
    for line in lines.splitlines(keepends=True):
        row.add(line)
    return row.damage(["x"] * width if cells is None else cells, width)


@pytest.mark.parametrize(
    "lines",
    [
        'Ann,"1 Main St\nAustin",CEO\n',
        '"Ann\nMarie",Alpha,CEO\n',
        'Ann,Alpha,"CEO\n\nand founder"\n',
        'Ann,Alpha,"CEO\nand founder"',
        'Ann,Alpha,"CEO\r\nand founder"\r\n',
        'Ann,Alpha,"CEO\rand founder"\r',
        'Ann,"She says ""hi"",\nand ""bye"""," CEO"\n',
        'Ann,"Notes:\nknows Bob, who left\nlikes tea, coffee, and cake",CEO\n',
        'Ann "the\n',
        '"A\nB","C\nD","E\nF"\n',
        '"A\nB",plain "quoted" text,"E\nF"\n',
    ],
)
def test_cells_with_line_breaks_are_whole(lines: str) -> None:
    assert damage(lines, 3) is None


@pytest.mark.parametrize(
    ("lines", "width", "expected"),
    [
        ('Ann,"Alpha,CEO\n', 3, Damage(1, OPEN_AT_END)),
        ('Ann,"Alpha,CEO\nBob,"Beta, Jr",CTO\n', 3, Damage(1, NEXT_OPENS)),
        ('Ann,"Alpha,CEO\nBob,Beta,CTO\nCleo,Gamma,"CFO"\n', 3, Damage(1, NEXT_OPENS)),
        ('Ann,"Alpha,CEO\nBob,Beta,CTO\nCleo,Gamma",CFO\n', 3, Damage(1, ROWS)),
        # A blank line, and a line among several that is none of the table's, tell nothing.
        ('Ann,"Alpha,CEO\n\nBob,Beta,CTO\nshort\nCy,D,CTO\nCleo,Gamma",CFO\n', 3, Damage(1, ROWS)),
        # Empty cells beyond the last column are no other number of cells.
        ('Ann,"Alpha,CEO\nBob,Beta,CTO,,\nCleo,Gamma",CFO\n', 3, Damage(1, ROWS)),
        # The cell before it is whole, and its lines are lost with the one that is not.
        ('Ann,"a\nb","c,d\ne,f,g,h\ni,j"\n', 4, Damage(2, ROWS)),
        # The last line ends outside the cell: where it would do as a row, and is no prose.
        ('Ann,"Alpha,CEO\nBob,Beta",CTO\n', 3, Damage(1, ROWS)),
        ('"Ann,Alpha\nBob",Beta,CTO\n', 3, None),
        ('Ann,"Austin\nTexas, US",CEO\n', 3, None),
    ],
)
def test_three_signs_of_a_quote_that_should_not_be_there(lines: str, width: int, expected: Damage | None) -> None:
    assert damage(lines, width) == expected


def test_a_last_line_that_would_do_as_a_row_tells_more_where_the_row_does_not_fit() -> None:
    lines = '"Ann,Alpha\nBob",Beta,CTO\n'
    assert damage(lines, 3, ["Ann,Alpha\nBob", "Beta"]) == Damage(1, ROWS)
    assert damage(lines, 3, ["Ann,Alpha\nBob", "Beta", "CTO", "more"]) == Damage(1, ROWS)


def test_in_a_table_of_one_column_every_line_would_do_as_a_row() -> None:
    assert damage('"Ann\nBob\nCleo"\n', 1) is None


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(delimiter: str) -> None:
    whole = 'Ann,"1 Main St\nAustin",CEO\n'.replace(",", delimiter)
    broken = 'Ann,"Alpha,CEO\nBob,Beta,CTO\nCleo,Gamma",CFO\n'.replace(",", delimiter)
    assert damage(whole, 3, dialect=Dialect(delimiter)) is None
    assert damage(broken, 3, dialect=Dialect(delimiter)) == Damage(1, ROWS)


def test_blanks_after_delimiters() -> None:
    lines = 'Ann, "1 Main St\nAustin, Texas", CEO\n'
    assert damage(lines, 3, dialect=Dialect(",", spaced=True)) is None
    assert Dialect(",", spaced=True).cells_of(lines.replace("\n", " ", 1)) == ["Ann", "1 Main St Austin, Texas", "CEO"]


def test_a_cell_has_fifty_lines_at_most() -> None:
    row = BrokenRow(COMMA)
    row.add('Ann,"a whole\n')
    for _ in range(MOST_LINES - 2):
        row.add("line of text\n")
        assert not row.overlong
    row.add("line of text\n")
    assert row.overlong
    assert row.damage(["x"] * 3, 3) == Damage(1, TOO_LONG)
    row.add('the end",CEO\n')
    assert not row.overlong


def test_a_line_that_is_no_csv_has_no_cells() -> None:
    assert COMMA.cells_of("a,b,c") == ["a", "b", "c"]
    assert COMMA.cells_of("") == []
    assert COMMA.cells_of("a" * 20_000_000) == []


@given(st.text('",\n\r ab', min_size=1), st.booleans())
def test_cells_and_rows_end_where_csv_ends_them(text: str, spaced: bool) -> None:
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in [*io.StringIO(text, newline=""), ""]:
            taken.append(line)
            yield line

    cells = next(csv.reader(lines(), skipinitialspace=spaced))
    row = BrokenRow(Dialect(",", spaced))
    for line in taken:
        row.add(line)
    # A blank line has no cells; an empty line after the last one is asked for where the text ends within a quote.
    assert (row._column + 1, row._open is not None) == (len(cells) or 1, taken[-1] == "")
