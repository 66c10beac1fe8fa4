"""The shape of a DuckDB file of contacts, derived from the field table.

- `contacts`: one lean row a contact, in default order (`row` counts up): which fields it has, codes of single values,
  numbers.
- `items(row, uuid, item, more)`: the finished item and, where there are any, its further fields, both packed
  (`search.duckdb.packing`), read for the hits of a page only.
- `terms(key, id, text, size, few)`: the names of all sets (`search.duckdb.spaces`) by key; the ids count up. `size` is
  how many numbers are in a set, `few` has them if they are no more than `FEW`.
- `sets(id, size, many)`: all other sets, as serialised bitmaps.
- `uuids(key, row)`: the row of each contact by its key in the space of uuids.
- `meta(name, value)`: what is needed to read the file (`search.duckdb.meta`).

Text is looked at once per distinct value in `terms`; contacts are matched by sets of rows only.
"""

from search.duckdb.spaces import NUMBERS, TEXTS
from search.fields import ALL_FIELDS, SEARCH_FIELDS, SORT_FIELDS

CODED = tuple(name for name in TEXTS if not SEARCH_FIELDS[name].many)
"""Fields with one value a contact: a column of `contacts` that holds the id in `terms`."""

POSTED = tuple(name for name in TEXTS if SEARCH_FIELDS[name].many)
"""Fields with several values a contact."""

PRESENT = {name: 1 << bit for bit, name in enumerate(ALL_FIELDS)}
"""Contact field → its bit in `contacts.present`, which has 63."""

FEW = 64
"""Numbers of a set that are listed; of more a bitmap is the shorter."""

STAGED = (
    dict.fromkeys((*CODED, *SORT_FIELDS), "VARCHAR")
    | dict.fromkeys(NUMBERS, "BIGINT")
    | dict.fromkeys(POSTED, "VARCHAR[]")
)
"""Derived field → its type in the documents that a load stages."""

CREATE = (
    "CREATE TABLE items (row INTEGER NOT NULL, uuid VARCHAR NOT NULL, "
    "item BLOB NOT NULL USING COMPRESSION uncompressed, more BLOB USING COMPRESSION uncompressed)",
    "CREATE TABLE terms (key BIGINT NOT NULL, id INTEGER NOT NULL, text VARCHAR NOT NULL, size INTEGER NOT NULL, "
    "few INTEGER[])",
    "CREATE TABLE sets (id INTEGER NOT NULL, size INTEGER NOT NULL, many BLOB NOT NULL USING COMPRESSION uncompressed)",
    "CREATE TABLE uuids (key BIGINT NOT NULL, row INTEGER NOT NULL)",
    "CREATE TABLE meta (name VARCHAR NOT NULL, value BLOB NOT NULL)",
    "CREATE TABLE contacts (row INTEGER NOT NULL, uuid VARCHAR NOT NULL, present BIGINT NOT NULL, "
    + ", ".join([f"{name} INTEGER" for name in CODED] + [f"{name} BIGINT" for name in NUMBERS])
    + ")",
)
