"""Counts rows by the values of a field, from the sets of its terms or, where those are many, from the column of codes.

The terms of a field are looked at in the order of how many rows they have at all: as soon as the next can't have more
of the rows in question than the last that is wanted, the rest need no look. So it takes few of them where many rows are
counted, and each takes little where the rows are few.
"""

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from heapq import heappush, heapreplace
from threading import Timer
from time import monotonic

import duckdb
from pyroaring import BitMap

from search.duckdb.compiled import Compiled
from search.duckdb.schema import CODED
from search.duckdb.sets import Sets
from search.duckdb.slices import Pause
from search.duckdb.spaces import NUMBERS
from search.duckdb.values import most_frequent
from search.duckdb.vocabulary import Vocabulary
from search.facets import FACET_SECONDS, TIMED_OUT, Bucket, Facet, FacetQuery

_AT_ONCE = 32
"""Terms whose sets are taken off the file together."""

Connection = duckdb.DuckDBPyConnection


class _TooLongError(Exception):
    """A facet has had its time."""


class _Limit:
    """The `Pause` of one facet: it ends the facet where its time is over, and a statement too."""

    def __init__(self, pause: Pause, connection: Connection) -> None:
        self.pause, self._connection = pause, connection
        self._until = monotonic() + FACET_SECONDS
        self._interrupted = False

    def __call__(self) -> None:
        self.pause()
        if monotonic() > self._until:
            raise _TooLongError

    def run(self, statement: Callable[[], Sequence[tuple[int, int]]]) -> Sequence[tuple[int, int]]:
        """What a statement finds, which is interrupted at the end of the time."""
        self()
        timer = Timer(self._until - monotonic(), self._interrupt)
        timer.start()
        try:
            return statement()
        except duckdb.InterruptException:
            if self._interrupted:
                raise _TooLongError from None
            raise
        finally:
            timer.cancel()

    def _interrupt(self) -> None:
        self._interrupted = True
        self._connection.interrupt()


class _Counter:
    """Counts rows of one file for one facet, within its time."""

    def __init__(self, sets: Sets, connection: Connection, limit: _Limit) -> None:
        self._sets, self._connection, self._limit = sets, connection, limit

    def of_number(self, query: FacetQuery[Compiled], rows: BitMap) -> Facet:
        """`rows` by the ranges of a number."""
        found, inside, numbered = self._sets.ranged(self._connection, query.field, query.ranges, rows, self._limit)
        return Facet(
            count=len(rows),
            missing=len(rows) - numbered,
            other=numbered - inside,
            buckets=tuple([Bucket(bounds, count) for bounds, count in zip(query.ranges, found, strict=True)]),
        )

    def of_terms(self, query: FacetQuery[Compiled], rows: BitMap) -> Facet:
        """`rows` by the terms of a field."""
        # What it looks at is kept, so that it goes on to its end: without it, it would be looked at anew each time.
        known = self._sets.vocabulary(self._connection, query.field, self._limit.pause)
        valued = known.valued & rows
        self._limit()
        top = self._most_frequent(query, known, valued)
        shown = {term for term, _ in top}
        asked = [value for value in dict.fromkeys(query.values) if value not in shown]
        top += [
            (value, len(having & rows)) for value, having in zip(asked, self._having(query.field, asked), strict=True)
        ]
        if query.field in CODED:
            other = len(valued) - sum([count for _, count in top])
        else:
            left = valued
            for having in self._having(query.field, [term for term, _ in top]):
                left = left - having
                self._limit()
            other = len(left)
        buckets = tuple([Bucket(term, count) for term, count in top])
        return Facet(count=len(rows), missing=len(rows) - len(valued), other=other, buckets=buckets)

    def _having(self, field: str, terms: Sequence[str]) -> list[BitMap]:
        return self._sets.having(self._connection, field, terms, self._limit)

    def _most_frequent(self, query: FacetQuery[Compiled], known: Vocabulary, rows: BitMap) -> list[tuple[str, int]]:
        """The most frequent terms among `rows`, all of which have one."""
        if not query.size or not rows:
            return []
        among = None
        if query.containing:
            among = self._sets.containing(self._connection, query.field, query.containing, self._limit)
        if known.ids is None:
            return self._of_column(query, rows, among)
        ids, sizes = known.ids, known.sizes
        if among is not None:
            places = [place for place, id_ in enumerate(ids) if id_ in among]
            ids, sizes = [array("I", [numbers[place] for place in places]) for numbers in (ids, sizes)]
        return self._of_sets(query, ids, sizes, rows)

    def _of_sets(
        self, query: FacetQuery[Compiled], ids: "array[int]", sizes: "array[int]", rows: BitMap
    ) -> list[tuple[str, int]]:
        # The worst of those found comes first: with the fewest rows, and of these the last in order.
        best: list[tuple[int, int, str]] = []
        for at in range(0, len(ids), _AT_ONCE):
            if sizes[at] < (best[0][0] if len(best) == query.size else query.least):
                break
            some = ids[at : at + _AT_ONCE]
            for id_, (term, having) in zip(some, self._sets.terms(self._connection, some, self._limit), strict=True):
                found = (having.intersection_cardinality(rows), -id_, term)
                if found[0] < query.least:
                    continue
                if len(best) < query.size:
                    heappush(best, found)
                elif found > best[0]:
                    heapreplace(best, found)
            self._limit()
        return [(term, count) for count, _, term in sorted(best, reverse=True)]

    def _of_column(self, query: FacetQuery[Compiled], rows: BitMap, among: BitMap | None) -> list[tuple[str, int]]:
        # No term of a field with single values is too long to be counted.
        looked_at = partial(most_frequent, self._connection, query, rows, among)
        found = self._limit.run(looked_at)
        terms = self._sets.named(self._connection, [id_ for id_, _ in found], self._limit)
        return [(term, count) for term, (_, count) in zip(terms, found, strict=True)]


def facet(sets: Sets, connection: Connection, query: FacetQuery[Compiled], rows: BitMap, pause: Pause) -> Facet:
    """`rows`, counted by the values of the field of `query`; timed out if that takes longer than it may."""
    counter = _Counter(sets, connection, _Limit(pause, connection))
    try:
        return counter.of_number(query, rows) if query.field in NUMBERS else counter.of_terms(query, rows)
    except _TooLongError:
        return TIMED_OUT
