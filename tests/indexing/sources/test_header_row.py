"""Which row is the header."""

import pytest

from indexing.sources.header_row import Header, find_header

HEADER = ["First Name", "Last Name", "Email", "Shoe Size"]


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([HEADER, ["Ann", "Alpha", "ann@one.example", "38"]], 0),
        ([["Notes:"], ["Some of the people hide their email, so it is missing."], HEADER], 2),
        ([["Email"], HEADER, ["Ann", "Alpha"]], 1),
        # The header of another export below is longer, and the people above it are no notes.
        ([HEADER, ["Ann", "Alpha"], ["First Name", "Last Name", "Email", "Title", "City"]], 0),
        ([[], ["", ""], HEADER], 2),
        ([["\ufefffirst\nname", " LAST  NAME "]], 0),
    ],
)
def test_the_first_row_that_knows_most(rows: list[list[str]], at: int) -> None:
    found = find_header(rows)
    assert found is not None
    assert found.at == at


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["Ann", "Alpha", "ann@one.example"], ["Bob", "Beta", "bob@two.example"]],
        # A word that is a header too, in a row with an address.
        [["Ann", "Title", "ann@one.example"], ["Bob", "Stage", "https://www.linkedin.com/in/bob"]],
        [["Title", "x" * 501]],
    ],
)
def test_people_are_no_header(rows: list[list[str]]) -> None:
    assert find_header(rows) is None


def test_headers_are_one_line_each() -> None:
    found = find_header([["\ufeffFirst\nName", 'Company\r\n "Name"', ""]])
    assert found == Header(0, ("First Name", 'Company "Name"', ""), "\ufeffFirst\nName", found.known if found else 0)


def test_headers_named_by_hand_are_known_too() -> None:
    rows = [["Bericht"], ["Vorname ", "Funktion dort"], ["Ann", "CEO"]]
    found = find_header(rows, ["funktion_dort"])
    assert found is not None
    assert found.at == 1
