"""Filter → Elasticsearch bool query. The only place that knows how a predicate is asked of Elasticsearch.

Everything stands in filter context, exclusions in `must_not`: no scores are computed and clauses can be cached.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any as Json
from typing import assert_never

import msgspec
from msgspec import UNSET, UnsetType

from mappings.algebra import simplified
from mappings.factoring import factored
from mappings.predicates import (
    All,
    Any,
    ContactFilter,
    Exists,
    MatchAll,
    Not,
    Order,
    Phrase,
    Predicate,
    Range,
    Selection,
    Substring,
    Terms,
)
from search.cursor import Value
from search.elasticsearch.schema import grams_path, sort_path, text_path, values_path
from search.fields import LONG_MAX, LONG_MIN, ORDERS, SEARCH_FIELDS, Kind

MOST_TERMS = 65_536
"""Terms that Elasticsearch takes in one `terms` query (`index.max_terms_count`)."""

_MISSING_HIGH, _MISSING_LOW = 2**63 - 1, -(2**63)
"""What stands for a missing number in sort values, in ascending and descending order with missing last."""

_UNION = (b'{"bool":{"should":', b',"minimum_should_match":1}}')
"""How an encoded union begins and ends."""

_OTHERS = (b'{"bool":{"must_not":[', b"]}}")
"""The same of a query for all whom some others don't find: nothing but these is in it."""

_ANY_TERM = b'{"terms":'
"""How an encoded query for any one of several terms begins."""

_SINGLE = frozenset(
    f"search.{name}"
    for name, field in SEARCH_FIELDS.items()
    if not field.many and field.kind in (Kind.TERM, Kind.TERM_AND_TEXT)
)
"""Where the terms are of which a contact has one at most."""

Query = dict[str, Json]


class _Terms(msgspec.Struct):
    terms: dict[str, list[str]]


_decode_queries = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_terms = msgspec.json.Decoder(_Terms).decode


class CompiledQuery(msgspec.Struct, frozen=True):
    """A filter for Elasticsearch: the query as JSON, ready to be spliced into any body, and what takes which hits in
    which order."""

    query: bytes
    order: Order
    selection: Selection | UnsetType = UNSET


def compile_filter(contact_filter: ContactFilter) -> CompiledQuery:
    """The Elasticsearch form of a filter; a pure function of it."""
    predicate = simplified(contact_filter.predicate)
    return CompiledQuery(msgspec.json.encode(query(predicate)), contact_filter.order, contact_filter.selection)


def query(predicate: Predicate) -> Query:
    """The query that matches where `predicate`, which is in its simplest form, holds."""
    match predicate:
        case MatchAll():
            return {"match_all": {}}
        case Terms(field, values):
            return _having(field, values)
        case Phrase(field, words):
            return {"match_phrase": {text_path(field): words}}
        case Substring(field, text):
            return _substring(grams_path(field), text)
        case Range(field, gte, lte):
            return _range(f"search.{field}", gte, lte)
        case All(of):
            return _bool(of)
        case Any(of) if lacking := [_absent(part) for part in of if isinstance(part, Exists)]:
            others = [part for part in of if not isinstance(part, Exists)]
            # Who has one of the fields is who does not lack them all, and those are few.
            having = {"bool": {"must_not": [{"bool": {"filter": lacking}}]}}
            return _union([having, *_alternatives(Any(tuple(others)))]) if others else having
        case Any():
            return _union(_alternatives(predicate))
        case Not() | Exists():
            return _bool((predicate,))
    assert_never(predicate)


def narrowed(compiled: CompiledQuery, predicate: Predicate) -> bytes:
    """The query of those that `predicate` holds for as well."""
    return b'{"bool":{"filter":[%b,%b]}}' % (compiled.query, msgspec.json.encode(query(simplified(predicate))))


class Counted(msgspec.Struct, frozen=True):
    """How a filter is counted.

    Attributes:
        queries: those whose counts add up to that of the filter.
        others: or to that of all whom it does not find.
    """

    queries: list[bytes]
    others: bool = False


def counted(compiled: CompiledQuery) -> Counted:
    """The filter in the form to count several at once.

    Whom a filter leaves out is counted in place of all others, whom the server would have to go through. And of values
    of which a contact has only one each is a query of its own: the server knows how many documents have a term, where
    it would have to go through those that have any of several.
    """
    query = compiled.query
    start, end = _OTHERS
    if query.startswith(start) and query.endswith(end):
        excluded = _decode_queries(query[len(start) - 1 : 1 - len(end)])
        if len(excluded) == 1:
            return Counted(_added_up(bytes(excluded[0])), others=True)
        start, end = _UNION
        return Counted([b"%b%b%b" % (start, msgspec.json.encode(excluded), end)], others=True)
    return Counted(_added_up(query))


def _added_up(query: bytes) -> list[bytes]:
    if query.startswith(_ANY_TERM):
        [(path, values)] = _decode_terms(query).terms.items()
        if path in _SINGLE:
            return [msgspec.json.encode({"term": {path: value}}) for value in dict.fromkeys(values)]
    return [query]


def filtering(query: bytes) -> bytes:
    """The same query as one of several filters of an aggregation over all contacts.

    A union is `dis_max` there, which matches the same: the server counts filter by filter, unless one of them is a bool
    of `should`s; then it holds every document against every filter, which takes several times as long.
    """
    start, end = _UNION
    if query.startswith(start) and query.endswith(end):
        return b'{"dis_max":{"queries":%b}}' % query[len(start) : -len(end)]
    return query


def named(several: Sequence[CompiledQuery], uuids: Sequence[str]) -> bytes:
    """The body of a search that says of each of some contacts which of several filters find it, by their numbers."""
    names = [b'{"bool":{"filter":%b,"_name":"%d"}}' % (compiled.query, at) for at, compiled in enumerate(several)]
    ids = msgspec.json.encode({"ids": {"values": uuids}})
    query = b'{"bool":{"filter":%b,"should":[%b]}}' % (ids, b",".join(names))
    # An order of its own spares it the scores.
    return b'{"query":%b,"size":%d,"sort":["_doc"],"_source":false,"track_total_hits":false}' % (query, len(uuids))


def sort(order: Order, backward: bool = False) -> list[Json]:
    """The sort: the key with missing values last, then uuid; all of it reversed when reading backward."""
    ascending = order.ascending is not backward
    key = {"order": "asc" if ascending else "desc", "missing": "_first" if backward else "_last"}
    return [{sort_path(order.field): key}, {"uuid": "desc" if backward else "asc"}]


def after(order: Order, value: Value, uuid: str) -> list[Json]:
    """`search_after` values of a hit. A missing number has a sentinel there: a null would be refused."""
    if value is None and ORDERS[order.field]:
        value = _MISSING_HIGH if order.ascending else _MISSING_LOW
    return [value, uuid]


def value_of(order: Order, sort_value: int | str | None) -> int | str | None:
    """The domain value in a hit's sort values: the sentinels of missing numbers become `None` again."""
    return None if ORDERS[order.field] and sort_value in (_MISSING_HIGH, _MISSING_LOW) else sort_value


def _bool(predicates: tuple[Predicate, ...]) -> Query:
    """One bool of all the predicates: what must not hold in `must_not`, the others in `filter`."""
    excluded = [part for predicate in predicates if isinstance(predicate, Not) for part in _alternatives(predicate.of)]
    excluded += [_absent(predicate) for predicate in predicates if isinstance(predicate, Exists)]
    required = [query(predicate) for predicate in predicates if not isinstance(predicate, Not | Exists)]
    if not excluded and not required:
        return {"match_all": {}}
    clauses = ({"filter": required} if required else {}) | ({"must_not": excluded} if excluded else {})
    return {"bool": clauses}


def _alternatives(predicate: Predicate) -> list[Query]:
    """The queries any of which `predicate` is: each may be a `must_not` of its own.

    What several alternatives have in common, such as the region of many cities, is asked once, and all single words
    of one field together.
    """
    if not isinstance(predicate, Any):
        return [query(predicate)]
    words: dict[str, list[str]] = defaultdict(list)
    others: list[Predicate] = []
    for part in factored(predicate.of):
        if isinstance(part, Phrase) and " " not in part.words:
            words[text_path(part.field)].append(part.words)
        else:
            others.append(part)
    return [*(_terms(path, tuple(values)) for path, values in words.items()), *map(query, others)]


def _union(queries: list[Query]) -> Query:
    """The query that matches where any of these does."""
    if len(queries) < 2:
        return queries[0] if queries else {"match_none": {}}
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _absent(exists: Exists) -> Query:
    return {"term": {"search.absent": exists.field}}


def _having(field: str, values: tuple[str, ...]) -> Query:
    """The query for whole values of a field. Where that is a text, they are compared among those who have the words."""
    if SEARCH_FIELDS[field].kind not in (Kind.TEXT, Kind.NAME):
        return _terms(f"search.{field}", values)
    path = values_path(field)
    return _union([{"bool": {"filter": [query(Phrase(field, value)), {"term": {path: value}}]}} for value in values])


def _terms(path: str, values: tuple[str, ...]) -> Query:
    if not values:
        return {"match_none": {}}
    if len(values) == 1:
        return {"term": {path: values[0]}}
    return _union([{"terms": {path: values[at : at + MOST_TERMS]}} for at in range(0, len(values), MOST_TERMS)])


def _substring(path: str, text: str) -> Query:
    marked = text.replace(" ", "_")
    if len(marked) < 3:
        return {"prefix": {path: marked}}
    return {"match_phrase": {path: " ".join([marked[at : at + 3] for at in range(len(marked) - 2)])}}


def _range(path: str, gte: int | None, lte: int | None) -> Query:
    """Bounds past 64 bits are brought to the nearest: Elasticsearch would refuse the query."""
    bounds = {"gte": gte, "lte": lte}
    clamped = {name: max(LONG_MIN, min(LONG_MAX, bound)) for name, bound in bounds.items() if bound is not None}
    return {"range": {path: clamped or {"gte": LONG_MIN}}}
