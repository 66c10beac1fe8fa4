"""What a filter finds in a file, in the filter's order: a page of it, or all of it, some rows at a time."""

from mappings.predicates import ContactFilter
from search.cursor import Position
from search.duckdb.evaluation import Evaluation
from search.duckdb.live_files import Lease
from search.duckdb.slices import Pause


class Result:
    """The rows that a query finds, or those beside `position`. Blocks: to be used in threads, by one caller.

    Args:
        query: in its simplest form.
        offset: rows that are left out, the first in reading direction.
        pause: of the work in which it is made. Each method is given that of its own.
    """

    def __init__(
        self, lease: Lease, query: ContactFilter, pause: Pause, offset: int = 0, position: Position | None = None
    ) -> None:
        self._sets, self._connection, self._order = lease.file.sets, lease.connection, query.ordering
        self._backward = position is not None and position.backward
        rows = Evaluation(self._sets, self._connection, [query.predicate], pause).rows(query.predicate)
        if query.selection:
            rows = self._sets.taken(self._connection, query.selection, rows, pause)
        if position is not None and rows:
            rows = rows & self._sets.beside(self._connection, self._order, position, pause)
        self._rows = rows
        # What is left of it, in order.
        self._from, self._to = (0, len(rows) - offset) if self._backward else (offset, len(rows))

    def __len__(self) -> int:
        """How many rows are left to `take`."""
        return max(0, self._to - self._from)

    def page(self, limit: int, pause: Pause) -> list[int]:
        """The first `limit` rows in reading direction, or fewer."""
        offset = len(self._rows) - self._to if self._backward else self._from
        return self._first(limit, offset, self._backward, pause)

    def take(self, number: int, pause: Pause) -> list[int]:
        """The next `number` rows in order, also of what is read backward."""
        taken = self._first(min(number, self._to - self._from), self._from, False, pause)
        self._from += len(taken)
        return taken

    def _first(self, limit: int, offset: int, backward: bool, pause: Pause) -> list[int]:
        return self._sets.first(self._connection, self._order, self._rows, limit, offset, backward, pause)
