"""Counts by the values of several fields in one request: what is asked of the server, and what its answer means.

The contacts of each filter are gone through once, for all fields that it is for. Of terms each shard sends those that
are its most frequent. With several shards a term may be among the most frequent and not be sent by each: the server
says how far a number may be too low, and so whether all of them are right.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Any

import msgspec

from mappings.predicates import Range
from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.compile import query as query_of
from search.elasticsearch.many_searches import Answer, Searches
from search.elasticsearch.schema import facet_path
from search.facets import Bucket, Facet, FacetQuery
from search.fields import SEARCH_FIELDS, Kind

_MORE = 500
"""Terms that each shard sends beyond those that are wanted, so that what is frequent on all is sent by all."""

_NO_LETTER, _ESCAPED = re.compile(r"\W"), r"\\\g<0>"
"""What may mean something in a regular expression, and the same as itself."""

_EXACT = 2**53
"""Numbers below it are the same as doubles."""

_ANY = "any"
"""The range of all numbers: who is in it has one. To ask for that by itself (`exists`) takes ten times as long."""

Query = FacetQuery[CompiledQuery]


class _Term(msgspec.Struct):
    key: str
    doc_count: int
    doc_count_error_upper_bound: int = 0


class _Terms(msgspec.Struct):
    buckets: list[_Term]
    doc_count_error_upper_bound: int = 0
    sum_other_doc_count: int = 0


class _Filter(msgspec.Struct):
    doc_count: int


class _Ranges(msgspec.Struct):
    buckets: dict[str, _Filter]


class Counted(msgspec.Struct):
    """The answer to what `aggregation` asks of one field.

    Attributes:
        doc_count: the contacts of the filter.
        valued: those that have any value, where nothing else says so.
        top: the most frequent terms.
        named: the terms that are asked for.
        ranges: of a number what is in each range, by its place.
        inside: what is in any of them, unless that is their sum.
    """

    doc_count: int
    valued: _Filter | None = None
    top: _Terms = msgspec.field(default_factory=lambda: _Terms([]))
    named: _Terms = msgspec.field(default_factory=lambda: _Terms([]))
    ranges: _Ranges = msgspec.field(default_factory=lambda: _Ranges({}))
    inside: _Filter | None = None

    def facet(self, query: Query) -> Facet:
        """What it says. `other` is not known yet unless it `is_whole`."""
        valued, field = self._valued(query), SEARCH_FIELDS[query.field]
        missing = self.doc_count - valued
        if field.kind is Kind.NUMBER:
            counts = [self.ranges.buckets[str(at)].doc_count for at in range(len(query.ranges))]
            inside = sum(counts) if self.inside is None else self.inside.doc_count
            buckets = [Bucket(bounds, count) for bounds, count in zip(query.ranges, counts, strict=True)]
            return Facet(count=self.doc_count, missing=missing, other=valued - inside, buckets=tuple(buckets))
        buckets = [Bucket(term.key, term.doc_count) for term in self.top.buckets]
        shown = {bucket.value for bucket in buckets}
        named = {term.key: term.doc_count for term in self.named.buckets}
        asked = [value for value in dict.fromkeys(query.values) if value not in shown]
        buckets += [Bucket(value, named.get(value, 0)) for value in asked]
        return Facet(
            count=self.doc_count,
            missing=missing,
            other=0 if field.many else valued - sum([bucket.count for bucket in buckets]),
            buckets=tuple(buckets),
            exact=self._is_exact(query),
        )

    def _valued(self, query: Query) -> int:
        """How many contacts have a value."""
        if self.valued is not None:
            return self.valued.doc_count
        if SEARCH_FIELDS[query.field].kind is Kind.NUMBER:
            return self.ranges.buckets[_ANY].doc_count
        return sum([term.doc_count for term in self.top.buckets]) + self.top.sum_other_doc_count

    def _is_exact(self, query: Query) -> bool:
        """Whether no shard kept back what would change the terms or their numbers."""
        kept_back = self.top.doc_count_error_upper_bound
        if not kept_back:
            return True
        right = not any(term.doc_count_error_upper_bound for term in self.top.buckets)
        return right and len(self.top.buckets) == query.size and self.top.buckets[-1].doc_count > kept_back

    def is_whole(self, query: Query) -> bool:
        """Whether it says who has a value, but none that has a bucket: of contacts with several values only if all have
        a bucket."""
        field = SEARCH_FIELDS[query.field]
        if not field.many or not self._valued(query):
            return True
        # Values of a term are never too long to be counted.
        left_out = self.top.sum_other_doc_count or self.top.doc_count_error_upper_bound
        return field.kind is Kind.TERM and query.size > 0 and query.least <= 1 and not (left_out or query.containing)


_counted = msgspec.json.Decoder(Counted).decode
_other = msgspec.json.Decoder(_Filter).decode


def aggregation(query: Query) -> dict[str, Any]:
    """What counts by one field among the contacts that are found."""
    field, counted = SEARCH_FIELDS[query.field], dict[str, Any]()
    if field.kind is Kind.NUMBER:
        return _among(_ranges(query))
    path = facet_path(field.facet or "")
    if not _adds_up(query):
        counted["valued"] = {"filter": _exists(query)}
    if query.size:
        counted["top"] = {
            "terms": {
                "field": path,
                "size": query.size,
                "shard_size": query.size + _MORE,
                "min_doc_count": query.least,
                "show_term_doc_count_error": True,
                **({"include": _containing(query.containing)} if query.containing else {}),
            }
        }
    if query.values:
        values = list(dict.fromkeys(query.values))
        counted["named"] = {"terms": {"field": path, "include": values, "size": len(values)}}
    return _among(counted)


def _exists(query: Query) -> dict[str, Any]:
    return {"exists": {"field": f"search.{query.field}"}}


def _adds_up(query: Query) -> bool:
    """Whether the contacts that have a value are those of all terms together, of which the most frequent are asked for:
    each has one at most, which is never too long to be counted."""
    field = SEARCH_FIELDS[query.field]
    every = query.size > 0 and query.least <= 1 and not query.containing
    return field.kind is Kind.TERM and not field.many and every


def _containing(texts: Sequence[str]) -> str:
    """The regular expression, as Lucene has them, of terms that have all these texts in them."""
    return "&".join([f".*{_NO_LETTER.sub(_ESCAPED, text)}.*" for text in texts])


def _ranges(query: Query) -> dict[str, Any]:
    """What counts a number by its ranges, and what is in any of them where some have numbers in common."""
    bounds = [(-inf if least is None else least, inf if most is None else most) for least, most in query.ranges]
    parts = [query_of(Range(query.field, *each)) for each in query.ranges]
    if all(least <= most and _is_exact(least) and _is_exact(most) for least, most in bounds):
        # Looks once at the number of a contact, where filters would each look for it.
        ranges = [
            {"key": str(at)} | ({} if least is None else {"from": least}) | ({} if most is None else {"to": most + 1})
            for at, (least, most) in enumerate(query.ranges)
        ]
        field = f"search.{query.field}"
        counted = {"range": {"field": field, "keyed": True, "ranges": [*ranges, {"key": _ANY}]}}
    else:
        counted = {"filters": {"filters": {str(at): part for at, part in enumerate(parts)} | {_ANY: _exists(query)}}}
    if all(one[1] < other[0] for one, other in pairwise(sorted(bounds))):
        return {"ranges": counted}
    inside = {"filter": {"bool": {"should": parts, "minimum_should_match": 1}}}
    return {"ranges": counted, "inside": inside}


def _is_exact(bound: float) -> bool:
    """Whether the server, which compares with bounds as doubles, has the bound as it is."""
    return abs(bound) < _EXACT or abs(bound) == inf


def without(query: Query, facet: Facet) -> dict[str, Any]:
    """The query that finds those who have a value, but none that has a bucket."""
    path = facet_path(SEARCH_FIELDS[query.field].facet or "")
    shown = [bucket.value for bucket in facet.buckets]
    return {"bool": {"filter": [_exists(query)], "must_not": [{"terms": {path: shown}}]}}


def _among(counted: dict[str, Any]) -> dict[str, Any]:
    # Not by itself: the server would look for the contacts of each range anew.
    return {"filter": {"match_all": {}}, "aggs": counted}


class Facets:
    """Some facets, which are counted together."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self._queries = {f"facet{at}": query for at, query in enumerate(queries)}
        self._found: dict[str, Facet] = {}
        self._open = list(self._queries)

    @property
    def found(self) -> list[Facet]:
        """The answers, once all was answered."""
        return list(self._found.values())

    def ask(self, searches: Searches) -> None:
        """As `Question.ask`."""
        for name in self._open:
            query, found = self._queries[name], self._found.get(name)
            asked = aggregation(query) if found is None else {"filter": without(query, found)}
            searches.add(query.compiled.query, {name: asked})

    def read(self, answers: Mapping[bytes, Answer]) -> None:
        """As `Question.read`."""
        left = []
        for name in self._open:
            query, found = self._queries[name], self._found.get(name)
            answer = answers[query.compiled.query].aggregations[name]
            if found is None:
                counted = _counted(answer)
                self._found[name] = counted.facet(query)
                if not counted.is_whole(query):
                    left.append(name)
            else:
                self._found[name] = msgspec.structs.replace(found, other=_other(answer).doc_count)
        self._open = left
