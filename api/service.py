"""The four operations on contacts, free of any framework: the WebSocket and REST are two doors to this.

Answers are JSON bytes, assembled from the items as the engine stored them: nothing is decoded on the way.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec

from api.plans import LONGEST_INLINE, Plan, Plans
from api.requests import AnalyzeRequest, CountRequest, SearchRequest, UuidsRequest
from api.settings import Settings
from mappings.analysis import analyze
from mappings.errors import ResponseTooLarge
from mappings.url import parse
from search.cursor import Position, decode, encode
from search.engine import Engine, Page
from search.fields import ContactSimpleItem

CHUNK = 2000
"""Items that a limited search takes from the engine at once, so that a huge limit can be refused in time."""

FARTHEST = 2**53
"""The largest limit and offset that reach the engine. No store holds as many contacts."""

_UUID_BYTES = 39

Batch = TypeVar("Batch")


class SearchAnswer(msgspec.Struct, frozen=True):
    """Items as JSON, the cursors beside them (`None` at the ends), and the plan they came from."""

    items: list[bytes]
    plan: Plan
    next: str | None = None
    previous: str | None = None

    def encode(self) -> bytes:
        """The `data` of the answer."""
        ends = (msgspec.json.encode(self.next), msgspec.json.encode(self.previous))
        return b'{"next":%b,"previous":%b,"results":[%b]%b}' % (*ends, b",".join(self.items), self.plan.metadata)


class ContactService:
    """Answers requests from one engine. All methods raise `InvalidInput` or `EngineError`."""

    def __init__(self, engine: Engine[Any], settings: Settings) -> None:
        self._engine = engine
        self._most_bytes = settings.max_response_bytes
        self._plans = Plans(engine)

    async def analyze(self, request: AnalyzeRequest) -> bytes:
        """The URL taken apart and explained. Needs no engine."""
        if len(request.url) <= LONGEST_INLINE:
            return _analysis(request.url)
        return await asyncio.to_thread(_analysis, request.url)

    async def count(self, request: CountRequest) -> bytes:
        """`{"count": …}`, exact."""
        plan = await self._plans.get(request.url, request.lists)
        return b'{"count":%d}' % await self._engine.count(plan.compiled)

    async def search(self, request: SearchRequest) -> SearchAnswer:
        """One page of contacts, or all of them without a limit.

        Raises:
            ResponseTooLarge: over `CONTACTS_MAX_RESPONSE_BYTES`, found before more than that is held in memory.
        """
        plan = await self._plans.get(request.url, request.lists)
        position = None if request.cursor is None else decode(request.cursor, plan.contact_filter)
        if request.limit is None:
            found = await self._all(plan, request, position)
        else:
            found = await self._page(plan, request, position)
        return SearchAnswer(found.items, plan, _cursor(found.next, plan), _cursor(found.previous, plan))

    async def uuids(self, request: UuidsRequest) -> bytes:
        """`{"count": …, "uuids": […]}`, of the first `limit` in order or of all in any order."""
        plan = await self._plans.get(request.url, request.lists)
        if request.limit is not None:
            # One more than fits: enough to know that the answer is too large, whatever the limit says.
            most = min(request.limit, self._most_bytes // _UUID_BYTES + 1)
            uuids = await self._engine.uuids(plan.compiled, most)
            return self._uuids_answer(len(uuids), [_inside(uuids)] if uuids else [])
        count, size, parts = 0, 0, []
        async with _closing(self._engine.scan_uuids(plan.compiled)) as batches:
            async for batch in batches:
                if batch:
                    parts.append(_inside(batch))
                    count, size = count + len(batch), size + len(parts[-1]) + 1
                    self._refuse_over(size)
        return self._uuids_answer(count, parts)

    def _uuids_answer(self, count: int, parts: list[bytes]) -> bytes:
        body = b",".join(parts)
        self._refuse_over(len(body))
        return b'{"count":%d,"uuids":[%b]}' % (count, body)

    async def _all(self, plan: Plan, request: SearchRequest, position: Position | None) -> Page:
        items: list[bytes] = []
        size = 0
        async with _closing(self._engine.scan(plan.compiled, _offset(request, plan), position)) as batches:
            async for batch in batches:
                projected = _simple(batch) if request.simple else batch
                size += _bytes_of(projected)
                self._refuse_over(size)
                items += projected
        return Page(items)

    async def _page(self, plan: Plan, request: SearchRequest, position: Position | None) -> Page:
        """The page, taken from the engine in chunks that follow each other in reading direction."""
        limit = min(request.limit or 1, FARTHEST)
        backward = position is not None and position.backward
        page = await self._engine.search(plan.compiled, min(limit, CHUNK), _offset(request, plan), position)
        items = _simple(page.items) if request.simple else page.items
        chunks, count, size = [items], len(items), _bytes_of(items)
        self._refuse_over(size)
        following, opposite = (page.previous, page.next) if backward else (page.next, page.previous)
        while count < limit and following is not None:
            page = await self._engine.search(plan.compiled, min(limit - count, CHUNK), 0, following)
            items = _simple(page.items) if request.simple else page.items
            chunks.append(items)
            count, size = count + len(items), size + _bytes_of(items)
            self._refuse_over(size)
            following = page.previous if backward else page.next
        ordered = [item for chunk in (reversed(chunks) if backward else chunks) for item in chunk]
        return Page(ordered, *((opposite, following) if backward else (following, opposite)))

    def _refuse_over(self, size: int) -> None:
        if size > self._most_bytes:
            raise ResponseTooLarge(f"The answer is over {self._most_bytes} bytes; ask for less at once with limit")


@asynccontextmanager
async def _closing(batches: AsyncIterator[Batch]) -> AsyncIterator[AsyncIterator[Batch]]:
    """Close a scan that is left early, so that the engine frees what it holds for it."""
    try:
        yield batches
    finally:
        if isinstance(batches, AsyncGenerator):
            await batches.aclose()


def _analysis(url: str) -> bytes:
    return msgspec.json.encode(analyze(parse(url)))


def _offset(request: SearchRequest, plan: Plan) -> int:
    """Where the result starts: the offset if given; else, for a limit without a cursor, the URL's page."""
    if request.cursor is not None:
        return 0
    if request.offset is not None:
        return min(request.offset, FARTHEST)
    return min((plan.page - 1) * request.limit, FARTHEST) if request.limit is not None else 0


def _cursor(position: Position | None, plan: Plan) -> str | None:
    return None if position is None else encode(position, plan.contact_filter)


def _simple(items: Sequence[bytes]) -> list[bytes]:
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(ContactSimpleItem)
    return [encoder.encode(decoder.decode(item)) for item in items]


def _bytes_of(items: Sequence[bytes]) -> int:
    return sum(map(len, items)) + len(items)


def _inside(uuids: list[str]) -> bytes:
    """The JSON list of `uuids` without its brackets."""
    return msgspec.json.encode(uuids)[1:-1]
