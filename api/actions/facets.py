"""What the contacts of a search are, counted by the values of fields: `facet_contacts`.

The facets, and what a search becomes by choosing a value, are `mappings.facets`; the counts are the engine's. Of a
facet all parameters hold but its own, so that several of its values can be chosen. Here both are put together.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec
from msgspec import UNSET, UnsetType

from api.actions.labels import Named
from api.actions.plans import refuse_over
from api.actions.requests import CountRequest
from api.actions.roles import Role
from api.actions.service import ContactService
from api.actions.shapes import Companies, Ledger
from api.actions.withheld import withheld
from mappings.algebra import extent
from mappings.canonical import canonical
from mappings.contact_filter import map_url
from mappings.counts import Count
from mappings.errors import Forbidden
from mappings.facets import Choice, FacetRow, bounds_of, choice, facet_rows, names, range_label
from mappings.predicates import ContactFilter, MatchAll, all_of
from mappings.url import parse
from search.facets import TIMED_OUT, Facet, FacetQuery, Value
from search.fields import SEARCH_FIELDS
from search.special import CANDIDATES, LEAST, least_of, special


class FacetRequest(CountRequest, frozen=True, kw_only=True):
    """The contacts that match `url` and the lists, counted by the values of fields.

    Attributes:
        facets: their names; none are the closed ones.
        size: most values of each.
        special: the values are wanted that these contacts have more often than others.
    """

    facets: tuple[str, ...] = ()
    size: int = 10
    special: bool = False

    @property
    def rows(self) -> list[FacetRow]:
        """The facets that are wanted, in the order of the table."""
        return [row for name, row in facet_rows().items() if name in self.facets or (row.closed and not self.facets)]


class FacetBucket(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a facet."""

    value: str
    label: str
    count: Count | None
    chosen: bool
    lift: float | None
    url: str | None
    url_exact: bool


class FacetCounts(msgspec.Struct, frozen=True, kw_only=True):
    """One facet. For a field with one value a contact `buckets`, `other` and `missing` add up to `count`."""

    name: str
    parameter: str | None
    count: Count | None
    missing: Count | None
    other: Count | None
    exact: bool
    buckets: list[FacetBucket]
    timed_out: bool | UnsetType = UNSET


class FacetData(msgspec.Struct, frozen=True, kw_only=True):
    """The contacts of a search, counted by the values of fields."""

    count: Count
    total: Count
    companies: Companies
    facets: list[FacetCounts]
    ledger: Ledger = UNSET


class _Asked(msgspec.Struct, frozen=True):
    """One facet of a request, and what the engine is asked for it."""

    choice: Choice
    query: FacetQuery[object]

    @property
    def row(self) -> FacetRow:
        """The facet."""
        return self.choice.row


class _Found(msgspec.Struct, frozen=True):
    """What the engine found for it: the buckets that are shown, and how special each value is, if that was asked."""

    facet: Facet
    lifts: Mapping[Value, float] = {}


async def facet_contacts(service: ContactService, request: FacetRequest) -> bytes:
    """`FacetData`, as JSON.

    Raises:
        Forbidden: whoever asks may not see few counts, and is told the closed facets only.
    """
    if not service.sees_few:
        _refuse_open(request.rows)
    plan = await service.plan(request)
    today = datetime.now(UTC).date()
    asked = await service.aside.run(lambda: _asked(service, request, today))
    everybody = service.engine.compile(ContactFilter(MatchAll()))
    count, total = await service.engine.count_many([plan.compiled, everybody])
    companies = await service.engine.distinct(plan.compiled, "company_key")
    if request.special:
        found = await _special(service, asked, request.size, everybody, total)
    else:
        facets = await service.engine.facets([each.query for each in asked])
        found = [_Found(_ordered(each, facet, request.size)) for each, facet in zip(asked, facets, strict=True)]
    labels = await service.labels.of(
        [
            (each.row.field, bucket.value)
            for each, of in zip(asked, found, strict=True)
            for bucket in of.facet.buckets
            if isinstance(bucket.value, str)
        ]
    )
    service.found(count)

    def answer() -> bytes:
        data = FacetData(
            count=service.shown(count),
            total=service.shown(total),
            companies=Companies(service.shown(companies.count), companies.exact),
            facets=[_shown(service, each, of, labels) for each, of in zip(asked, found, strict=True)],
        )
        return msgspec.json.encode(data)[:-1] + plan.ledger + b"}"

    return await service.aside.run(answer)


def _refuse_open(rows: Sequence[FacetRow]) -> None:
    if opened := [row for row in rows if not row.closed]:
        closed = names(row for row in facet_rows().values() if row.closed)
        raise Forbidden(f"facets: {opened[0].name} needs the role {Role.USER}; the role {Role.COUNTER} has {closed}")


def _asked(service: ContactService, request: FacetRequest, today: date) -> list[_Asked]:
    """What is asked of the engine: of facets with one parameter, or with none in the search, the filter is the same."""
    searched = canonical(parse(request.url))
    choices = [choice(row, searched, today) for row in request.rows]
    lists = request.lists.predicate()
    rests = {each.rest.parameters: each.rest for each in choices}
    filters = {
        key: ContactFilter(all_of((map_url(rest.apollo_url, today).filter.predicate, lists)))
        for key, rest in rests.items()
    }
    refuse_over(sum([extent(each.predicate).predicates for each in filters.values()]))
    compiled = {key: service.engine.compile(each) for key, each in filters.items()}
    return [
        _Asked(
            each,
            FacetQuery(
                field=each.row.field,
                compiled=compiled[each.rest.parameters],
                size=0 if each.ranges else request.size,
                values=() if each.ranges else tuple(each.chosen),
                ranges=tuple([bounds_of(value) for value in each.ranges]),
            ),
        )
        for each in choices
    ]


def _ordered(asked: _Asked, facet: Facet, size: int) -> Facet:
    """The most frequent values first, then in order; of ranges no more than are wanted, and none that is empty."""
    places: dict[Value, int] = {bounds: place for place, bounds in enumerate(asked.query.ranges)}
    buckets = sorted(facet.buckets, key=lambda each: (-each.count, places.get(each.value, 0), str(each.value)))
    own = len(asked.row.ranges)
    if not own or facet.timed_out:
        return msgspec.structs.replace(facet, buckets=tuple(buckets))
    chosen = {bounds_of(value) for value in asked.choice.chosen}
    wanted = [each for each in buckets if each.count or each.value in chosen]
    if len(asked.choice.ranges) > own:
        # What is chosen beside them has numbers in common with them: what is cut off would be no part of the others.
        return msgspec.structs.replace(facet, buckets=tuple(wanted))
    kept = [each for at, each in enumerate(wanted) if at < size or each.value in chosen]
    other = facet.other + sum([each.count for each in wanted]) - sum([each.count for each in kept])
    return msgspec.structs.replace(facet, buckets=tuple(kept), other=other)


async def _special(
    service: ContactService, asked: Sequence[_Asked], size: int, everybody: object, total: int
) -> list[_Found]:
    """The facets with the values that set their contacts apart, and those that are chosen.

    All that may be special is counted first, then how many of all contacts have it, and at last what is shown.
    """
    replaced, engine = msgspec.structs.replace, service.engine
    wide = [replaced(each.query, size=CANDIDATES if each.query.size else 0, least=LEAST) for each in asked]
    seen = await engine.facets(wide)
    values = [tuple([bucket.value for bucket in facet.buckets]) for facet in seen]
    of_all = [
        FacetQuery(field=query.field, compiled=everybody, values=_texts(named), ranges=query.ranges)
        for query, named in zip(wide, values, strict=True)
    ]
    bases = await engine.facets(of_all)
    told = [
        special(facet.buckets, facet.count, {each.value: each.count for each in base.buckets}, total)[:size]
        if not (facet.timed_out or base.timed_out)
        else []
        for facet, base in zip(seen, bases, strict=True)
    ]
    narrow = []
    for query, each in zip(wide, told, strict=True):
        kept = list(dict.fromkeys([*[one.value for one in each], *query.values]))
        ranges = tuple([value for value in kept if not isinstance(value, str)])
        narrow.append(replaced(query, size=0, values=_texts(kept), ranges=ranges))
    last = await engine.facets(narrow)
    found = []
    for facet, base, shown, each in zip(seen, bases, last, told, strict=True):
        late = facet.timed_out or base.timed_out or shown.timed_out
        full = len(facet.buckets) >= CANDIDATES and facet.buckets[CANDIDATES - 1].count >= least_of(facet.count)
        exact = facet.exact and base.exact and shown.exact and not full
        lifts = {one.value: one.lift for one in each}
        found.append(_Found(TIMED_OUT if late else replaced(shown, exact=exact), lifts))
    return found


def _texts(values: Iterable[Value]) -> tuple[str, ...]:
    return tuple([value for value in values if isinstance(value, str)])


def _shown(service: ContactService, asked: _Asked, found: _Found, labels: Mapping[Named, str]) -> FacetCounts:
    """A facet as it is answered."""
    row, facet = asked.row, found.facet
    counts = [bucket.count for bucket in facet.buckets]
    parts: list[Count | None] = [service.shown(each) for each in (*counts, facet.missing, facet.other)]
    if not service.sees_few and not SEARCH_FIELDS[row.field].many:
        parts = withheld([*counts, facet.missing, facet.other])
    ranges = dict(zip(asked.query.ranges, asked.choice.ranges, strict=True))
    buckets = []
    for bucket, shown in zip(facet.buckets, parts, strict=False):
        if isinstance(bucket.value, str):
            value, label = bucket.value, labels[row.field, bucket.value]
        else:
            value = ranges[bucket.value]
            label = range_label(value)
        lift = found.lifts.get(bucket.value) if isinstance(shown, int) else None
        switch = asked.choice.switched(value, label)
        buckets.append(
            FacetBucket(
                value=value,
                label=label,
                count=shown,
                chosen=switch.chosen,
                lift=None if lift is None else round(lift, 3),
                url=switch.url,
                url_exact=switch.exact,
            )
        )
    late = facet.timed_out
    return FacetCounts(
        name=row.name,
        parameter=row.parameter,
        count=None if late else service.shown(facet.count),
        missing=None if late else parts[-2],
        other=None if late else parts[-1],
        exact=facet.exact,
        buckets=buckets,
        timed_out=True if late else UNSET,
    )
