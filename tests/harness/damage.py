"""What happens to files: cut off, overwritten, replaced by others, out of reach."""

import os
import sqlite3
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

Damage = Callable[[Path], object]

_FIRST_BLOCK_ENDS = 3 * 4096 + 256 * 1024
"""Of a DuckDB file: what is in its tables comes after it (https://duckdb.org/docs/stable/internals/storage)."""


def _parts(content: bytes) -> tuple[bytes, bytes, bytes]:
    third = len(content) // 3
    return content[:third], content[third : 2 * third], content[2 * third :]


def middle_gone(path: Path) -> None:
    """Overwrite a third of the file at `path` with zeros, that in its middle."""
    first, middle, last = _parts(path.read_bytes())
    path.write_bytes(first + bytes(len(middle)) + last)


def _tables_gone(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:_FIRST_BLOCK_ENDS].ljust(len(content), b"\0"))


def _replaced_by_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _replaced_by_duckdb(path: Path) -> None:
    path.unlink(missing_ok=True)
    with duckdb.connect(path) as database:
        database.execute("CREATE TABLE orders (number INTEGER)")


def _replaced_by_sqlite(path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE orders (number INTEGER)")
        database.commit()


DAMAGES: Mapping[str, Damage] = {
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "nearly all cut off": lambda path: path.write_bytes(path.read_bytes()[:60]),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a part zeroed": middle_gone,
    "text": lambda path: path.write_text("no such thing\n" * 1000),
    "noise": lambda path: path.write_bytes(bytes(range(128, 256)) * 100),
    "a directory": _replaced_by_directory,
}
"""Name → what makes a file unreadable, whatever it is for."""

DUCKDB_DAMAGES: Mapping[str, Damage] = DAMAGES | {
    "a part zeroed": _tables_gone,
    "empty": lambda path: path.write_bytes(b""),
    "gone": Path.unlink,
    "another DuckDB file": _replaced_by_duckdb,
    "a SQLite file": _replaced_by_sqlite,
    "of a later DuckDB": lambda path: as_of_version(path, 9999),
    "of an old DuckDB": lambda path: as_of_version(path, 1),
}
"""The same for a DuckDB file of contacts."""


def as_of_version(path: Path, version: int) -> None:
    """Make the DuckDB file at `path` say that it has this version of storage, with the right checksum."""
    content = bytearray(path.read_bytes())
    struct.pack_into("<Q", content, 12, version)
    checksum = 5381
    for (word,) in struct.iter_unpack("<Q", content[8:4096]):
        checksum ^= word * 0xBF58476D1CE4E5B9 & (2**64 - 1)
    struct.pack_into("<Q", content, 0, checksum)
    path.write_bytes(content)


@contextmanager
def kept_from_us(path: Path) -> Iterator[None]:
    """For a while nobody but root may read `path`, and we are not root. All that is used must be imported already."""
    mode, root = path.stat().st_mode, os.geteuid() == 0
    path.chmod(0)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        path.chmod(mode)
