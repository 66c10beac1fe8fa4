"""The Elasticsearch engine: splices compiled queries into request bodies and cuts the items out of the answers.

A page inside the engine's window is one plain search. Whatever lies deeper, and everything unlimited, is read under
a point in time, so that it is one consistent view however long it takes.
"""

from collections.abc import AsyncGenerator, Hashable, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

import msgspec

from mappings.errors import EngineUnavailable
from mappings.predicates import Order, PerCompany, Sample
from search.cursor import Position
from search.elasticsearch.companies import Companies, place_of
from search.elasticsearch.compile import CompiledQuery, after, compile_filter, named, sort, value_of
from search.elasticsearch.counting import Counts
from search.elasticsearch.course import sampled, whole
from search.elasticsearch.guard import GuardedClient
from search.elasticsearch.indices import Indices
from search.elasticsearch.many_searches import EVERYBODY
from search.elasticsearch.pages import ANY_ORDER, WINDOW, Pages, Place, RawHit, Reading, more_of
from search.elasticsearch.schema import MORE
from search.elasticsearch.settings import WIDTH
from search.elasticsearch.shards import COUNT, count_of
from search.engine import SCAN_BATCH, EngineSettings, Hit, Page, Summary, check_mapping, page_of
from search.facets import Facet, FacetQuery
from search.fields import joined
from search.stores import Store

_ITEMS: dict[str, Any] = {"_source": True}
_WHOLE: dict[str, Any] = _ITEMS | {"stored_fields": [MORE]}
_PLACES: dict[str, Any] = {"_source": False}
# Stored fields are never touched for uuids: that is three times as fast as filtering `_source`.
_UUIDS: dict[str, Any] = {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["uuid"]}
_UUID_SLICES = 2
_FIRST_UUIDS = 250


class _Fields(msgspec.Struct):
    uuid: tuple[str]


class _Matched(msgspec.Struct):
    uuid: str = msgspec.field(name="_id")
    names: list[str] = msgspec.field(name="matched_queries", default_factory=list)


class _MatchedHits(msgspec.Struct):
    hits: list[_Matched]


class _Matching(msgspec.Struct):
    hits: _MatchedHits


_matched = msgspec.json.Decoder(_Matching).decode
_fields = msgspec.json.Decoder(_Fields).decode
_sort_values = msgspec.json.Decoder(list[int | str | None]).decode


class ElasticsearchEngine:
    """Contacts behind an alias, or in one index of it; see `search.engine.Engine` for the methods."""

    compile = staticmethod(compile_filter)

    def __init__(self, settings: EngineSettings) -> None:
        self.width = settings.concurrency or WIDTH
        read = settings.store or settings.index
        self._alias = quote(read, safe="")
        self._client = GuardedClient(settings, probe=f"/{self._alias}/_count")
        self._indices = Indices(self._client, read)
        self._counts = Counts(self._client, f"/{self._alias}")
        self._pages = Pages(self._client, self._indices, f"/{self._alias}")
        self._companies = Companies(self._client, self._pages)

    async def search(
        self,
        compiled: CompiledQuery,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Page:
        if offset + limit < WINDOW and not compiled.selection:
            order, place = _direction(compiled.order, position)
            wanted = _wanted(complete) | ({"from": offset} if offset else {})
            hits = await self._pages.page(Reading(compiled.query, order, limit + 1, wanted), None, place)
        else:
            hits = []
            async with aclosing(self._walk(compiled, _wanted(complete), offset, position, limit + 1)) as pages:
                async for page in pages:
                    hits.extend(page[: limit + 1 - len(hits)])
                    if len(hits) > limit:
                        break
        return page_of([_hit(compiled, hit, complete) for hit in hits], limit, offset, position)

    async def scan(
        self, compiled: CompiledQuery, offset: int = 0, position: Position | None = None, *, complete: bool = False
    ) -> AsyncGenerator[list[bytes]]:
        contacts = _whole if complete else _items
        async with aclosing(self._walk(compiled, _wanted(complete), offset, position)) as pages:
            if position is None or not position.backward:
                async for page in pages:
                    yield contacts(page)
                return
            kept = [contacts(page) async for page in pages]
        while kept:
            yield kept.pop()[::-1]

    async def count(self, compiled: CompiledQuery) -> int:
        match compiled.selection:
            case Sample(size):
                return min(size, await self._count(compiled.query))
            case PerCompany(most):
                return await self._companies.count(compiled.query, most)
        return await self._count(compiled.query)

    async def _count(self, query: bytes) -> int:
        return count_of(await self._client.request("POST", f"/{self._alias}{COUNT}", b'{"query":%b}' % query))

    async def count_many(self, compiled: Sequence[CompiledQuery]) -> list[int]:
        return await self._counts.many(compiled)

    async def matching(self, compiled: Sequence[CompiledQuery], uuids: Sequence[str]) -> list[set[str]]:
        body = named(compiled, uuids)
        path = f"/{self._alias}/_search?allow_partial_search_results=false"
        found: list[set[str]] = [set() for _ in compiled]
        for hit in _matched(await self._client.request("POST", path, body)).hits.hits:
            for name in hit.names:
                found[int(name)].add(hit.uuid)
        return found

    async def summary(
        self,
        compiled: CompiledQuery,
        field: str,
        counted: Sequence[CompiledQuery] = (),
        facets: Sequence[FacetQuery[CompiledQuery]] = (),
    ) -> Summary:
        return await self._counts.summary(compiled, field, counted, facets)

    async def facets(self, queries: Sequence[FacetQuery[CompiledQuery]]) -> list[Facet]:
        return await self._counts.facets(queries)

    async def first_of(self, compiled: Sequence[CompiledQuery]) -> list[bytes | None]:
        if not compiled:
            return []
        first = [Reading(query.query, sort(query.order), 1, _WHOLE) for query in compiled]
        pages = await self._pages.first_of(first)
        return [_whole(page)[0] if page else None for page in pages]

    async def content(self) -> Hashable:
        content = await self._indices.content()
        changing = any(meta.updating for meta in content.values())
        return None if changing else tuple(sorted([(name, meta.updates) for name, meta in content.items()]))

    async def uuids(self, compiled: CompiledQuery, limit: int) -> list[str]:
        if compiled.selection:
            found: list[str] = []
            async with aclosing(self._walk(compiled, _UUIDS, size=limit)) as pages:
                async for page in pages:
                    found += _uuids(page[: limit - len(found)])
                    if len(found) == limit:
                        break
            return found
        reading = Reading(compiled.query, sort(compiled.order), min(limit, WINDOW), _UUIDS)
        if limit <= WINDOW:
            return _uuids(await self._pages.page(reading))
        uuids: list[str] = []
        async with self._pages.point_in_time() as pit, aclosing(self._pages.walk(reading, pit)) as pages:
            async for page in pages:
                uuids += _uuids(page[: limit - len(uuids)])
                if len(uuids) == limit:
                    break
        return uuids

    async def scan_uuids(self, compiled: CompiledQuery) -> AsyncGenerator[list[str]]:
        if compiled.selection:
            async with aclosing(self._walk(compiled, _UUIDS, size=WINDOW)) as pages:
                async for page in pages:
                    yield _uuids(page)
            return
        reading = Reading(compiled.query, ANY_ORDER, WINDOW, _UUIDS)
        async with (
            self._pages.point_in_time(renewable=False) as pit,
            aclosing(self._pages.walk(reading, pit, None, _UUID_SLICES, _FIRST_UUIDS)) as pages,
        ):
            async for page in pages:
                yield _uuids(page)

    async def ready(self) -> None:
        # A search that needs every shard, and not the cluster's health: a role that may read contacts will do.
        try:
            await self._pages.page(Reading(EVERYBODY, [], 0, _PLACES))
        except EngineUnavailable as error:
            if type(error) is not EngineUnavailable:
                raise
            raise EngineUnavailable(
                "The contacts engine is starting, or a part of its contacts is missing.", error.detail
            ) from error
        check_mapping(await self._indices.mapping())

    async def store(self) -> Store:
        return await self._indices.serving()

    async def close(self) -> None:
        await self._client.close()

    async def _walk(
        self,
        compiled: CompiledQuery,
        wanted: dict[str, Any],
        offset: int = 0,
        position: Position | None = None,
        size: int = SCAN_BATCH,
    ) -> AsyncGenerator[list[RawHit]]:
        """All hits from there on in reading order, page by page, at any depth; `size` at once, if that is few."""
        if isinstance(selection := compiled.selection, PerCompany):
            async with aclosing(self._companies.walk(compiled.query, selection, position, wanted)) as pages:
                async for page in pages:
                    yield page
            return
        order = sort(compiled.order, position is not None and position.backward)
        course = whole(compiled, offset, position)
        if isinstance(selection, Sample):
            course = await sampled(compiled, selection, offset, position, self._count)
        skip, left = course.skip, course.left
        async with self._pages.point_in_time() as pit:
            for query, start in course.parts:
                place: Place | None = start
                exhausted = False
                while skip > 0 and not exhausted:
                    skipping = Reading(query, order, min(skip, WINDOW), _PLACES)
                    skipped = await self._pages.page(skipping, pit, place)
                    exhausted = not skipped
                    if skipped:
                        skip, place = skip - len(skipped), skipped[-1].sort
                if exhausted or not left:
                    continue
                reading = Reading(query, order, min(size, SCAN_BATCH, left), wanted)
                async with aclosing(self._pages.walk(reading, pit, place)) as pages:
                    async for page in pages:
                        yield page[:left]
                        left -= len(page[:left])
                        if not left:
                            return


def _wanted(complete: bool) -> dict[str, Any]:
    return _WHOLE if complete else _ITEMS


def _items(hits: list[RawHit]) -> list[bytes]:
    return [bytes(hit.source) for hit in hits]


def _whole(hits: list[RawHit]) -> list[bytes]:
    """The contacts with their further fields, which are in the answer as a text."""
    return [joined(bytes(hit.source), more_of(hit)) for hit in hits]


def _uuids(hits: list[RawHit]) -> list[str]:
    return [_fields(hit.fields).uuid[0] for hit in hits]


def _direction(order: Order, position: Position | None) -> tuple[list[Any], Place | None]:
    """The sort in reading direction, and the sort values to start after."""
    if position is None:
        return sort(order), None
    return sort(order, position.backward), after(order, position.value, position.uuid)


def _hit(compiled: CompiledQuery, hit: RawHit, complete: bool) -> Hit:
    [contact] = _whole([hit]) if complete else _items([hit])
    if isinstance(compiled.selection, PerCompany):
        return Hit(contact, *place_of(hit))
    # Under a point in time the server adds its own tie-breaker behind ours.
    value, uuid = _sort_values(hit.sort)[:2]
    return Hit(contact, value_of(compiled.order, value), str(uuid))
