"""Text tables: header, delimiter, and every line part of a row."""

import io

import pytest

from indexing.sources.base import Row
from indexing.sources.delimited import LONGEST_FIELD, DelimitedTable


def table(text: str, delimiter: str | None = None) -> DelimitedTable:
    return DelimitedTable(io.StringIO(text, newline=""), delimiter)


def rows(read: DelimitedTable) -> list[Row]:
    assert read.header is not None
    found = list(read.rows(len(read.header.cells)))
    assert read.read == len(read.above) + read.header_lines + read.further + len(found)
    return found


PEOPLE = "First Name,Last Name,Title\nAnn,Alpha,CEO\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_or_given(delimiter: str) -> None:
    text = PEOPLE.replace(",", delimiter)
    for read in (table(text), table(text, delimiter)):
        assert rows(read) == [Row(2, ["Ann", "Alpha", "CEO"])]


@pytest.mark.parametrize("line", ["sep=;", "SEP=;\r", '"sep=;"', "sep=; "])
def test_a_spreadsheet_is_told_the_delimiter(line: str) -> None:
    read = table(f"{line}\n" + "First Name;Last Name,Title;City\nAnn;Alpha;x\n")
    assert rows(read)[0].cells == ["Ann", "Alpha", "x"]
    assert list(read.above) == [[*line.split(";")]] or len(read.above) == 1


def test_a_delimiter_that_is_given_wins_over_that_of_a_spreadsheet() -> None:
    assert rows(table("sep=;\n" + PEOPLE, ","))[0].cells == ["Ann", "Alpha", "CEO"]


def test_any_character_may_separate_where_the_file_says_so() -> None:
    assert rows(table("sep=^\n" + PEOPLE.replace(",", "^")))[0].cells == ["Ann", "Alpha", "CEO"]


def test_notes_and_quotes_above_the_header_do_not_swallow_it() -> None:
    read = table('Leads of "Ann\n\n"These are\nmy leads, Bob" said she\nan open "quote\n' + PEOPLE)
    assert [row.line for row in rows(read)] == [7]
    assert (len(read.above), read.header_lines) == (5, 1)


def test_lines_that_have_been_made_one_cell_each() -> None:
    text = '"First Name,Last Name,Title"\n"Ann,Alpha,""CEO, CFO"""\nBob,Beta,CTO\n"Cleo,Gamma"\n'
    assert [row.cells for row in rows(table(text))] == [
        ["Ann", "Alpha", "CEO, CFO"], ["Bob", "Beta", "CTO"], ["Cleo", "Gamma"],
    ]  # fmt: skip
    assert rows(table(PEOPLE + '"Bob,Beta,""CTO, CFO"""\n"Cleo, Gamma"\n'))[1:] == [
        Row(3, ["Bob", "Beta", "CTO, CFO"]), Row(4, ["Cleo, Gamma"]),
    ]  # fmt: skip
    semicolons = '"First Name;""Last Name"";Title"\n"Ann;""Alpha"";CEO"'
    assert rows(table(semicolons))[0].cells == ["Ann", "Alpha", "CEO"]


def test_a_header_over_several_lines() -> None:
    read = table('"First\nName","Last\nName",Title\nAnn,Alpha,CEO\n')
    assert [(row.line, row.cells) for row in rows(read)] == [(4, ["Ann", "Alpha", "CEO"])]
    assert read.header is not None
    assert read.header.cells == ("First Name", "Last Name", "Title")


def test_without_a_header_all_that_was_looked_through_is_above() -> None:
    read = table("Ann,Alpha,ann@one.example\n" * 2000)
    assert (read.header, len(read.above)) == (None, 1000)


def test_the_lines_of_quoted_cells_and_long_cells() -> None:
    long = "x" * 10_000_000
    read = table(f'First Name,Title\n"Ann","He said ""hi"",\nand left"\nBob,{long}\nCleo,x\n')
    found = rows(read)
    assert [row.line for row in found] == [2, 4, 5]
    assert found[0].cells[1] == 'He said "hi",\nand left'
    assert found[1].cells[1] == long
    assert [row.problem for row in found] == [None] * 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("number", [250, 980, 1500])
def test_a_quote_that_is_not_closed_costs_its_line(end: str, number: int) -> None:
    lines = [f"P{at},Q{at},CEO" for at in range(1, 2001)]
    lines[number - 1] = f'P{number},"Q{number},CEO'
    found = rows(table(end.join(["First Name,Last Name,Title", *lines, ""])))
    assert [row.line for row in found] == list(range(2, 2002))
    assert [row for row in found if row.problem] == [
        Row(number + 1, (f'P{number},"Q{number},CEO',), "a quote is not closed after 50 lines")
    ]


def test_a_quote_in_every_line_costs_these_lines_only() -> None:
    lines = ['P,"Q,CEO' if at % 3 == 0 else f"P{at},Q,CEO" for at in range(300)]
    found = rows(table("\n".join(["First Name,Last Name,Title", *lines])))
    assert [row.line - 2 for row in found if row.problem] == list(range(0, 300, 3))
    assert [row.cells[0] for row in found if not row.problem] == [f"P{at}" for at in range(300) if at % 3]


def test_the_file_may_end_within_a_quote() -> None:
    for ending in ('Bob,"Beta,CTO', 'Bob,"Beta,CTO\n', 'Bob,Beta,"', 'Bob,Beta,"\n'):
        found = rows(table(PEOPLE + ending))
        assert [(row.line, row.problem) for row in found] == [
            (2, None),
            (3, "a quote is not closed before the file ends"),
        ]


def test_a_row_whose_lines_come_before_the_damage_is_one_with_it() -> None:
    found = rows(table(PEOPLE + 'Bob,"Be\nta","CTO\nCleo,Gamma,CFO\n'))
    assert [(row.line, row.cells, row.problem is None) for row in found] == [
        (2, ["Ann", "Alpha", "CEO"], True),
        (3, ('Bob,"Be\nta","CTO',), False),
        (5, ["Cleo", "Gamma", "CFO"], True),
    ]


def test_a_field_over_the_bound_costs_its_line() -> None:
    long = "x" * (LONGEST_FIELD // 2 + 1)
    for row in (f"{long}{long},Beta,CTO\n", f'Bob,"{long}\n{long}\nBeta",CTO\n'):
        found = rows(table(PEOPLE + row + "Cleo,Gamma,CFO\n"))
        assert found[1].line == 3
        assert "field larger than field limit" in str(found[1].problem)
        assert found[-1].cells == ["Cleo", "Gamma", "CFO"]


def test_a_line_without_end_is_known() -> None:
    read = table(PEOPLE + "Bob,Beta")
    assert [read.unfinished for _ in read.rows(3)] == [False, True]


def test_blanks_after_the_delimiters_of_the_header() -> None:
    found = rows(table('First Name, Last Name, "Job Title"\nAnn, "Alpha, Jr", CEO\nBob,Beta,CTO\n'))
    assert [row.cells for row in found] == [["Ann", "Alpha, Jr", "CEO"], ["Bob", "Beta", "CTO"]]


def test_a_quote_that_swallows_cells_of_its_own_line_costs_that_line() -> None:
    header = "First Name,Last Name,Title,Company,Keywords\n"
    swallowing = 'Ann,Alpha,"CEO,Acme,"saas, crm"\n'
    read = rows(table(header + swallowing + "Bob,Beta,CTO,Acme,x\n"))
    assert [row.problem for row in read] == ["a quote is not closed before the next one opens", None]
    # Commas outside of quotes may make up for the cells that are swallowed.
    made_up_for = rows(table(header + 'Ann,"CEO,Acme,"saas, crm, erp, b2b"\n'))
    assert [row.problem for row in made_up_for] == ["a quote is not closed before the next one opens"]
    # Whole rows with quotes inside their cells, and short rows whose quotes end well, are what they seem to be.
    lenient = ['Ann,Alpha,"CEO, "acting"",Acme,x\n', 'Bob,Beta,"CTO, acting"\n', 'Cleo,"The" Gamma\n']
    assert [row.problem for row in rows(table(header + "".join(lenient)))] == [None] * 3
