"""Of whom a relation that is staged tells: of contacts, of what they share, or of the terms of a field. The build
(`search.duckdb.build`) says which it is for each field, and `search.duckdb.keeping` makes its sets.

It stands by itself, since a msgspec struct of texts alone is unknown to Python's collector: one in a module that
imports DuckDB keeps that until the process ends, and DuckDB complains about it on standard error.
"""

import msgspec

PLACES = "aside.places"
"""The table of the contacts in order. It is in a database of its own, in memory, that all connections see."""


class Holders(msgspec.Struct, frozen=True):
    """Whose texts are in a relation that has a row for each of them.

    Attributes:
        table: what it is called, or made of.
        key: its column with their keys.
        place: the column of `PLACES` with the keys of contacts; `None` if the keys are to be in the sets themselves.
        number: how many contacts each has, as an expression.
    """

    table: str
    key: str
    place: str | None
    number: str

    @property
    def rows(self) -> str:
        """The relation of (key, row): the contacts of each."""
        return f"SELECT {self.place} AS key, row FROM {PLACES}"
