"""Files of all forms → rows, every one of them."""

import asyncio
import gzip
import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard

from indexing.sources import base
from indexing.sources.base import Start
from indexing.sources.csv import CsvSource
from indexing.sources.dates import Order
from indexing.sources.lines import Lines
from mappings.errors import SourceError
from tests.harness.loads import read, rows_of
from tests.harness.workbooks import workbook


def write(path: Path, content: str | bytes) -> CsvSource:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return CsvSource(path=str(path))


def cells_of(source: CsvSource) -> list[Any]:
    return [list(row.cells) for row in rows_of(source)]


PLAIN = "Email,Title\na@b.c,CEO\nd@e.f,CTO\n"
CELLS = [["a@b.c", "CEO"], ["d@e.f", "CTO"]]
WORKBOOK = workbook(people=[line.split(",") for line in PLAIN.splitlines()])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", PLAIN.encode()),
        ("bom.csv", b"\xef\xbb\xbf" + PLAIN.encode()),
        ("bom-crlf.csv", b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode()),
        ("crlf.csv", PLAIN.replace("\n", "\r\n").encode()),
        ("cr.csv", PLAIN.replace("\n", "\r").encode()),
        ("mixed.csv", PLAIN.replace("\n", "\r\n", 1).encode()),
        ("no-end.csv", PLAIN.rstrip().encode()),
        ("blank-lines.csv", b"\n\n" + PLAIN.replace("\n", "\n\n").encode()),
        ("utf-16-le.csv", b"\xff\xfe" + PLAIN.encode("utf-16-le")),
        ("utf-16-be.csv", b"\xfe\xff" + PLAIN.encode("utf-16-be")),
        ("utf-32.csv", PLAIN.encode("utf-32")),
        ("x.csv.gz", gzip.compress(PLAIN.encode())),
        ("members.csv.gz", gzip.compress(PLAIN[:20].encode()) + gzip.compress(PLAIN[20:].encode())),
        ("x.csv.zst", zstandard.compress(PLAIN.encode())),
        ("frames.csv.zst", zstandard.compress(PLAIN[:20].encode()) + zstandard.compress(PLAIN[20:].encode())),
        ("named-otherwise.csv", gzip.compress(PLAIN.encode())),
        ("utf-16.csv.gz", gzip.compress(PLAIN.replace("\n", "\r\n").encode("utf-16"))),
        ("x.xlsx", WORKBOOK),
        ("workbook.csv", WORKBOOK),
        ("x.xlsx.gz", gzip.compress(WORKBOOK)),
        ("x.xlsx.zst", zstandard.compress(WORKBOOK)),
    ],
)
def test_forms(tmp_path: Path, name: str, content: bytes) -> None:
    outcome = read(write(tmp_path / name, content))
    assert [list(row.cells) for row in outcome.rows] == CELLS
    assert outcome.notes == ()


@pytest.mark.parametrize("content", [PLAIN.encode(), gzip.compress(PLAIN.encode()), PLAIN.encode("utf-16"), WORKBOOK])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    for raw in (io.BytesIO(content), io.BufferedReader(io.BytesIO(content))):  # type: ignore[arg-type]
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
        assert cells_of(CsvSource(path="-")) == CELLS


@pytest.mark.parametrize("content", [PLAIN.encode(), zstandard.compress(PLAIN.encode()), WORKBOOK])
@pytest.mark.parametrize("standard_input", [True, False])
def test_a_pipe_is_read_once(monkeypatch: pytest.MonkeyPatch, content: bytes, standard_input: bool) -> None:
    monkeypatch.setattr("indexing.sources.csv._PIPED", 20)
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        assert cells_of(CsvSource(path="-" if standard_input else f"/dev/fd/{reading}")) == CELLS


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "latin-1", "shift_jis"])
def test_an_encoding_that_is_given_wins(tmp_path: Path, encoding: str) -> None:
    name = "株式会社" if encoding == "shift_jis" else "Café"
    path = tmp_path / "x.csv"
    path.write_bytes(f"Email,Company\na@b.c,{name}\n".encode(encoding))
    outcome = read(CsvSource(path=str(path), encoding=encoding))
    assert [list(row.cells) for row in outcome.rows] == [["a@b.c", name]]
    assert outcome.notes == ()


def test_an_encoding_that_was_guessed_is_said(tmp_path: Path) -> None:
    content = "Email,Company\na@b.c,Bäckerei Größe\n"
    outcome = read(write(tmp_path / "x.csv", content.encode("cp1252")))
    assert list(outcome.rows[0].cells) == ["a@b.c", "Bäckerei Größe"]
    assert outcome.notes == ("read as Windows-1252 text; --encoding says otherwise",)


def test_wrong_bytes_come_through_as_surrogates(tmp_path: Path) -> None:
    content = "Email,Title\nx@y.z,Café Zürich\n".encode() + b"a@b.c,caf\xe9\n"
    assert cells_of(write(tmp_path / "x.csv", content))[1] == ["a@b.c", "caf\udce9"]


def test_reading_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "BATCH_ROWS", 3)
    content = "Notes:\n\nEmail,Title\n" + "".join(f"p{at}@b.c,CEO\n" for at in range(50)) + ",\n\n"
    source = write(tmp_path / "x.csv", content)
    whole = read(source)
    assert whole.lines == Lines(read=55, header=1, notes=1, blank=3)
    for done in (1, 3, 24, 49):
        rest = read(source, Start(rows=done))
        assert (rest.rows, rest.lines) == (whole.rows[done:], whole.lines)
    assert rows_of(source, Start(rows=50)) == []
    with pytest.raises(SourceError, match="fewer rows"):
        rows_of(source, Start(rows=51))


@pytest.mark.parametrize("mode", ["ab", "wb"])
def test_a_file_that_is_written_meanwhile_is_not_read_as_if_it_were_whole(tmp_path: Path, mode: str) -> None:
    source = write(tmp_path / "people.csv", PLAIN)

    async def run() -> None:
        async with source.open() as reading:
            assert [len(batch.rows) async for batch in reading.batches] == [2]
            with (tmp_path / "people.csv").open(mode) as file:
                file.write(b"g@h.i,CFO\n")

    with pytest.raises(SourceError, match=r"^people\.csv was changed while it was read; load it once it is whole$"):
        asyncio.run(run())


def test_standard_input_is_always_the_same() -> None:
    source = CsvSource(path="-")
    assert (source.name, source.size, source.identity) == ("standard input", None, "-")


def test_the_identity_changes_with_the_file_and_how_it_is_read(tmp_path: Path) -> None:
    path = str(tmp_path / "x.csv")
    first = write(tmp_path / "x.csv", PLAIN).identity
    others = (
        CsvSource(path=path, delimiter=";"),
        CsvSource(path=path, sheet="b"),
        CsvSource(path=path, dates="mdy"),
        CsvSource(path=path, encoding="cp1252"),
        CsvSource(path=path, overrides={"Title": "stage"}),
    )
    assert len({first, *(other.identity for other in others)}) == 6
    assert write(tmp_path / "x.csv", PLAIN + "g@h.i,x\n").identity != first


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b",,\n , \n", "is empty"),
        (b"a,b\n1,2\n", "seems to have no header"),
        (b"()\n[ ]\n", "seems to have no header"),
        (b"%PDF-1.4\n1 0 obj\n", "is no table, but a PDF; save it as"),
        (b"\n<html><table><tr><th>Email</th></tr></table>", "is no table, but HTML"),
        (b'[{"Email": "a@one.example"}]', "is no table, but JSON"),
        (b"BEGIN:VCARD\nFN:Ann\n", "is no table, but a vCard"),
        (b'{"email": "a@one.example"}\n', "is no table, but JSON"),
        (workbook(Cover=[["Read me"]], People=[["Email"]]), "no header.*; there is also --sheet People"),
        (workbook(Cover=[], People=[["Email"]]), "is empty; there is also --sheet People;"),
        (gzip.compress(PLAIN.encode() * 100)[:-30], "can't be unpacked|can't be read"),
        (zstandard.compress(PLAIN.encode() * 100)[:8] + b"broken", "can't be unpacked"),
        (PLAIN.encode("utf-16")[:-1], "is not utf-16.* text; give --encoding: truncated data"),
    ],
)
def test_what_can_not_be_read_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        rows_of(write(tmp_path / "x.csv", content))


@pytest.mark.parametrize(
    "content",
    [
        b"Ann,Alpha,CEO,Acme One,ann@one.example\nBob,Beta,CTO,Acme Two,bob@two.example\n",
        b"Ann,Alpha,Title,Acme One,ann@one.example\n",
        workbook(people=[["Ann", "Alpha", "CEO", "ann@one.example"]]),
    ],
)
def test_a_file_without_header_is_refused_without_a_word_of_it(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match="seems to have no header") as raised:
        rows_of(write(tmp_path / "x.csv", content))
    assert not [word for word in ("Ann", "Alpha", "CEO", "Acme", "one.example") if word in str(raised.value)]


def test_a_header_may_be_known_by_hand_alone(tmp_path: Path) -> None:
    write(tmp_path / "x.csv", "Vorname;E-Mail dienstlich\nAnn;ann@one.example\n")
    source = CsvSource(path=str(tmp_path / "x.csv"), overrides={"E-Mail dienstlich": "email", "vorname": "first_name"})
    assert cells_of(source) == [["Ann", "ann@one.example"]]


@pytest.mark.parametrize(
    ("dates", "last", "slash"),
    [(None, "1/2/2024", "mdy"), (None, "13/2/2024", "dmy"), ("mdy", "13/2/2024", "mdy"), ("dmy", "1/2/2024", "dmy")],
)
def test_the_first_rows_show_the_order_of_dates_unless_it_is_given(
    tmp_path: Path, dates: Order | None, last: str, slash: str
) -> None:
    write(tmp_path / "x.csv", "Email,Created At\na@b.c,3/4/2024\n" * 1000 + f"d@e.f,{last}\n")
    columns = read(CsvSource(path=str(tmp_path / "x.csv"), dates=dates)).columns
    assert columns is not None
    assert columns.dates.slash == slash


def test_missing_files_are_told(tmp_path: Path) -> None:
    missing = CsvSource(path=str(tmp_path / "none.csv"))
    for ask in (lambda: rows_of(missing), lambda: missing.size, lambda: missing.identity):
        with pytest.raises(SourceError, match="No such file"):
            ask()
    with pytest.raises(SourceError, match="directory"):
        rows_of(CsvSource(path=str(tmp_path)))


def test_a_text_has_no_sheets(tmp_path: Path) -> None:
    write(tmp_path / "x.csv", PLAIN)
    with pytest.raises(SourceError, match=r"--sheet People: x\.csv is a text"):
        rows_of(CsvSource(path=str(tmp_path / "x.csv"), sheet="People"))
