"""The Elasticsearch engine: splices compiled queries into request bodies and cuts the items out of the answers.

A page inside the engine's window is one plain search. Whatever lies deeper, and everything unlimited, is read under
a point in time, so that it is one consistent view however long it takes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote

import msgspec

from mappings.errors import EngineError, EngineUnavailable
from search.cursor import Position
from search.elasticsearch.client import Client
from search.elasticsearch.compile import CompiledQuery, after, compile_filter, sort, value_of
from search.engine import SCAN_BATCH, EngineSettings, Hit, Page, page_of
from search.predicates import ContactFilter, Order

WINDOW = 10_000
"""Hits that one request can reach (`index.max_result_window`), look-ahead included."""

_KEEP_ALIVE = "2m"
_ITEMS: dict[str, Any] = {"_source": True}
_PLACES: dict[str, Any] = {"_source": False}
# Stored fields are never touched for uuids: that is three times as fast as filtering `_source`.
_UUIDS: dict[str, Any] = {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["uuid"]}
_UUID_SLICES = 2


class _Hit(msgspec.Struct):
    sort: list[int | str | None]
    source: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="_source")
    fields: dict[str, list[str]] = {}


class _Hits(msgspec.Struct):
    hits: list[_Hit]


class _Answer(msgspec.Struct):
    hits: _Hits
    pit_id: str = ""


class _Count(msgspec.Struct):
    count: int


class _PointInTime(msgspec.Struct):
    """A consistent view of the alias. The server may rename it with any answer; the newest name holds."""

    id: str


_answer = msgspec.json.Decoder(_Answer).decode
_counted = msgspec.json.Decoder(_Count).decode
_encode = msgspec.json.Encoder().encode


class ElasticsearchEngine:
    """Contacts behind an alias; see `search.engine.Engine` for the methods."""

    def __init__(self, settings: EngineSettings) -> None:
        self._client = Client(settings)
        self._alias = quote(settings.index, safe="")

    def compile(self, contact_filter: ContactFilter) -> CompiledQuery:
        return compile_filter(contact_filter)

    async def search(
        self, compiled: CompiledQuery, limit: int, offset: int = 0, position: Position | None = None
    ) -> Page:
        if offset + limit < WINDOW:
            hits = await self._window(compiled, limit + 1, offset, position)
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
    ) -> AsyncIterator[list[bytes]]:
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

    async def uuids(self, compiled: CompiledQuery, limit: int) -> list[str]:
        order = sort(compiled.order)
        if limit <= WINDOW:
            return [hit.fields["uuid"][0] for hit in await self._page(compiled, order, limit, _UUIDS)]
        found: list[str] = []
        async with self._point_in_time() as pit, aclosing(self._pages(compiled, order, WINDOW, _UUIDS, pit)) as pages:
            async for page in pages:
                found.extend(hit.fields["uuid"][0] for hit in page[: limit - len(found)])
                if len(found) == limit:
                    break
        return found

    async def scan_uuids(self, compiled: CompiledQuery) -> AsyncIterator[list[str]]:
        async with self._point_in_time() as pit:
            walk = self._pages(compiled, ["_shard_doc"], WINDOW, _UUIDS, pit, slices=_UUID_SLICES)
            async with aclosing(walk) as pages:
                async for page in pages:
                    yield [hit.fields["uuid"][0] for hit in page]

    async def ready(self) -> None:
        path = f"/_cluster/health/{self._alias}?timeout=2s&wait_for_status=yellow"
        if (await self._client.json("GET", path))["timed_out"]:
            raise EngineUnavailable("The contacts engine is starting, or a part of its contacts is missing.")
        await self._client.request("GET", f"/{self._alias}/_count")

    async def close(self) -> None:
        await self._client.close()

    async def _window(
        self, compiled: CompiledQuery, size: int, offset: int, position: Position | None
    ) -> list[_Hit]:
        """Hits within reach of one request."""
        order, place = _reading(compiled.order, position)
        return await self._page(compiled, order, size, _ITEMS | ({"from": offset} if offset else {}), place=place)

    async def _walk(
        self, compiled: CompiledQuery, offset: int, position: Position | None
    ) -> AsyncIterator[list[_Hit]]:
        """All hits from there on in reading order, page by page, at any depth."""
        order, place = _reading(compiled.order, position)
        async with self._point_in_time() as pit:
            while offset > 0:
                skipped = await self._page(compiled, order, min(offset, WINDOW), _PLACES, pit, place)
                if not skipped:
                    return
                offset, place = offset - len(skipped), skipped[-1].sort
            async with aclosing(self._pages(compiled, order, SCAN_BATCH, _ITEMS, pit, place)) as pages:
                async for page in pages:
                    yield page

    async def _pages(
        self,
        compiled: CompiledQuery,
        order: list[Any],
        size: int,
        what: dict[str, Any],
        pit: _PointInTime,
        place: list[Any] | None = None,
        slices: int = 1,
    ) -> AsyncIterator[list[_Hit]]:
        """Pages under a point in time; the next of each slice is under way while the last is being used."""
        parts = [what | ({"slice": {"id": number, "max": slices}} if slices > 1 else {}) for number in range(slices)]
        pending = {asyncio.create_task(self._page(compiled, order, size, part, pit, place)): part for part in parts}
        try:
            while pending:
                done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    part, page = pending.pop(task), task.result()
                    if len(page) == size:
                        ahead = self._page(compiled, order, size, part, pit, page[-1].sort)
                        pending[asyncio.create_task(ahead)] = part
                    if page:
                        yield page
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    async def _page(
        self,
        compiled: CompiledQuery,
        order: list[Any],
        size: int,
        what: dict[str, Any],
        pit: _PointInTime | None = None,
        place: list[Any] | None = None,
    ) -> list[_Hit]:
        """One request for `size` hits after `place`, each with `what`."""
        body = {"size": size, "sort": order, "track_total_hits": False} | what
        if place is not None:
            body["search_after"] = place
        path = f"/{self._alias}/_search?allow_partial_search_results=false"
        if pit is not None:
            body["pit"] = {"id": pit.id, "keep_alive": _KEEP_ALIVE}
            path = "/_search?allow_partial_search_results=false"
        spliced = b'{"query":%b,%b' % (compiled.query, _encode(body)[1:])
        answer = _answer(await self._client.request("POST", path, spliced))
        if pit is not None:
            pit.id = answer.pit_id
        return answer.hits.hits

    @asynccontextmanager
    async def _point_in_time(self) -> AsyncIterator[_PointInTime]:
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


def _reading(order: Order, position: Position | None) -> tuple[list[Any], list[Any] | None]:
    """The sort in reading direction, and the sort values to start after."""
    if position is None:
        return sort(order), None
    return sort(order, position.backward), after(order, position.value, position.uuid)


def _hit(order: Order, hit: _Hit) -> Hit:
    value, uuid = hit.sort[0], hit.sort[1]
    return Hit(bytes(hit.source), value_of(order, value), str(uuid))
