"""The shape of a DuckDB file of contacts, derived from the field table.

- `contacts`: one lean row a contact, in default order (`row` counts up): the ids of the terms of fields with one value.
- `items(row, uuid, item, more)`: the finished item and, where there are any, its further fields, both packed
  (`search.duckdb.packing`), read for the hits of a page only.
- `names(block, space, id, first, packed)`: the names of all sets (`search.duckdb.spaces`), by space and text, in blocks
  (`search.duckdb.blocks`). Sets are numbered in this order; `id` and `first` are those of the first name of a block.
- `sets(id, size, many)`: the sets that are too large for a block, as serialised bitmaps.
- `uuids(key, row)`: the row of each contact, by a hash of its uuid.
- `meta(name, value)`: what is needed to read the file (`search.duckdb.meta`).

Text is looked at once per distinct value; contacts are matched by sets of rows only.
"""

from search.duckdb.spaces import NUMBERS, TEXTS
from search.fields import ALL_FIELDS, SEARCH_FIELDS, SORT_FIELDS

CODED = tuple(name for name in TEXTS if not SEARCH_FIELDS[name].many)
"""Fields with one value a contact: a column of `contacts` that holds the id of its term."""

POSTED = tuple(name for name in TEXTS if SEARCH_FIELDS[name].many)
"""Fields with several values a contact."""

PRESENT = {name: 1 << bit for bit, name in enumerate(ALL_FIELDS)}
"""Contact field → its bit in `present` of the documents that a load stages, which has 63."""

TYPES = (
    dict.fromkeys((*CODED, *SORT_FIELDS), "VARCHAR")
    | dict.fromkeys(NUMBERS, "BIGINT")
    | dict.fromkeys(POSTED, "VARCHAR[]")
)
"""Derived field → its type in the documents that a load stages."""

CREATE = (
    "CREATE TABLE items (row INTEGER NOT NULL, uuid VARCHAR NOT NULL, "
    "item BLOB NOT NULL USING COMPRESSION uncompressed, more BLOB USING COMPRESSION uncompressed)",
    "CREATE TABLE names (block INTEGER NOT NULL, space INTEGER NOT NULL, id INTEGER NOT NULL, first VARCHAR NOT NULL, "
    "packed BLOB NOT NULL USING COMPRESSION uncompressed)",
    "CREATE TABLE sets (id INTEGER NOT NULL, size INTEGER NOT NULL, many BLOB NOT NULL USING COMPRESSION uncompressed)",
    "CREATE TABLE uuids (key UINTEGER NOT NULL, row INTEGER NOT NULL)",
    "CREATE TABLE meta (name VARCHAR NOT NULL, value BLOB NOT NULL)",
    f"CREATE TABLE contacts (row INTEGER NOT NULL, {', '.join(f'{name} INTEGER' for name in CODED)})",
)
