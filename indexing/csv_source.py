"""CSV files as rows of cells: any of four delimiters, any encoding, plain or gzipped, or standard input.

The first stage of the job. It yields every row that the file holds, also those that can't become a contact.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

import msgspec

from indexing.columns import ColumnMapping, known_headers, map_columns
from indexing.row import Row
from mappings.errors import SourceError

DELIMITERS = ",;\t|"
LONGEST_FIELD = 16 * 1024 * 1024
"""Characters of one field; Python's own limit of 131,072 would end the load at the first long one."""


class CsvSource(msgspec.Struct, frozen=True, kw_only=True):
    """One CSV file.

    Attributes:
        path: the file; `-` is standard input. `.gz` is unpacked while reading.
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
        """How messages call the source."""
        return "standard input" if self.path == "-" else Path(self.path).name

    @property
    def size(self) -> int | None:
        """Bytes of the file as it lies there, for the progress bar; `None` when that can't be told."""
        return None if self.path == "-" else Path(self.path).stat().st_size

    @contextmanager
    def open(self) -> Iterator["CsvReader"]:
        """The reader of the file, its header read.

        Raises:
            SourceError: the file can't be opened, is empty, or no header is known.
        """
        csv.field_size_limit(LONGEST_FIELD)
        try:
            with self._binary() as raw, self._text(raw) as text:
                yield CsvReader(self, raw, text)
        except OSError as error:
            raise SourceError(f"{self.name} can't be read: {error.strerror or error}") from error
        except LookupError as error:
            raise SourceError(f"--encoding {self.encoding}: {error}") from error

    @contextmanager
    def _binary(self) -> Iterator[BinaryIO]:
        if self.path == "-":
            yield sys.stdin.buffer
            return
        with Path(self.path).open("rb") as stream:
            yield stream

    def _text(self, raw: BinaryIO) -> TextIO:
        packed = self.path.endswith(".gz")
        stream = gzip.GzipFile(fileobj=raw, mode="rb") if packed else raw
        # A wrong byte must cost its row, not the load: it comes through as a lone surrogate, which `items` rejects.
        return io.TextIOWrapper(stream, encoding=self.encoding, errors="surrogateescape", newline="")


class CsvReader:
    """The rows of an open CSV file. `columns` tells what its columns mean."""

    def __init__(self, source: CsvSource, raw: BinaryIO, text: TextIO) -> None:
        self._source, self._raw = source, raw
        header = text.readline()
        while header and not header.strip():
            header = text.readline()
        if not header:
            raise SourceError(f"{source.name} is empty; the first line must name the columns")
        delimiter = source.delimiter or _delimiter_of(header)
        headers = next(csv.reader([header], delimiter=delimiter))
        self.columns: ColumnMapping = map_columns(headers, source.overrides)
        self._rows = csv.reader(text, delimiter=delimiter)

    def position(self) -> int:
        """Bytes of the file that have been read so far."""
        return self._raw.tell() if self._raw.seekable() else 0

    def __iter__(self) -> Iterator[Row]:
        width, fields = len(self.columns.fields), self.columns.fields
        wanted = [(at, field) for at, field in enumerate(fields) if field is not None]
        line = 1
        while True:
            try:
                cells = next(self._rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(self._source.name, line + 1, {}, f"the row is not CSV: {error}")
                line = 1 + self._rows.line_num
                continue
            start, line = line + 1, 1 + self._rows.line_num
            if not cells:
                continue
            if len(cells) != width and (len(cells) < width or any(cells[width:])):
                problem = f"the row has {len(cells)} cells where the header has {width}"
                yield Row(self._source.name, start, {str(at): cell for at, cell in enumerate(cells, 1)}, problem)
                continue
            yield Row(self._source.name, start, {field: cells[at] for at, field in wanted})


def _delimiter_of(header: str) -> str:
    return max(DELIMITERS, key=lambda delimiter: known_headers(next(csv.reader([header], delimiter=delimiter))))
