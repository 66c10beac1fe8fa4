"""CSV files of all kinds → rows, every one of them."""

import gzip
import io
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard

from indexing.sources.base import Start
from indexing.sources.csv import LONGEST_FIELD, CsvSource, check_encoding
from mappings.errors import SourceError
from tests.harness.loads import rows_of


def write(path: Path, content: str | bytes) -> CsvSource:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return CsvSource(path=str(path))


def cells_of(source: CsvSource) -> list[Any]:
    return [list(row.cells) for row in rows_of(source)]


PLAIN = "Email,Title\na@b.c,CEO\nd@e.f,CTO\n"
CELLS = [["a@b.c", "CEO"], ["d@e.f", "CTO"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", PLAIN.encode()),
        ("bom.csv", b"\xef\xbb\xbf" + PLAIN.encode()),
        ("crlf.csv", PLAIN.replace("\n", "\r\n").encode()),
        ("cr.csv", PLAIN.replace("\n", "\r").encode()),
        ("no-end.csv", PLAIN.rstrip().encode()),
        ("blank-lines.csv", b"\n\n" + PLAIN.replace("\n", "\n\n").encode()),
        ("x.csv.gz", gzip.compress(PLAIN.encode())),
        ("members.csv.gz", gzip.compress(PLAIN[:20].encode()) + gzip.compress(PLAIN[20:].encode())),
        ("x.csv.zst", zstandard.compress(PLAIN.encode())),
        ("frames.csv.zst", zstandard.compress(PLAIN[:20].encode()) + zstandard.compress(PLAIN[20:].encode())),
        ("named-otherwise.csv", gzip.compress(PLAIN.encode())),
    ],
)
def test_forms(tmp_path: Path, name: str, content: bytes) -> None:
    assert cells_of(write(tmp_path / name, content)) == CELLS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_or_given(tmp_path: Path, delimiter: str) -> None:
    content = PLAIN.replace(",", delimiter)
    assert cells_of(write(tmp_path / "x.csv", content)) == CELLS
    given = CsvSource(path=str(tmp_path / "x.csv"), delimiter=delimiter)
    assert cells_of(given) == CELLS


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "latin-1", "shift_jis"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    name = "株式会社" if encoding == "shift_jis" else "Café"
    path = tmp_path / "x.csv"
    path.write_bytes(f"Email,Company\na@b.c,{name}\n".encode(encoding))
    assert cells_of(CsvSource(path=str(path), encoding=encoding)) == [["a@b.c", name]]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (PLAIN.encode(), gzip.compress(PLAIN.encode())):
        stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(content)))  # type: ignore[arg-type]
        monkeypatch.setattr(sys, "stdin", stream)
        assert cells_of(CsvSource(path="-")) == CELLS


def test_quotes_newlines_and_long_fields(tmp_path: Path) -> None:
    long = "x" * 10_000_000
    content = f'Email,"Title"\n"a@b.c","He said ""hi"",\nand left"\nd@e.f,{long}\nlast@e.f,x\n'
    rows = rows_of(write(tmp_path / "x.csv", content))
    assert [row.line for row in rows] == [2, 4, 5]
    assert rows[0].cells[1] == 'He said "hi",\nand left'
    assert rows[1].cells[1] == long
    assert [row.problem for row in rows] == [None] * 3


def test_a_header_may_have_a_line_break(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "x.csv", 'Email,"Job\nTitle"\na@b.c,CEO\n'))
    assert [(row.line, row.cells) for row in rows] == [(3, ["a@b.c", "CEO"])]


def test_ragged_rows_are_told_and_empty_surplus_is_not(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "x.csv", "Email,Title\na@b.c\nd@e.f,CTO,,\ng@h.i,CEO,more\n"))
    assert [(row.line, row.problem) for row in rows] == [
        (2, "the row has 1 cells where the header has 2"),
        (3, None),
        (4, "the row has 3 cells where the header has 2"),
    ]
    assert rows[1].cells == ["d@e.f", "CTO"]


def test_a_field_over_the_bound_costs_its_row_only(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "x.csv", f"Email,Title\na@b.c,{'x' * (LONGEST_FIELD + 1)}\nd@e.f,CTO\n"))
    assert "field larger than field limit" in str(rows[0].problem)
    assert list(rows[-1].cells) == ["d@e.f", "CTO"]


def test_wrong_bytes_come_through_as_surrogates(tmp_path: Path) -> None:
    assert cells_of(write(tmp_path / "x.csv", b"Email,Title\na@b.c,caf\xe9\n")) == [["a@b.c", "caf\udce9"]]


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    source = write(tmp_path / "x.csv", PLAIN)
    assert [row.line for row in rows_of(source, Start(rows=1))] == [3]
    assert rows_of(source, Start(rows=2)) == []
    with pytest.raises(SourceError, match="fewer rows"):
        rows_of(source, Start(rows=3))


def test_standard_input_is_always_the_same() -> None:
    source = CsvSource(path="-")
    assert (source.name, source.size, source.identity) == ("standard input", None, "-")


def test_the_identity_changes_with_the_file_and_how_it_is_read(tmp_path: Path) -> None:
    first = write(tmp_path / "x.csv", PLAIN).identity
    assert CsvSource(path=str(tmp_path / "x.csv"), delimiter=";").identity != first
    assert write(tmp_path / "x.csv", PLAIN + "g@h.i,x\n").identity != first


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"a,b\n1,2\n", "none of the 2 columns is known"),
        (gzip.compress(PLAIN.encode() * 100)[:-30], "can't be unpacked|can't be read"),
        (zstandard.compress(PLAIN.encode() * 100)[:8] + b"broken", "can't be unpacked"),
        ("Email,Title\n".encode("utf-16"), "columns is known"),
    ],
)
def test_what_can_not_be_read_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        rows_of(write(tmp_path / "x.csv", content))


def test_missing_files_and_encodings(tmp_path: Path) -> None:
    missing = CsvSource(path=str(tmp_path / "none.csv"))
    for ask in (lambda: rows_of(missing), lambda: missing.size, lambda: missing.identity):
        with pytest.raises(SourceError, match="No such file"):
            ask()
    with pytest.raises(SourceError, match="unknown encoding"):
        check_encoding("klingon")
    with pytest.raises(SourceError, match="directory"):
        rows_of(CsvSource(path=str(tmp_path)))
