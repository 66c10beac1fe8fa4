"""Hits page by page: one request each, under a point in time where they must all be of one view.

The engine says what it wants of the hits (`Reading`); here it is asked for, and the answers are cut into hits without
being decoded.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from mappings.errors import EngineError, EngineUnavailable, ViewLost
from search.elasticsearch.guard import GuardedClient
from search.elasticsearch.indices import Content, Indices, path_of
from search.elasticsearch.many_searches import Part, body_of, check
from search.elasticsearch.schema import MORE

WINDOW = 10_000
"""Hits that one request can reach (`index.max_result_window`), look-ahead included."""

ANY_ORDER = ["_shard_doc"]
"""The fastest order under a point in time, and one that only that point in time has."""

RENEWAL_WAITS = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each try to get another view in place of one that was lost with a node."""

_KEEP_ALIVE = "2m"


class RawHit(msgspec.Struct, gc=False):
    """A hit, of which nothing is decoded before it is needed.

    Of ten thousand hits a page, lists and dictionaries would be so many objects that Python looks for garbage among
    everything it holds again and again, which takes most of the time.
    """

    sort: msgspec.Raw
    source: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="_source")
    fields: msgspec.Raw = msgspec.Raw()


class _Stored(msgspec.Struct, gc=False):
    more: tuple[str] | None = msgspec.field(default=None, name=MORE)


def more_of(hit: RawHit) -> bytes | None:
    """The further fields of a hit of which the stored field was asked for; `None` if it has none."""
    stored = _stored(hit.fields).more if bytes(hit.fields) else None
    return stored[0].encode() if stored else None


Place = msgspec.Raw | list[Any]
"""The sort values that a page comes after: those of a hit as they came, or those of a position."""


class PointInTime(msgspec.Struct):
    """A consistent view of the alias. The server may rename it with any answer; the newest name holds.

    Attributes:
        content: what it shows; `None` where another view could show something else.
    """

    id: str
    content: Content | None = None

    @property
    def body(self) -> dict[str, str]:
        """What a body says that asks for it, by which it is kept for longer."""
        return {"id": self.id, "keep_alive": _KEEP_ALIVE}


class Reading(msgspec.Struct, frozen=True):
    """What each page of a walk asks for.

    Attributes:
        query: the compiled filter.
        order: the sort, in reading direction.
        size: hits of a page.
        wanted: the keys of the body that say what of each hit is wanted.
    """

    query: bytes
    order: list[Any]
    size: int
    wanted: dict[str, Any]

    @property
    def repeatable(self) -> bool:
        """Whether another view of the same contacts has them in the same order."""
        return self.order != ANY_ORDER

    def body(self, pit: PointInTime | None, place: Place | None) -> bytes:
        """The body for the page after the sort values `place`; the compiled query is spliced in as it is."""
        rest = {"size": self.size, "sort": self.order, "track_total_hits": False} | self.wanted
        if place is not None:
            rest["search_after"] = place
        if pit is not None:
            rest["pit"] = pit.body
        return b'{"query":%b,%b' % (self.query, _encode(rest)[1:])

    def slice(self, number: int, slices: int) -> "Reading":
        """The same of one of so many parts, in which the hits are shared out."""
        return msgspec.structs.replace(self, wanted=self.wanted | {"slice": {"id": number, "max": slices}})


class _Hits(msgspec.Struct):
    hits: list[RawHit]


class _Answer(msgspec.Struct):
    hits: _Hits
    pit_id: str = ""


class _Part(Part, frozen=True):
    """The answer to one of several searches that were sent together."""

    hits: _Hits = msgspec.field(default_factory=lambda: _Hits([]))


class _Parts(msgspec.Struct):
    responses: list[_Part]


_OF_A_LOST_NODE = (EngineUnavailable, ViewLost)
"""What a search says under a point in time of which a part is gone. What is below these is another matter."""

_stored = msgspec.json.Decoder(_Stored).decode
_answer = msgspec.json.Decoder(_Answer).decode
_parts = msgspec.json.Decoder(_Parts).decode
_values = msgspec.json.Decoder(list[Any]).decode
_encode = msgspec.json.Encoder().encode


class Pages:
    """Reads the hits behind an alias; `path` is that of the alias."""

    def __init__(self, client: GuardedClient, indices: Indices, path: str) -> None:
        self._client, self._indices, self._path = client, indices, path

    async def first_of(self, readings: Sequence[Reading]) -> list[list[RawHit]]:
        """The first page of each of several readings, in one request."""
        body = body_of([reading.body(None, None) for reading in readings])
        parts = _parts(await self._client.request("POST", f"{self._path}/_msearch", body, ndjson=True)).responses
        check(self._client, parts)
        return [part.hits.hits for part in parts]

    async def page(self, reading: Reading, pit: PointInTime | None = None, place: Place | None = None) -> list[RawHit]:
        """One request for the hits after `place`.

        A point in time is kept by one copy of each shard. Is one lost with its node, another takes its place, if the
        contacts are still the same and the order has nothing of that copy in it.

        Raises:
            ViewLost: there is no such other one.
        """
        try:
            return await self._page(reading, pit, place)
        except EngineUnavailable as error:
            if pit is None or pit.content is None or not reading.repeatable or type(error) not in _OF_A_LOST_NODE:
                raise
            return await self._page_of_another(reading, pit, pit.content, place)

    async def _page(self, reading: Reading, pit: PointInTime | None, place: Place | None) -> list[RawHit]:
        index = self._path if pit is None else ""
        path = f"{index}/_search?allow_partial_search_results=false"
        answer = _answer(await self._client.request("POST", path, reading.body(pit, place)))
        if pit is not None:
            pit.id = answer.pit_id
        return answer.hits.hits

    async def _page_of_another(
        self, reading: Reading, pit: PointInTime, content: Content, place: Place | None
    ) -> list[RawHit]:
        """The page under another point in time, as soon as the cluster can give one."""
        if place is not None:
            # Behind them the server had a tie-breaker of its own, which means nothing to another copy.
            place = (_values(place) if isinstance(place, msgspec.Raw) else place)[: len(reading.order)]
        failure: EngineError = ViewLost()
        for wait in RENEWAL_WAITS:
            await asyncio.sleep(wait)
            try:
                lost, pit.id = pit.id, await self._opened(path_of(*content))
                self._close(lost)
                if await self._indices.content() == content:
                    return await self._page(reading, pit, place)
            except EngineUnavailable as error:
                if type(error) not in _OF_A_LOST_NODE:
                    raise
                failure = error
            else:
                raise ViewLost()
        raise failure

    async def walk(
        self,
        reading: Reading,
        pit: PointInTime,
        place: Place | None = None,
        slices: int = 1,
        first: int | None = None,
    ) -> AsyncGenerator[list[RawHit]]:
        """All pages from `place` on; the next of each slice is under way while the last is being used.

        The first of each slice has `first` hits, so that it is there soon. Slices come in any order.
        """
        parts = [reading] if slices == 1 else [reading.slice(number, slices) for number in range(slices)]
        if first is None or first > reading.size:
            first = reading.size
        pending = {
            asyncio.create_task(self.page(msgspec.structs.replace(part, size=first), pit, place)): (part, first)
            for part in parts
        }
        try:
            while pending:
                done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    (part, asked), page = pending.pop(task), task.result()
                    if len(page) == asked:
                        pending[asyncio.create_task(self.page(part, pit, page[-1].sort))] = part, part.size
                    if page:
                        yield page
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    @asynccontextmanager
    async def point_in_time(self, *, renewable: bool = True) -> AsyncGenerator[PointInTime]:
        """A view of the alias as it is now, for as long as the block runs; a `renewable` one can outlive a node.

        Nobody waits until it is closed in the engine: one that can't be closed expires by itself.
        """
        # Before it is opened: what comes of an update that begins in between is not taken for the same.
        content = await self._content() if renewable else None
        pit = PointInTime(await self._opened(self._path), content)
        try:
            yield pit
        finally:
            self._close(pit.id)

    async def _opened(self, path: str) -> str:
        return str((await self._client.json("POST", f"{path}/_pit?keep_alive={_KEEP_ALIVE}"))["id"])

    def _close(self, pit_id: str) -> None:
        self._client.send_aside("DELETE", "/_pit", _encode({"id": pit_id}))

    async def _content(self) -> Content | None:
        """What is behind the alias, if it stays as it is and can be told soon. A walk goes on without it, too."""
        try:
            async with asyncio.timeout(self._client.brief):
                content = await self._indices.content()
        except (EngineError, TimeoutError):
            return None
        return None if any(meta.updating for meta in content.values()) else content
