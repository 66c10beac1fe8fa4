"""Files for many hosts: read once on one of them, and then in parts, each on any, as they would be read in one go.

`SurveyedFile` is the first, and gathers all that depends on the whole file. `FileRange` and `WholeFile` are the parts
of it, which are opened only where the file is still the one that was surveyed.
"""

import asyncio
import io
import os
import shutil
import sys
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import cast

import msgspec

from indexing.sources.base import Reading, Row, Source, Start
from indexing.sources.columns import ColumnMapping
from indexing.sources.csv import Batches, CsvSource, FileRows, telling
from indexing.sources.cutting import Cuts, Form, Mark, MeasuredText, Window, line_codec
from indexing.sources.delimited import DelimitedRows, DelimitedTable
from indexing.sources.fingerprints import Fingerprint, Fingerprinted, changed
from indexing.sources.spreadsheet import SheetTable, is_workbook
from indexing.sources.table_rows import TableRows
from indexing.sources.text_encoding import Encoding
from indexing.sources.unpacking import buffered, is_packed

_READ_BYTES = 256 * 1024


def can_be_cut(source: CsvSource) -> bool:
    """Whether a file may have several parts; packed ones, workbooks and standard input have one.

    Raises `SourceError`.
    """
    if source.path == "-":
        return False
    with telling(source), Path(source.path).open("rb") as file:
        begin = file.read(8)
    return not is_packed(begin) and not is_workbook(begin)


class Survey:
    """What is known of a file: its form and marks as far as it was read, and in the end what tells it.

    Attributes:
        form: `None` of a file that can't be cut.
        marks: where parts of it may begin; none of such a file.
    """

    def __init__(self) -> None:
        self.form: Form | None = None
        self.marks: list[Mark] = []
        self.fingerprint = Fingerprint(0, 1, ())


class SurveyedFile(Source, frozen=True, kw_only=True):
    """A file that is read from its beginning to its end, to be read again in at most so many `parts`."""

    file: CsvSource
    parts: int
    survey: Survey

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def size(self) -> int | None:
        return self.file.size

    @asynccontextmanager
    async def open(self, start: Start) -> AsyncGenerator[Reading]:
        """As of the file."""
        with telling(self.file):
            raw = Fingerprinted(await asyncio.to_thread(_opened, self.file.path))
        try:
            rows = await asyncio.to_thread(_SurveyedRows, self, raw)
            yield Reading(rows.columns, rows.batches.after(start), rows.notes)
            with telling(self.file):
                self.survey.fingerprint = await asyncio.to_thread(raw.fingerprint, self.name)
        finally:
            raw.close()


class _SurveyedRows(FileRows):
    def __init__(self, surveyed: SurveyedFile, raw: Fingerprinted) -> None:
        self._surveyed = surveyed
        self._text: MeasuredText | None = None
        self._codec, self._errors = "", ""
        super().__init__(surveyed.file, cast("io.BufferedReader", raw))

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        if text.buffer is not self._raw or self._surveyed.parts == 1:
            return text
        measured = line_codec(Encoding(text.encoding), self._raw.peek(4))
        if measured is None:
            self.notes += (f"is one part: {text.encoding} does not tell in which byte a line begins; save it as UTF-8",)
            return text
        self._codec, begin = measured
        self._errors = text.errors or "strict"
        self._text = MeasuredText(text, self._codec, self._errors, begin)
        return self._text

    def _passed_on(self, table: DelimitedTable | SheetTable, rows: TableRows) -> Iterable[Row]:
        if self._text is None or not isinstance(table, DelimitedTable) or table.header is None:
            return rows
        survey, size = self._surveyed.survey, self._surveyed.size or 0
        survey.form = Form(self._codec, self._errors, table.dialect, table.wrapped, table.header)
        cuts = Cuts(self._text, size, self._surveyed.parts)
        survey.marks = cuts.marks
        return cuts.passed_on(table, rows)


class FilePart(Source, frozen=True, kw_only=True):
    """A part of a file that was surveyed.

    Attributes:
        file: it, where it is on this host.
        columns: what the survey found that its columns mean.
        fingerprint: what tells it.
    """

    file: CsvSource
    columns: ColumnMapping
    fingerprint: Fingerprint

    @property
    def name(self) -> str:
        return self.file.name

    @asynccontextmanager
    async def _checked(self, begin: int = 0, end: int | None = None) -> AsyncGenerator[io.FileIO]:
        """The file, which is the one that was surveyed, as far as these bytes go, and not changed within the block."""
        with telling(self.file):
            raw = await asyncio.to_thread(_opened, self.file.path)
        try:
            before = os.fstat(raw.fileno())
            with telling(self.file):
                await asyncio.to_thread(self.fingerprint.check, cast("io.BufferedReader", raw), self.name, begin, end)
            raw.seek(0)
            yield raw
            after = os.fstat(raw.fileno())
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise changed(self.name)
        finally:
            raw.close()


class WholeFile(FilePart, frozen=True, kw_only=True):
    """All of it."""

    @property
    def size(self) -> int | None:
        return self.file.size

    @asynccontextmanager
    async def open(self, start: Start) -> AsyncGenerator[Reading]:
        """Its rows. Raises `SourceError`."""
        async with self._checked() as raw:
            rows = await asyncio.to_thread(FileRows, self.file, cast("io.BufferedReader", raw))
            yield Reading(self.columns, rows.batches.after(start))


class FileRange(FilePart, frozen=True, kw_only=True):
    """The rows from a mark up to the byte `end`; to the end of the file if that is `None`."""

    form: Form
    mark: Mark
    end: int | None

    @property
    def size(self) -> int | None:
        return (self.fingerprint.size if self.end is None else self.end) - self.mark.begin

    @asynccontextmanager
    async def open(self, start: Start) -> AsyncGenerator[Reading]:
        """Its rows. Raises `SourceError`."""
        form, mark = self.form, self.mark
        async with self._checked(mark.begin, self.end) as raw:
            stream = buffered(cast("io.BufferedReader", Window(raw, mark.begin, self.end)))
            text = io.TextIOWrapper(stream, encoding=form.codec, errors=form.errors, newline="")
            table = DelimitedRows(text, form.dialect, mark.line, wrapped=form.wrapped)
            rows = TableRows(table, form.header, mark.rows, mark.lonely)
            batches = Batches(self.file, rows, rows, lambda: raw.tell() - mark.begin)
            yield Reading(self.columns, batches.after(start))


def _opened(path: str) -> io.FileIO:
    """The file at `path`; of standard input a copy, since it can't be read twice."""
    if path != "-":
        return io.FileIO(path)
    spooled = TemporaryFile(buffering=0)  # noqa: SIM115 - whoever asked closes it
    shutil.copyfileobj(sys.stdin.buffer, spooled, _READ_BYTES)
    spooled.seek(0)
    return spooled


def absolute(source: CsvSource) -> CsvSource:
    """The same file, from wherever it is asked for."""
    return source if source.path == "-" else msgspec.structs.replace(source, path=str(Path(source.path).absolute()))


def located(source: CsvSource, directory: Path | None) -> CsvSource:
    """The same file where it is on this host: in `directory`, if it is said."""
    if directory is None or source.path == "-":
        return source
    return msgspec.structs.replace(source, path=str(directory / Path(source.path).name))
