"""Why a search finds as many contacts as it does: `explain_count`.

What is counted, and what the counts mean, is `mappings.explanation`, `mappings.rescue` and `mappings.nearest`. Here it
goes to the engine: in one round trip, and in a second one only if the first has shown that there is more to ask.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec
from msgspec import UNSET, UnsetType

from api.actions.plans import refuse_over
from api.actions.requests import CountRequest
from api.actions.service import ContactService
from api.actions.shapes import Companies
from mappings.algebra import extent
from mappings.canonical import canonical
from mappings.clauses import clauses_of, clauses_of_lists
from mappings.counts import Count
from mappings.explanation import MOST_COUNTS, Counts, ExplainedList, ExplainedParameter, Explanation, explanation
from mappings.ledger import LedgerEntry, ledger
from mappings.nearest import Instead, Wanting, wanting
from mappings.predicates import ContactFilter, MatchAll, Predicate
from mappings.rescue import FEW, Drop, Rescue, helping, pairs, rescues, singles
from mappings.url import parse
from search.filled import filled


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


class _Further(msgspec.Struct, frozen=True):
    """What the first counts leave open.

    Attributes:
        drops: what may be dropped, if nothing that was counted already helps; or else what helps.
        wanting: values that nobody has.
    """

    drops: Sequence[Drop]
    wanting: Sequence[Wanting]

    def predicates(self, counted: Counts) -> tuple[Predicate, ...]:
        """What is still to be counted."""
        asked = [drop.predicate for drop in self.drops]
        asked += [predicate for each in self.wanting for _, predicate in each.candidates]
        return tuple(dict.fromkeys(predicate for predicate in asked if predicate not in counted))


async def explain_count(service: ContactService, request: ExplainRequest) -> bytes:
    """`ExplainData`, as JSON. Whoever may not see few counts is told what follows from what they may see only."""
    plan = await service.plan(request)
    today = datetime.now(UTC).date()
    asked, compiled = await service.aside.run(lambda: _asked(service, request, today))
    counts = dict(zip(asked.predicates(), await service.engine.count_many(compiled), strict=True))
    companies = await service.engine.distinct(plan.compiled, "company_key")
    further = await service.aside.run(lambda: _further(asked, _seen(service, counts)))
    if more := further.predicates(counts):
        compiled = await service.aside.run(lambda: _compiled(service, more))
        counts |= zip(more, await service.engine.count_many(compiled), strict=True)
    count = counts[asked.whole]
    service.found(count)

    def answer() -> bytes:
        url = parse(request.url)
        seen = _seen(service, counts)
        parameters, lists = asked.explained(counts, service.shown)
        helpful = helping(further.drops, seen, seen[asked.whole])[: request.size]
        data = ExplainData(
            count=service.shown(count),
            total=service.shown(counts[MatchAll()]),
            companies=Companies(service.shown(companies.count), companies.exact),
            parameters=parameters,
            lists=lists,
            rescue=rescues(helpful, counts, service.shown, url, today),
            instead=tuple([each.instead(seen, service.shown) for each in further.wanting]),
            canonical_url=canonical(url).url,
            fingerprint=plan.search,
            ledger=ledger(url, today),
            truncated=True if asked.truncated else UNSET,
        )
        return msgspec.json.encode(data)

    return await service.aside.run(answer)


def _asked(service: ContactService, request: ExplainRequest, today: date) -> tuple[Explanation, list[object]]:
    """What to count first, and the engine's form of it. Raises what a plan does."""
    parameters = clauses_of(parse(request.url), today)
    asked = explanation(parameters, clauses_of_lists(request.lists), filled)
    return asked, _compiled(service, asked.predicates())


def _compiled(service: ContactService, predicates: Sequence[Predicate]) -> list[object]:
    refuse_over(sum([extent(predicate).predicates for predicate in predicates]))
    return [service.engine.compile(ContactFilter(predicate)) for predicate in predicates]


def _seen(service: ContactService, counts: Counts) -> Counts:
    """The counts as whoever asks may know them: as none, where they are too few to be shown."""
    return {predicate: 0 if isinstance(service.shown(count), str) else count for predicate, count in counts.items()}


def _further(asked: Explanation, counts: Counts) -> _Further:
    drops: Sequence[Drop] = ()
    now = counts[asked.whole]
    if now < FEW:
        drops = helping(singles(asked), counts, now) or pairs(asked, counts)
    room = MOST_COUNTS - len({drop.predicate for drop in drops} - counts.keys())
    return _Further(drops, wanting(asked, counts, room))
