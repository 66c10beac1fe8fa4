"""Opens a file of contacts to read it and, where that can't be done, tells what is wrong with the file and the cure.

Every other module of this engine opens files that are live, or were, through `connect`, and reads them within
`reading`: damage may show only when a part of the file is first looked at. What DuckDB says of it is for its makers,
and may quote what is in the file; it is told in words of ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from search.duckdb.unreadable import refused, unreadable

_TABLES = frozenset({"contacts", "items", "meta"})
"""What every file of ours has, of any version."""

# https://duckdb.org/docs/stable/internals/storage: a checksum of eight bytes, then these.
_MAGIC, _MAGIC_AT = b"DUCK", 8

_CURE = (
    "`contacts index rollback` goes back to the load before it, if there is one; "
    "or put a backup of the file in its place, or delete {pointer} and load anew"
)

_CORRUPT = (
    *(duckdb.IOException, duckdb.ConnectionException, duckdb.SerializationException),
    *(duckdb.FatalException, duckdb.InternalException),
)

_CAUSES = (
    ("storage version number", "was written by another version of DuckDB",
     "use the version of this software that wrote it, or delete {pointer} and load anew"),
    ("No space left", "can't be searched: a query found no room on the disk", "make room"),
    ("Could not set lock", "is held open by a process that writes to it", "end that process"),
    ("Could not read enough bytes", "is damaged: its end is missing", _CURE),
    ("Corrupt database file", "is damaged: parts of it were overwritten", _CURE),
)  # fmt: skip
"""Words of DuckDB → what we say is wrong, and the cure."""


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the contacts in the file at `path`, which only reads. Blocks.

    Raises:
        StoreUnreadable: it can't be read, or is no file of contacts.
    """
    with reading(path):
        # DuckDB itself would fetch an extension from the internet to open a file of SQLite.
        _check_header(path)
        database = duckdb.connect(path, read_only=True)
        tables = database.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    if not {name for (name,) in tables} >= _TABLES:
        database.close()
        raise unreadable(path, "is a DuckDB file that has no contacts", _cure(_CURE, path))
    return database


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """For the length of a block that reads the file at `path`.

    Raises:
        StoreUnreadable: the file is the reason for an error of DuckDB. Other errors of it are raised as they are.
    """
    try:
        yield
    except duckdb.Error as error:
        # Checksums that are wrong raise the root of DuckDB's errors itself.
        if type(error) is not duckdb.Error and not isinstance(error, _CORRUPT):
            raise
        _check_header(path)
        for words, trouble, cure in _CAUSES:
            if words in str(error):
                raise unreadable(path, trouble, _cure(cure, path)) from error
        raise unreadable(path, f"can't be read ({type(error).__name__})", _cure(_CURE, path)) from error


def _check_header(path: Path) -> None:
    """Raises `StoreUnreadable` if the file is not there, can't be read, or is none of DuckDB."""
    try:
        with path.open("rb") as file:
            header = file.read(_MAGIC_AT + len(_MAGIC))
    except FileNotFoundError as error:
        raise unreadable(path, "is missing", _cure(_CURE, path)) from error
    except OSError as error:
        raise refused(path, error, _cure(_CURE, path)) from error
    if header[_MAGIC_AT:] != _MAGIC:
        trouble = "is no DuckDB file, or its beginning was overwritten" if header else "is empty"
        raise unreadable(path, trouble, _cure(_CURE, path))


def _cure(words: str, path: Path) -> str:
    """`words` with the pointer file that names `path`."""
    return words.replace("{pointer}", f"{path.stem.rpartition('-')[0]}.current")
