"""The operations on contacts, free of any framework: the WebSocket and REST are two doors to this.

Answers are JSON bytes, assembled from the items as the engine stored them: nothing is decoded on the way.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from copy import copy
from datetime import UTC, datetime
from functools import partial

import msgspec

from api.actions.aside import Aside, explaining, mapping
from api.actions.audit import Deed, unheard
from api.actions.kept_searches import KeptSearches
from api.actions.labels import Labels
from api.actions.made import Made, following, made
from api.actions.plans import AnyEngine, Plan, Plans, refuse_over, refuse_unmapped
from api.actions.requests import AnalyzeRequest, CountRequest, SearchRequest, UuidsRequest
from api.actions.roles import Role
from api.actions.streams import SearchStream, UuidStream, bytes_of, cursor_of, inside, pages
from api.actions.tags import shown
from api.settings import Settings
from mappings.algebra import extent
from mappings.analysis import Analysis, analyze
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.counting import Countable, CountedAnalysis, countable
from mappings.counts import Count, exact, guarded
from mappings.errors import EngineTimeout, InvalidParameter, ResponseTooLarge, Unauthorized
from mappings.fingerprint import fingerprint
from mappings.ledger import ledger
from mappings.predicates import ContactFilter, PerCompany
from mappings.url import ApolloUrl
from search.cursor import Position, decode
from search.engine import Page

FARTHEST = 2**53
"""The largest limit and offset that reach the engine. No store holds as many contacts."""

_UUID_BYTES = 39
"""Bytes of most uuids in an answer, with quotation marks and a comma. A contact's own may be shorter, or longer."""

_ALL = b'{"next":null,"previous":null,"results":['
"""How an answer with all contacts begins: it has no neighbouring pages."""

TOO_MANY_COMPANIES = (
    "There are too many companies to count this in time; ask for the contacts or uuids with stream, and count those"
)

_COUNTING = 0.9
"""Of the time that a request has, the part after which a count is given up, in words of its own."""

Body = bytes | bytearray
"""An answer's `data` as JSON. Large ones are made in place, so that they are in memory once."""


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

    Args:
        aside: where what takes long is made; by itself in a thread.

    Attributes:
        settings: of the application.
        engine: for actions whose functions stand elsewhere; what it runs is the `compiled` of a `plan`.
        aside: for what of a request takes the event loop too long.
        shown: makes of a number of contacts what an answer has. No action answers one otherwise.
        sees_few: whether whoever asks is shown the numbers of very few contacts.
        labels: how values are spelled.
        counting: seconds after which a count is given up, in words of its own.
    """

    def __init__(
        self,
        engine: AnyEngine,
        settings: Settings,
        searches: KeptSearches | None = None,
        aside: Aside | None = None,
    ) -> None:
        self.engine = engine
        self.settings = settings
        self._searches = searches
        self.shown: Callable[[int], Count] = exact
        self.sees_few = True
        self.labels = Labels(engine)
        self._most_bytes = settings.max_response_bytes
        self.counting = _COUNTING * settings.engine.timeout
        self.aside = aside or Aside()
        self._plans = Plans(engine, self.aside)
        self._deed = unheard()
        self._grown: Callable[[int], object] = _unheeded

    def within(self, grown: Callable[[int], object]) -> "ContactService":
        """The service for one request: `grown` is told how many bytes there are of its answer, batch by batch.

        What it raises ends the answer.
        """
        within = copy(self)
        within._grown = grown
        return within

    def doing(self, deed: Deed) -> "ContactService":
        """The service for one request: `deed` is told which search it was, and how many contacts came of it."""
        doing = copy(self)
        doing._deed = deed
        return doing

    def found(self, contacts: int) -> None:
        """Tell the audit log how many contacts are handed out, or counted."""
        self._deed.contacts = contacts

    def is_done(self, deed: str) -> None:
        """Tell the audit log what is done in the command line's words, where the name of the action says too little."""
        self._deed.action = deed

    def searched(self, *prints: str) -> None:
        """Tell the audit log which search it is by its fingerprint, or which several."""
        self._deed.search = ",".join(prints)

    def for_role(self, role: Role) -> "ContactService":
        """The same service, as it answers users with this role. Who asks for nobody in particular needs none."""
        if role.sees_few:
            return self
        guarding = copy(self)
        guarding.shown, guarding.sees_few = guarded, False
        return guarding

    async def analyze(self, request: AnalyzeRequest) -> bytes:
        """The URL taken apart and explained. Needs no engine."""
        weigh = mapping if request.ledger or request.strict else explaining
        return await self.aside.of_url(request.url, partial(_analysis, request=request), weigh)

    async def count_by_filter(self, request: AnalyzeRequest) -> bytes:
        """The analysis with a count on every category, parameter and value, from one request to the engine."""
        make = partial(_countable, request=request, compile_filter=self.engine.compile)
        asked = await self.aside.of_url(request.url, make, mapping)
        self._deed.search = asked.search
        counts = await self.engine.count_many(asked.compiled)
        return await following(self.aside, asked.counting, partial(_counted, counts, request, self.shown))

    async def count(self, request: CountRequest) -> bytes:
        """`{"count": …}`, exact where it is no secret."""
        plan = await self.plan(request)
        count = await self.counted(plan)
        self.found(count)
        return b'{"count":%b%b}' % (msgspec.json.encode(self.shown(count)), plan.ledger)

    async def search(self, request: SearchRequest) -> Body:
        """The contacts, in an answer with the cursors beside them. Raises as `page` does."""
        return await self._all(request) if request.limit is None else (await self.page(request)).encode()

    async def page(self, request: SearchRequest) -> SearchAnswer:
        """One page of contacts, for a request with a limit.

        Raises:
            ResponseTooLarge: over `CONTACTS_MAX_RESPONSE_BYTES`, found before more than that is held in memory.
        """
        plan = await self.plan(request)
        page = await self._page(plan, request, _position(request, plan))
        self.found(len(page.items))
        return SearchAnswer(page.items, plan, cursor_of(page.next, plan), cursor_of(page.previous, plan))

    async def stream_search(self, request: SearchRequest) -> SearchStream:
        """The same contacts as `search`, in parts and however many. What is wrong with the request is raised here."""
        plan = await self.plan(request)
        stream = SearchStream(self.engine, plan, request, _offset(request, plan), _position(request, plan))
        stream.deed = self._deed
        return stream

    async def uuids(self, request: UuidsRequest) -> Body:
        """`{"count": …, "uuids": […]}`, of the first `limit` in order or of all in any order."""
        plan = await self.plan(request)
        if request.limit is not None:
            return await self._first_uuids(plan, request.limit)
        count, body = 0, bytearray()
        async with aclosing(self.engine.scan_uuids(plan.compiled)) as batches:
            async for batch in batches:
                if batch:
                    body += b"," if body else b""
                    body += inside(batch)
                    count += len(batch)
                    self._grow(len(body) + 1)
        return self._uuids_answer(plan, count, body)

    async def stream_uuids(self, request: UuidsRequest) -> UuidStream:
        """The same uuids as `uuids`, in parts and however many. What is wrong with the request is raised here."""
        stream = UuidStream(self.engine, await self.plan(request), request)
        stream.deed = self._deed
        return stream

    @property
    def user(self) -> str:
        """The uuid of the user who asks, of an action about what is that user's own.

        Raises:
            Unauthorized: nobody in particular asks.
        """
        if self._deed.user is None:
            raise Unauthorized("This is about what users have of their own; say which user you are")
        return self._deed.user

    @property
    def searches(self) -> KeptSearches:
        """What users saved, where there are users."""
        assert self._searches is not None
        return self._searches

    async def plan(self, request: CountRequest) -> Plan:
        """The request's filter, ready to run; the audit log is told which search it is."""
        plan = await self.plan_of(request)
        self._deed.search = plan.search
        return plan

    async def plan_of(self, request: CountRequest) -> Plan:
        """The filter of one of several searches, ready to run."""
        return await self._plans.get(
            request.asked,
            strict=request.strict,
            with_ledger=request.ledger,
            with_tags=isinstance(request, SearchRequest) and request.tagging,
        )

    async def counted(self, plan: Plan) -> int:
        """How many contacts there are.

        Raises:
            EngineTimeout: of companies all have to be looked at, which takes longer than there is.
        """
        if not isinstance(plan.order, PerCompany):
            return await self.engine.count(plan.compiled)
        try:
            async with asyncio.timeout(self.counting):
                return await self.engine.count(plan.compiled)
        except (TimeoutError, EngineTimeout) as error:
            raise EngineTimeout(TOO_MANY_COMPANIES) from error

    async def _first_uuids(self, plan: Plan, limit: int) -> Body:
        """The answer with the first `limit` uuids in order."""
        # One more than fits: enough to know that the answer is too large, whatever the limit says. Where they turn out
        # to be so short that as many do fit, there may be more of them.
        most = min(limit, self._most_bytes // _UUID_BYTES + 1)
        while True:
            uuids = await self.engine.uuids(plan.compiled, most)
            answer = self._uuids_answer(plan, len(uuids), bytearray(inside(uuids) if uuids else b""))
            if len(uuids) < most or most == limit:
                return answer
            most = min(limit, 2 * most)

    def _uuids_answer(self, plan: Plan, count: int, uuids: bytearray) -> Body:
        """The answer that has `uuids`, the inside of a JSON list, which it is made of in place."""
        self._grow(len(uuids))
        self.found(count)
        uuids[:0] = b'{"count":%d,"uuids":[' % count
        uuids += b"]%b}" % plan.ledger
        return uuids

    async def _all(self, request: SearchRequest) -> Body:
        """All contacts, for a request without a limit. Each batch is put behind the others at once, and let go of."""
        plan = await self.plan(request)
        position = _position(request, plan)
        if position is not None and position.backward:
            # What comes last is read first: page by page, so that it is counted before there is more of it.
            page = await self._page(plan, request, position)
            self.found(len(page.items))
            return SearchAnswer(page.items, plan).encode()
        answer, size, count, view = bytearray(_ALL), 0, 0, request.shown
        source = self.engine.scan(plan.compiled, _offset(request, plan), position, complete=view.complete)
        async with aclosing(source) as batches:
            async for batch in batches:
                items = await shown(self.engine, plan, view, batch)
                size += bytes_of(items)
                self._grow(size)
                count += len(items)
                if items:
                    answer += b"," if len(answer) > len(_ALL) else b""
                    answer += b",".join(items)
        self.found(count)
        answer += b"]%b%b}" % (plan.metadata, plan.ledger)
        return answer

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
                chunks.append(await shown(self.engine, plan, view, last.items))
                size += bytes_of(chunks[-1])
                self._grow(size)
        ordered = [item for chunk in (reversed(chunks) if backward else chunks) for item in chunk]
        earlier, later = (last, first) if backward else (first, last)
        return Page(ordered, later.next, earlier.previous)

    def _grow(self, size: int) -> None:
        if size > self._most_bytes:
            raise ResponseTooLarge(
                f"The answer is over {self._most_bytes} bytes; ask for less with limit, or for it in parts: over the "
                "WebSocket with stream, over REST as contacts without limit"
            )
        self._grown(size)


class _Asked(msgspec.Struct, frozen=True):
    """What is to be counted.

    Attributes:
        compiled: its predicates, in their order.
        search: the fingerprint of the search, unless a value is malformed.
    """

    counting: Made[Countable]
    compiled: list[object]
    search: str | None


def _countable(url: ApolloUrl, request: AnalyzeRequest, compile_filter: Callable[[ContactFilter], object]) -> _Asked:
    _refuse_unmapped(url, request)
    today = datetime.now(UTC).date()
    counting, search = countable(url, today), None
    predicates = sum([extent(predicate).predicates for predicate in counting.predicates])
    refuse_over(predicates)
    # A malformed value is counted as 0 here.
    with suppress(InvalidParameter):
        search = fingerprint(url, map_url(url, today), CompanyLists())
    compiled = [compile_filter(ContactFilter(predicate)) for predicate in counting.predicates]
    return _Asked(made(counting, predicates), compiled, search)


def _counted(
    counts: Sequence[int], request: AnalyzeRequest, shown: Callable[[int], Count], counting: Countable
) -> bytes:
    return _told(counting.answer(counts, shown), counting.url, request)


def _analysis(url: ApolloUrl, request: AnalyzeRequest) -> bytes:
    _refuse_unmapped(url, request)
    return _told(analyze(url), url, request)


def _told(analysis: Analysis | CountedAnalysis, url: ApolloUrl, request: AnalyzeRequest) -> bytes:
    """The analysis as JSON, with the ledger if it was asked for."""
    if request.ledger:
        analysis = msgspec.structs.replace(analysis, ledger=ledger(url, datetime.now(UTC).date()))
    return msgspec.json.encode(analysis)


def _refuse_unmapped(url: ApolloUrl, request: AnalyzeRequest) -> None:
    """Raise `InvalidField` for what `strict` refuses, if the request is."""
    if request.strict:
        refuse_unmapped(map_url(url, datetime.now(UTC).date()).unmapped_categories)


def _position(request: SearchRequest, plan: Plan) -> Position | None:
    """Where the request goes on from, if it does. Raises `InvalidCursor`."""
    return None if request.cursor is None else decode(request.cursor, plan.fingerprint, plan.order)


def _offset(request: SearchRequest, plan: Plan) -> int:
    """Where the result starts: the offset if given; else, for a limit without a cursor, the URL's page."""
    if request.cursor is not None:
        return 0
    if request.offset is not None:
        return min(request.offset, FARTHEST)
    return min((plan.page - 1) * request.limit, FARTHEST) if request.limit is not None else 0


def _unheeded(_size: int) -> None:
    """Nobody bounds what is held."""
