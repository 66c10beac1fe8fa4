"""What one file keeps as sets of rows: of each term, each word, each bit of a number; and the orders of all rows.

The evaluator of filters asks for the sets of a filter's leaves here and combines them by itself.
"""

from collections.abc import Callable, Iterable, Sequence

import duckdb
from pyroaring import BitMap

from mappings.predicates import Order, Phrase, Substring, Terms
from search.cursor import Position

Leaf = Terms | Phrase | Substring
"""Predicates on text."""

Pause = Callable[[], None]
"""Called between operations: it raises when nobody waits for the result any more."""

Place = tuple[int | str | None, str]
"""Where a contact stands in an order: its sort value, `None` where that is missing, and its uuid."""


class Sets:
    """The sets of one file. Threads share it; every method blocks. Sets that it gives are shared: nobody changes them.

    Attributes:
        rows: contacts; their rows are 0 to `rows - 1` in default order (newest first, then uuid).
        everyone: all rows.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Reads what all methods need. Raises `EngineUnavailable` if the file is of another `MAPPING_VERSION`."""
        self.rows: int
        self.everyone: BitMap

    def of_leaves(
        self, connection: duckdb.DuckDBPyConnection, leaves: Iterable[Leaf], pause: Pause
    ) -> dict[Leaf, BitMap]:
        """The rows that each of `leaves` holds for."""
        raise NotImplementedError

    def sizes(self, connection: duckdb.DuckDBPyConnection, leaves: Iterable[Leaf]) -> dict[Leaf, int]:
        """How many rows each holds for, of those where that is known without reading sets."""
        raise NotImplementedError

    def between(
        self, connection: duckdb.DuckDBPyConnection, field: str, gte: int | None, lte: int | None, pause: Pause
    ) -> BitMap:
        """The rows whose number is within the bounds; an absent one is open. Raises `ValueError` of other fields."""
        raise NotImplementedError

    def filled(self, connection: duckdb.DuckDBPyConnection, field: str) -> BitMap:
        """The rows that have something in the item field."""
        raise NotImplementedError

    def first(
        self,
        connection: duckdb.DuckDBPyConnection,
        order: Order,
        rows: BitMap,
        limit: int,
        offset: int,
        backward: bool,
        pause: Pause,
    ) -> list[int]:
        """At most `limit` of `rows` after `offset` in that order, or in its reverse; as cheap at any offset."""
        raise NotImplementedError

    def beside(
        self, connection: duckdb.DuckDBPyConnection, order: Order, position: Position, pause: Pause
    ) -> BitMap:
        """The rows after `position` in that order, or before it if it reads backward."""
        raise NotImplementedError

    def places(self, connection: duckdb.DuckDBPyConnection, order: Order, rows: Sequence[int]) -> list[Place]:
        """Where each of `rows` stands in that order, as cursors have it."""
        raise NotImplementedError
