"""Asks the server for aggregations: each kind of count that is more than a number."""

import asyncio
from collections.abc import Sequence

import msgspec

from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.distinct import FEW, MOST, SENT, counting
from search.elasticsearch.distinct import Counted as CountedValues
from search.elasticsearch.facets import Counted, Query, aggregation, any_filter, several, without
from search.elasticsearch.guard import GuardedClient
from search.engine import Distinct
from search.facets import FACET_SECONDS, TIMED_OUT, Facet

_AT_ONCE = 3
"""Facets that are asked for at once where each is by itself."""

_ALL_SHARDS = "allow_partial_search_results=false"


class _Distinct(msgspec.Struct):
    aggregations: CountedValues


class _Facets(msgspec.Struct):
    aggregations: dict[str, Counted]


class _Bucket(msgspec.Struct):
    doc_count: int


class _Others(msgspec.Struct):
    aggregations: dict[str, _Bucket]


_encode = msgspec.json.Encoder().encode
_counted_values = msgspec.json.Decoder(_Distinct).decode
_counted = msgspec.json.Decoder(_Facets).decode
_others = msgspec.json.Decoder(_Others).decode


class Counts:
    """The aggregations of the contacts at `path`."""

    def __init__(self, client: GuardedClient, path: str) -> None:
        self._client, self._path = client, f"{path}/_search?{_ALL_SHARDS}"

    async def distinct(self, compiled: CompiledQuery, field: str) -> Distinct:
        """As `Engine.distinct`."""
        for most in (FEW, MOST):
            answer = _counted_values(
                await self._ask(compiled.query, _encode(counting(field, most)), f"&filter_path={SENT}")
            )
            if found := answer.aggregations.distinct():
                return found
        raise AssertionError(f"{MOST} buckets are as many as are wanted")

    async def facets(self, queries: Sequence[Query]) -> list[Facet]:
        """As `Engine.facets`: together and, where that takes longer than one may, each by itself."""
        if not queries:
            return []
        try:
            async with asyncio.timeout(FACET_SECONDS):
                return await self._together(queries)
        except TimeoutError:
            turns = asyncio.Semaphore(_AT_ONCE)
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._alone(query, turns)) for query in queries]
            return [task.result() for task in tasks]

    async def _alone(self, query: Query, turns: asyncio.Semaphore) -> Facet:
        async with turns:
            try:
                async with asyncio.timeout(FACET_SECONDS):
                    [facet] = await self._together([query])
            except TimeoutError:
                return TIMED_OUT
        return facet

    async def _together(self, queries: Sequence[Query]) -> list[Facet]:
        alone = len({query.compiled.query for query in queries}) == 1
        everybody = msgspec.Raw(b'{"match_all":{}}')
        aggregations = {
            str(at): aggregation(query, everybody if alone else msgspec.Raw(query.compiled.query))
            for at, query in enumerate(queries)
        }
        answer = _counted(await self._ask(any_filter(queries), _encode(aggregations)))
        facets = [answer.aggregations[str(at)].facet(query) for at, query in enumerate(queries)]
        # Whoever has several values may be in several buckets, so that who is in none is no difference.
        asked = [at for at, query in enumerate(queries) if several(query) and facets[at].count > facets[at].missing]
        if asked:
            others = await self._without([queries[at] for at in asked], [facets[at] for at in asked])
            for at, other in zip(asked, others, strict=True):
                facets[at] = msgspec.structs.replace(facets[at], other=other)
        return facets

    async def _without(self, queries: Sequence[Query], facets: Sequence[Facet]) -> list[int]:
        """How many contacts of each filter have a value, but none that has a bucket."""
        left = {
            str(at): {"filter": without(query, facet)}
            for at, (query, facet) in enumerate(zip(queries, facets, strict=True))
        }
        answer = _others(await self._ask(any_filter(queries), _encode(left)))
        return [answer.aggregations[name].doc_count for name in left]

    async def _ask(self, query: bytes, aggregations: bytes, further: str = "") -> bytes:
        body = b'{"size":0,"track_total_hits":false,"query":%b,"aggs":%b}' % (query, aggregations)
        return await self._client.request("POST", self._path + further, body)
