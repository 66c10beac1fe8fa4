"""CSV files as rows of cells: any of four delimiters, any encoding, plain, gzipped or zstandard, or standard input.

The first stage of the job. It yields every row that the file holds, also those that can't become a contact. Opening
and reading happen in threads, a batch at a time.
"""

import asyncio
import codecs
import csv
import gzip
import io
import sys
import zlib
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

import msgspec
import zstandard

from indexing.sources.base import Reading, Row, RowBatch, Source, Start, batched
from indexing.sources.columns import known_headers, map_columns
from mappings.errors import SourceError

DELIMITERS = ",;\t|"
LONGEST_FIELD = 16 * 1024 * 1024
"""Characters of one field; Python's own limit of 131,072 would end the load at the first long one."""

_GZIP, _ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
"""How packed files begin: standard input has no name to tell it by."""


class CsvSource(Source, frozen=True, kw_only=True):
    """One CSV file.

    Attributes:
        path: the file; `-` is standard input. Gzip and zstandard are unpacked while reading.
        encoding: of the text; the default takes UTF-8 with and without a byte order mark.
        delimiter: one of `,` `;` tab `|`; by default the one under which most headers are known.
        overrides: header → field, for columns that we would not know or would take for another field.
    """

    path: str
    encoding: str = "utf-8-sig"
    delimiter: str | None = None
    overrides: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def name(self) -> str:
        return "standard input" if self.path == "-" else Path(self.path).name

    @property
    def size(self) -> int | None:
        with _telling(self):
            return None if self.path == "-" else Path(self.path).stat().st_size

    @property
    def identity(self) -> str:
        if self.path == "-":
            return "-"
        with _telling(self):
            facts = Path(self.path).stat()
        reading = f"{self.encoding} {self.delimiter!r} {sorted(self.overrides.items())}"
        return f"{Path(self.path).resolve()} {facts.st_size} {facts.st_mtime_ns} {reading}"

    @asynccontextmanager
    async def open(self, start: Start = Start()) -> AsyncGenerator[Reading]:  # noqa: B008 - immutable
        """The rows of the file, its header read.

        Raises:
            SourceError: the file can't be opened, is empty, or no header is known.
        """
        csv.field_size_limit(LONGEST_FIELD)
        with _telling(self):
            raw = sys.stdin.buffer if self.path == "-" else await asyncio.to_thread(Path(self.path).open, "rb")
        try:
            rows = await asyncio.to_thread(_Rows, self, raw)
            yield Reading(rows.columns, rows.batches(start))
        finally:
            if self.path != "-":
                raw.close()

    def text(self, raw: BinaryIO) -> TextIO:
        """What `raw`, the open file, holds, unpacked and decoded."""
        begin = raw.peek(4)[:4] if isinstance(raw, io.BufferedReader) else b""
        stream: BinaryIO = raw
        if begin.startswith(_GZIP):
            stream = gzip.GzipFile(fileobj=raw, mode="rb")  # type: ignore[assignment]
        elif begin.startswith(_ZSTANDARD):
            unpacking = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
            stream = io.BufferedReader(unpacking, 256 * 1024)
        # A wrong byte must cost its row, not the load: it comes through as a lone surrogate, which `items` rejects.
        return io.TextIOWrapper(stream, encoding=self.encoding, errors="surrogateescape", newline="")


class _Rows:
    """The rows of an open CSV file."""

    def __init__(self, source: CsvSource, raw: BinaryIO) -> None:
        self._source, self._raw = source, raw
        with _telling(source):
            # Kept although nobody asks for it again: without it, the file would be closed when it is collected.
            self._text = text = source.text(raw)
            self._blank_lines = 0
            header = text.readline()
            while header and not header.strip():
                self._blank_lines += 1
                header = text.readline()
            if not header:
                raise SourceError(f"{source.name} is empty; the first line must name the columns")
            delimiter = source.delimiter or _delimiter_of(header)
            self._rows = csv.reader(chain([header], text), delimiter=delimiter)
            self.columns = map_columns(next(self._rows), source.overrides)

    async def batches(self, start: Start) -> AsyncGenerator[RowBatch]:
        batches = batched(self._after(start.rows))
        while batch := await asyncio.to_thread(next, batches, None):
            yield RowBatch(batch, position=self._raw.tell() if self._raw.seekable() else 0)

    def _after(self, skipped: int) -> Iterator[Row]:
        rows = self._all()
        with _telling(self._source):
            for _ in range(skipped):
                if next(rows, None) is None:
                    raise SourceError(f"{self._source.name} has fewer rows than the interrupted load had read")
            yield from rows

    def _all(self) -> Iterator[Row]:
        width, source, blank = len(self.columns.fields), self._rows, self._blank_lines
        while True:
            line = blank + source.line_num + 1
            try:
                cells = next(source)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(line, (), f"the row is not CSV: {error}")
                continue
            if len(cells) == width:
                yield Row(line, cells)
            elif len(cells) > width and not any(cells[width:]):
                yield Row(line, cells[:width])
            elif cells:
                yield Row(line, cells, f"the row has {len(cells)} cells where the header has {width}")


def check_encoding(name: str) -> None:
    """Raises `SourceError` when there is no such encoding."""
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise SourceError(f"--encoding {name}: {error}") from error


def _delimiter_of(header: str) -> str:
    return max(DELIMITERS, key=lambda delimiter: known_headers(next(csv.reader([header], delimiter=delimiter))))


@contextmanager
def _telling(source: CsvSource) -> Iterator[None]:
    """Turns what goes wrong in reading `source` into a `SourceError`."""
    try:
        yield
    except OSError as error:
        raise SourceError(f"{source.name} can't be read: {error.strerror or error}") from error
    except (EOFError, zlib.error, zstandard.ZstdError) as error:
        raise SourceError(f"{source.name} can't be unpacked: {error}") from error
    except UnicodeError as error:
        raise SourceError(f"{source.name} is not {source.encoding} text; give --encoding: {error}") from error
