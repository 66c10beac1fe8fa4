"""The shape of a DuckDB file of contacts, derived from the field table.

- `contacts`: one lean row a contact, in default order (`row` counts up): codes of single values, numbers, sort keys.
- `items(row, uuid, item, more)`: the finished item and, where there are any, its further fields, both packed
  (`search.duckdb.packing`), read for the hits of a page only.
- `terms(id, field, text, contacts)`: the dictionary of all distinct values, sorted, so a field's ids stand together,
  and how many contacts have each.
- `postings(term, row)`: which contacts have a value of a field that can have several, sorted by term and row.
- `meta(name, value)`: what is needed to read the file (`search.duckdb.meta`).

Text is looked at once per distinct value in `terms`; contacts are matched by integers only.
"""

from search.fields import ALL_FIELDS, SEARCH_FIELDS, SORT_FIELDS, Kind, sort_field

CODED = tuple(name for name, field in SEARCH_FIELDS.items() if not field.many and field.kind is not Kind.NUMBER)
"""Fields with one value a contact: a column of `contacts` that holds the id in `terms`."""

PRESENT = {name: 1 << bit for bit, name in enumerate(ALL_FIELDS)}
"""Contact field → its bit in `contacts.present`, which has 63. As postings they would be a third of all."""

POSTED = tuple(name for name, field in SEARCH_FIELDS.items() if field.many and name != "absent")
"""Fields with several values a contact: rows of `postings`."""

NUMBERS = tuple(name for name, field in SEARCH_FIELDS.items() if field.kind is Kind.NUMBER)
"""Fields that are a number column of `contacts`."""

SORT_TEXTS = tuple(SORT_FIELDS)
"""Text sort keys: a column of `contacts` each."""

STAGED = (
    dict.fromkeys((*CODED, *SORT_TEXTS), "VARCHAR")
    | dict.fromkeys(NUMBERS, "BIGINT")
    | dict.fromkeys(POSTED, "VARCHAR[]")
)
"""Derived field → its type in the documents that a load stages."""

CREATE = (
    "CREATE TABLE items (row INTEGER NOT NULL, uuid VARCHAR NOT NULL, "
    "item BLOB NOT NULL USING COMPRESSION uncompressed, more BLOB USING COMPRESSION uncompressed)",
    "CREATE TABLE terms "
    "(id INTEGER NOT NULL, field VARCHAR NOT NULL, text VARCHAR NOT NULL, contacts INTEGER NOT NULL)",
    "CREATE TABLE postings (term INTEGER NOT NULL, row INTEGER NOT NULL)",
    "CREATE TABLE meta (name VARCHAR NOT NULL, value BLOB NOT NULL)",
    "CREATE TABLE contacts (row INTEGER NOT NULL, uuid VARCHAR NOT NULL, present BIGINT NOT NULL, "
    + ", ".join(
        [f"{name} INTEGER" for name in CODED]
        + [f"{name} BIGINT" for name in NUMBERS]
        + [f"{name} VARCHAR" for name in SORT_TEXTS]
    )
    + ")",
)


def sort_column(order: str) -> str:
    """The column of `contacts` that an order goes by."""
    return sort_field(order)
