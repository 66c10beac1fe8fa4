"""Hits page by page: one request each, under a point in time where they must all be of one view.

The engine says what it wants of the hits (`Reading`); here it is asked for, and the answers are cut into hits without
being decoded.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from search.elasticsearch.guard import GuardedClient
from search.elasticsearch.schema import MORE

WINDOW = 10_000
"""Hits that one request can reach (`index.max_result_window`), look-ahead included."""

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
    """A consistent view of the alias. The server may rename it with any answer; the newest name holds."""

    id: str


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

    def body(self, pit: PointInTime | None, place: Place | None) -> bytes:
        """The body for the page after the sort values `place`; the compiled query is spliced in as it is."""
        rest = {"size": self.size, "sort": self.order, "track_total_hits": False} | self.wanted
        if place is not None:
            rest["search_after"] = place
        if pit is not None:
            rest["pit"] = {"id": pit.id, "keep_alive": _KEEP_ALIVE}
        return b'{"query":%b,%b' % (self.query, _encode(rest)[1:])

    def slice(self, number: int, slices: int) -> "Reading":
        """The same of one of so many parts, in which the hits are shared out."""
        return msgspec.structs.replace(self, wanted=self.wanted | {"slice": {"id": number, "max": slices}})


class _Hits(msgspec.Struct):
    hits: list[RawHit]


class _Answer(msgspec.Struct):
    hits: _Hits
    pit_id: str = ""


_stored = msgspec.json.Decoder(_Stored).decode
_answer = msgspec.json.Decoder(_Answer).decode
_encode = msgspec.json.Encoder().encode


class Pages:
    """Reads the hits behind an alias; `path` is that of the alias."""

    def __init__(self, client: GuardedClient, path: str) -> None:
        self._client, self._path = client, path

    async def page(self, reading: Reading, pit: PointInTime | None = None, place: Place | None = None) -> list[RawHit]:
        """One request for the hits after `place`."""
        index = self._path if pit is None else ""
        path = f"{index}/_search?allow_partial_search_results=false"
        answer = _answer(await self._client.request("POST", path, reading.body(pit, place)))
        if pit is not None:
            pit.id = answer.pit_id
        return answer.hits.hits

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
    async def point_in_time(self) -> AsyncGenerator[PointInTime]:
        """A view of the alias as it is now, for as long as the block runs.

        Nobody waits until it is closed in the engine: one that can't be closed expires by itself.
        """
        opened = await self._client.json("POST", f"{self._path}/_pit?keep_alive={_KEEP_ALIVE}")
        pit = PointInTime(opened["id"])
        try:
            yield pit
        finally:
            self._client.send_aside("DELETE", "/_pit", _encode({"id": pit.id}))
