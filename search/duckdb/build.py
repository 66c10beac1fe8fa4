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

from search.duckdb.meta import DICTIONARY, FIELDS, MAPPING
from search.duckdb.packing import dictionary
from search.duckdb.schema import CODED, CREATE, NUMBERS, POSTED, PRESENT, SORT_TEXTS, STAGED
from search.duckdb.sql import quoted
from search.fields import MAPPING_VERSION

MEMORY = (180, 800, 3200)
"""Megabytes that DuckDB may hold while building. Not all it does can go to disk: past one or two million contacts the
first is not enough, and it starts again with the next."""

_LINE = 2 * 1024 * 1024
"""Bytes of a staged line that DuckDB's readers are ready for; a longer one raises that, and the memory with it."""

_PAIRS_AT_ONCE = 3_000_000
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
        for name in sorted((*CODED, *POSTED)):
            database.execute(_terms_statement(name))
            if name in POSTED:
                _post(database, name)
        _fill_contacts(database)
        with items.open("rb") as stream:
            _copy_items(database, stream, scratch / "items.csv", line)
        for statement in ("DETACH scratch", "CHECKPOINT"):
            database.execute(statement)
        [(count,)] = database.execute("SELECT count(*) FROM contacts").fetchall()
    return int(count)


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


def _terms_statement(name: str) -> str:
    """The dictionary of one field: its distinct values in the documents that count. No contact has a value twice."""
    text = f"unnest({name})" if name in POSTED else name
    counted = f"SELECT {text} AS text FROM scratch.staged SEMI JOIN scratch.places USING (line)"
    return (
        "INSERT INTO terms SELECT (SELECT coalesce(max(id), -1) FROM terms) + row_number() OVER (ORDER BY text), "
        f"'{name}', text, contacts FROM (SELECT text, count(*) AS contacts FROM ({counted}) GROUP BY text) "
        "WHERE text IS NOT NULL ORDER BY text"
    )


def _post(database: duckdb.DuckDBPyConnection, name: str) -> None:
    """The postings of one field, brought together first and then sorted slice by slice: sorts do not always spill."""
    # Rows come last: a join of texts above that of rows is more than DuckDB 2.0.0 can do (an internal error).
    database.execute(
        f"CREATE TABLE scratch.pairs AS SELECT id, row FROM (SELECT id, line FROM (SELECT line, unnest({name}) AS text "
        f"FROM scratch.staged) JOIN (SELECT id, text FROM terms WHERE field = '{name}') USING (text)) "
        "JOIN (SELECT line, row FROM scratch.places) USING (line)"
    )
    slices = database.execute(
        f"SELECT min(id), max(id) FROM (SELECT id, sum(size) OVER (ORDER BY id) // {_PAIRS_AT_ONCE} AS slice "
        "FROM (SELECT id, count(*) AS size FROM scratch.pairs GROUP BY id)) GROUP BY slice ORDER BY slice"
    ).fetchall()
    for first, last in slices:
        database.execute(
            f"INSERT INTO postings SELECT id, row FROM scratch.pairs WHERE id BETWEEN {first} AND {last} "
            "ORDER BY id, row"
        )
    database.execute("DROP TABLE scratch.pairs")


def _fill_contacts(database: duckdb.DuckDBPyConnection) -> None:
    """The lean table, some rows at a time."""
    codes = ", ".join(f"{name}_terms.id" for name in CODED)
    joins = " ".join(
        f"LEFT JOIN (SELECT id, text FROM terms WHERE field = '{name}') AS {name}_terms "
        f"ON {name}_terms.text = staged.{name}"
        for name in CODED
    )
    plain = ", ".join(f"staged.{name}" for name in (*NUMBERS, *SORT_TEXTS))
    [(rows,)] = database.execute("SELECT count(*) FROM scratch.places").fetchall()
    for first in range(0, rows, _CONTACTS_AT_ONCE):
        places = f"SELECT line, row FROM scratch.places WHERE row >= {first} AND row < {first + _CONTACTS_AT_ONCE}"
        database.execute(
            f"INSERT INTO contacts SELECT places.row, staged.uuid, staged.present, {codes}, {plain} "
            f"FROM scratch.staged AS staged JOIN ({places}) AS places USING (line) {joins} ORDER BY places.row"
        )


def _copy_items(database: duckdb.DuckDBPyConnection, stream: BinaryIO, portion: Path, line: int) -> None:
    """Fills `items` in order, by way of files on disk: DuckDB reads those several times faster than parameters."""
    columns = "columns = {row: 'INTEGER', item: 'VARCHAR', more: 'VARCHAR'}, delim = ',', quote = '', escape = ''"
    csv = (
        f"SELECT row, from_base64(item) AS item, from_base64(more) AS more FROM read_csv({quoted(portion)}, "
        f"header = false, auto_detect = false, parallel = false, max_line_size = {line}, {columns})"
    )
    [(rows,)] = database.execute("SELECT count(*) FROM scratch.places").fetchall()
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
