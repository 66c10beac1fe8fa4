"""Files of contacts: delimited text in any encoding, workbooks, each plain, gzipped or zstandard, or standard input.

The first stage of the job. It yields every row that the file holds, also those that can't become a contact. Opening
and reading happen in threads, a batch at a time.
"""

import asyncio
import io
import os
import stat
import sys
import zlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec
import zstandard

from indexing.ndjson import encodable
from indexing.sources.base import Reading, Row, RowBatch, Source, Start, batched
from indexing.sources.cells import text_of
from indexing.sources.columns import ColumnMapping, map_columns
from indexing.sources.dates import SAMPLED, DateOrder, Order, date_order
from indexing.sources.delimited import DelimitedTable
from indexing.sources.fingerprints import SourceChanged
from indexing.sources.spreadsheet import SheetTable, WorkbookRefused, is_workbook
from indexing.sources.table_rows import TableRows, is_filled
from indexing.sources.text_encoding import Encoding, detect_encoding
from indexing.sources.unpacking import Resumed, buffered, unpacked
from mappings.errors import SourceError

SAMPLE_BATCHES = 7
"""Batches that are read before the first of them is given, to decide what the whole file means: 10,000 rows."""

_NO_TABLES = {
    "%PDF": "a PDF",
    "{\\rtf": "a formatted text",
    "BEGIN:VCARD": "a vCard",
    "<": "HTML or XML",
    "{": "JSON",
    "[": "JSON",
}
"""How files begin that people take for tables, whatever their names say."""

_PIPED = 8 * 1024 * 1024
"""Bytes of what can't be read twice, in which its encoding must show."""


class Told(Protocol):
    """What messages about a file say of it."""

    @property
    def name(self) -> str: ...
    @property
    def encoding(self) -> str | None: ...


class CsvSource(Source, frozen=True, kw_only=True):
    """One file of contacts.

    Attributes:
        path: the file; `-` is standard input. Gzip and zstandard are unpacked while reading.
        encoding: of a text; by default what its first bytes beyond ASCII show.
        delimiter: one of `,` `;` tab `|`; by default the one under which most headers are known.
        sheet: of a workbook; by default the first.
        dates: `mdy` or `dmy`, the order of a date's parts; by default what the first rows show.
        overrides: header → field, for columns that we would not know or would take for another field.
    """

    path: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    dates: Order | None = None
    overrides: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def name(self) -> str:
        return "standard input" if self.path == "-" else encodable(Path(self.path).name)

    @property
    def size(self) -> int | None:
        with telling(self):
            return None if self.path == "-" else Path(self.path).stat().st_size

    @property
    def identity(self) -> str:
        if self.path == "-":
            return "-"
        with telling(self):
            facts = Path(self.path).stat()
        flags = (self.encoding, self.delimiter, self.sheet, self.dates, sorted(self.overrides.items()))
        return encodable(f"{Path(self.path).resolve()} {facts.st_size} {facts.st_mtime_ns} {flags}")

    @asynccontextmanager
    async def open(self, start: Start = Start()) -> AsyncGenerator[Reading]:  # noqa: B008 - immutable
        """The rows of the file, its header read.

        Raises:
            SourceError: the file can't be opened, is empty, or has no header; or, at the end of the block, it is not
                what it was at its beginning: what was read may be half of one file and half of another.
        """
        with telling(self):
            raw = sys.stdin.buffer if self.path == "-" else await asyncio.to_thread(Path(self.path).open, "rb")
        try:
            before = _state_of(raw)
            rows = await asyncio.to_thread(FileRows, self, raw)
            yield Reading(rows.columns, rows.batches.after(start), rows.notes)
            if _state_of(raw) != before:
                raise SourceChanged(f"{self.name} was changed while it was read; load it once it is whole")
        finally:
            if self.path != "-":
                raw.close()


class Batches:
    """The rows of an open file, a batch at a time.

    Args:
        source: whose they are.
        table_rows: what knows where the lines have gone.
        rows: its rows, as they are passed on.
        position: says how many bytes have been read.
    """

    def __init__(self, source: Told, table_rows: TableRows, rows: Iterable[Row], position: Callable[[], int]) -> None:
        self._source, self._table_rows, self._position = source, table_rows, position
        self._batches = batched(rows)
        self._ahead: deque[list[Row]] = deque()

    def sample(self) -> Iterator[Row]:
        """The first rows, which are given again later."""
        self._ahead.extend(islice(self._batches, SAMPLE_BATCHES))
        return chain.from_iterable(self._ahead)

    async def after(self, start: Start) -> AsyncGenerator[RowBatch]:
        """The batches after `start`. Raises `SourceError`."""
        batches = self._read(start.rows)
        while batch := await asyncio.to_thread(next, batches, None):
            yield batch

    def _read(self, skipped: int) -> Iterator[RowBatch]:
        with telling(self._source):
            batches = self._after(skipped)
            # One batch ahead: the lines below the last row belong to its batch, after which nobody asks for more.
            ahead = next(batches, None)
            while ahead is not None:
                rows, ahead = ahead, next(batches, None)
                yield RowBatch(rows, self._position(), lines=self._table_rows.lines)

    def _after(self, skipped: int) -> Iterator[list[Row]]:
        """The batches without so many rows."""
        ahead, self._ahead = self._ahead, deque()
        while rows := ahead.popleft() if ahead else next(self._batches, None):
            if skipped < len(rows):
                yield rows[skipped:]
            skipped = max(skipped - len(rows), 0)
        if skipped:
            raise SourceError(f"{self._source.name} has fewer rows than the interrupted load had read")


class FileRows:
    """The rows of an open file, of which nothing is known yet.

    Attributes:
        columns: what its columns mean.
        notes: what was decided about it; see `Reading`.
        batches: its rows.
    """

    def __init__(self, source: CsvSource, raw: BinaryIO) -> None:
        self._source, self._raw = source, buffered(raw)
        self._begin = raw.tell() if raw.seekable() else None
        self.notes: tuple[str, ...] = ()
        with telling(source):
            table = self._table(unpacked(self._raw))
            if table.header is None:
                raise SourceError(_no_header(source, table))
            if table.others and source.sheet is None:
                self.notes = (f"read the first sheet alone; there is also --sheet {' or '.join(table.others)}",)
            rows = TableRows(table, table.header)
            self.batches = Batches(source, rows, self._passed_on(table, rows), self._position)
            sample = self.batches.sample()
            self.columns = self._dated(map_columns(table.header.cells, source.overrides), sample)

    def _position(self) -> int:
        return 0 if self._begin is None else self._raw.tell()

    def _dated(self, columns: ColumnMapping, sample: Iterator[Row]) -> ColumnMapping:
        """`columns` with the order of the dates in them, as the flag or the first rows say."""
        if self._source.dates is not None:
            return msgspec.structs.replace(columns, dates=DateOrder.always(self._source.dates))
        cells = (row.cells for row in sample if row.problem is None)
        return msgspec.structs.replace(columns, dates=date_order(columns, islice(cells, SAMPLED)))

    def _table(self, stream: io.BufferedReader) -> DelimitedTable | SheetTable:
        source = self._source
        if is_workbook(stream.peek(8)):
            return SheetTable(stream, source.sheet, source.overrides)
        if source.sheet is not None:
            raise SourceError(f"--sheet {source.sheet}: {source.name} is a text, which has no sheets")
        encoding, stream = self._encoding(stream)
        if encoding.guess is not None:
            self.notes = (f"read as {encoding.guess} text; --encoding says otherwise",)
        lines = self._lines(io.TextIOWrapper(stream, encoding=encoding.codec, errors=encoding.errors, newline=""))
        return DelimitedTable(lines, source.delimiter, source.overrides)

    def _lines(self, text: io.TextIOWrapper) -> Iterator[str]:
        """The lines of a text, as they are read."""
        return text

    def _passed_on(self, table: DelimitedTable | SheetTable, rows: TableRows) -> Iterable[Row]:  # noqa: ARG002
        """The `rows` of the table, as they are read."""
        return rows

    def _encoding(self, stream: io.BufferedReader) -> tuple[Encoding, io.BufferedReader]:
        """How `stream` is to be read; and itself, of which nothing has been read."""
        if self._source.encoding is not None:
            return Encoding(self._source.encoding), stream
        if self._begin is not None:
            encoding = detect_encoding(stream)
            self._raw.seek(self._begin)
            return encoding, unpacked(self._raw)
        head = stream.read(_PIPED)
        return detect_encoding(io.BytesIO(head)), io.BufferedReader(Resumed(head, stream))


def _state_of(file: BinaryIO) -> tuple[int, int] | None:
    """What changes with an open file; `None` of what is no file, such as a pipe."""
    try:
        facts = os.fstat(file.fileno())
    except OSError:
        return None
    return (facts.st_size, facts.st_mtime_ns) if stat.S_ISREG(facts.st_mode) else None


def _no_header(source: CsvSource, table: DelimitedTable | SheetTable) -> str:
    # No word of the file itself: without a header, all of it is about people.
    first = next(filter(is_filled, table.above), None)
    others = f"; there is also --sheet {' or '.join(table.others)}" if table.others else ""
    if first is None:
        return f"{source.name} is empty{others}; the first line must name the columns"
    begins = text_of(first[0]).lstrip()
    if form := next((form for sign, form in _NO_TABLES.items() if begins.startswith(sign)), None):
        return f"{source.name} is no table, but {form}; save it as .csv or .xlsx where it comes from"
    return (
        f"{source.name} seems to have no header: no column is known in any of its first rows; put a line above them "
        "that names the columns (such as First Name, Last Name, Email), or name one that is there with "
        f"--map COLUMN=FIELD{others}"
    )


@contextmanager
def telling(source: Told) -> Iterator[None]:
    """Turns what goes wrong in reading `source` into a `SourceError`."""
    try:
        yield
    except WorkbookRefused as error:
        raise SourceError(f"{source.name}: {error}") from error
    except OSError as error:
        raise SourceError(f"{source.name} can't be read: {error.strerror or error}") from error
    except (EOFError, zlib.error, zstandard.ZstdError) as error:
        raise SourceError(f"{source.name} can't be unpacked: {error}") from error
    except UnicodeError as error:
        encoding = getattr(error, "encoding", source.encoding)
        raise SourceError(f"{source.name} is not {encoding} text; give --encoding: {_trouble(error)}") from error


def _trouble(error: UnicodeError) -> str:
    """What is wrong, without the text that it is wrong in."""
    return str(getattr(error, "reason", type(error).__name__))
