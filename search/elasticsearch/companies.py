"""Contacts company by company, so many of each: pages of buckets with their first hits, one request each.

A `composite` aggregation over the company's key has its buckets in order, all that there are and with exact counts, on
any number of shards, and goes on after any key. `top_hits` gives the first hits of each, 100 at most
(`index.max_inner_result_window`). Contacts without a company are in no bucket, and read as any hits are.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from mappings.predicates import PerCompany
from search.cursor import Position, Value
from search.elasticsearch.compile import sort, value_of
from search.elasticsearch.guard import GuardedClient
from search.elasticsearch.pages import WINDOW, Pages, PointInTime, RawHit, Reading
from search.elasticsearch.schema import sort_path
from search.engine import SCAN_BATCH
from search.standing import WITHIN_COMPANY, Place, stands_before

_SEARCH = "/_search?allow_partial_search_results=false"
_KEY, _TERM = sort_path("company_key"), "search.company_key"
"""Where the keys are that companies are ordered by, and those that they are found by."""

_MOST_COMPANIES, _GROWTH = 1000, 10
"""Companies in one request at most, and how many times as many as surely fit into a batch: most have few contacts."""


class _TopHits(msgspec.Struct):
    hits: list[RawHit]


class _First(msgspec.Struct):
    hits: _TopHits


class _Key(msgspec.Struct):
    key: str


class _Bucket(msgspec.Struct, gc=False):
    key: _Key
    doc_count: int
    first: _First | None = None


class _Buckets(msgspec.Struct):
    buckets: list[_Bucket]


class _Aggregations(msgspec.Struct):
    companies: _Buckets


class _Total(msgspec.Struct):
    value: int


class _Hits(msgspec.Struct):
    total: _Total | None = None


class _Answer(msgspec.Struct):
    aggregations: _Aggregations
    hits: _Hits
    pit_id: str


_OfCompany = tuple[str, int | None, int | None]

_answer = msgspec.json.Decoder(_Answer).decode
_values = msgspec.json.Decoder(list[int | str | None]).decode
_encode = msgspec.json.Encoder().encode


class _Asking(msgspec.Struct, frozen=True):
    """One request for companies.

    Attributes:
        query: of the contacts.
        number: companies, at most.
        after: the key after which they come in reading direction.
        backward: whether that is from the last to the first.
        aggregations: what stands beside `composite`.
        keys: what the body says besides.
    """

    query: bytes
    number: int
    after: str | None = None
    backward: bool = False
    aggregations: dict[str, Any] = {}
    keys: dict[str, Any] = {}

    def body(self, pit: PointInTime) -> bytes:
        """The body of the request."""
        key = {"terms": {"field": _KEY, "order": "desc" if self.backward else "asc"}}
        composite: dict[str, Any] = {"size": self.number, "sources": [{"key": key}]}
        if self.after is not None:
            composite["after"] = {"key": self.after}
        aggregations = {"companies": {"composite": composite, **self.aggregations}}
        rest = {"size": 0, "track_total_hits": False, "pit": pit.body, "aggs": aggregations, **self.keys}
        return b'{"query":%b,%b' % (self.query, _encode(rest)[1:])


class Companies:
    """Reads what is behind an alias company by company."""

    def __init__(self, client: GuardedClient, pages: Pages) -> None:
        self._client, self._pages = client, pages

    async def count(self, query: bytes, most: int) -> int:
        """How many contacts there are, at most `most` of a company."""
        left_out, total, after = 0, 0, None
        async with self._pages.point_in_time(renewable=False) as pit:
            while True:
                keys = {"track_total_hits": after is None}
                answer = await self._ask(_Asking(query, WINDOW, after, keys=keys), pit)
                total = total if answer.hits.total is None else answer.hits.total.value
                buckets = answer.aggregations.companies.buckets
                left_out += sum([max(0, bucket.doc_count - most) for bucket in buckets])
                if len(buckets) < WINDOW:
                    return total - left_out
                after = buckets[-1].key.key

    async def walk(
        self, query: bytes, selection: PerCompany, position: Position | None, wanted: dict[str, Any]
    ) -> AsyncGenerator[list[RawHit]]:
        """The hits beside `position`, in reading direction; the sort values of each are its place (`place_of`).

        Args:
            wanted: the keys that say what of each hit is wanted.
        """
        backward = position is not None and position.backward
        async with self._pages.point_in_time(renewable=False) as pit:
            of_companies = self._of_companies(query, selection, wanted, pit, position)
            alone = self._alone(query, wanted, pit, position)
            if position is None:
                parts = [of_companies, alone]
            elif position.value is None:
                parts = [alone, of_companies] if backward else [alone]
            else:
                parts = [of_companies] if backward else [of_companies, alone]
            for part in parts:
                async with aclosing(part) as pages:
                    async for page in pages:
                        yield page

    async def _of_companies(
        self, query: bytes, selection: PerCompany, wanted: dict[str, Any], pit: PointInTime, position: Position | None
    ) -> AsyncGenerator[list[RawHit]]:
        """The hits with a company, from beside `position` on where that is one of them."""
        backward = position is not None and position.backward
        within = [sort(key)[0] for key in WITHIN_COMPANY]
        first = {"top_hits": {"size": selection.most, "sort": [*within, {"uuid": "asc"}], **wanted}}
        asking = _Asking(query, 1, backward=backward, aggregations={"aggs": {"first": first}})
        change = msgspec.structs.replace
        if position is not None and isinstance(position.value, tuple):
            asking = change(asking, after=position.value[0])
            of_one = b'{"bool":{"filter":[%b,%b]}}' % (query, _encode({"term": {_TERM: asking.after}}))
            buckets = await self._ask(change(asking, query=of_one, after=None), pit)
            here = (position.value, position.uuid)
            beside = [hit for hit in _hits(buckets, backward=backward) if _is_beside(hit, here, selection, backward)]
            if beside:
                yield beside
        surely = max(1, SCAN_BATCH // selection.most)
        asking = change(asking, number=min(surely, _MOST_COMPANIES))
        while True:
            answer = await self._ask(asking, pit)
            buckets_there = answer.aggregations.companies.buckets
            hits = _hits(answer, backward=backward)
            if hits:
                yield hits
            if len(buckets_there) < asking.number:
                return
            asking = change(asking, after=buckets_there[-1].key.key)
            if 2 * len(hits) <= SCAN_BATCH:
                asking = change(asking, number=min(2 * asking.number, _GROWTH * surely, _MOST_COMPANIES))

    async def _alone(
        self, query: bytes, wanted: dict[str, Any], pit: PointInTime, position: Position | None
    ) -> AsyncGenerator[list[RawHit]]:
        """The hits without a company, from beside `position` on where that is one of them."""
        backward = position is not None and position.backward
        query = b'{"bool":{"filter":%b,"must_not":%b}}' % (query, _encode({"exists": {"field": _KEY}}))
        reading = Reading(query, [{"uuid": "desc" if backward else "asc"}], SCAN_BATCH, wanted)
        place = [position.uuid] if position is not None and position.value is None else None
        async with aclosing(self._pages.walk(reading, pit, place)) as pages:
            async for page in pages:
                yield [_placed(hit, [None, None, None, _values(hit.sort)[0]]) for hit in page]

    async def _ask(self, asking: _Asking, pit: PointInTime) -> _Answer:
        answer = _answer(await self._client.request("POST", _SEARCH, asking.body(pit)))
        pit.id = answer.pit_id
        return answer


def place_of(hit: RawHit) -> Place:
    """Where a hit of `Companies.walk` stands."""
    *value, uuid = _values(hit.sort)
    return None if value[0] is None else msgspec.convert(value, _OfCompany), str(uuid)


def _hits(answer: _Answer, *, backward: bool) -> list[RawHit]:
    """The hits of all companies, in reading direction, each with its place."""
    found: list[RawHit] = []
    for bucket in answer.aggregations.companies.buckets:
        assert bucket.first is not None
        hits = [_placed(hit, _of_company(bucket.key.key, hit)) for hit in bucket.first.hits.hits]
        found += hits[::-1] if backward else hits
    return found


def _of_company(key: str, hit: RawHit) -> Sequence[Value]:
    *values, uuid = _values(hit.sort)
    return [key, *[value_of(order, value) for order, value in zip(WITHIN_COMPANY, values, strict=True)], uuid]


def _placed(hit: RawHit, place: Sequence[Value]) -> RawHit:
    return RawHit(msgspec.Raw(_encode(place)), hit.source, hit.fields)


def _is_beside(hit: RawHit, here: Place, selection: PerCompany, backward: bool) -> bool:
    """Whether a hit is after a place, or before it."""
    place = place_of(hit)
    return stands_before(place, here, selection) if backward else stands_before(here, place, selection)
