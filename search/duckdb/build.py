"""Staged documents → the tables of `search.duckdb.schema`, in bounded memory.

Sorting finished items would be most of the work, so they stay out of DuckDB until their order is known: only what
is searched is staged in tables, and the items are then copied from their file in final order.
"""

import shutil
from base64 import b64encode
from pathlib import Path
from typing import BinaryIO

import duckdb
import msgspec

from search.duckdb.keeping import Keeper
from search.duckdb.meta import BOUNDS, DICTIONARY, FIELDS, MAPPING
from search.duckdb.packing import dictionary
from search.duckdb.schema import CODED, CREATE, PRESENT, STAGED
from search.duckdb.spaces import FILLED, NUMBERS, PLACES, TEXTS, UUIDS, key_sql
from search.duckdb.sql import quoted
from search.fields import MAPPING_VERSION, SORT_FIELDS

MEMORY = (180, 800, 3200)
"""Megabytes that DuckDB may hold while building. Not all it does can go to disk: past one or two million contacts the
first is not enough, and it starts again with the next."""

_LINE = 2 * 1024 * 1024
"""Bytes of a staged line that DuckDB's readers are ready for; a longer one raises that, and the memory with it."""

_CONTACTS_AT_ONCE = 2 * 122_880
"""Rows of one sort, well within the memory."""

_ITEMS_AT_ONCE = 122_880
"""Rows of one of DuckDB's row groups: anything else would be written, and written again with the next portion."""

_PLACES_AT_ONCE = 5000


def build(file: Path, documents: Path, items: Path, scratch: Path, longest: int) -> int:
    """Make `file` from `documents` (NDJSON) and `items` (each followed by its further fields); the number of contacts.

    Of two documents with the same uuid the one with the higher line counts. No document and no item has more than
    `longest` bytes. `scratch` is a directory; it and what is in it need not be there and does not stay.
    """
    line = max(_LINE, longest * 4 // 3 + 1024)
    for memory in MEMORY:
        remove(file, scratch)
        scratch.mkdir()
        try:
            return _build(file, documents, items, scratch, (memory + 16 * (line - _LINE) // 2**20, line))
        except duckdb.OutOfMemoryException:
            if memory == MEMORY[-1]:
                raise
        finally:
            remove(scratch)
    raise AssertionError("unreachable")


def remove(*paths: Path) -> None:
    """Delete files and directories, if they are there, with what DuckDB keeps beside them."""
    for path in paths:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _build(file: Path, documents: Path, items: Path, scratch: Path, bounds: tuple[int, int]) -> int:
    """The same within `bounds`: megabytes of memory, and bytes of a line."""
    memory, line = bounds
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory}MB",
        "temp_directory": str(scratch),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(file, config=config) as database:
        for statement in (
            *CREATE,
            f"ATTACH {quoted(scratch / 'staged.duckdb')} AS scratch",
            *_staging(documents, line),
        ):
            database.execute(statement)
        about = [
            (DICTIONARY, dictionary()),
            (MAPPING, str(MAPPING_VERSION).encode()),
            (FIELDS, msgspec.json.encode(list(PRESENT))),
        ]
        database.executemany("INSERT INTO meta VALUES (?, ?)", about)
        [(rows,)] = database.execute("SELECT count(*) FROM scratch.places").fetchall()
        numbers = _fill_sets(database, rows, scratch / "sets.csv")
        database.execute("INSERT INTO meta VALUES (?, ?)", (BOUNDS, numbers))
        _fill_contacts(database, rows)
        with items.open("rb") as stream:
            _copy_items(database, rows, stream, scratch / "items.csv", line)
        for statement in ("DETACH scratch", "CHECKPOINT"):
            database.execute(statement)
    return int(rows)


def _staging(documents: Path, line: int) -> tuple[str, ...]:
    """`scratch.staged`: what was staged; `scratch.places`: the row of each line that counts, and where its item is."""
    types = ", ".join(f"{name} {type_}" for name, type_ in STAGED.items())
    return (
        "CREATE TABLE scratch.staged AS SELECT line, uuid, present, size, more, unnest(search) "
        f"FROM read_json({quoted(documents)}, format = 'newline_delimited', "
        f"maximum_object_size = {line}, "
        f"columns = {{line: 'BIGINT', uuid: 'VARCHAR', present: 'BIGINT', size: 'BIGINT', more: 'BIGINT', "
        f"search: 'STRUCT({types})'}})",
        "CREATE TABLE scratch.places AS SELECT line, "
        "(row_number() OVER (ORDER BY created_at DESC NULLS LAST, uuid) - 1)::INTEGER AS row, start, size, more FROM ("
        "SELECT line, uuid, created_at, size, more, "
        "(sum(size + more) OVER (ORDER BY line) - size - more)::BIGINT AS start "
        "FROM scratch.staged QUALIFY row_number() OVER (PARTITION BY uuid ORDER BY line DESC) = 1)",
    )


def _fill_sets(database: duckdb.DuckDBPyConnection, rows: int, portion: Path) -> bytes:
    """All sets; what has to be known of the numbers to read them, as JSON."""
    keeper = Keeper(database, rows, portion)
    bounds: dict[str, tuple[int, int]] = {}
    for field in TEXTS:
        keeper.texts(field)
    places = "(SELECT line, row FROM scratch.places)"
    for field in NUMBERS:
        values = (
            f"SELECT row, {field} AS value FROM scratch.staged JOIN {places} USING (line) WHERE {field} IS NOT NULL"
        )
        bounds[field] = _bounds(database, values)
        keeper.bits(field, values, *bounds[field])
    for field in SORT_FIELDS:
        database.execute(
            "CREATE OR REPLACE TABLE scratch.ranks AS SELECT text, row_number() OVER (ORDER BY text) - 1 AS value "
            f"FROM (SELECT DISTINCT {field} AS text FROM scratch.staged) WHERE text IS NOT NULL"
        )
        values = (
            f"SELECT row, value FROM (SELECT line, value FROM scratch.staged JOIN scratch.ranks ON text = {field}) "
            f"JOIN {places} USING (line)"
        )
        bounds[field] = _bounds(database, values)
        keeper.bits(field, values, *bounds[field])
    values = (
        "SELECT row, row_number() OVER (ORDER BY uuid) - 1 AS value "
        f"FROM (SELECT line, uuid FROM scratch.staged) JOIN {places} USING (line)"
    )
    bounds[UUIDS] = (0, max(rows - 1, 0))
    keeper.bits(UUIDS, values, *bounds[UUIDS])
    values = f"SELECT row, present FROM scratch.staged JOIN {places} USING (line)"
    keeper.flags(FILLED, values, {name: f"present & {bit} <> 0" for name, bit in PRESENT.items()})
    return msgspec.json.encode(bounds)


def _bounds(database: duckdb.DuckDBPyConnection, values: str) -> tuple[int, int]:
    """The least and the largest value of a relation; of none 0 and 0."""
    found = f"SELECT coalesce(min(value), 0), coalesce(max(value), 0) FROM ({values})"
    [(least, most)] = database.execute(found).fetchall()
    return least, most


def _fill_contacts(database: duckdb.DuckDBPyConnection, rows: int) -> None:
    """The lean table, some rows at a time; and where the contact of a uuid is."""
    for first in range(0, rows, _CONTACTS_AT_ONCE):
        those = f"row >= {first} AND row < {first + _CONTACTS_AT_ONCE}"
        codes = " ".join(
            f"LEFT JOIN (SELECT id AS {name}, member AS row FROM scratch.codes_{name} WHERE member >= {first} "
            f"AND member < {first + _CONTACTS_AT_ONCE}) USING (row)"
            for name in CODED
        )
        database.execute(
            f"INSERT INTO contacts SELECT row, uuid, present, {', '.join((*CODED, *NUMBERS))} FROM "
            f"(SELECT row, uuid, present, {', '.join(NUMBERS)} FROM scratch.staged "
            f"JOIN (SELECT line, row FROM scratch.places WHERE {those}) USING (line)) {codes} ORDER BY row"
        )
    database.execute(f"INSERT INTO uuids SELECT {key_sql(PLACES, 'uuid')} AS key, row FROM contacts ORDER BY key")


def _copy_items(database: duckdb.DuckDBPyConnection, rows: int, stream: BinaryIO, portion: Path, line: int) -> None:
    """Fills `items` in order, by way of files on disk: DuckDB reads those several times faster than parameters."""
    columns = "columns = {row: 'INTEGER', item: 'VARCHAR', more: 'VARCHAR'}, delim = ',', quote = '', escape = ''"
    csv = (
        f"SELECT row, from_base64(item) AS item, from_base64(more) AS more FROM read_csv({quoted(portion)}, "
        f"header = false, auto_detect = false, parallel = false, max_line_size = {line}, {columns})"
    )
    for first in range(0, rows, _ITEMS_AT_ONCE):
        those = f"WHERE row >= {first} AND row < {first + _ITEMS_AT_ONCE}"
        with portion.open("wb") as lines:
            places = database.execute(f"SELECT row, start, size, more FROM scratch.places {those} ORDER BY row")
            while batch := places.fetchmany(_PLACES_AT_ONCE):
                for row, start, size, more in batch:
                    stream.seek(start)
                    item, further = b64encode(stream.read(size)), b64encode(stream.read(more))
                    # Nothing at all is read as NULL.
                    lines.write(b"%d,%b,%b\n" % (row, item, further))
        database.execute(
            f"INSERT INTO items SELECT row, uuid, item, more FROM ({csv}) "
            f"JOIN (SELECT row, uuid FROM contacts {those}) USING (row) ORDER BY row"
        )
