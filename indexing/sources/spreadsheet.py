"""Workbooks as rows of cells: `.xlsx`, and whatever else calamine reads. A line of them is a row of the sheet.

calamine holds a sheet in memory as a whole, so there is a bound to what is opened.
"""

import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import BinaryIO

import python_calamine
from python_calamine import CalamineSheet

from indexing.sources.base import Row
from indexing.sources.cells import Cell
from indexing.sources.header_row import SEARCHED, find_header
from indexing.sources.table_rows import is_filled
from mappings.errors import SourceError

LARGEST = 256 * 1024 * 1024
"""Bytes of a workbook as it lies on the disk."""

LARGEST_UNPACKED = 1024 * 1024 * 1024
"""Bytes of the sheets and texts in it. They take a little more of memory."""

ZIPPED, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(begin: bytes) -> bool:
    """A file that begins so is no text, but a workbook or some other archive."""
    return begin.startswith((ZIPPED, _OLE))


class WorkbookRefused(SourceError):
    """It is no workbook, is too large, or has no such sheet."""


class SheetTable:
    """A table in a workbook.

    Args:
        file: the open workbook; it is read whole.
        sheet: its name; by default the first.
        named: headers that are known beside those that name a field.

    Attributes:
        header: `None` where no row seems to be one.
        above: the rows above the header, or all that were looked through.
        header_lines: one.
        read: rows of the sheet.
        further: none.
        others: the names of the sheets that are not read.

    Raises:
        WorkbookRefused: without the name of the file.
    """

    header_lines = 1
    further = 0
    unfinished = False

    def __init__(self, file: BinaryIO, sheet: str | None = None, named: Collection[str] = ()) -> None:
        opened, self.others = _sheet_of(file, sheet)
        self._rows = (list(map(_cell, row)) for row in opened.iter_rows()) if opened.end else iter(())
        self.read = opened.end[0] + 1 if opened.end else 0
        head: list[list[Cell]] = []
        filled: list[int] = []
        while len(filled) < SEARCHED and (row := next(self._rows, None)) is not None:
            if is_filled(row):
                filled.append(len(head))
            head.append(row)
        self.header = find_header((head[at] for at in filled), named)
        at = len(head) if self.header is None else filled[self.header.at]
        self.above: Sequence[Sequence[Cell]] = head[:at]
        self._below = head[at + 1 :]
        self._line = at + 2

    def rows(self, _width: int, /) -> Iterator[Row]:
        """All rows below the header, also the blank ones."""
        for line, cells in enumerate(chain(self._below, self._rows), self._line):
            yield Row(line, cells)


def _sheet_of(file: BinaryIO, name: str | None) -> tuple[CalamineSheet, tuple[str, ...]]:
    """The sheet, and the names of the others."""
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise WorkbookRefused(f"the workbook is larger than {LARGEST >> 20} MiB; save the sheet as CSV")
    stream = io.BytesIO(data)
    if data.startswith(ZIPPED):
        _check_archive(stream)
    try:
        workbook = python_calamine.load_workbook(stream)
        names = workbook.sheet_names
        if name is not None and name not in names:
            raise WorkbookRefused(f"--sheet {name}: the workbook has no such sheet; it has {', '.join(names)}")
        sheet = workbook.get_sheet_by_index(0) if name is None else workbook.get_sheet_by_name(name)
        return sheet, tuple(other for other in names if other != sheet.name)
    except python_calamine.PasswordError as error:
        raise WorkbookRefused("the workbook is protected by a password; save it without one") from error
    except python_calamine.CalamineError as error:
        # What calamine says of it may quote a cell.
        raise WorkbookRefused(f"the workbook can't be read ({type(error).__name__}); save the sheet as CSV") from error


def _check_archive(stream: BinaryIO) -> None:
    """Raises `WorkbookRefused` unless it is a workbook, and one that memory has room for."""
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError) as error:
        raise WorkbookRefused("the archive is damaged") from error
    if not any(member.filename.startswith("xl/") or member.filename == "content.xml" for member in members):
        raise WorkbookRefused("it is a zip archive; unpack it and give the files in it")
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise WorkbookRefused(f"the workbook unpacks to more than {LARGEST_UNPACKED >> 30} GiB; save the sheet as CSV")
    stream.seek(0)


def _cell(value: object) -> Cell:
    """A number without a fraction is a whole one: a sheet has no other kind."""
    if type(value) is float and value.is_integer():
        return int(value)
    return value  # type: ignore[return-value] # what is none of the types of a cell counts as its text
