"""What a DuckDB file says of itself, in its table `meta(name, value)`: all that is needed to read the rest."""

import duckdb
import msgspec

from search.fields import ITEM_FIELDS

MAPPING, DICTIONARY, FIELDS, BOUNDS = "mapping version", "item dictionary", "contact fields", "bounds of numbers"
"""Names in `meta`."""


def meta(connection: duckdb.DuckDBPyConnection, name: str, schema: str = "main") -> bytes | None:
    """What the file that `connection` has under `schema` says of itself. Blocks: to be run in a thread."""
    row = connection.execute(f"SELECT value FROM {schema}.meta WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def mapping_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The `MAPPING_VERSION` that the file was made with; 0 if it does not say. Blocks."""
    return int(meta(connection, MAPPING) or 0)


def fields(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The fields of contacts in the order of their bits in `contacts.present`. The first files, which do not say, have
    those of the item alone. Blocks."""
    names = meta(connection, FIELDS)
    return ITEM_FIELDS if names is None else msgspec.json.decode(names, type=tuple[str, ...])
