"""What the contacts of a search are, counted by the values of fields: `facet_contacts`.

The facets, and what a search becomes by choosing a value, are `mappings.facets`; the counts are the engine's. Of a
facet all parameters hold but its own, so that several of its values can be chosen. Here both are put together.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec
from msgspec import UNSET, UnsetType

from api.actions.aside import mapping
from api.actions.labels import Named
from api.actions.made import Made, following_each, made
from api.actions.plans import ledger_part, mapped_strictly, refuse_over
from api.actions.requests import CountRequest
from api.actions.roles import Role
from api.actions.service import ContactService
from api.actions.shapes import Companies, Ledger
from api.actions.withheld import withheld
from mappings.algebra import extent
from mappings.canonical import canonical
from mappings.clauses import clauses_of
from mappings.counts import Count
from mappings.errors import Forbidden, InvalidField
from mappings.facets import Choice, FacetRow, bounds_of, choices, facet_rows, names, range_label, sought
from mappings.fingerprint import fingerprint
from mappings.ledger import ledger
from mappings.predicates import ContactFilter, MatchAll, all_of
from mappings.url import ApolloUrl
from search.facets import TIMED_OUT, Facet, FacetQuery, Value
from search.fields import SEARCH_FIELDS
from search.special import CANDIDATES, LEAST, least_of, special
from search.together import together

MOST_CHARACTERS = 4 * 1024 * 1024
"""Of all URLs in one answer: each of its values has one, with all that the search has in it."""

_A_SWITCH = 3
"""What it takes to make the URL of a value, beside the other values of its parameter: as much as to make so many
predicates."""

_READINGS, _A_FACET = 2, 7
"""How much work it is to take a search apart for its facets: so many times that of mapping it, and as much for each
facet as to make so many predicates."""


class FacetRequest(CountRequest, frozen=True, kw_only=True):
    """The contacts that match `url` and the lists, counted by the values of fields.

    Attributes:
        facets: their names; none are the closed ones.
        size: most values of each.
        contains: a part of the values that are wanted, or words of them; those that are chosen come anyway.
        special: the values are wanted that these contacts have more often than others.
    """

    facets: tuple[str, ...] = ()
    size: int = 10
    contains: str = ""
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
    """One facet of a request, and what the engine is asked for it.

    Attributes:
        chosen: the values that are chosen in the search.
        beside: how many values its parameter has there.
    """

    row: FacetRow
    query: FacetQuery[object]
    chosen: tuple[Value, ...]
    beside: int


class _Search(msgspec.Struct, frozen=True):
    """A search beside its facets.

    Attributes:
        choices: what each facet is beside the search.
        facets: the same facets, as the engine is asked for them.
        compiled: the search itself, in the engine's form.
        ledger: what comes after all else in the answer.
        characters: of its URL.
    """

    choices: Made[tuple[Choice, ...]]
    facets: list[_Asked]
    compiled: object
    fingerprint: str
    ledger: bytes
    characters: int


class _Found(msgspec.Struct, frozen=True):
    """What the engine found for a facet: the buckets that are shown, and how special their values are, if asked."""

    facet: Facet
    lifts: Mapping[Value, float] = {}


class _Reader(msgspec.Struct, frozen=True):
    """Whoever is answered.

    Attributes:
        shown: makes of a number of contacts what they are told.
        sees_few: they may know of few.
    """

    shown: Callable[[int], Count]
    sees_few: bool


async def facet_contacts(service: ContactService, request: FacetRequest) -> bytes:
    """`FacetData`, as JSON.

    Raises:
        Forbidden: whoever asks may not see few counts, and is told the closed facets only.
    """
    rows = request.rows
    if not service.sees_few:
        _refuse_open(rows)
    aside, engine, lists = service.aside, service.engine, request.lists
    put_beside = partial(_asked, request=request, compile_filter=engine.compile)
    search = await aside.of_url(request.url, put_beside, partial(_weigh, len(rows)), len(rows) * lists.effort())
    service.searched(search.fingerprint)
    asked = search.facets
    everybody = engine.compile(ContactFilter(MatchAll()))
    queries = () if request.special else [each.query for each in asked]
    counted = [search.compiled, everybody]
    asking = asyncio.ensure_future(engine.summary(search.compiled, "company_key", counted, queries))
    await together([asking, service.labels.renew()])
    summary = asking.result()
    (count, total), companies = summary.counts, summary.distinct
    if request.special:
        found = await _special(service, asked, request.size, everybody, total)
    else:
        found = [_Found(_ordered(each, facet, request.size)) for each, facet in zip(asked, summary.facets, strict=True)]
    buckets = [
        (each.row.field, bucket.value) for each, of in zip(asked, found, strict=True) for bucket in of.facet.buckets
    ]
    _refuse_urls(len(buckets), search.characters)
    labels = await service.labels.of([(field, value) for field, value in buckets if isinstance(value, str)])
    service.found(count)
    show = partial(_shown, labels=labels, reader=_Reader(service.shown, service.sees_few))
    facets_shown = await following_each(
        aside,
        search.choices,
        [
            (partial(show, at=at, found=of), len(of.facet.buckets) * (_A_SWITCH + each.beside))
            for at, (each, of) in enumerate(zip(asked, found, strict=True))
        ],
    )
    encode, shown = msgspec.json.encode, service.shown
    return b'{"count":%b,"total":%b,"companies":%b,"facets":[%b]%b}' % (
        encode(shown(count)),
        encode(shown(total)),
        encode(Companies(shown(companies.count), companies.exact)),
        b",".join(facets_shown),
        search.ledger,
    )


def _refuse_open(rows: Sequence[FacetRow]) -> None:
    if opened := [row for row in rows if not row.closed]:
        closed = names(row for row in facet_rows().values() if row.closed)
        raise Forbidden(f"facets: {opened[0].name} needs the role {Role.USER}; the role {Role.COUNTER} has {closed}")


def _refuse_urls(values: int, characters: int) -> None:
    """Raise `InvalidField` if the URLs of so many values, each with so many characters, are too much for an answer."""
    if values * characters > MOST_CHARACTERS:
        raise InvalidField(
            f"facets: {values} values, with a URL of some {characters} characters each, are more than one answer has "
            "room for; ask for fewer facets, for fewer values with size, or with a URL that has fewer values"
        )


def _weigh(facets: int, url: ApolloUrl) -> int:
    return _READINGS * mapping(url) + facets * _A_FACET


def _asked(url: ApolloUrl, *, request: FacetRequest, compile_filter: Callable[[ContactFilter], object]) -> _Search:
    """What is asked of the engine: of facets with one parameter, or with none in the search, the filter is the same.

    Raises what a plan does.
    """
    today, lists = datetime.now(UTC).date(), request.lists.predicate()
    mapped = mapped_strictly(url, today, request.strict)
    searched = canonical(url)
    characters = len(searched.url)
    beside = choices(request.rows, searched, today)
    # What is chosen always comes.
    _refuse_urls(sum([len(each.chosen) for each in beside]), characters)
    clauses = clauses_of(url, today)
    # Of facets without a parameter in the search the filter is that of the search, and looked for once with it.
    filters = {
        left_out: all_of([*[clause.predicate for clause in clauses if clause.name != left_out], lists])
        for left_out in dict.fromkeys([None, *[each.left_out for each in beside]])
    }
    size = extent(filters[None]).predicates
    refuse_over(sum([extent(each).predicates for each in filters.values()]))
    compiled = {left_out: compile_filter(ContactFilter(each)) for left_out, each in filters.items()}
    return _Search(
        made(beside, size),
        [_query(each, compiled[each.left_out], request) for each in beside],
        compiled[None],
        fingerprint(url, mapped, request.lists),
        ledger_part(ledger(url, today)) if request.ledger else b"",
        characters,
    )


def _query(choice: Choice, compiled: object, request: FacetRequest) -> _Asked:
    """What is asked of the engine for one facet."""
    words = sought(choice.row, request.contains)
    numbered = bool(choice.row.ranges)
    ranges = tuple([bounds_of(value) for value in choice.ranges_called(words)])
    query = FacetQuery(
        field=choice.row.field,
        compiled=compiled,
        size=0 if numbered else request.size,
        containing=() if numbered else words,
        values=() if numbered else tuple(choice.chosen),
        ranges=ranges,
    )
    chosen: tuple[Value, ...] = tuple([bounds_of(value) for value in choice.chosen]) if numbered else query.values
    name = choice.left_out
    return _Asked(choice.row, query, chosen, 0 if name is None else len(choice.searched.values(name)))


def _ordered(asked: _Asked, facet: Facet, size: int) -> Facet:
    """The most frequent values first, then in order; of ranges no more than are wanted, and none that is empty."""
    places: dict[Value, int] = {bounds: place for place, bounds in enumerate(asked.query.ranges)}
    buckets = sorted(facet.buckets, key=lambda each: (-each.count, places.get(each.value, 0), str(each.value)))
    own = {bounds_of(value) for value in asked.row.ranges}
    if not own or facet.timed_out:
        return msgspec.structs.replace(facet, buckets=tuple(buckets))
    wanted = [each for each in buckets if each.count or each.value in asked.chosen]
    if not own.issuperset(asked.query.ranges):
        # What is chosen beside them has numbers in common with them: what is cut off would be no part of the others.
        return msgspec.structs.replace(facet, buckets=tuple(wanted))
    kept = [each for at, each in enumerate(wanted) if at < size or each.value in asked.chosen]
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


def _shown(
    choices: Sequence[Choice],
    *,
    at: int,
    found: _Found,
    labels: Mapping[Named, str],
    reader: _Reader,
) -> bytes:
    """One of the facets as it is answered."""
    choice, facet, shown = choices[at], found.facet, reader.shown
    numbers = [*[bucket.count for bucket in facet.buckets], facet.missing, facet.other]
    together = not reader.sees_few and not SEARCH_FIELDS[choice.row.field].many
    parts = withheld(numbers) if together else [*map(shown, numbers)]
    return msgspec.json.encode(_facet(choice, found, labels, parts, shown(facet.count)))


def _facet(
    choice: Choice, found: _Found, labels: Mapping[Named, str], parts: Sequence[Count | None], count: Count
) -> FacetCounts:
    """A facet as it is answered: `parts` are what is shown of the numbers of its buckets, then of the others."""
    row, facet = choice.row, found.facet
    ranges = {bounds_of(value): value for value in choice.ranges}
    buckets = []
    for bucket, shown in zip(facet.buckets, parts, strict=False):
        if isinstance(bucket.value, str):
            value, label = bucket.value, labels[row.field, bucket.value]
        else:
            value = ranges[bucket.value]
            label = range_label(value)
        lift = found.lifts.get(bucket.value) if isinstance(shown, int) else None
        switch = choice.switched(value, label)
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
        count=None if late else count,
        missing=None if late else parts[-2],
        other=None if late else parts[-1],
        exact=facet.exact,
        buckets=buckets,
        timed_out=True if late else UNSET,
    )
