"""Staged documents → the tables of `search.duckdb.schema`, in bounded memory.

Sorting finished items would be most of the work, so they stay out of DuckDB until their order is known: only what
is searched is staged in tables, and the items are then copied from their file in final order.
"""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import duckdb
import msgspec

from search.documents import SearchFields
from search.duckdb.packing import DICTIONARY, dictionary
from search.duckdb.schema import CODED, CREATE, NUMBERS, POSTED, SORT_TEXTS

MEMORY = 256
"""Megabytes that DuckDB may hold while building; what is more goes to disk."""

_LINE = 2 * 1024 * 1024
"""Bytes of a staged line that DuckDB's readers are ready for; a longer one raises that, and the memory with it."""

_ITEMS_AT_ONCE = 20_000
_FEW_BYTES = 16 * 1024 * 1024
"""Items are copied in portions of so many, or so many bytes."""


def build(file: Path, documents: Path, items: Path, scratch: Path, longest: int) -> int:
    """Make `file` from `documents` (NDJSON) and `items` (one after the other); the number of contacts in it.

    Of two documents with the same uuid the one with the higher line counts. No document and no item has more than
    `longest` bytes. `scratch` is a directory that is not there yet; it stays.
    """
    scratch.mkdir()
    line = max(_LINE, longest * 4 // 3 + 1024)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY + 16 * (line - _LINE) // 2**20}MB",
        "temp_directory": str(scratch),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(file, config=config) as database:
        for statement in (
            *CREATE,
            f"ATTACH '{_quoted(scratch / 'staged.duckdb')}' AS scratch",
            *_staging(documents, line),
        ):
            database.execute(statement)
        database.execute("INSERT INTO meta VALUES (?, ?)", (DICTIONARY, dictionary()))
        for name in sorted((*CODED, *POSTED)):
            for statement in _field_statements(name):
                database.execute(statement)
        database.execute(_contacts_statement())
        with items.open("rb") as stream:
            _copy_items(database, stream, scratch / "items.csv", line)
        for statement in ("DETACH scratch", "CHECKPOINT"):
            database.execute(statement)
        [(count,)] = database.execute("SELECT count(*) FROM contacts").fetchall()
    return int(count)


def _staging(documents: Path, line: int) -> tuple[str, ...]:
    """`scratch.staged`: what was staged; `scratch.places`: the row of each line that counts, and where its item is."""
    types = ", ".join(f"{name} {_sql_type(name)}" for name in SearchFields.__struct_fields__ if name != "present")
    return (
        "CREATE TABLE scratch.staged AS SELECT line, uuid, present, size, unnest(search) "
        f"FROM read_json('{_quoted(documents)}', format = 'newline_delimited', "
        f"maximum_object_size = {line}, "
        f"columns = {{line: 'BIGINT', uuid: 'VARCHAR', present: 'BIGINT', size: 'BIGINT', search: 'STRUCT({types})'}})",
        "CREATE TABLE scratch.places AS SELECT line, "
        "(row_number() OVER (ORDER BY created_at DESC NULLS LAST, uuid) - 1)::INTEGER AS row, start, size FROM ("
        "SELECT line, uuid, created_at, size, (sum(size) OVER (ORDER BY line) - size)::BIGINT AS start "
        "FROM scratch.staged QUALIFY row_number() OVER (PARTITION BY uuid ORDER BY line DESC) = 1)",
    )


def _field_statements(name: str) -> list[str]:
    """The dictionary of one field and, where a contact can have several values of it, its postings."""
    text = f"unnest({name})" if name in POSTED else name
    terms = (
        "INSERT INTO terms SELECT (SELECT coalesce(max(id), -1) FROM terms) + row_number() OVER (ORDER BY text), "
        f"'{name}', text FROM (SELECT DISTINCT text FROM (SELECT {text} AS text FROM scratch.staged)) "
        "WHERE text IS NOT NULL ORDER BY text"
    )
    # Rows come last: a join of texts above that of rows is more than DuckDB 2.0.0 can do (an internal error).
    postings = (
        f"INSERT INTO postings SELECT id, row FROM (SELECT id, line FROM (SELECT line, {text} AS text "
        f"FROM scratch.staged) JOIN (SELECT id, text FROM terms WHERE field = '{name}') USING (text)) "
        "JOIN (SELECT line, row FROM scratch.places) USING (line) ORDER BY id, row"
    )
    return [terms, postings] if name in POSTED else [terms]


def _contacts_statement() -> str:
    codes = ", ".join(f"{name}_terms.id" for name in CODED)
    joins = " ".join(
        f"LEFT JOIN (SELECT id, text FROM terms WHERE field = '{name}') AS {name}_terms "
        f"ON {name}_terms.text = staged.{name}"
        for name in CODED
    )
    plain = ", ".join(f"staged.{name}" for name in (*NUMBERS, *SORT_TEXTS))
    return (
        f"INSERT INTO contacts SELECT places.row, staged.uuid, staged.present, {codes}, {plain} "
        f"FROM scratch.staged AS staged JOIN scratch.places AS places USING (line) {joins} ORDER BY places.row"
    )


def _copy_items(database: duckdb.DuckDBPyConnection, stream: BinaryIO, portion: Path, line: int) -> None:
    """Fills `items` in order, by way of small files: DuckDB reads those several times faster than parameters."""
    columns = "columns = {row: 'INTEGER', uuid: 'VARCHAR', item: 'VARCHAR'}, delim = '\x01', quote = '', escape = ''"
    insert = (
        "INSERT INTO items SELECT row, json_extract_string(uuid, '$'), from_base64(item) "
        f"FROM read_csv('{_quoted(portion)}', header = false, "
        f"auto_detect = false, parallel = false, max_line_size = {line}, {columns})"
    )
    with database.cursor() as order:
        order.execute(
            "SELECT row, uuid, start, size FROM scratch.places JOIN (SELECT line, uuid FROM scratch.staged) "
            "USING (line) ORDER BY row"
        )
        for lines in _portions(order, stream):
            portion.write_bytes(b"".join(lines))
            database.execute(insert)


def _portions(order: duckdb.DuckDBPyConnection, stream: BinaryIO) -> Iterator[list[bytes]]:
    encode = msgspec.json.Encoder().encode
    lines: list[bytes] = []
    size = 0
    while places := order.fetchmany(_ITEMS_AT_ONCE):
        for row, uuid, start, length in places:
            stream.seek(start)
            # JSON has no raw control characters, so the separator can't stand in a uuid.
            lines.append(b"%d\x01%b\x01%b\n" % (row, encode(uuid), b64encode(stream.read(length))))
            size += length
            if size >= _FEW_BYTES:
                yield lines
                lines, size = [], 0
    if lines:
        yield lines


def _sql_type(name: str) -> str:
    if name in NUMBERS:
        return "BIGINT"
    return "VARCHAR[]" if name in POSTED else "VARCHAR"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
