"""Predicates → sets of rows: the whole algebra of filters on roaring bitmaps, and the counts of many at once.

`search.duckdb.sets` reads the sets of a file; here they are combined. Whatever shape a filter has, it is one walk
through it, with a pause between any two operations.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import assert_never

import duckdb
from pyroaring import BitMap

from mappings.predicates import (
    All,
    Any,
    Exists,
    MatchAll,
    Not,
    Phrase,
    Predicate,
    Range,
    Substring,
    Terms,
)
from search.duckdb.leaves import Leaf
from search.duckdb.sets import Sets
from search.duckdb.slices import Pause

HELD_BYTES = 32 * 1024 * 1024
"""Of the sets that one evaluation has in hand, and of those that it then reads at once, however large they are."""

_SET_BYTES = 256
"""What the smallest set takes in memory."""

_APART = 4
"""Alternative ranges of a number that are sought one by one: few are found sooner so."""

_Computed = All | Any | Not | Range | Exists | MatchAll


class Evaluation:
    """Evaluates predicates for one caller. Blocks: to be used in one thread.

    The leaves of all predicates are read together, in the order in which they stand and as many as may be in hand, and
    what stands twice is computed once. Sets that it gives may be shared with others, and must not be changed.

    Args:
        connection: for what is read of the file.
        predicates: all that it will be asked for, in their simplest form (`mappings.algebra`).
        pause: called between operations; what it raises ends the work.
    """

    def __init__(
        self,
        sets: Sets,
        connection: duckdb.DuckDBPyConnection,
        predicates: Iterable[Predicate],
        pause: Pause,
    ) -> None:
        self._sets, self._connection, self._pause = sets, connection, pause
        self._most = max(1, HELD_BYTES // (sets.rows // 8 + _SET_BYTES))
        # How often each predicate will still be asked for.
        self._uses: Counter[Predicate] = Counter()
        for predicate in predicates:
            self._expect(predicate)
        self._unread = (predicate for predicate in list(self._uses) if isinstance(predicate, Leaf))
        self._held: dict[Predicate, BitMap] = {}
        self._bytes = 0
        self._read()

    def rows(self, predicate: Predicate) -> BitMap:
        """The rows that `predicate` holds for."""
        return self.among(predicate, self._sets.everyone)

    def _expect(self, predicate: Predicate) -> None:
        self._uses[predicate] += 1
        # Of what stands twice the parts are asked for once.
        if self._uses[predicate] == 1:
            for part in _parts(predicate):
                self._expect(part)

    def among(self, predicate: Predicate, rows: BitMap) -> BitMap:
        """Those of `rows` that `predicate` holds for."""
        self._pause()
        if isinstance(predicate, Leaf):
            found = self._of_leaf(predicate)
        elif predicate in self._held or self._uses[predicate] > 1:
            found = self._once(predicate)
        else:
            return self._computed(predicate, rows)
        return found if rows is self._sets.everyone else found & rows

    def _computed(self, predicate: _Computed, rows: BitMap) -> BitMap:
        match predicate:
            case MatchAll():
                return rows
            case Exists(field):
                return rows & self._sets.filled(self._connection, field)
            case Range(field, gte, lte):
                return self._sets.between(self._connection, field, gte, lte, rows, self._pause)
            case All(of):
                # The smallest first, so that what follows has little to do, or nothing.
                for part in sorted(of, key=self._most_rows):
                    if not rows:
                        break
                    rows = self.among(part, rows)
                return rows
            case Any(of):
                return self._any(of, rows)
            case Not(of):
                return rows - self.among(of, rows)
        assert_never(predicate)

    def _any(self, of: Sequence[Predicate], rows: BitMap) -> BitMap:
        ranges: dict[str, list[Range]] = defaultdict(list)
        for part in of:
            if isinstance(part, Range):
                ranges[part.field].append(part)
        many = {field: several for field, several in ranges.items() if len(several) > _APART}
        found = BitMap()
        for field, several in many.items():
            found |= self._sets.within(self._connection, field, several, rows, self._pause)
        for part in of:
            if not (isinstance(part, Range) and part.field in many):
                found |= self.among(part, rows)
        return found

    def _most_rows(self, predicate: Predicate) -> int:
        """How many rows a predicate can hold for, as far as that is seen from the leaves in hand."""
        match predicate:
            case Terms() | Phrase() | Substring():
                return len(self._held[predicate]) if predicate in self._held else self._sets.rows
            case All(of):
                return min(map(self._most_rows, of))
            case Any(of):
                return min(sum(map(self._most_rows, of)), self._sets.rows)
            case Range() | Exists():
                # Last of all: numbers take most operations.
                return self._sets.rows + 1
        return self._sets.rows

    def _of_leaf(self, leaf: Leaf) -> BitMap:
        if leaf not in self._held:
            self._read(leaf)
        return self._taken(leaf)

    def _once(self, predicate: _Computed) -> BitMap:
        """What stands in more places than one."""
        if predicate not in self._held:
            self._hold({predicate: self._computed(predicate, self._sets.everyone)})
        return self._taken(predicate)

    def _taken(self, predicate: Predicate) -> BitMap:
        """What is in hand, and stays there as long as it is asked for again."""
        rows = self._held[predicate]
        self._uses[predicate] -= 1
        if self._uses[predicate] <= 0:
            self._let_go(predicate)
        return rows

    def _read(self, *needed: Leaf) -> None:
        """Take in hand what is needed, and the next leaves with it."""
        ahead = [leaf for leaf in islice(self._unread, self._most) if self._uses[leaf] > 0 and leaf not in self._held]
        if wanted := dict.fromkeys((*needed, *ahead)):
            self._hold(self._sets.of_leaves(self._connection, wanted, self._pause))

    def _hold(self, sets: Mapping[Leaf, BitMap] | Mapping[_Computed, BitMap]) -> None:
        """Take sets in hand. If they are too many all others are let go of: what is asked for again is made again."""
        if self._bytes > HELD_BYTES:
            for predicate in list(self._held):
                self._let_go(predicate)
        for predicate, rows in sets.items():
            self._held[predicate] = rows
            self._bytes += rows.__sizeof__() + _SET_BYTES

    def _let_go(self, predicate: Predicate) -> None:
        self._bytes -= self._held.pop(predicate).__sizeof__() + _SET_BYTES


def rows_of(sets: Sets, connection: duckdb.DuckDBPyConnection, predicate: Predicate, pause: Pause) -> BitMap:
    """The rows that one predicate holds for."""
    return Evaluation(sets, connection, [predicate], pause).rows(predicate)


def count_each(
    sets: Sets, connection: duckdb.DuckDBPyConnection, predicates: Sequence[Predicate], pause: Pause
) -> list[int]:
    """How many rows each of `predicates` holds for: what is known without putting sets together, if it is."""
    counts, _ = counts_and_rows(sets, connection, predicates, (), pause)
    return counts


def counts_and_rows(
    sets: Sets,
    connection: duckdb.DuckDBPyConnection,
    counted: Sequence[Predicate],
    wanted: Sequence[Predicate],
    pause: Pause,
) -> tuple[list[int], list[BitMap]]:
    """How many rows some predicates hold for, as `count_each`, and the rows of others: what they have in common is
    looked for once."""
    distinct = list(dict.fromkeys(counted))
    counts = _known(sets, connection, distinct, pause)
    unknown = [predicate for predicate in distinct if predicate not in counts]
    evaluation = Evaluation(sets, connection, [*wanted, *unknown], pause)
    rows = [evaluation.rows(predicate) for predicate in wanted]
    for predicate in unknown:
        counts[predicate] = len(evaluation.rows(predicate))
    return [counts[predicate] for predicate in counted], rows


def _known(
    sets: Sets, connection: duckdb.DuckDBPyConnection, predicates: Sequence[Predicate], pause: Pause
) -> dict[Predicate, int]:
    """The counts that are known of leaves, and of ranges of one number, also where they are negated."""
    parts = {predicate: predicate.of if isinstance(predicate, Not) else predicate for predicate in predicates}
    leaves = {part for part in parts.values() if isinstance(part, Leaf)}
    sizes = dict[Predicate, int](sets.sizes(connection, leaves, pause).items() if leaves else ())
    for part in parts.values():
        if part not in sizes and (ranges := _ranges(part)):
            sizes[part] = sets.numbered(connection, ranges[0].field, ranges, pause)
    return {
        predicate: sets.rows - sizes[part] if isinstance(predicate, Not) else sizes[part]
        for predicate, part in parts.items()
        if part in sizes
    }


def _ranges(predicate: Predicate) -> list[Range]:
    """The ranges that a predicate is any of, if they are of one number."""
    of = predicate.of if isinstance(predicate, Any) else (predicate,)
    ranges = [part for part in of if isinstance(part, Range)]
    return ranges if len(ranges) == len(of) and len({part.field for part in ranges}) == 1 else []


def _parts(predicate: Predicate) -> tuple[Predicate, ...]:
    match predicate:
        case All(of) | Any(of):
            return of
        case Not(of):
            return (of,)
    return ()
