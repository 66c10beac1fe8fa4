"""Workbooks → rows of typed cells."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import python_calamine

from indexing.sources import spreadsheet
from indexing.sources.csv import CsvSource
from indexing.sources.lines import Lines
from indexing.sources.spreadsheet import SheetTable, is_workbook
from mappings.errors import SourceError
from tests.harness.loads import items_of, read
from tests.harness.workbooks import Value, archive, workbook

HEADER: Sequence[Value] = ("First Name", "Last Name", "# Employees", "Last Raised At", "Work Direct Phone")


def saved(path: Path, content: bytes, **flags: Any) -> CsvSource:
    path.write_bytes(content)
    return CsvSource(path=str(path), **flags)


def test_cells_have_the_types_of_the_sheet(tmp_path: Path) -> None:
    rows: list[Sequence[Value]] = [
        ("Leads",),
        (),
        (None, *HEADER),
        (None, "Ann", "Alpha", 120, date(2023, 10, 1), 15550100),
        (),
        (None, "Bob", "Beta", 1.5, datetime(2022, 4, 1, 12, 30), True),
        (None, *HEADER),
        (None, "Cleo", "Gamma", None, None, "+1 555 0101"),
        ("Total: 3",),
    ]
    outcome = read(saved(tmp_path / "x.xlsx", workbook(Leads=rows)))
    assert outcome.lines == Lines(read=9, header=2, notes=2, blank=2)
    assert [(row.line, list(row.cells)) for row in outcome.rows] == [
        (4, ["", "Ann", "Alpha", 120, date(2023, 10, 1), 15550100]),
        (6, ["", "Bob", "Beta", 1.5, datetime(2022, 4, 1, 12, 30), True]),
        (8, ["", "Cleo", "Gamma", "", "", "+1 555 0101"]),
    ]


def test_its_rows_become_contacts(tmp_path: Path) -> None:
    rows: list[Sequence[Value]] = [HEADER, ("Ann", "Alpha", 120, date(2023, 10, 1), 15550100), ("Bob", "Beta")]
    ann, bob = items_of(saved(tmp_path / "x.xlsx", workbook(Leads=rows)))
    assert (ann.employees, ann.last_raised_at, ann.work_direct_phone) == (120, "2023-10-01T00:00:00", "15550100")
    assert (bob.first_name, bob.employees) == ("Bob", None)


def test_the_first_sheet_or_the_one_that_is_named(tmp_path: Path) -> None:
    content = workbook(First=[["Email"], ["a@one.example"]], Second=[["Email"], ["b@two.example"]])
    first, second = (read(saved(tmp_path / "x.xlsx", content, sheet=sheet)) for sheet in (None, "Second"))
    assert first.rows[0].cells == ["a@one.example"]
    assert second.rows[0].cells == ["b@two.example"]
    assert (first.notes, second.notes) == (("read the first sheet alone; there is also --sheet Second",), ())
    with pytest.raises(
        SourceError, match=r"x\.xlsx: --sheet Third: the workbook has no such sheet; it has First, Second"
    ):
        read(saved(tmp_path / "x.xlsx", content, sheet="Third"))


def test_an_empty_sheet_is_empty(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"x\.xlsx is empty"):
        read(saved(tmp_path / "x.xlsx", workbook(Leads=[])))


def test_the_header_may_come_late_and_blank_rows_do_not_count() -> None:
    rows: list[Sequence[Value]] = [*[()] * 40, *[("Note",)] * 19, HEADER, ("Ann", "Alpha")]
    table = SheetTable(io.BytesIO(workbook(Leads=rows)))
    assert len(table.above) == 59
    assert [row.line for row in table.rows(5)] == [61]
    assert SheetTable(io.BytesIO(workbook(Leads=[*[("Note",)] * 20, HEADER]))).header is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04broken", "archive is damaged"),
        (archive({"people.csv": b"Email\na@one.example\n"}), "zip archive; unpack it"),
        (archive({"xl/workbook.xml": b"broken"}), "workbook can't be read .*; save the sheet as CSV"),
        (archive({"content.xml": b"broken"}), "workbook can't be read .*; save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook can't be read .*; save the sheet as CSV"),
    ],
)
def test_what_is_no_workbook_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    assert is_workbook(content)
    with pytest.raises(SourceError, match=said):
        read(saved(tmp_path / "x.xlsx", content))


def test_a_workbook_with_a_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: object) -> None:
        raise python_calamine.PasswordError

    monkeypatch.setattr(python_calamine, "load_workbook", load)
    with pytest.raises(SourceError, match="protected by a password; save it without one"):
        SheetTable(io.BytesIO(workbook(Leads=[HEADER])))


def test_large_workbooks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(Leads=[HEADER, ("Ann", "Alpha")])
    monkeypatch.setattr(spreadsheet, "LARGEST_UNPACKED", 1000)
    with pytest.raises(SourceError, match="unpacks to more than"):
        SheetTable(io.BytesIO(content))
    monkeypatch.setattr(spreadsheet, "LARGEST", len(content) - 1)
    with pytest.raises(SourceError, match="larger than"):
        SheetTable(io.BytesIO(content))
