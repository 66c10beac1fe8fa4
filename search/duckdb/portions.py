"""Rows with bytes in them on their way into DuckDB, which reads them from a file several times faster than from
parameters."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from search.duckdb.sql import quoted

Cell = int | bytes


class Portion:
    """A file of rows: written, read by DuckDB, written again.

    Args:
        path: where it is.
        columns: their names, and whether they are bytes; all others are integers. No bytes at all are read as NULL.
        longest: bytes that one row may have.
    """

    def __init__(self, path: Path, columns: Mapping[str, bool], longest: int) -> None:
        self._path = path
        types = ", ".join(f"{name}: '{'VARCHAR' if raw else 'INTEGER'}'" for name, raw in columns.items())
        read = ", ".join(f"from_base64({name}) AS {name}" if raw else name for name, raw in columns.items())
        self.relation = (
            f"SELECT {read} FROM read_csv({quoted(path)}, header = false, auto_detect = false, parallel = false, "
            f"max_line_size = {longest * 4 // 3 + 1024}, columns = {{{types}}}, delim = ',', quote = '', escape = '')"
        )

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Make `rows` all that is in it."""
        with self._path.open("wb") as lines:
            for row in rows:
                cells = [b64encode(cell) if isinstance(cell, bytes) else b"%d" % cell for cell in row]
                lines.write(b",".join(cells) + b"\n")
