"""Counts different values, exactly as long as they are not too many.

The `cardinality` aggregation always estimates: it knows values by bits made of each, which two of ten thousand have in
common now and then, whatever its `precision_threshold` is. Buckets are exact: the server makes them and sends their
number only. But each of them takes several times as long, so that no more are made than are wanted.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.many_searches import DISTINCT, Answer, Searches
from search.elasticsearch.schema import values_path
from search.engine import Distinct

MOST = 40_000
"""Values that are counted exactly; an answer has at most 65,536 buckets (`search.max_buckets`)."""

FEW = 5_000
"""Values that are counted exactly in the first request. Twice as many would make it take half as long again where there
are very many."""


class _Estimate(msgspec.Struct):
    value: int


class _Listed(msgspec.Struct):
    others: int = msgspec.field(name="sum_other_doc_count")


class _Number(msgspec.Struct):
    count: int


class Counted(msgspec.Struct):
    """The answer to `counting`.

    Attributes:
        listed: how many contacts have a value that is in no bucket.
        number: how many buckets there are.
    """

    estimate: _Estimate
    listed: _Listed
    number: _Number

    def distinct(self) -> Distinct | None:
        """The number; `None` if another request, for `MOST`, can tell it exactly."""
        if not self.listed.others:
            return Distinct(self.number.count, exact=True)
        if self.number.count < MOST and self.estimate.value <= MOST:
            return None
        return Distinct(max(self.estimate.value, self.number.count), exact=False)


def counting(field: str, most: int) -> dict[str, Any]:
    """What counts the values of a search field, exactly up to `most` of them."""
    path = values_path(field)
    counted = {
        "estimate": {"cardinality": {"field": path, "precision_threshold": MOST}},
        # Of each shard all of them: what one leaves out would count as another value.
        "listed": {"terms": {"field": path, "size": most, "shard_size": most}},
        "number": {"stats_bucket": {"buckets_path": "listed>_count"}},
    }
    return {DISTINCT: {"filter": {"match_all": {}}, "aggs": counted}}


_counted = msgspec.json.Decoder(Counted).decode


class DistinctValues:
    """How many different values of a search field the contacts of a filter have."""

    def __init__(self, compiled: CompiledQuery, field: str) -> None:
        self._query, self._field = compiled.query, field
        self._most = FEW
        self._number: Distinct | None = None

    @property
    def number(self) -> Distinct:
        """The number, once it was answered."""
        assert self._number is not None
        return self._number

    def ask(self, searches: Searches) -> None:
        """As `Question.ask`."""
        if self._number is None:
            searches.add(self._query, counting(self._field, self._most))

    def read(self, answers: Mapping[bytes, Answer]) -> None:
        """As `Question.read`."""
        if self._number is None:
            self._number = _counted(answers[self._query].aggregations[DISTINCT]).distinct()
            assert self._number or self._most < MOST, f"{MOST} buckets are as many as are wanted"
            self._most = MOST
