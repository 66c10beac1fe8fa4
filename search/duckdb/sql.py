"""Pieces of SQL."""

from pathlib import Path


def quoted(path: Path) -> str:
    """`path` as a text of SQL, for where DuckDB takes no parameter."""
    return "'" + str(path).replace("'", "''") + "'"
