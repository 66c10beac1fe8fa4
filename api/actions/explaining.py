"""Why a search finds as many contacts as it does: `explain_count`.

What is counted, and what the counts mean, is `mappings.explanation`, `mappings.rescue` and `mappings.nearest`. Here it
goes to the engine: in one round trip, and in a second one only if the first has shown that there is more to ask.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial

import msgspec
from msgspec import UNSET, UnsetType

from api.actions.aside import mapping
from api.actions.made import Made, following, made
from api.actions.plans import mapped_strictly, refuse_over
from api.actions.requests import CountRequest
from api.actions.service import ContactService
from api.actions.shapes import Companies
from mappings.algebra import extent
from mappings.canonical import canonical
from mappings.clauses import clauses_of, clauses_of_lists
from mappings.company_lists import CompanyLists
from mappings.counts import Count
from mappings.explanation import MOST_COUNTS, Counts, ExplainedList, ExplainedParameter, Explanation, explanation
from mappings.fingerprint import fingerprint
from mappings.ledger import LedgerEntry, ledger
from mappings.nearest import Instead, Wanting, wanting
from mappings.predicates import All, ContactFilter, MatchAll, Predicate
from mappings.rescue import FEW, Drop, Rescue, helping, pairs, rescues, singles
from mappings.url import ApolloUrl
from search.engine import Distinct
from search.filled import filled

_TIMES = 5
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
    """What is to be counted first: `compiled`, of the whole search before all others, in the engine's form."""

    search: Made[_Search]
    compiled: list[object]
    fingerprint: str


class _AskedFurther(msgspec.Struct, frozen=True):
    """What is to be counted then."""

    open: Made[tuple[_Search, _Further]]
    compiled: list[object]


async def explain_count(service: ContactService, request: ExplainRequest) -> bytes:
    """`ExplainData`, as JSON. Whoever may not see few counts is told what follows from what they may see only."""
    aside, engine, shown = service.aside, service.engine, service.shown
    lists, compile_filter = request.lists, engine.compile
    take_apart = partial(_asked, lists=lists, strict=request.strict, compile_filter=compile_filter)
    asked = await aside.of_url(request.url, take_apart, _weigh, _TIMES * lists.effort())
    service.searched(asked.fingerprint)
    summary = await engine.summary(asked.compiled[0], "company_key", asked.compiled)
    counts, companies = summary.counts, summary.distinct
    service.found(counts[0])
    go_on = partial(_further, counts=counts, shown=shown, compile_filter=compile_filter)
    further = await following(aside, asked.search, go_on)
    more = await engine.count_many(further.compiled) if further.compiled else []
    tell = partial(_told, counts=(*counts, *more), companies=companies, shown=shown, size=request.size)
    return await following(aside, further.open, tell)


def _weigh(url: ApolloUrl) -> int:
    return _TIMES * mapping(url)


def _asked(
    url: ApolloUrl, *, lists: CompanyLists, strict: bool, compile_filter: Callable[[ContactFilter], object]
) -> _Asked:
    """What to count first. Raises what a plan does."""
    today = datetime.now(UTC).date()
    mapped = mapped_strictly(url, today, strict)
    print_ = fingerprint(url, mapped, lists)
    explained = explanation(clauses_of(url, today), clauses_of_lists(lists), filled)
    predicates = explained.predicates()
    size = _size(predicates)
    refuse_over(size)
    search = made(_Search(url, explained, predicates, size, print_, today), size // _TOLD)
    return _Asked(search, [compile_filter(ContactFilter(predicate)) for predicate in predicates], print_)


def _further(
    search: _Search, *, counts: Sequence[int], shown: Shown, compile_filter: Callable[[ContactFilter], object]
) -> _AskedFurther:
    """What to count then."""
    asked = search.explanation
    seen = _seen(dict(zip(search.predicates, counts, strict=True)), shown)
    drops: Sequence[Drop] = ()
    now = seen[asked.whole]
    if now < FEW:
        drops = helping(singles(asked), seen, now) or pairs(asked, seen)
    room = MOST_COUNTS - len({drop.predicate for drop in drops} - seen.keys())
    wanted = wanting(asked, seen, room)
    several = [drop.predicate for drop in drops]
    several += [predicate for each in wanted for _, predicate in each.candidates]
    more = tuple(dict.fromkeys(predicate for predicate in several if predicate not in seen))
    left = (search, _Further(drops, wanted, more))
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
