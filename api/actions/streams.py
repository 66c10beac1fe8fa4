"""Answers in parts, so that their size does not matter: one batch of the engine is held at a time.

A batch is taken from the engine only when the one before is out, so a slow reader slows the engine down, not us.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from typing import Protocol, TypeVar

import msgspec

from api.actions.audit import unheard
from api.actions.plans import AnyEngine, Plan
from api.actions.requests import SearchRequest, UuidsRequest
from api.actions.tags import shown, uuid_of
from search.cursor import Position, encode
from search.engine import Page

CHUNK = 2000
"""Items that a limited search takes from the engine at once, so that a huge limit can be refused in time."""

PART_BYTES = 512 * 1024
"""The size of one part. Many clients refuse messages over 1 MiB."""

SORTED_UUIDS = 10_000
"""Limit up to which uuids are asked for at once; beyond it they are read with their contacts, batch by batch."""

_OPEN_BYTES = 2**20
"""What an engine keeps of a scan that goes on: DuckDB's connections have as much."""

_UUID_MEMORY = 100
"""Bytes of memory that a uuid takes as a text in a list."""

TakeTurn = Callable[[], AbstractAsyncContextManager[object]]
"""Makes what is held while the engine works on one batch, and given back while the reader reads."""

Batch = TypeVar("Batch")


class AnswerStream(Protocol):
    """An answer in parts.

    Attributes:
        key: what the list in each part is called.
        held: bytes of the batch that parts are made of, and of the scan that it is of, roughly.
    """

    key: str
    held: int

    def parts(self, take_turn: TakeTurn = nullcontext) -> AsyncGenerator[bytes]:
        """The inside of one JSON list after the other."""

    def end(self, parts: int) -> bytes:
        """The `data` of the message after all parts, of which there were so many."""


class SearchStream:
    """Contacts in order. `count`, `next` and `previous` are right once all batches were taken.

    Attributes:
        deed: told, with each batch, how many contacts there were so far.
    """

    key = "results"

    def __init__(self, engine: AnyEngine, plan: Plan, request: SearchRequest, offset: int, position: Position | None):
        self._engine = engine
        self._plan = plan
        self._request = request
        self._offset = offset
        self._position = position
        self.deed = unheard()
        self.count = self.held = 0
        self.next: Position | None = None
        self.previous: Position | None = None

    @property
    def metadata(self) -> bytes:
        """The end of the answer, as in `Plan`, with the ledger if there is one."""
        return self._plan.metadata + self._plan.ledger

    async def batches(self, take_turn: TakeTurn = nullcontext) -> AsyncGenerator[list[bytes]]:
        """The items as JSON, in the request's view."""
        async with aclosing(paced(self._shown_items(), take_turn)) as batches:
            async for items, shown in batches:
                self.count += len(items)
                self.deed.contacts = self.count
                self.held = bytes_of(items) + _OPEN_BYTES
                yield shown

    async def parts(self, take_turn: TakeTurn = nullcontext) -> AsyncGenerator[bytes]:
        """The inside of one JSON list after the other."""
        async with aclosing(self.batches(take_turn)) as batches:
            async for items in batches:
                for part in parts_of(items):
                    yield part

    def end(self, parts: int) -> bytes:
        """The `data` of the message after all parts."""
        later = msgspec.json.encode(cursor_of(self.next, self._plan))
        earlier = msgspec.json.encode(cursor_of(self.previous, self._plan))
        counts = b'{"count":%d,"parts":%d' % (self.count, parts)
        return b'%b,"next":%b,"previous":%b%b}' % (counts, later, earlier, self.metadata)

    async def _shown_items(self) -> AsyncGenerator[tuple[list[bytes], list[bytes]]]:
        """The items as the engine gave them, and as they are sent."""
        async with aclosing(self._whole_items()) as batches:
            async for items in batches:
                yield items, await shown(self._engine, self._plan, self._request.shown, items)

    async def _whole_items(self) -> AsyncGenerator[list[bytes]]:
        limit, position = self._request.limit, self._position
        if position is not None and position.backward:
            source = self._backward(position)
        elif limit is None:
            source = self._engine.scan(
                self._plan.compiled, self._offset, position, complete=self._request.shown.complete
            )
        else:
            source = self._forward()
        async with aclosing(source) as batches:
            async for items in batches:
                yield items

    async def _forward(self) -> AsyncGenerator[list[bytes]]:
        first = True
        async with aclosing(pages(self._engine, self._plan, self._request, self._offset, self._position)) as source:
            async for page in source:
                if first:
                    self.previous, first = page.previous, False
                self.next = page.next
                yield page.items

    async def _backward(self, position: Position) -> AsyncGenerator[list[bytes]]:
        """What stands before `position`, from its start.

        Where that is, only reading backwards tells. To hold no more than a batch, the way back is walked first and
        only the place of each batch kept; then the batches are read again, from the last to the first.
        """
        steps: list[tuple[Position, int]] = []
        limit, complete, following = self._request.limit, self._request.shown.complete, position
        async with aclosing(pages(self._engine, self._plan, self._request, 0, position)) as source:
            async for page in source:
                if not steps:
                    self.next = page.next
                self.previous = page.previous
                steps.append((following, len(page.items)))
                following = page.previous or following
        if limit is None:
            self.next = self.previous = None
        for place, size in reversed(steps):
            if size:
                yield (await self._engine.search(self._plan.compiled, size, 0, place, complete=complete)).items


class UuidStream:
    """Uuids: of the first `limit` contacts in order, or of all in any order. `count` is right at the end.

    Attributes:
        deed: told, with each batch, how many uuids there were so far.
    """

    key = "uuids"

    def __init__(self, engine: AnyEngine, plan: Plan, request: UuidsRequest) -> None:
        self._engine = engine
        self.deed = unheard()
        self._plan = plan
        self._limit = request.limit
        self.count = self.held = 0

    async def parts(self, take_turn: TakeTurn = nullcontext) -> AsyncGenerator[bytes]:
        """The inside of one JSON list after the other."""
        async with aclosing(paced(self._batches(), take_turn)) as batches:
            async for uuids in batches:
                self.count += len(uuids)
                self.held = len(uuids) * _UUID_MEMORY + _OPEN_BYTES
                self.deed.contacts = self.count
                if uuids:
                    yield inside(uuids)

    def end(self, parts: int) -> bytes:
        """The `data` of the message after all parts."""
        return b'{"count":%d,"parts":%d%b}' % (self.count, parts, self._plan.ledger)

    async def _batches(self) -> AsyncGenerator[list[str]]:
        if self._limit is None:
            async with aclosing(self._engine.scan_uuids(self._plan.compiled)) as batches:
                async for uuids in batches:
                    yield uuids
        elif self._limit <= SORTED_UUIDS:
            yield await self._engine.uuids(self._plan.compiled, self._limit)
        else:
            left = self._limit
            async with aclosing(self._engine.scan(self._plan.compiled)) as items:
                async for batch in items:
                    uuids = [uuid_of(item).uuid for item in batch[:left]]
                    yield uuids
                    left -= len(uuids)
                    if not left:
                        return


async def pages(
    engine: AnyEngine, plan: Plan, request: SearchRequest, offset: int, position: Position | None
) -> AsyncGenerator[Page]:
    """Pages that follow each other in reading direction, at most as many contacts in all as the request limits."""
    backward = position is not None and position.backward
    left, complete = request.limit, request.shown.complete
    following = position
    while True:
        size = CHUNK if left is None else min(left, CHUNK)
        page = await engine.search(plan.compiled, size, offset, following, complete=complete)
        yield page
        following, offset = (page.previous if backward else page.next), 0
        left = None if left is None else left - len(page.items)
        if following is None or left == 0:
            return


async def paced(batches: AsyncGenerator[Batch], take_turn: TakeTurn) -> AsyncGenerator[Batch]:
    """The same batches; a turn is held while the next one is made, and not while it is used."""
    async with aclosing(batches):
        while True:
            async with take_turn():
                batch = await anext(batches, None)
            if batch is None:
                return
            yield batch


def parts_of(items: Sequence[bytes]) -> Iterator[bytes]:
    """`items` as the insides of JSON lists of about `PART_BYTES` each."""
    at, size = 0, 0
    for index, item in enumerate(items):
        size += len(item) + 1
        if size > PART_BYTES and index > at:
            yield b",".join(items[at:index])
            at, size = index, len(item) + 1
    if at < len(items):
        yield b",".join(items[at:])


def bytes_of(items: Sequence[bytes]) -> int:
    """Bytes of `items`, with what stands between them."""
    return sum(map(len, items)) + len(items)


def inside(uuids: list[str]) -> bytes:
    """The JSON list of `uuids` without its brackets."""
    return msgspec.json.encode(uuids)[1:-1]


def cursor_of(position: Position | None, plan: Plan) -> str | None:
    """The cursor for a place in the plan's result."""
    return None if position is None else encode(position, plan.fingerprint)
