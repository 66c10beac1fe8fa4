"""The operations on contacts, free of any framework: the WebSocket and REST are two doors to this.

Answers are JSON bytes, assembled from the items as the engine stored them: nothing is decoded on the way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from copy import copy
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from api.actions.plans import LONGEST_INLINE, AnyEngine, Plan, Plans, refuse_unmapped
from api.actions.requests import AnalyzeRequest, CountRequest, SearchRequest, UuidsRequest
from api.actions.roles import Role
from api.actions.streams import SearchStream, UuidStream, cursor_of, inside, pages
from api.settings import Settings
from mappings.analysis import Analysis, analyze
from mappings.contact_filter import map_url
from mappings.counting import Countable, CountedAnalysis, countable
from mappings.counts import Count, exact, guarded
from mappings.errors import ResponseTooLarge
from mappings.ledger import ledger
from mappings.predicates import ContactFilter
from mappings.url import ApolloUrl, parse
from search.cursor import Position, decode
from search.engine import Page

FARTHEST = 2**53
"""The largest limit and offset that reach the engine. No store holds as many contacts."""

_UUID_BYTES = 39

Result = TypeVar("Result")


class SearchAnswer(msgspec.Struct, frozen=True):
    """Items as JSON, the cursors beside them (`None` at the ends), and the plan they came from."""

    items: list[bytes]
    plan: Plan
    next: str | None = None
    previous: str | None = None

    def encode(self, link: Callable[[str], str] | None = None) -> bytes:
        """The `data` of the answer. `link` makes of a cursor what stands in `next` and `previous`, else it itself."""
        cursors = (self.next, self.previous)
        shown = [cursor if cursor is None or link is None else link(cursor) for cursor in cursors]
        ends = [msgspec.json.encode(end) for end in shown]
        # Joined once, since the items may be a quarter of a gigabyte.
        pieces = list(self.items) or [b""]
        pieces[0] = b'{"next":%b,"previous":%b,"results":[%b' % (*ends, pieces[0])
        pieces[-1] += b"]%b%b}" % (self.plan.metadata, self.plan.ledger)
        return b",".join(pieces)


class ContactService:
    """Answers requests from one engine. All methods raise `InvalidInput` or `EngineError`.

    Attributes:
        engine: for actions whose functions stand elsewhere; what it runs is the `compiled` of a `plan`.
        shown: makes of a number of contacts what an answer has. No action answers one otherwise.
    """

    def __init__(self, engine: AnyEngine, settings: Settings) -> None:
        self.engine = engine
        self.shown: Callable[[int], Count] = exact
        self._most_bytes = settings.max_response_bytes
        self._plans = Plans(engine)

    def for_role(self, role: Role) -> "ContactService":
        """The same service, as it answers users with this role. Who asks for nobody in particular needs none."""
        if role.sees_few:
            return self
        guarding = copy(self)
        guarding.shown = guarded
        return guarding

    async def analyze(self, request: AnalyzeRequest) -> bytes:
        """The URL taken apart and explained. Needs no engine."""
        return await _off_loop(request.url, lambda: _analysis(request))

    async def count_by_filter(self, request: AnalyzeRequest) -> bytes:
        """The analysis with a count on every category, parameter and value, from one request to the engine."""
        counting, compiled = await _off_loop(request.url, lambda: self._countable(_parsed(request)))
        counts = await self.engine.count_many(compiled)
        return await _off_loop(request.url, lambda: _told(counting.answer(counts, self.shown), counting.url, request))

    async def count(self, request: CountRequest) -> bytes:
        """`{"count": …}`, exact where it is no secret."""
        plan = await self.plan(request)
        count = self.shown(await self.engine.count(plan.compiled))
        return b'{"count":%b%b}' % (msgspec.json.encode(count), plan.ledger)

    async def search(self, request: SearchRequest) -> bytes:
        """The contacts, in an answer with the cursors beside them. Raises as `page` does."""
        return (await self.page(request)).encode()

    async def page(self, request: SearchRequest) -> SearchAnswer:
        """One page of contacts, or all of them without a limit.

        Raises:
            ResponseTooLarge: over `CONTACTS_MAX_RESPONSE_BYTES`, found before more than that is held in memory.
        """
        plan = await self.plan(request)
        position = None if request.cursor is None else decode(request.cursor, plan.fingerprint)
        if request.limit is None:
            page = await self._all(plan, request, position)
        else:
            page = await self._page(plan, request, position)
        return SearchAnswer(page.items, plan, cursor_of(page.next, plan), cursor_of(page.previous, plan))

    async def stream_search(self, request: SearchRequest) -> SearchStream:
        """The same contacts as `search`, in parts and however many. What is wrong with the request is raised here."""
        plan = await self.plan(request)
        position = None if request.cursor is None else decode(request.cursor, plan.fingerprint)
        return SearchStream(self.engine, plan, request, _offset(request, plan), position)

    async def uuids(self, request: UuidsRequest) -> bytes:
        """`{"count": …, "uuids": […]}`, of the first `limit` in order or of all in any order."""
        plan = await self.plan(request)
        if request.limit is not None:
            # One more than fits: enough to know that the answer is too large, whatever the limit says.
            most = min(request.limit, self._most_bytes // _UUID_BYTES + 1)
            uuids = await self.engine.uuids(plan.compiled, most)
            return self._uuids_answer(plan, len(uuids), [inside(uuids)] if uuids else [])
        count, size, parts = 0, 0, []
        async with aclosing(self.engine.scan_uuids(plan.compiled)) as batches:
            async for batch in batches:
                if batch:
                    parts.append(inside(batch))
                    count, size = count + len(batch), size + len(parts[-1]) + 1
                    self._refuse_over(size)
        return self._uuids_answer(plan, count, parts)

    async def stream_uuids(self, request: UuidsRequest) -> UuidStream:
        """The same uuids as `uuids`, in parts and however many. What is wrong with the request is raised here."""
        return UuidStream(self.engine, await self.plan(request), request)

    def plan(self, request: CountRequest) -> Awaitable[Plan]:
        """The request's filter, ready to run."""
        return self._plans.get(request.url, request.lists, strict=request.strict, with_ledger=request.ledger)

    def _uuids_answer(self, plan: Plan, count: int, parts: list[bytes]) -> bytes:
        body = b",".join(parts)
        self._refuse_over(len(body))
        return b'{"count":%d,"uuids":[%b]%b}' % (count, body, plan.ledger)

    async def _all(self, plan: Plan, request: SearchRequest, position: Position | None) -> Page:
        items: list[bytes] = []
        size = 0
        view = request.shown
        source = self.engine.scan(plan.compiled, _offset(request, plan), position, complete=view.complete)
        async with aclosing(source) as batches:
            async for batch in batches:
                shown = view.of(batch)
                size += _bytes_of(shown)
                self._refuse_over(size)
                items += shown
        return Page(items)

    async def _page(self, plan: Plan, request: SearchRequest, position: Position | None) -> Page:
        """The page, taken from the engine in chunks that follow each other in reading direction."""
        backward = position is not None and position.backward
        chunks: list[list[bytes]] = []
        size = 0
        first = last = Page([])
        view = request.shown
        async with aclosing(pages(self.engine, plan, request, _offset(request, plan), position)) as source:
            async for last in source:
                first = last if not chunks else first
                chunks.append(view.of(last.items))
                size += _bytes_of(chunks[-1])
                self._refuse_over(size)
        ordered = [item for chunk in (reversed(chunks) if backward else chunks) for item in chunk]
        earlier, later = (last, first) if backward else (first, last)
        return Page(ordered, later.next, earlier.previous)

    def _countable(self, url: ApolloUrl) -> tuple[Countable, list[object]]:
        counting = countable(url, datetime.now(UTC).date())
        return counting, [self.engine.compile(ContactFilter(predicate)) for predicate in counting.predicates]

    def _refuse_over(self, size: int) -> None:
        if size > self._most_bytes:
            raise ResponseTooLarge(
                f"The answer is over {self._most_bytes} bytes; ask for less with limit, or for it in parts: over the "
                "WebSocket with stream, over REST as contacts without limit"
            )


async def _off_loop(url: str, work: Callable[[], Result]) -> Result:
    """The result of `work`, in a thread if the URL is so long that others would notice."""
    return work() if len(url) <= LONGEST_INLINE else await asyncio.to_thread(work)


def _analysis(request: AnalyzeRequest) -> bytes:
    url = _parsed(request)
    return _told(analyze(url), url, request)


def _told(analysis: Analysis | CountedAnalysis, url: ApolloUrl, request: AnalyzeRequest) -> bytes:
    """The analysis as JSON, with the ledger if it was asked for."""
    if request.ledger:
        analysis = msgspec.structs.replace(analysis, ledger=ledger(url, datetime.now(UTC).date()))
    return msgspec.json.encode(analysis)


def _parsed(request: AnalyzeRequest) -> ApolloUrl:
    """The request's URL. Raises `ForeignUrl` or `InvalidField`, the latter for what `strict` refuses."""
    url = parse(request.url)
    if request.strict:
        refuse_unmapped(map_url(url, datetime.now(UTC).date()).unmapped_categories)
    return url


def _offset(request: SearchRequest, plan: Plan) -> int:
    """Where the result starts: the offset if given; else, for a limit without a cursor, the URL's page."""
    if request.cursor is not None:
        return 0
    if request.offset is not None:
        return min(request.offset, FARTHEST)
    return min((plan.page - 1) * request.limit, FARTHEST) if request.limit is not None else 0


def _bytes_of(items: Sequence[bytes]) -> int:
    return sum(map(len, items)) + len(items)
