"""Staged documents → the tables of `search.duckdb.schema`, in bounded memory.

Sorting finished items would be most of the work, so they stay out of DuckDB until their order is known: only what
is searched is staged in tables, and the items are then copied from their file in final order.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import duckdb
import msgspec

from search.duckdb import meta
from search.duckdb.keeping import Keeper
from search.duckdb.meta import BOUNDS, DICTIONARY, MAPPING, Bounds
from search.duckdb.packing import dictionary
from search.duckdb.portions import Cell, Portion, line_of
from search.duckdb.schema import CODED, CREATE, PRESENT, STAGED
from search.duckdb.spaces import FILLED, NUMBERS, TEXTS, UUID_KEY, UUIDS
from search.duckdb.sql import quoted
from search.fields import MAPPING_VERSION, SORT_FIELDS

MEMORY = (180, 800, 3200)
"""Megabytes that DuckDB may hold while building. Not all it does can go to disk: where the first is not enough it
starts again with the next."""

_LINE = 2 * 1024 * 1024
"""Bytes of a staged line that DuckDB's readers are ready for; a longer one raises that, and the memory with it."""

_ROWS_AT_ONCE = 122_880
"""Rows of one of DuckDB's row groups: anything else would be written, and written again with the next portion."""

_PLACES_AT_ONCE = 5000


def build(file: Path, documents: Path, items: Path, scratch: Path, longest: int) -> int:
    """Make `file` from `documents` (NDJSON) and `items` (each followed by its further fields); the number of contacts.

    Of two documents with the same uuid the one with the higher line counts. No document and no item has more than
    `longest` bytes. `scratch` is a directory; it and what is in it need not be there and does not stay.
    """
    line = max(_LINE, line_of(longest))
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


def _build(file: Path, documents: Path, items: Path, scratch: Path, limits: tuple[int, int]) -> int:
    """The same within `limits`: megabytes of memory, and bytes of a line."""
    memory, line = limits
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
        [(rows,)] = database.execute("SELECT count(*) FROM scratch.places").fetchall()
        coded, bounds, filled = _fill_sets(database, rows, scratch)
        _fill_contacts(database, rows, coded)
        with items.open("rb") as stream:
            columns = {"row": False, "item": True, "more": True}
            _copy_items(database, rows, stream, Portion(scratch / "items.csv", columns), line)
        about = [
            (DICTIONARY, dictionary()),
            (MAPPING, str(MAPPING_VERSION).encode()),
            (BOUNDS, msgspec.json.encode(bounds)),
            (meta.FILLED, msgspec.json.encode(filled)),
        ]
        database.executemany("INSERT INTO meta VALUES (?, ?)", about)
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


def _fill_sets(
    database: duckdb.DuckDBPyConnection, rows: int, scratch: Path
) -> tuple[list[str], Bounds, dict[str, int]]:
    """All sets. The fields with single values that anybody has; what has to be known of numbers to read them; how many
    contacts have which field."""
    keeper = Keeper(database, rows, scratch)
    there, bounds = _extent(database)
    texts = [field for field in TEXTS if field in there]
    for field in texts:
        keeper.texts(field)
    for field, (least, most) in tuple(bounds.items()):
        values = f"SELECT line, {field} AS value FROM scratch.staged WHERE {field} IS NOT NULL"
        keeper.bits(field, _with_rows(values), least, most)
    for field in SORT_FIELDS:
        if field in there:
            bounds[field] = (0, _rank(database, field))
            values = f"SELECT line, value FROM scratch.staged JOIN scratch.ranks ON text = {field}"
            keeper.bits(field, _with_rows(values), *bounds[field])
    lines = _with_rows("SELECT line, uuid, present FROM scratch.staged", "uuid, present")
    bounds[UUIDS] = (0, max(rows - 1, 0))
    keeper.bits(UUIDS, f"SELECT row, row_number() OVER (ORDER BY uuid) - 1 AS value FROM ({lines})", *bounds[UUIDS])
    filled = keeper.flags(FILLED, lines, {name: f"present & {bit} <> 0" for name, bit in PRESENT.items()})
    keeper.finish()
    return [field for field in texts if field in CODED], bounds, filled


def _extent(database: duckdb.DuckDBPyConnection) -> tuple[set[str], Bounds]:
    """The texts that anything is staged of; the least and the largest of each number that is."""
    texts = (*TEXTS, *SORT_FIELDS)
    counts = [f"count({field})" for field in texts]
    ends = [f"{end}({field})" for field in NUMBERS for end in ("min", "max")]
    [found] = database.execute(f"SELECT {', '.join([*counts, *ends])} FROM scratch.staged").fetchall()
    there = {field for field, count in zip(texts, found, strict=False) if count}
    numbers = found[len(texts) :]
    pairs = zip(NUMBERS, numbers[::2], numbers[1::2], strict=True)
    return there, {field: (least, most) for field, least, most in pairs if least is not None}


def _with_rows(lines: str, columns: str = "value") -> str:
    """The relation `lines` with the rows in place of the lines, of those that count."""
    return f"SELECT row, {columns} FROM ({lines}) JOIN (SELECT line, row FROM scratch.places) USING (line)"


def _rank(database: duckdb.DuckDBPyConnection, field: str) -> int:
    """`scratch.ranks`: the distinct texts of a field in order, counted from 0; the last number."""
    database.execute(
        "CREATE OR REPLACE TABLE scratch.ranks AS SELECT text, row_number() OVER (ORDER BY text) - 1 AS value "
        f"FROM (SELECT DISTINCT {field} AS text FROM scratch.staged) WHERE text IS NOT NULL"
    )
    [(last,)] = database.execute("SELECT max(value) FROM scratch.ranks").fetchall()
    return int(last)


def _fill_contacts(database: duckdb.DuckDBPyConnection, rows: int, coded: Sequence[str]) -> None:
    """The lean table, some rows at a time: the codes of these fields."""
    for first in range(0, rows, _ROWS_AT_ONCE):
        last = min(first + _ROWS_AT_ONCE, rows) - 1
        codes = " ".join(
            f"LEFT JOIN (SELECT member AS row, id AS {name} FROM scratch.codes_{name} "
            f"WHERE member BETWEEN {first} AND {last}) USING (row)"
            for name in coded
        )
        those = f"SELECT unnest(range({first}, {last + 1}))::INTEGER AS row"
        database.execute(
            f"INSERT INTO contacts BY NAME SELECT {', '.join(['row', *coded])} FROM ({those}) {codes} ORDER BY row"
        )


def _copy_items(database: duckdb.DuckDBPyConnection, rows: int, stream: BinaryIO, portion: Portion, line: int) -> None:
    """Fills `items` in order, and tells where the contact of a uuid is. No line of it has more than `line` bytes."""
    for first in range(0, rows, _ROWS_AT_ONCE):
        where = f"WHERE row >= {first} AND row < {first + _ROWS_AT_ONCE}"
        those = f"SELECT line, row, start, size, more FROM scratch.places {where} ORDER BY row"
        portion.write(_items(database.execute(those), stream))
        database.execute(
            f"INSERT INTO items SELECT row, uuid, item, more FROM ({portion.relation(line)}) "
            f"JOIN (SELECT row, uuid FROM ({those}) JOIN (SELECT line, uuid FROM scratch.staged) USING (line)) "
            "USING (row) ORDER BY row"
        )
    database.execute(f"INSERT INTO uuids SELECT {UUID_KEY} AS key, row FROM items ORDER BY key")


def _items(places: duckdb.DuckDBPyConnection, stream: BinaryIO) -> Iterator[tuple[Cell, ...]]:
    while batch := places.fetchmany(_PLACES_AT_ONCE):
        for _, row, start, size, more in batch:
            stream.seek(start)
            yield row, stream.read(size), stream.read(more)
