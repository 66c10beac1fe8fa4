"""What a DuckDB file says of itself, in its table `meta(name, value)`: all that is needed to read the rest."""

import duckdb
import msgspec

from search.fields import ITEM_FIELDS
from search.stores import LoadFigures

MAPPING, DICTIONARY, BOUNDS, FILLED = "mapping version", "item dictionary", "bounds of numbers", "filled fields"
FIGURES = "figures of the load"
"""Names in `meta`."""

_FIELDS = "contact fields"
"""The same, in files from before there were sets."""

Bounds = dict[str, tuple[int, int]]
"""Space of `search.duckdb.spaces` that is a number or an order → the least and the largest number there."""


def meta(connection: duckdb.DuckDBPyConnection, name: str, schema: str = "main") -> bytes | None:
    """What the file that `connection` has under `schema` says of itself. Blocks: to be run in a thread."""
    row = connection.execute(f"SELECT value FROM {schema}.meta WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def mapping_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The `MAPPING_VERSION` that the file was made with; 0 if it does not say. Blocks."""
    return int(meta(connection, MAPPING) or 0)


def figures(connection: duckdb.DuckDBPyConnection) -> LoadFigures | None:
    """What the load came to that made the file; `None` if it does not say. Blocks."""
    told = meta(connection, FIGURES)
    return None if told is None else msgspec.json.decode(told, type=LoadFigures)


def keep_figures(connection: duckdb.DuckDBPyConnection, figures: LoadFigures) -> None:
    """Have a file that is not live yet say what the load came to that made it. Blocks."""
    connection.execute("INSERT INTO meta VALUES (?, ?)", (FIGURES, msgspec.json.encode(figures)))
    connection.execute("CHECKPOINT")


def bounds(connection: duckdb.DuckDBPyConnection) -> Bounds:
    """What the bits of numbers count from, and to. Blocks."""
    return msgspec.json.decode(meta(connection, BOUNDS) or b"{}", type=Bounds)


def filled(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Contact field → how many contacts have something there. Blocks."""
    counted = meta(connection, FILLED)
    if counted is not None:
        return msgspec.json.decode(counted, type=dict[str, int])
    # Files from before there were sets have a bit for each field in every row; the first do not say which.
    listed = meta(connection, _FIELDS)
    names = ITEM_FIELDS if listed is None else msgspec.json.decode(listed, type=tuple[str, ...])
    counts = ", ".join(f"count(*) FILTER (WHERE present & {1 << bit} <> 0)" for bit in range(len(names)))
    [numbers] = connection.execute(f"SELECT {counts} FROM contacts").fetchall()
    return dict(zip(names, map(int, numbers), strict=True))
