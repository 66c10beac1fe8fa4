"""Counts by the values of several fields in one request: what is asked of the server, and what its answer means.

All contacts that any of the filters finds are gone through once, those of each filter for the fields that it is for.
Of terms each shard sends those that are its most frequent. With several shards a term may be among the most frequent
and not be sent by each: the server says how far a number may be too low, and so whether all of them are right.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from mappings.predicates import Range
from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.compile import query as query_of
from search.elasticsearch.schema import facet_path
from search.facets import Bucket, Facet, FacetQuery
from search.fields import SEARCH_FIELDS, Kind

_MORE = 500
"""Terms that each shard sends beyond those that are wanted, so that what is frequent on all is sent by all."""

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


class _Filters(msgspec.Struct):
    buckets: list[_Filter]


class Counted(msgspec.Struct):
    """The answer to what `aggregation` asks of one field.

    Attributes:
        doc_count: the contacts of the filter.
        valued: those that have any value.
        top: the most frequent terms.
        named: the terms that are asked for.
        ranges: of a number what is in each range, and what is in any of them.
    """

    doc_count: int
    valued: _Filter
    top: _Terms = msgspec.field(default_factory=lambda: _Terms([]))
    named: _Terms = msgspec.field(default_factory=lambda: _Terms([]))
    ranges: _Filters = msgspec.field(default_factory=lambda: _Filters([]))

    def facet(self, query: Query) -> Facet:
        """What it says. `other` is not known yet where a contact has several values (`without`)."""
        missing = self.doc_count - self.valued.doc_count
        if SEARCH_FIELDS[query.field].kind is Kind.NUMBER:
            counts = [bucket.doc_count for bucket in self.ranges.buckets]
            buckets = [Bucket(bounds, count) for bounds, count in zip(query.ranges, counts, strict=False)]
            other = self.valued.doc_count - (counts[-1] if counts else 0)
            return Facet(count=self.doc_count, missing=missing, other=other, buckets=tuple(buckets))
        buckets = [Bucket(term.key, term.doc_count) for term in self.top.buckets]
        shown = {bucket.value for bucket in buckets}
        named = {term.key: term.doc_count for term in self.named.buckets}
        asked = [value for value in dict.fromkeys(query.values) if value not in shown]
        buckets += [Bucket(value, named.get(value, 0)) for value in asked]
        return Facet(
            count=self.doc_count,
            missing=missing,
            other=self.valued.doc_count - sum([bucket.count for bucket in buckets]),
            buckets=tuple(buckets),
            exact=self._is_exact(query),
        )

    def _is_exact(self, query: Query) -> bool:
        """Whether no shard kept back what would change the terms or their numbers."""
        kept_back = self.top.doc_count_error_upper_bound
        if not kept_back:
            return True
        right = not any(term.doc_count_error_upper_bound for term in self.top.buckets)
        return right and len(self.top.buckets) == query.size and self.top.buckets[-1].doc_count > kept_back


def aggregation(query: Query, among: Any) -> dict[str, Any]:
    """What counts by one field among the contacts that the query `among` finds."""
    field = SEARCH_FIELDS[query.field]
    path = facet_path(field.facet or "")
    valued = {"exists": {"field": f"search.{query.field}"}}
    if field.kind is Kind.NUMBER:
        parts = [query_of(Range(query.field, *bounds)) for bounds in query.ranges]
        any_of_them = {"bool": {"should": parts, "minimum_should_match": 1}}
        ranges = {"ranges": {"filters": {"filters": [*parts, any_of_them]}}} if parts else {}
        return _among(among, {"valued": {"filter": valued}} | ranges)
    counted: dict[str, Any] = {"valued": {"filter": valued}}
    if query.size:
        counted["top"] = {
            "terms": {
                "field": path,
                "size": query.size,
                "shard_size": query.size + _MORE,
                "min_doc_count": query.least,
                "show_term_doc_count_error": True,
            }
        }
    if query.values:
        values = list(dict.fromkeys(query.values))
        counted["named"] = {"terms": {"field": path, "include": values, "size": len(values)}}
    return _among(among, counted)


def several(query: Query) -> bool:
    """Whether a contact can have several values of the field."""
    return SEARCH_FIELDS[query.field].many


def without(query: Query, facet: Facet) -> dict[str, Any]:
    """The query that finds those of the filter who have a value, but none that has a bucket."""
    path = facet_path(SEARCH_FIELDS[query.field].facet or "")
    shown = [bucket.value for bucket in facet.buckets]
    return {
        "bool": {
            "filter": [msgspec.Raw(query.compiled.query), {"exists": {"field": f"search.{query.field}"}}],
            "must_not": [{"terms": {path: shown}}],
        }
    }


def any_filter(queries: Sequence[Query]) -> bytes:
    """The query that finds all contacts of any of the filters."""
    filters = list(dict.fromkeys(query.compiled.query for query in queries))
    if len(filters) == 1:
        return filters[0]
    return b'{"bool":{"should":[%b],"minimum_should_match":1}}' % b",".join(filters)


def _among(among: Any, counted: dict[str, Any]) -> dict[str, Any]:
    return {"filter": among, "aggs": counted}
