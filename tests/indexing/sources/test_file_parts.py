"""A file that is cut is read as it would be in one go: the same rows, lines and problems, whatever is in it."""

import asyncio
import codecs
import gzip
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.sources.base import Row, Start
from indexing.sources.csv import CsvSource
from indexing.sources.cutting import line_codec
from indexing.sources.file_parts import FileRange, Survey, SurveyedFile, WholeFile, can_be_cut, located
from indexing.sources.fingerprints import Fingerprinted
from indexing.sources.lines import Lines
from indexing.sources.text_encoding import Encoding
from mappings.errors import SourceError
from tests.harness.damaged_tables import DamagedTable, damaged_tables
from tests.harness.loads import Read, read


def surveyed(path: Path, parts: int, **options: str) -> tuple[SurveyedFile, Read]:
    source = SurveyedFile(file=CsvSource(path=str(path), **options), parts=parts, survey=Survey())
    return source, read(source)


def ranges(source: SurveyedFile, whole: Read) -> list[FileRange]:
    survey = source.survey
    assert survey.form is not None
    assert whole.columns is not None
    ends = [*[mark.begin for mark in survey.marks[1:]], None]
    return [
        FileRange(
            file=source.file,
            columns=whole.columns,
            fingerprint=survey.fingerprint,
            form=survey.form,
            mark=mark,
            end=end,
        )
        for mark, end in zip(survey.marks, ends, strict=True)
    ]


def in_parts(path: Path, parts: int, **options: str) -> int:
    """Read a file whole and in parts, hold one against the other; how many parts there are."""
    whole = read(CsvSource(path=str(path), **options))
    source, looked = surveyed(path, parts, **options)
    assert (looked.rows, looked.lines) == (whole.rows, whole.lines)
    pieces = ranges(source, looked)
    marks = source.survey.marks
    rows: list[Row] = []
    sums = marks[0].lines
    for piece, below in zip(pieces, [*marks[1:], None], strict=True):
        came = read(piece, Start())
        lines = (below.lines if below else whole.lines or Lines()) - piece.mark.lines
        rows += came.rows
        assert came.rows
        assert came.lines == lines
        assert len(rows) == (below.rows if below else len(whole.rows))
        sums += lines
    assert rows == whole.rows
    assert sums == whole.lines
    return len(pieces)


@settings(max_examples=30)
@given(damaged_tables(), st.integers(2, 6))
def test_a_damaged_table_is_read_the_same_in_parts(
    tmp_path_factory: pytest.TempPathFactory, made: DamagedTable, parts: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "people.csv"
    path.write_bytes(made.text.encode())
    if read(CsvSource(path=str(path))).rows:
        in_parts(path, parts)


@settings(max_examples=30)
@given(st.text('",\n\r abé', max_size=400), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
def test_any_text_is_read_the_same_in_parts(tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str) -> None:
    path = tmp_path_factory.mktemp("cut") / "people.csv"
    path.write_bytes(f"Email,Title\na@one.example,é\n{text}".encode(encoding))
    in_parts(path, 4, encoding=encoding)


def test_a_long_file_is_cut_where_it_should_be(tmp_path: Path) -> None:
    """Beyond the lines that are read ahead, with cells of several lines, and damage that is looked into below."""
    path = tmp_path / "people.csv"
    lines = [
        f'p{at}@one.example,"first\nsecond",x\n' if at % 7 else f'p{at}@one.example,"open,x\n' for at in range(1500)
    ]
    path.write_text("Notes above\nEmail,Title,City\n" + "".join(lines))
    assert in_parts(path, 3) == 3
    source, _ = surveyed(path, 3)
    begins = [mark.begin for mark in source.survey.marks]
    size = path.stat().st_size
    assert all(abs(begin - size * at / 3) < size / 30 for at, begin in enumerate(begins))


def test_what_can_not_be_cut_is_one_part(tmp_path: Path) -> None:
    packed, japanese = tmp_path / "a.csv.gz", tmp_path / "b.csv"
    text = "Email,City\n" + "a@one.example,東京\n" * 50
    packed.write_bytes(gzip.compress(text.encode()))
    japanese.write_bytes(text.encode("shift_jis"))
    assert [can_be_cut(CsvSource(path=str(path))) for path in (packed, japanese)] == [False, True]
    assert not can_be_cut(CsvSource(path="-"))
    for path in (packed, japanese):
        options = {"encoding": "shift_jis"} if path is japanese else {}
        source, looked = surveyed(path, 3, **options)
        assert source.survey.marks == []
        assert looked.columns is not None
        whole = WholeFile(file=source.file, columns=looked.columns, fingerprint=source.survey.fingerprint)
        assert (read(whole).rows, whole.size) == (looked.rows, path.stat().st_size)
    assert "is one part: shift_jis does not tell" in looked.notes[-1]


def change_a_letter(path: Path) -> None:
    path.write_text(path.read_text().replace("p0@", "q0@"))


def add_a_line(path: Path) -> None:
    path.write_text(path.read_text() + "z@one.example\n")


@pytest.mark.parametrize("change", [change_a_letter, add_a_line])
def test_a_file_that_was_changed_since_is_refused(tmp_path: Path, change: Callable[[Path], None]) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email\n" + "".join(f"p{at}@one.example\n" for at in range(100)))
    source, looked = surveyed(path, 2)
    pieces = ranges(source, looked)
    os.utime(path, (1, 1))
    assert sum(len(read(piece, Start()).rows) for piece in pieces) == 100
    change(path)
    with pytest.raises(SourceError, match="is not what it was when the load was planned"):
        read(pieces[0], Start())


def test_another_host_may_have_the_file_elsewhere(tmp_path: Path) -> None:
    here = CsvSource(path="/far/away/people.csv")
    assert located(here, tmp_path).path == str(tmp_path / "people.csv")
    assert located(here, None) is here
    assert located(CsvSource(path="-"), tmp_path).path == "-"


def test_a_change_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Email\n" + "".join(f"p{at}@one.example\n" for at in range(100)))
    source, looked = surveyed(path, 2)
    piece = ranges(source, looked)[1]

    async def work() -> None:
        async with piece.open(Start()):
            add_a_line(path)

    with pytest.raises(SourceError, match="is not what it was"):
        asyncio.run(work())
    with io.FileIO(path) as file:
        seen = Fingerprinted(file)
        add_a_line(path)
        with pytest.raises(SourceError, match="was changed while it was read; plan the load anew"):
            seen.fingerprint("people.csv")


def test_a_part_looks_at_its_own_blocks_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexing.sources.fingerprints._LEAST_BLOCK", 64)
    path = tmp_path / "people.csv"
    path.write_text("Email\n" + "".join(f"p{at:02}@one.example\n" for at in range(64)))
    source, looked = surveyed(path, 3)
    pieces = ranges(source, looked)
    assert len(source.survey.fingerprint.digests) == -(-path.stat().st_size // 64)
    path.write_text(path.read_text().replace("p60@", "q60@"))
    assert len(read(pieces[0], Start()).rows) + len(read(pieces[1], Start()).rows) > 40
    with pytest.raises(SourceError, match="is not what it was"):
        read(pieces[2], Start())


@pytest.mark.parametrize(
    ("codec", "lines"),
    [
        ("cp1252", ("cp1252", 0)),
        ("utf-8-sig", ("utf-8", 3)),
        ("utf-16", ("utf-16-be", 2)),
        ("gb18030", None),
        ("iso2022_jp", None),
        ("utf_7", None),
    ],
)
def test_in_some_encodings_a_line_does_not_tell_its_bytes(codec: str, lines: tuple[str, int] | None) -> None:
    head = codecs.BOM_UTF16_BE if codec == "utf-16" else codecs.BOM_UTF8
    assert line_codec(Encoding(codec), head) == lines
