"""The Elasticsearch engine: splices compiled queries into request bodies and cuts the items out of the answers.

A page inside the engine's window is one plain search. Whatever lies deeper, and everything unlimited, is read under
a point in time, so that it is one consistent view however long it takes.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote

import msgspec

from mappings.errors import EngineError, EngineUnavailable
from mappings.predicates import ContactFilter, Order
from search.cursor import Position
from search.elasticsearch.compile import CompiledQuery, after, compile_filter, counted, sort, value_of
from search.elasticsearch.guard import GuardedClient
from search.elasticsearch.indices import Indices
from search.engine import SCAN_BATCH, EngineSettings, Hit, Page, check_mapping, page_of

WINDOW = 10_000
"""Hits that one request can reach (`index.max_result_window`), look-ahead included."""

_KEEP_ALIVE = "2m"
_ITEMS: dict[str, Any] = {"_source": True}
_PLACES: dict[str, Any] = {"_source": False}
# Stored fields are never touched for uuids: that is three times as fast as filtering `_source`.
_UUIDS: dict[str, Any] = {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["uuid"]}
_UUID_SLICES = 2
_FIRST_UUIDS = 250


class _Hit(msgspec.Struct, gc=False):
    """A hit, of which nothing is decoded before it is needed.

    Of ten thousand hits a page, lists and dictionaries would be so many objects that Python looks for garbage among
    everything it holds again and again, which takes most of the time.
    """

    sort: msgspec.Raw
    source: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="_source")
    fields: msgspec.Raw = msgspec.Raw()


_Place = msgspec.Raw | list[Any]
"""The sort values that a page comes after: those of a hit as they came, or those of a position."""


class _Fields(msgspec.Struct):
    uuid: tuple[str]


class _Hits(msgspec.Struct):
    hits: list[_Hit]


class _Answer(msgspec.Struct):
    hits: _Hits
    pit_id: str = ""


class _Count(msgspec.Struct):
    count: int


class _Bucket(msgspec.Struct):
    doc_count: int


class _Buckets(msgspec.Struct):
    buckets: list[_Bucket]


class _Counted(msgspec.Struct):
    each: _Buckets


class _Counts(msgspec.Struct):
    aggregations: _Counted


class _PointInTime(msgspec.Struct):
    """A consistent view of the alias. The server may rename it with any answer; the newest name holds."""

    id: str


_answer = msgspec.json.Decoder(_Answer).decode
_fields = msgspec.json.Decoder(_Fields).decode
_sort_values = msgspec.json.Decoder(list[int | str | None]).decode
_counted = msgspec.json.Decoder(_Count).decode
_counted_each = msgspec.json.Decoder(_Counts).decode
_encode = msgspec.json.Encoder().encode


class _Reading(msgspec.Struct, frozen=True):
    """What each page of a walk asks for: a filter, a sort, a size, and what of each hit is wanted."""

    query: bytes
    order: list[Any]
    size: int
    what: dict[str, Any]

    def body(self, pit: _PointInTime | None, place: _Place | None) -> bytes:
        """The body for the page after the sort values `place`; the compiled query is spliced in as it is."""
        rest = {"size": self.size, "sort": self.order, "track_total_hits": False} | self.what
        if place is not None:
            rest["search_after"] = place
        if pit is not None:
            rest["pit"] = {"id": pit.id, "keep_alive": _KEEP_ALIVE}
        return b'{"query":%b,%b' % (self.query, _encode(rest)[1:])


class ElasticsearchEngine:
    """Contacts behind an alias; see `search.engine.Engine` for the methods."""

    width = 64

    def __init__(self, settings: EngineSettings) -> None:
        self._alias = quote(settings.index, safe="")
        self._client = GuardedClient(settings, probe=f"/{self._alias}/_count")
        self._indices = Indices(self._client, settings.index)

    def compile(self, contact_filter: ContactFilter) -> CompiledQuery:
        return compile_filter(contact_filter)

    async def search(
        self, compiled: CompiledQuery, limit: int, offset: int = 0, position: Position | None = None
    ) -> Page:
        if offset + limit < WINDOW:
            order, place = _direction(compiled.order, position)
            what = _ITEMS | {"from": offset} if offset else _ITEMS
            hits = await self._page(_Reading(compiled.query, order, limit + 1, what), None, place)
        else:
            hits = []
            async with aclosing(self._walk(compiled, offset, position)) as pages:
                async for page in pages:
                    hits.extend(page[: limit + 1 - len(hits)])
                    if len(hits) > limit:
                        break
        return page_of([_hit(compiled.order, hit) for hit in hits], limit, offset, position)

    async def scan(
        self, compiled: CompiledQuery, offset: int = 0, position: Position | None = None
    ) -> AsyncGenerator[list[bytes]]:
        async with aclosing(self._walk(compiled, offset, position)) as pages:
            if position is None or not position.backward:
                async for page in pages:
                    yield [bytes(hit.source) for hit in page]
                return
            kept = [[bytes(hit.source) for hit in page] async for page in pages]
        while kept:
            yield kept.pop()[::-1]

    async def count(self, compiled: CompiledQuery) -> int:
        body = b'{"query":%b}' % compiled.query
        return _counted(await self._client.request("POST", f"/{self._alias}/_count", body)).count

    async def count_many(self, compiled: Sequence[CompiledQuery]) -> list[int]:
        if not compiled:
            return []
        # An answer has at most 65,536 buckets (`search.max_buckets`); a URL is too short for a tenth of them.
        filters = b",".join([counted(each) for each in compiled])
        body = b'{"size":0,"track_total_hits":false,"aggs":{"each":{"filters":{"filters":[%b]}}}}' % filters
        path = f"/{self._alias}/_search?allow_partial_search_results=false"
        answer = _counted_each(await self._client.request("POST", path, body))
        return [bucket.doc_count for bucket in answer.aggregations.each.buckets]

    async def uuids(self, compiled: CompiledQuery, limit: int) -> list[str]:
        reading = _Reading(compiled.query, sort(compiled.order), min(limit, WINDOW), _UUIDS)
        if limit <= WINDOW:
            return _uuids(await self._page(reading))
        found: list[str] = []
        async with self._point_in_time() as pit, aclosing(self._pages(reading, pit)) as pages:
            async for page in pages:
                found += _uuids(page[: limit - len(found)])
                if len(found) == limit:
                    break
        return found

    async def scan_uuids(self, compiled: CompiledQuery) -> AsyncGenerator[list[str]]:
        reading = _Reading(compiled.query, ["_shard_doc"], WINDOW, _UUIDS)
        async with (
            self._point_in_time() as pit,
            aclosing(self._pages(reading, pit, None, _UUID_SLICES, _FIRST_UUIDS)) as pages,
        ):
            async for page in pages:
                yield _uuids(page)

    async def ready(self) -> None:
        path = f"/_cluster/health/{self._alias}?timeout=2s&wait_for_status=yellow"
        if (await self._client.json("GET", path))["timed_out"]:
            raise EngineUnavailable("The contacts engine is starting, or a part of its contacts is missing.")
        await self._client.request("GET", f"/{self._alias}/_count")
        check_mapping(await self._indices.mapping())

    async def close(self) -> None:
        await self._client.close()

    async def _walk(
        self, compiled: CompiledQuery, offset: int, position: Position | None
    ) -> AsyncGenerator[list[_Hit]]:
        """All hits from there on in reading order, page by page, at any depth."""
        order, place = _direction(compiled.order, position)
        async with self._point_in_time() as pit:
            while offset > 0:
                skipping = _Reading(compiled.query, order, min(offset, WINDOW), _PLACES)
                skipped = await self._page(skipping, pit, place)
                if not skipped:
                    return
                offset, place = offset - len(skipped), skipped[-1].sort
            reading = _Reading(compiled.query, order, SCAN_BATCH, _ITEMS)
            async with aclosing(self._pages(reading, pit, place)) as pages:
                async for page in pages:
                    yield page

    async def _pages(
        self,
        reading: _Reading,
        pit: _PointInTime,
        place: _Place | None = None,
        slices: int = 1,
        first: int | None = None,
    ) -> AsyncGenerator[list[_Hit]]:
        """Pages under a point in time; the next of each slice is under way while the last is being used.

        The first of each slice has `first` hits, so that it is there soon.
        """
        parts = [reading] if slices == 1 else [_slice(reading, number, slices) for number in range(slices)]
        if first is None or first > reading.size:
            first = reading.size
        pending = {
            asyncio.create_task(self._page(msgspec.structs.replace(part, size=first), pit, place)): (part, first)
            for part in parts
        }
        try:
            while pending:
                done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    (part, asked), page = pending.pop(task), task.result()
                    if len(page) == asked:
                        pending[asyncio.create_task(self._page(part, pit, page[-1].sort))] = part, part.size
                    if page:
                        yield page
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    async def _page(
        self, reading: _Reading, pit: _PointInTime | None = None, place: _Place | None = None
    ) -> list[_Hit]:
        """One request for the hits after `place`."""
        index = f"/{self._alias}" if pit is None else ""
        path = f"{index}/_search?allow_partial_search_results=false"
        answer = _answer(await self._client.request("POST", path, reading.body(pit, place)))
        if pit is not None:
            pit.id = answer.pit_id
        return answer.hits.hits

    @asynccontextmanager
    async def _point_in_time(self) -> AsyncGenerator[_PointInTime]:
        opened = await self._client.json("POST", f"/{self._alias}/_pit?keep_alive={_KEEP_ALIVE}")
        pit = _PointInTime(opened["id"])
        try:
            yield pit
        finally:
            await asyncio.shield(asyncio.create_task(self._forget(pit)))

    async def _forget(self, pit: _PointInTime) -> None:
        """Close a point in time. One that can't be closed expires by itself."""
        with suppress(EngineError):
            await self._client.json("DELETE", "/_pit", {"id": pit.id})


def _slice(reading: _Reading, number: int, slices: int) -> _Reading:
    return msgspec.structs.replace(reading, what=reading.what | {"slice": {"id": number, "max": slices}})


def _uuids(hits: list[_Hit]) -> list[str]:
    return [_fields(hit.fields).uuid[0] for hit in hits]


def _direction(order: Order, position: Position | None) -> tuple[list[Any], _Place | None]:
    """The sort in reading direction, and the sort values to start after."""
    if position is None:
        return sort(order), None
    return sort(order, position.backward), after(order, position.value, position.uuid)


def _hit(order: Order, hit: _Hit) -> Hit:
    # Under a point in time the server adds its own tie-breaker behind ours.
    value, uuid = _sort_values(hit.sort)[:2]
    return Hit(bytes(hit.source), value_of(order, value), str(uuid))
