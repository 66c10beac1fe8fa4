"""What a DuckDB file says of itself, in its table `meta(name, value)`: all that is needed to read the rest."""

import duckdb

MAPPING, DICTIONARY = "mapping version", "item dictionary"
"""Names in `meta`."""


def meta(connection: duckdb.DuckDBPyConnection, name: str, schema: str = "main") -> bytes | None:
    """What the file that `connection` has under `schema` says of itself. Blocks: to be run in a thread."""
    row = connection.execute(f"SELECT value FROM {schema}.meta WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def mapping_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The `MAPPING_VERSION` that the file was made with; 0 if it does not say. Blocks."""
    return int(meta(connection, MAPPING) or 0)
