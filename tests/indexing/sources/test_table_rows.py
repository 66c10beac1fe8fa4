"""Rows of people, and all that stands between, above and below them."""

import io

import pytest

from indexing.sources.base import Row
from indexing.sources.delimited import DelimitedTable
from indexing.sources.lines import Lines, lines_add_up
from indexing.sources.table_rows import MOST_WORDS, TableRows, is_filled

HEADER = "First Name,Last Name,Title,Email\n"
PEOPLE = "Ann,Alpha,CEO,ann@one.example\nBob,Beta,CTO,bob@two.example\n"


def read(text: str) -> tuple[list[Row], Lines]:
    table = DelimitedTable(io.StringIO(text, newline=""))
    assert table.header is not None
    sorted_out = TableRows(table, table.header)
    rows = list(sorted_out)
    assert lines_add_up(sorted_out.lines, len(rows))
    return rows, sorted_out.lines


@pytest.mark.parametrize(
    ("text", "rows", "lines"),
    [
        (HEADER + PEOPLE, 2, Lines(read=3, header=1)),
        ("\n \n" + HEADER + PEOPLE, 2, Lines(read=5, header=1, blank=2)),
        ("Notes:\n,,,\n" + HEADER + PEOPLE, 2, Lines(read=5, header=1, notes=1, blank=1)),
        ("sep=,\n" + HEADER + PEOPLE, 2, Lines(read=4, header=1, notes=1)),
        # Blank lines: of nothing, of delimiters (as many as there are columns, or not), of blanks.
        (HEADER + "\n,,,\n,\n  \n , , , \n,,,,,,\n\xa0,,,\n" + PEOPLE, 2, Lines(read=10, header=1, blank=7)),
        # The header again, as another spreadsheet may write it.
        (HEADER + PEOPLE + HEADER + PEOPLE, 4, Lines(read=6, header=2)),
        (HEADER + PEOPLE + "\ufeff" + HEADER + PEOPLE, 4, Lines(read=6, header=2)),
        (HEADER + PEOPLE + "First Name, last name,TITLE,Email,\n" + PEOPLE, 4, Lines(read=6, header=2)),
        (HEADER + PEOPLE + "sep=,\n" + HEADER + PEOPLE, 4, Lines(read=7, header=2, notes=1)),
        # Words below the last row, and above a header that comes again.
        (HEADER + PEOPLE + "Total: 300\n", 2, Lines(read=4, header=1, notes=1)),
        (HEADER + PEOPLE + "Total: 300,,,", 2, Lines(read=4, header=1, notes=1)),
        (HEADER + PEOPLE + "\n,,,\nConfidential", 2, Lines(read=6, header=1, notes=1, blank=2)),
        (HEADER + PEOPLE + ",,,Confidential\n\n", 2, Lines(read=5, header=1, notes=1, blank=1)),
        (HEADER + PEOPLE + "Total,300,,\n", 2, Lines(read=4, header=1, notes=1)),
        (HEADER + PEOPLE + "Made by our tool, in March\nFor you, only\n", 2, Lines(read=5, header=1, notes=2)),
        (HEADER + PEOPLE + "Ask us at help@one.example\n", 2, Lines(read=4, header=1, notes=1)),
        (HEADER + PEOPLE + "Notes:\n\n" + HEADER + PEOPLE, 4, Lines(read=8, header=2, notes=1, blank=1)),
        (HEADER + PEOPLE + '"two lines\nof words"\n', 2, Lines(read=5, header=1, notes=1, further=1)),
        # People may have little, too.
        (HEADER + PEOPLE + "Cleo\n" + PEOPLE, 5, Lines(read=6, header=1, short=1)),
        (HEADER + PEOPLE + "Cleo\n" + PEOPLE + "Dora\n", 6, Lines(read=7, header=1, short=2)),
        (HEADER + PEOPLE + ",,,cleo@three.example\n", 3, Lines(read=4, header=1)),
        (HEADER + PEOPLE + "id-5,,,\n", 3, Lines(read=4, header=1)),
        (HEADER + PEOPLE + "Cleo,Gamma\n", 3, Lines(read=4, header=1, short=1)),
        (HEADER + "Cleo\n", 1, Lines(read=2, header=1, short=1)),
        ("Email,Title\nann@one.example,CEO\nbob\n", 2, Lines(read=3, header=1, short=1)),
        ("Email\nann@one.example\nbob\n", 2, Lines(read=3, header=1)),
        (HEADER + '"Ann\nMarie",Alpha,CEO\n' + PEOPLE, 3, Lines(read=5, header=1, further=1, short=1)),
    ],
)
def test_every_line_has_its_kind(text: str, rows: int, lines: Lines) -> None:
    found, counted = read(text)
    assert (len(found), counted) == (rows, lines)
    assert not [row for row in found if row.problem]
    assert {len(row.cells) for row in found} == {max(len(row.cells) for row in found)}


def test_missing_cells_are_empty() -> None:
    rows, _ = read(HEADER + "Ann,Alpha\nBob,Beta,CTO,b@two.example,,\n")
    assert [row.cells for row in rows] == [["Ann", "Alpha", "", ""], ["Bob", "Beta", "CTO", "b@two.example"]]


def test_a_row_that_the_end_of_the_file_cuts_off_is_damaged() -> None:
    rows, lines = read(HEADER + PEOPLE + "Cleo,Gamma,CF")
    assert rows[2].problem == "the file ends within the row: it has 3 cells where the header has 4"
    assert lines.short == 0
    # Nothing is missing from this one.
    assert read(HEADER + PEOPLE + "Cleo,Gamma,CF,x")[0][2].problem is None


def test_more_filled_cells_than_headers_are_damage() -> None:
    rows, _ = read(HEADER + "Ann,Alpha,CEO,a@one.example,more\nBob,Beta,Acme, Inc,\n" + PEOPLE)
    assert [row.problem for row in rows] == ["the row has 5 cells where the header has 4", None, None, None]


def test_columns_without_a_name_at_the_end_are_not_missed() -> None:
    rows, lines = read("First Name,Last Name,Email,,\nAnn,Alpha,a@one.example\nBob,Beta,b@two.example,x,\nCleo,Gamma\n")
    assert [row.cells for row in rows] == [
        ["Ann", "Alpha", "a@one.example", "", ""],
        ["Bob", "Beta", "b@two.example", "x", ""],
        ["Cleo", "Gamma", "", "", ""],
    ]
    assert lines.short == 1


def test_a_column_without_a_name_at_the_beginning() -> None:
    rows, lines = read(",First Name,Last Name\n0,Ann,Alpha\n,Bob,Beta\n,First Name,Last Name\n")
    assert [row.cells[1] for row in rows] == ["Ann", "Bob"]
    assert lines.header == 2


def test_many_lines_of_words_are_rows() -> None:
    rows, lines = read(HEADER + PEOPLE * 600 + "Cleo\n" * MOST_WORDS)
    assert (len(rows), lines.notes) == (1200, MOST_WORDS)
    rows, lines = read(HEADER + PEOPLE * 600 + "Cleo\n" * (MOST_WORDS + 1))
    assert (len(rows), lines.notes) == (1200 + MOST_WORDS + 1, 0)


def test_a_damaged_row_is_as_it_stands() -> None:
    rows, _ = read(HEADER + PEOPLE + 'Cleo,"Gamma\n')
    assert rows[2] == Row(4, ('Cleo,"Gamma',), "a quote is not closed before the file ends")


def test_what_is_filled() -> None:
    assert not is_filled(["", " ", None, "\xa0\t"])
    assert is_filled(["", 0])
    assert is_filled([False])


@pytest.mark.parametrize("last", ["Cleo,,7", 'Cleo,,"1,200"', "Sum Ting,,8"])
def test_a_last_row_of_a_name_and_a_number_is_somebody(last: str) -> None:
    people = "First Name,Title,# Employees\n" + "Ann,CEO,5\n" * 3
    assert len(read(people + last + "\n")[0]) == 4


@pytest.mark.parametrize("last", ["Total,,7", "TOTAL:,300,", 'Summe,,"1.200"', "Records found,3,"])
def test_a_sum_below_the_last_row_is_nobody(last: str) -> None:
    people = "First Name,Title,# Employees\n" + "Ann,CEO,5\n" * 3
    assert len(read(people + last + "\n")[0]) == 3
