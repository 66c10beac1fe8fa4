"""A batch read column by column gives what its rows give one by one."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.columnwise import batch_reader
from indexing.items import Draft, contact_reader
from indexing.sample.mess.files import write_messy
from indexing.sources.cells import Cell
from indexing.sources.columns import ColumnMapping, map_columns
from indexing.sources.csv import CsvSource
from mappings.errors import RowRejected
from search.fields import ContactCompleteItem
from tests.harness.cases import CASES
from tests.harness.loads import read

REFUSED = {"accounts_export.csv", "header_only.csv", "no_header.csv"}

HEADERS = [
    "First Name", "Last Name", "Full Name", "Title", "Job Title", "Email", "Secondary Email", "# Employees",
    "Employee Range", "Keywords", "Created At", "Person Linkedin Url", "Mobile Phone", "Country", "Location",
    "Company URL", "Apollo Contact Id", "Note", "custom",
]  # fmt: skip
TEXTS = [
    "", " ", "x", " Ann ", "N/A", "NA", "Null", "Ms.", "CEO", "a@one.example", "a@one.example; b@one.example", "51-200",
    "many", "4.4E+11", "2024-01-02", "a, b", "https://linkedin.com/in/ann", "https://linkedin.com/sales/lead/A1,x",
    "https://linkedin.com/company/one", "Austin, Texas", "Zoë", "\u200bAnn", "–", '="012"', "a\0b", "\udc80",
    '{"k": "v"}',
]  # fmt: skip


def outcome_of_row(mapping: ColumnMapping, cells: Sequence[Cell], strict: bool) -> Draft | str:
    try:
        return contact_reader(mapping, strict)(cells)
    except RowRejected as rejected:
        return str(rejected)


def outcomes(mapping: ColumnMapping, rows: Sequence[Sequence[Cell]], strict: bool) -> list[Draft | str]:
    read = batch_reader(mapping, strict)(rows)
    contacts = dict(zip(read.places, read.contacts.values(), strict=True))
    assert not {*contacts} & {*read.rejects}
    return [
        read.rejects[at]
        if at in read.rejects
        else Draft(ContactCompleteItem(contacts[at][0] or "", *contacts[at][1:]), read.repairs.get(at, ()))
        for at in range(len(rows))
    ]


def assert_same(headers: Sequence[str], rows: Sequence[Sequence[Cell]], strict: bool = False) -> None:
    mapping = map_columns(headers)
    assert outcomes(mapping, rows, strict) == [outcome_of_row(mapping, cells, strict) for cells in rows]


@given(st.lists(st.tuples(*(st.sampled_from(TEXTS) for _ in HEADERS)), max_size=8), st.booleans())
def test_texts_of_all_kinds(rows: list[tuple[str, ...]], strict: bool) -> None:
    assert_same(HEADERS, rows, strict)


@pytest.mark.parametrize("at", range(len(HEADERS)))
@pytest.mark.parametrize("strict", [False, True])
def test_one_text_of_each_kind_in_rows_that_are_plain(at: int, strict: bool) -> None:
    plain = ["Ann", *[""] * (len(HEADERS) - 1)]
    assert_same(HEADERS, [[*plain[:at], text, *plain[at + 1 :]] for text in TEXTS], strict)


def test_joint_values_of_google() -> None:
    headers = ["Name", "Given Name", "Family Name", "E-mail 1 - Value", "Phone 1 - Value", "Group Membership"]
    assert map_columns(headers).vendor == "google"
    assert_same(headers, [["Ann A", "Ann", "A", "a@one.example", "1 ::: 2", "x ::: y"], ["", "Bob", "", "", "", ""]])


def test_typed_values() -> None:
    assert_same(["email", "employees", "keywords"], [["a@one.example", 0, None], ["b@one.example", Decimal(5), ["k"]]])


def test_rows_of_several_widths() -> None:
    assert_same(["email", "title"], [["a@one.example", "CEO"], ["b@one.example", "CTO", ""]])


FILES = sorted((path for path in (CASES / "files").iterdir() if path.name not in REFUSED), key=str)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_as_people_have_them(path: Path) -> None:
    assert_same_file(CsvSource(path=str(path)))


def test_a_file_with_every_kind_of_mess(tmp_path: Path) -> None:
    with (tmp_path / "messy.csv").open("w", newline="", encoding="utf-8") as stream:
        write_messy(1000, stream)
    assert_same_file(CsvSource(path=str(tmp_path / "messy.csv")))


def assert_same_file(source: CsvSource) -> None:
    outcome = read(source)
    assert outcome.columns is not None
    rows = [row.cells for row in outcome.rows if row.problem is None]
    for strict in (False, True):
        expected = [outcome_of_row(outcome.columns, cells, strict) for cells in rows]
        assert outcomes(outcome.columns, rows, strict) == expected
