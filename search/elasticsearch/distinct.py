"""Counts different values, exactly as long as they are not too many.

The `cardinality` aggregation always estimates: it knows values by bits made of each, which two of ten thousand have in
common now and then, whatever its `precision_threshold` is. Buckets are exact: the server makes them and sends their
number only. But each of them takes several times as long, so that no more are made than are wanted.

Where one shard has all contacts, one contact of each value is taken and these are counted (`diversified_sampler`): that
is as exact, and no value is looked up. Several shards would each take one of the same value.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.many_searches import DISTINCT, Answer, Searches
from search.elasticsearch.schema import values_path
from search.engine import Distinct
from search.fields import SEARCH_FIELDS

MOST = 40_000
"""Values that are counted exactly; an answer has at most 65,536 buckets (`search.max_buckets`)."""

FEW = 5_000
"""Values that are counted exactly in the first request. Twice as many would make it take half as long again where there
are very many."""


class _Estimate(msgspec.Struct, frozen=True):
    value: int


class _Listed(msgspec.Struct, frozen=True):
    others: int = msgspec.field(name="sum_other_doc_count")


class _Number(msgspec.Struct, frozen=True):
    count: int


class _Taken(msgspec.Struct, frozen=True):
    doc_count: int


class _Counted(msgspec.Struct, frozen=True):
    """What was counted, as far as it was asked.

    Attributes:
        taken: how many contacts were taken, one of each value.
        listed: how many contacts have a value that is in no bucket.
        number: how many buckets there are.
    """

    taken: _Taken = _Taken(0)
    estimate: _Estimate = _Estimate(0)
    listed: _Listed = _Listed(0)
    number: _Number = _Number(0)


_counted = msgspec.json.Decoder(_Counted).decode


class DistinctValues:
    """How many different values of a search field the contacts of a filter have.

    Few are counted in the first request. Of more it is estimated how many there are, which takes another look at each
    value, only where the contacts that are left might have too many.

    Args:
        one_shard: one shard has all contacts, as far as is known; if not, it is asked again.
    """

    def __init__(self, compiled: CompiledQuery, field: str, one_shard: bool = False) -> None:
        self._query, self._path = compiled.query, values_path(field)
        self._most, self._least, self._estimate = FEW, 0, 0
        self._taking = one_shard and not SEARCH_FIELDS[field].many
        self._estimating = False
        self._number: Distinct | None = None

    @property
    def number(self) -> Distinct:
        """The number, once it was answered."""
        assert self._number is not None
        return self._number

    def ask(self, searches: Searches) -> None:
        """As `Question.ask`."""
        if self._number is None:
            searches.add(self._query, {DISTINCT: self._asked()})

    def read(self, answers: Mapping[bytes, Answer]) -> None:
        """As `Question.read`."""
        if self._number is None:
            answer = answers[self._query]
            counted = _counted(answer.aggregations[DISTINCT])
            if not self._taking:
                self._take(counted)
            elif answer.of_one_shard:
                self._take_all(counted.taken.doc_count)
            else:
                self._taking = False

    def _asked(self) -> dict[str, Any]:
        everybody: dict[str, Any] = {"match_all": {}}
        if self._estimating:
            return {"filter": everybody, "aggs": self._estimated()}
        if not self._taking:
            return {"filter": everybody, "aggs": self._listed()}
        one_of_each = {
            "field": self._path,
            "max_docs_per_value": 1,
            "shard_size": MOST + 1,
            # Values are told apart by their numbers, not by hashes that two might have in common.
            "execution_hint": "global_ordinals",
        }
        # Without anything to be asked of those that are taken it is refused.
        taken = {"diversified_sampler": one_of_each, "aggs": {"all": {"filter": everybody}}}
        return {"filter": {"exists": {"field": self._path}}, "aggs": {"taken": taken}}

    def _estimated(self) -> dict[str, Any]:
        return {"estimate": {"cardinality": {"field": self._path, "precision_threshold": MOST}}}

    def _listed(self) -> dict[str, Any]:
        return {
            # Of each shard all of them: what one leaves out would count as another value.
            "listed": {"terms": {"field": self._path, "size": self._most, "shard_size": self._most}},
            "number": {"stats_bucket": {"buckets_path": "listed>_count"}},
        }

    def _take_all(self, taken: int) -> None:
        """Of more than are counted exactly it is estimated then how many there are."""
        if taken <= MOST:
            self._number = Distinct(taken, exact=True)
        else:
            self._taking, self._estimating, self._least = False, True, taken

    def _take(self, counted: _Counted) -> None:
        others = counted.listed.others
        if self._estimating:
            self._estimating, self._estimate = False, max(self._least, counted.estimate.value)
            if self._estimate > MOST:
                self._number = Distinct(self._estimate, exact=False)
        elif not others:
            self._number = Distinct(counted.number.count, exact=True)
        elif self._most == MOST:
            self._number = Distinct(max(self._estimate, counted.number.count), exact=False)
        else:
            # Each of the others may have a value of its own.
            self._estimating = counted.number.count + others > MOST
            self._most = MOST
