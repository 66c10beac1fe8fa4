"""Rows with bytes in them on their way into DuckDB, which reads them from a file several times faster than from
parameters."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from search.duckdb.sql import quoted

Cell = int | bytes

_LINE = 256 * 1024
"""Bytes of a line that DuckDB is ready for at least: what it reads at once is some of them."""


class Portion:
    """A file of rows: written, read by DuckDB and, if there are more, written again.

    Args:
        path: where it is; nothing is there yet.
        columns: their names, and whether they are bytes; all others are integers. No bytes at all are read as NULL.
    """

    def __init__(self, path: Path, columns: Mapping[str, bool]) -> None:
        self._path, self._columns = path, columns
        path.touch()

    def relation(self, line: int) -> str:
        """The statement that reads it. No line has more than so many bytes; DuckDB takes memory for several such."""
        types = ", ".join(f"{name}: '{'VARCHAR' if raw else 'INTEGER'}'" for name, raw in self._columns.items())
        read = ", ".join(f"from_base64({name}) AS {name}" if raw else name for name, raw in self._columns.items())
        return (
            f"SELECT {read} FROM read_csv({quoted(self._path)}, header = false, auto_detect = false, parallel = false, "
            f"max_line_size = {max(_LINE, line)}, columns = {{{types}}}, delim = ',', quote = '', escape = '')"
        )

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Make `rows` all that is in it."""
        self._path.unlink(missing_ok=True)
        self.add(rows)

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add `rows` to what is in it."""
        with self._path.open("ab") as lines:
            for row in rows:
                cells = [b64encode(cell) if isinstance(cell, bytes) else b"%d" % cell for cell in row]
                lines.write(b",".join(cells) + b"\n")


def line_of(longest: int) -> int:
    """The bytes of a line, of a row with so many bytes."""
    return longest * 4 // 3 + 1024
