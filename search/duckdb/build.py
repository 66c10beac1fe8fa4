"""Staged documents → the tables of `search.duckdb.schema`, in bounded memory.

Sorting finished items would be most of the work, so they stay out of DuckDB until their order is known: only what
is searched is staged in tables, and the items are then copied from their file in final order, beside all else. What is
not to stay is in temporary tables, which DuckDB writes as they are and where it has no room for them only.
"""

import os
import shutil
from array import array
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import msgspec

from search.duckdb import meta
from search.duckdb.arrow import Buffers, Table, columns
from search.duckdb.cutting import Cutter
from search.duckdb.holders import PLACES, Holders
from search.duckdb.keeping import Keeper
from search.duckdb.meta import BOUNDS, DICTIONARY, MAPPING, Bounds
from search.duckdb.packing import dictionary
from search.duckdb.portions import ends
from search.duckdb.schema import CODED, CREATE, PRESENT
from search.duckdb.spaces import FILLED, NUMBERS, TEXTS, UUID_KEY, UUIDS
from search.duckdb.staging import SHARED, Staged
from search.fields import MAPPING_VERSION, SORT_FIELDS

MEMORY = (200, 800, 3200)
"""Megabytes that DuckDB may hold while building. Not all it does can go to disk: where the first is not enough it
starts again with the next."""

_LINE = 2 * 1024 * 1024
"""Bytes of a staged line that DuckDB's readers are ready for; a longer one raises that, and the memory with it."""

_ROWS_AT_ONCE = 122_880
"""Rows of one of DuckDB's row groups: anything else would be written, and written again with the next portion."""

_ITEMS_AT_ONCE = 10_000

_ORDER = "ORDER BY created_at DESC NULLS LAST, _uuid"
"""The default order, of what is staged."""

_OWN = Holders("staged", "_line", "_line", "1")
_SHARED = [Holders("shared JOIN shares USING (_id)", "_id", f"_shared_{at}", "number") for at in range(len(SHARED))]
_HOLDERS = {field: holders for holders, fields in zip(_SHARED, SHARED, strict=True) for field in fields}
"""Shared field → who holds its texts and numbers; all other fields are a contact's own."""


def build(file: Path, staged: Staged, scratch: Path, longest: int) -> int:
    """Make `file` from what was staged; the number of contacts.

    Of two documents with the same uuid the one with the higher line counts. No document and no item has more than
    `longest` bytes. `scratch` is a directory; it and what is in it need not be there and does not stay.
    """
    line = max(_LINE, longest + 1024)
    for memory in MEMORY:
        remove(file, scratch)
        scratch.mkdir()
        try:
            return _build(file, staged, scratch, (memory + 16 * (line - _LINE) // 2**20, line))
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


def _build(file: Path, staged: Staged, scratch: Path, limits: tuple[int, int]) -> int:
    """The same within `limits`: megabytes of memory, and bytes of a line."""
    memory, line = limits
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory}MB",
        "temp_directory": str(scratch),
        "preserve_insertion_order": False,
    }
    with (
        duckdb.connect(file, config=config) as database,
        database.cursor() as second,
        Cutter(scratch) as cutter,
        ThreadPoolExecutor(1) as beside,
    ):
        for statement in CREATE:
            database.execute(statement)
        rows = _stage(database, staged, line)
        copying = beside.submit(_copy_items, second, rows, staged.items)
        coded, bounds, filled = _make_sets(database, rows, cutter)
        _fill_contacts(database, rows, coded)
        # A checkpoint waits for nobody else who writes.
        copying.result()
        cutter.insert(database)
        about = [
            (DICTIONARY, dictionary()),
            (MAPPING, str(MAPPING_VERSION).encode()),
            (BOUNDS, msgspec.json.encode(bounds)),
            (meta.FILLED, msgspec.json.encode(filled)),
        ]
        database.executemany("INSERT INTO meta VALUES (?, ?)", about)
        database.execute("CHECKPOINT")
    return rows


def _one(database: duckdb.DuckDBPyConnection, statement: str) -> int:
    [(number,)] = database.execute(statement).fetchall()
    return int(number)


def _stage(database: duckdb.DuckDBPyConnection, staged: Staged, line: int) -> int:
    """`staged`: the lines of the contacts that count, of which there are so many; `PLACES`: the row of each, where its
    item is, and what it shares; `shared`: all that is shared; `shares`: by how many, if by any."""
    database.execute("ATTACH ':memory:' AS aside")
    database.execute(f"CREATE TEMP TABLE shared AS FROM {staged.read_shared(line)}")
    database.execute(f"CREATE TEMP TABLE staged AS FROM {staged.read_documents(line)}")
    # To look for lines that do not count takes long, and mostly there are none.
    rows, uuids = database.execute("SELECT count(*), count(DISTINCT hash(_uuid)) FROM staged").fetchall()[0]
    if uuids < rows:
        last = "SELECT max(_line) FROM staged GROUP BY _uuid"
        database.execute(f"DELETE FROM staged WHERE _line NOT IN ({last})")
        rows = _one(database, "SELECT count(*) FROM staged")
    shared = [f"_shared_{at}" for at in range(len(SHARED))]
    # The rows are numbered as they come: a window of all of them would have to be in the memory.
    ordered = f"SELECT _line, _uuid, _present, _start, _size, _more, {', '.join(shared)} FROM staged {_ORDER}"
    database.execute(f"CREATE TABLE {PLACES} AS SELECT (row_number() OVER () - 1)::INTEGER AS row, * FROM ({ordered})")
    database.execute("CREATE TEMP TABLE shares (_id BIGINT, number INTEGER)")
    for each in shared:
        database.execute(f"INSERT INTO shares SELECT {each}, count(*) FROM {PLACES} GROUP BY {each}")
    return int(rows)


def _make_sets(
    database: duckdb.DuckDBPyConnection, rows: int, cutter: Cutter
) -> tuple[list[str], Bounds, dict[str, int]]:
    """All sets. The fields with single values that anybody has; what has to be known of numbers to read them; how many
    contacts have which field."""
    keeper = Keeper(database, cutter)
    there, bounds = _extent(database)
    texts = [field for field in TEXTS if field in there]
    for field in texts:
        keeper.texts(field, _holders(field))
    for field, (least, most) in tuple(bounds.items()):
        keeper.bits(field, _with_rows(field), least, most)
    for field in SORT_FIELDS:
        if field in there:
            holders = _holders(field)
            rank = f"(dense_rank() OVER (ORDER BY {field}) - 1)::BIGINT"
            database.execute(
                f"CREATE OR REPLACE TEMP TABLE ranks AS SELECT {holders.key} AS key, {rank} AS value "
                f"FROM {holders.table} WHERE {field} IS NOT NULL"
            )
            bounds[field] = (0, _one(database, "SELECT max(value) FROM ranks"))
            keeper.bits(field, f"SELECT row, value FROM ({holders.rows}) LEFT JOIN ranks USING (key)", *bounds[field])
    bounds[UUIDS] = (0, max(rows - 1, 0))
    keeper.bits(UUIDS, f"SELECT row, row_number() OVER (ORDER BY _uuid) - 1 AS value FROM {PLACES}", *bounds[UUIDS])
    filled = keeper.flags(FILLED, f"SELECT row, _present AS value FROM {PLACES}", PRESENT)
    for table in ("staged", "shared", "named"):
        database.execute(f"DROP TABLE IF EXISTS {table}")
    return [field for field in texts if field in CODED], bounds, filled.result()


def _holders(field: str) -> Holders:
    return _HOLDERS.get(field, _OWN)


def _extent(database: duckdb.DuckDBPyConnection) -> tuple[set[str], Bounds]:
    """The texts that anything is staged of; the least and the largest of each number that is."""
    there: set[str] = set()
    bounds: Bounds = {}
    for table in (_OWN.table, _SHARED[0].table):
        texts = [field for field in (*TEXTS, *SORT_FIELDS) if _holders(field).table == table]
        numbers = [field for field in NUMBERS if _holders(field).table == table]
        ends = [f"{end}({field})" for field in numbers for end in ("min", "max")]
        asked = ", ".join([*[f"count({field})" for field in texts], *ends])
        [found] = database.execute(f"SELECT {asked} FROM {table}").fetchall()
        there.update([field for field, count in zip(texts, found, strict=False) if count])
        those = found[len(texts) :]
        pairs = zip(numbers, those[::2], those[1::2], strict=True)
        bounds |= {field: (least, most) for field, least, most in pairs if least is not None}
    return there, {field: bounds[field] for field in NUMBERS if field in bounds}


def _with_rows(field: str) -> str:
    """The relation of (row, value) of a number of all contacts."""
    holders = _holders(field)
    values = f"SELECT {holders.key} AS key, {field} AS value FROM {holders.table}"
    return f"SELECT row, value FROM ({holders.rows}) LEFT JOIN ({values}) USING (key)"


def _fill_contacts(database: duckdb.DuckDBPyConnection, rows: int, coded: Sequence[str]) -> None:
    """The lean table, some rows at a time: the codes of these fields."""
    for first in range(0, rows, _ROWS_AT_ONCE):
        joins = " ".join(f"LEFT JOIN codes_{name} ON codes_{name}.key = those.{_holders(name).place}" for name in coded)
        those = f"(FROM {PLACES} WHERE row BETWEEN {first} AND {first + _ROWS_AT_ONCE - 1}) AS those"
        codes = ", ".join(["row", *[f"codes_{name}.id AS {name}" for name in coded]])
        database.execute(f"INSERT INTO contacts BY NAME SELECT {codes} FROM {those} {joins} ORDER BY row")


def _copy_items(database: duckdb.DuckDBPyConnection, rows: int, items: Path) -> None:
    """Fills `items` in order, and tells where the contact of a uuid is."""
    types = {"row": "INTEGER", "uuid": "VARCHAR", "item": "BLOB", "more": "BLOB"}
    with items.open("rb") as stream:
        for first in range(0, rows, _ROWS_AT_ONCE):
            found = database.sql(
                "SELECT row, _uuid, strlen(_uuid)::INTEGER, _start, _size::INTEGER, _more::INTEGER "
                f"FROM {PLACES} WHERE row BETWEEN {first} AND {first + _ROWS_AT_ONCE - 1} ORDER BY row"
            )
            places = list(columns(found, (4, 0, 4, 8, 4, 4)))
            # What is added to a table by itself is a row group by itself.
            database.execute("BEGIN")
            for portion in _items(places, stream.fileno()):
                # No bytes at all are NULL.
                Table(types, [portion]).insert(database, "items", "row, uuid, item, nullif(more, ''::BLOB)")
            database.execute("COMMIT")
    database.execute(f"INSERT INTO uuids SELECT {UUID_KEY} AS key, row FROM items ORDER BY key")


def _items(places: Iterable[tuple[int, list[bytes]]], file: int) -> Iterator[tuple[int, list[Buffers]]]:
    """The rows of `items`, of (row, uuid, its length, where the item is, its size, that of the further fields)."""
    for count, (rows, uuids, *numbers) in places:
        lengths, starts, sizes, further = [array(code, each) for code, each in zip("iqii", numbers, strict=True)]
        at = 0
        for first in range(0, count, _ITEMS_AT_ONCE):
            chosen = slice(first, first + _ITEMS_AT_ONCE)
            items, more = [], []
            for start, size, rest in zip(starts[chosen], sizes[chosen], further[chosen], strict=True):
                both = os.pread(file, size + rest, start)
                items.append(both[:size])
                more.append(both[size:])
            ending = at + sum(lengths[chosen])
            yield (
                len(items),
                [
                    (rows[4 * chosen.start : 4 * chosen.stop],),
                    (ends(lengths[chosen]), uuids[at:ending]),
                    (ends(sizes[chosen]), b"".join(items)),
                    (ends(further[chosen]), b"".join(more)),
                ],
            )
            at = ending
