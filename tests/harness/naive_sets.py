"""Sets of rows as the naive evaluator makes them, to try what combines sets without a file."""

from collections.abc import Iterable, Sequence
from typing import Any

from pyroaring import BitMap

from mappings.predicates import Any as Any_
from mappings.predicates import Exists, Predicate, Range, Terms
from search.duckdb.leaves import Leaf
from search.duckdb.sets import Sets
from search.duckdb.slices import Pause
from search.fields import ContactCompleteItem
from tests.harness.naive_engine import derived, matches


class NaiveSets(Sets):
    """The sets of contacts in memory, whose rows are their places. No connection is needed.

    Attributes:
        read: the leaves whose sets were asked for, a list each time.
        numbers: how many rows each look at numbers was about.
    """

    def __init__(self, contacts: Sequence[ContactCompleteItem]) -> None:
        self._fields = list(map(derived, contacts))
        self.rows, self.everyone = len(contacts), BitMap(range(len(contacts)))
        self.read: list[list[Leaf]] = []
        self.numbers: list[int] = []

    def of(self, predicate: Predicate) -> BitMap:
        """The rows that any predicate holds for."""
        return BitMap([row for row, fields in enumerate(self._fields) if matches(predicate, fields)])

    def of_leaves(self, connection: Any, leaves: Iterable[Leaf], pause: Pause) -> dict[Leaf, BitMap]:
        self.read.append(list(leaves))
        return {leaf: self.of(leaf) for leaf in self.read[-1]}

    def sizes(self, connection: Any, leaves: Iterable[Leaf], pause: Pause) -> dict[Leaf, int]:
        return {leaf: len(self.of(leaf)) for leaf in leaves if isinstance(leaf, Terms) and len(leaf.values) == 1}

    def between(
        self, connection: Any, field: str, gte: int | None, lte: int | None, among: BitMap, pause: Pause
    ) -> BitMap:
        self.numbers.append(len(among))
        return self.of(Range(field, gte, lte)) & among

    def numbered(self, connection: Any, field: str, ranges: Iterable[Range], pause: Pause) -> int:
        return len(self.of(Any_(tuple(ranges))))

    def within(self, connection: Any, field: str, ranges: Iterable[Range], among: BitMap, pause: Pause) -> BitMap:
        self.numbers.append(len(among))
        return self.of(Any_(tuple(ranges))) & among

    def filled(self, connection: Any, field: str) -> BitMap:
        return self.of(Exists(field))
