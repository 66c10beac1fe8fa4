"""Reads items by row, through a small memory of its own.

The database that answers queries keeps every block it has read. An export reads all of them once: it would fill the
memory with items and drive out what searches need. So items of scans are read through a second, private database that
has the same file attached and a few megabytes to do it in.
"""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from search.duckdb.sql import quoted

MEMORY = "20MB"
"""What all scans of one file share."""

_ALIAS = "live"


class ItemStore:
    """The `items` of one DuckDB file; opened with the first use. Blocks: to be used in threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._database: duckdb.DuckDBPyConnection | None = None

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection for the functions that read here, which take one to the file itself as well; to be closed after
        use."""
        with self._lock:
            if self._database is None:
                database = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": 1})
                database.execute(f"ATTACH {quoted(self._path)} AS {_ALIAS} (READ_ONLY)")
                self._database = database
            connection = self._database.cursor()
        connection.execute(f"USE {_ALIAS}")
        return connection

    def close(self) -> None:
        """Give the file and the memory back."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None


def read_packed(connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> list[bytes]:
    """The items at `rows`, in that order, packed as they are stored."""
    return [item for (item,) in _read(connection, "item", rows)]


def read_whole(
    connection: duckdb.DuckDBPyConnection, columns: str, rows: Sequence[int]
) -> list[tuple[bytes, bytes | None]]:
    """The items at `rows`, in that order, and what more there is of each, packed as they are in these columns."""
    return _read(connection, columns, rows)


def read_uuids(connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> list[str]:
    """The uuids at `rows`, in that order."""
    return [uuid for (uuid,) in _read(connection, "uuid", rows)]


def _read(connection: duckdb.DuckDBPyConnection, columns: str, rows: Sequence[int]) -> list[Any]:
    """The same columns of all `rows`; in parts, if there is too much in them for the connection's memory."""
    try:
        return _read_at_once(connection, columns, rows) if rows else []
    except duckdb.OutOfMemoryException:
        if len(rows) == 1:
            raise
        middle = len(rows) // 2
        return _read(connection, columns, rows[:middle]) + _read(connection, columns, rows[middle:])


def _read_at_once(connection: duckdb.DuckDBPyConnection, columns: str, rows: Sequence[int]) -> list[Any]:
    least, most = min(rows), max(rows)
    if most - least == len(rows) - 1 and list(rows) == list(range(least, most + 1)):
        # Rows in default order without a gap, as in an export of everything.
        result = connection.execute(f"SELECT {columns} FROM items WHERE row BETWEEN {least} AND {most} ORDER BY row")
        return result.fetchall()
    # As a rule a row is at the place in the table that its number says, where DuckDB finds it in half the time.
    values = _at(connection, columns, "rowid", rows)
    if not values.keys() >= set(rows):
        values = _at(connection, columns, "row", rows)
    return [values[row] for row in rows]


def _at(connection: duckdb.DuckDBPyConnection, columns: str, place: str, rows: Sequence[int]) -> dict[int, Any]:
    """The columns of what is at each of `rows` by `place`, by its row."""
    # Never by a list of constants: of some dozens DuckDB makes a test of each row for each, which takes 0.1 s.
    wanted = f"SELECT row, {columns} FROM items WHERE {place} IN (SELECT unnest(?::BIGINT[]))"
    return {row: values for row, *values in connection.execute(wanted, (list(rows),)).fetchall()}
