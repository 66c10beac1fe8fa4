"""Why a search finds as many contacts as it does: `explain_count`.

What is counted, and what the counts mean, is `mappings.explanation`, `mappings.rescue` and `mappings.nearest`. Here it
goes to the engine: in one round trip, and in a second one only if the first has shown that there is more to ask. Before
that one it is looked up what there is in place of values that nobody has (`api.actions.existing`).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial

import msgspec
from msgspec import UNSET, UnsetType

from api.actions.aside import MOST_AT_ONCE, Aside, mapping
from api.actions.existing import LookUp, existing
from api.actions.made import Made, following, following_each, made
from api.actions.plans import mapped_strictly, refuse_over
from api.actions.requests import CountRequest
from api.actions.service import ContactService
from api.actions.shapes import Companies
from mappings.algebra import extent
from mappings.canonical import canonical
from mappings.clauses import clauses_of, clauses_of_lists
from mappings.company_lists import CompanyLists
from mappings.counts import Count
from mappings.existing import MOST_OFFERED, Lacking, lacking
from mappings.explanation import (
    MOST_COUNTS,
    MOST_PREDICATES,
    Counts,
    ExplainedList,
    ExplainedParameter,
    Explanation,
    explanation,
)
from mappings.fingerprint import fingerprint
from mappings.ledger import LedgerEntry, ledger
from mappings.nearest import COUNTS, Instead, Wanting, wanting
from mappings.predicates import All, ContactFilter, MatchAll, Predicate
from mappings.rescue import FEW, Drop, Rescue, helping, pairs, rescues, singles
from mappings.url import ApolloUrl
from search.engine import Distinct
from search.filled import filled

_TIMES = 4
"""How much more work it is to take a search apart than to make its filter: that stands in most of what is counted."""

_TOLD = 4
"""How much less work it is to tell what was counted than to make that."""

Shown = Callable[[int], Count]
"""Makes of a number of contacts what an answer has."""


class ExplainRequest(CountRequest, frozen=True, kw_only=True):
    """Why so many contacts match `url` and the lists.

    Attributes:
        size: most rescues in the answer.
    """

    size: int = 5


class ExplainData(msgspec.Struct, frozen=True, kw_only=True):
    """A search, clause by clause: what each part of it selects, and what it costs."""

    count: Count
    total: Count
    companies: Companies
    parameters: list[ExplainedParameter]
    lists: list[ExplainedList]
    rescue: tuple[Rescue, ...]
    instead: tuple[Instead, ...]
    canonical_url: str
    fingerprint: str
    ledger: tuple[LedgerEntry, ...]
    truncated: bool | UnsetType = UNSET


class _Search(msgspec.Struct, frozen=True):
    """A search, taken apart.

    Attributes:
        predicates: what is counted first.
        size: how many comparisons these are together.
    """

    url: ApolloUrl
    explanation: Explanation
    predicates: tuple[Predicate, ...]
    size: int
    fingerprint: str
    today: date


class _Further(msgspec.Struct, frozen=True):
    """What the first counts leave open.

    Attributes:
        drops: what may be dropped, if nothing that was counted already helps; or else what helps.
        wanting: values that nobody has.
        asked: what is still to be counted.
    """

    drops: Sequence[Drop]
    wanting: Sequence[Wanting]
    asked: tuple[Predicate, ...]


class _Asked(msgspec.Struct, frozen=True):
    """What is to be counted first.

    Attributes:
        counts: how many predicates that are.
        size: how many comparisons these are together.
    """

    search: Made[_Search]
    counts: int
    size: int
    fingerprint: str


class _AskedFurther(msgspec.Struct, frozen=True):
    """What is to be counted then, and what is to be looked up before, of each value at most so many counts."""

    open: Made[tuple[_Search, _Further]]
    compiled: list[object]
    look_ups: list[LookUp] = []
    most: int = 0


async def explain_count(service: ContactService, request: ExplainRequest) -> bytes:
    """`ExplainData`, as JSON. Whoever may not see few counts is told what follows from what they may see only."""
    aside, engine, shown = service.aside, service.engine, service.shown
    lists, compile_filter = request.lists, engine.compile
    take_apart = partial(_asked, lists=lists, strict=request.strict)
    asked = await aside.of_url(request.url, take_apart, _weigh, _TIMES * lists.effort())
    service.searched(asked.fingerprint)
    compiled = await _compiled(aside, asked, compile_filter)
    summary = await engine.summary(compiled[0], "company_key", compiled)
    counts, companies = summary.counts, summary.distinct
    service.found(counts[0])
    go_on = partial(_further, counts=counts, shown=shown, compile_filter=compile_filter, open_too=service.sees_few)
    further = await following(aside, asked.search, go_on)
    if further.look_ups:
        found = [(each.lacking, await existing(service, each)) for each in further.look_ups]
        with_them = partial(_offering, found=found, most=further.most, compile_filter=compile_filter)
        further = await following(aside, further.open, with_them)
    more = await engine.count_many(further.compiled) if further.compiled else []
    tell = partial(_told, counts=(*counts, *more), companies=companies, shown=shown, size=request.size)
    return await following(aside, further.open, tell)


def _weigh(url: ApolloUrl) -> int:
    return _TIMES * mapping(url)


async def _compiled(aside: Aside, asked: _Asked, compile_filter: Callable[[ContactFilter], object]) -> list[object]:
    """What is to be counted first in the engine's form, the whole search before all others."""
    turns = -(-asked.size // MOST_AT_ONCE)
    a_turn = -(-asked.counts // turns)
    works = [
        (partial(_compiled_some, at=at, end=at + a_turn, compile_filter=compile_filter), asked.size // turns)
        for at in range(0, asked.counts, a_turn)
    ]
    return [each for some in await following_each(aside, asked.search, works) for each in some]


def _compiled_some(
    search: _Search, *, at: int, end: int, compile_filter: Callable[[ContactFilter], object]
) -> list[object]:
    return [compile_filter(ContactFilter(predicate)) for predicate in search.predicates[at:end]]


def _asked(url: ApolloUrl, *, lists: CompanyLists, strict: bool) -> _Asked:
    """What to count first. Raises what a plan does."""
    today = datetime.now(UTC).date()
    mapped = mapped_strictly(url, today, strict)
    print_ = fingerprint(url, mapped, lists)
    explained = explanation(clauses_of(url, today), clauses_of_lists(lists), filled)
    predicates = explained.predicates()
    size = _size(predicates)
    refuse_over(size)
    search = made(_Search(url, explained, predicates, size, print_, today), size // _TOLD)
    return _Asked(search, len(predicates), size, print_)


def _further(
    search: _Search,
    *,
    counts: Sequence[int],
    shown: Shown,
    compile_filter: Callable[[ContactFilter], object],
    open_too: bool,
) -> _AskedFurther:
    """What to count then, and what to look up: of open fields nothing for whoever may not know who people are."""
    asked = search.explanation
    seen = _seen(dict(zip(search.predicates, counts, strict=True)), shown)
    drops: Sequence[Drop] = ()
    now = seen[asked.whole]
    if now < FEW:
        drops = helping(singles(asked), seen, now) or pairs(asked, seen)
    room = MOST_COUNTS - len({drop.predicate for drop in drops} - seen.keys())
    # Half of what is counted of a candidate has all else of the search in it.
    room = min(room, COUNTS * MOST_PREDICATES // extent(asked.whole).predicates)
    sought = lacking(asked, seen) if open_too else ()
    each = min(MOST_OFFERED, room // (COUNTS * max(1, len(sought))))
    look_ups = [LookUp(one, compile_filter(ContactFilter(one.part.others))) for one in sought] if each else []
    wanted = wanting(asked, seen, room - COUNTS * each * len(sought))
    further = _asked_further(search, _Further(drops, wanted, ()), compile_filter)
    return msgspec.structs.replace(further, look_ups=look_ups, most=each)


def _offering(
    left: tuple[_Search, _Further],
    *,
    found: Sequence[tuple[Lacking, Sequence[str]]],
    most: int,
    compile_filter: Callable[[ContactFilter], object],
) -> _AskedFurther:
    """The same with values that were looked up."""
    search, further = left
    offered = [each.wanting(values, search.url, search.today, most) for each, values in found if values]
    with_them = msgspec.structs.replace(further, wanting=[*further.wanting, *offered])
    return _asked_further(search, with_them, compile_filter)


def _asked_further(
    search: _Search, further: _Further, compile_filter: Callable[[ContactFilter], object]
) -> _AskedFurther:
    several = [drop.predicate for drop in further.drops]
    several += [predicate for each in further.wanting for predicate in each.predicates()]
    counted = frozenset(search.predicates)
    more = tuple(dict.fromkeys(predicate for predicate in several if predicate not in counted))
    left = (search, msgspec.structs.replace(further, asked=more))
    return _AskedFurther(
        made(left, (search.size + _size(more)) // _TOLD),
        [compile_filter(ContactFilter(predicate)) for predicate in more],
    )


def _told(
    left: tuple[_Search, _Further],
    *,
    counts: Sequence[int],
    companies: Distinct,
    shown: Shown,
    size: int,
) -> bytes:
    """The answer; `counts` are the first ones, and those of what these left open."""
    search, further = left
    asked, url = search.explanation, search.url
    counted = dict(zip((*search.predicates, *further.asked), counts, strict=True))
    seen = _seen(counted, shown)
    parameters, lists = asked.explained(counted, shown)
    helpful = helping(further.drops, seen, seen[asked.whole])[:size]
    data = ExplainData(
        count=shown(counted[asked.whole]),
        total=shown(counted[MatchAll()]),
        companies=Companies(shown(companies.count), companies.exact),
        parameters=parameters,
        lists=lists,
        rescue=rescues(helpful, counted, shown, url, search.today),
        instead=tuple([each.instead(seen, shown) for each in further.wanting]),
        canonical_url=canonical(url).url,
        fingerprint=search.fingerprint,
        ledger=ledger(url, search.today),
        truncated=True if asked.truncated else UNSET,
    )
    return msgspec.json.encode(data)


def _size(predicates: Sequence[Predicate]) -> int:
    """How many comparisons they are together. Most have the same parts, of which each is looked at once."""
    sizes: dict[Predicate, int] = {}

    def size(part: Predicate) -> int:
        if part not in sizes:
            sizes[part] = extent(part).predicates
        return sizes[part]

    return sum([1 + sum(map(size, each.of)) if isinstance(each, All) else size(each) for each in predicates])


def _seen(counts: Counts, shown: Shown) -> Counts:
    """The counts as whoever asks may know them: as none, where they are too few to be shown."""
    return {predicate: 0 if isinstance(shown(count), str) else count for predicate, count in counts.items()}
