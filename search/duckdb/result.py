"""What a filter finds in a file, in the filter's order: a page of it, or all of it, some rows at a time."""

from pyroaring import BitMap

from mappings.predicates import Ordering
from search.duckdb.live_files import Lease
from search.duckdb.slices import Pause


class Result:
    """The rows that a query finds, those beside a position if it has one. Its methods block: they are for threads.

    Args:
        order: of the query.
        rows: all of them.
        offset: rows that are left out, the first in reading direction.
        backward: whether they are read backward.
    """

    def __init__(self, lease: Lease, order: Ordering, rows: BitMap, offset: int = 0, backward: bool = False) -> None:
        self._sets, self._connection, self._order = lease.file.sets, lease.connection, order
        self._rows, self._backward = rows, backward
        # What is left of it, in order.
        self._from, self._to = (0, len(rows) - offset) if backward else (offset, len(rows))

    def __bool__(self) -> bool:
        """Whether there are any rows left to `take`."""
        return self._from < self._to

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
