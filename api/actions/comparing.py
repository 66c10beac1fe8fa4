"""URLs beside each other: `compare_urls`. What is counted, and what the counts mean, is `mappings.comparison`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec

from api.actions.aside import located, mapping
from api.actions.made import Made, following, made
from api.actions.plans import MOST_PREDICATES, refuse_unmapped
from api.actions.requests import CompareRequest
from api.actions.service import ContactService
from mappings.algebra import extent
from mappings.canonical import Canonical, canonical
from mappings.comparison import Comparable, comparable
from mappings.contact_filter import map_url
from mappings.counts import Count
from mappings.errors import InvalidField
from mappings.fingerprint import fingerprint_of
from mappings.predicates import ContactFilter
from mappings.url import ApolloUrl


class _Asked(msgspec.Struct, frozen=True):
    """What is to be counted.

    Attributes:
        compiled: its predicates, in their order, in the engine's form.
        searches: the fingerprint of each URL.
    """

    comparable: Made[Comparable]
    compiled: list[object]
    searches: tuple[str, ...]


async def compare_urls(service: ContactService, request: CompareRequest) -> bytes:
    """`mappings.comparison.Comparison`, as JSON, from one request to the engine."""
    places = tuple([f"urls[{number}]" for number, _ in enumerate(request.urls)])
    work = partial(_asked, places=places, strict=request.strict, compile_filter=service.engine.compile)
    # Each of them stands in half of all sets.
    weigh = partial(_weigh, 2 ** (len(places) - 1))
    asked = await service.aside.of_urls(request.urls, work, weigh, places=places)
    service.searched(*asked.searches)
    counts = await service.engine.count_many(asked.compiled)
    union, answer = await following(service.aside, asked.comparable, partial(_told, counts=counts, shown=service.shown))
    service.found(union)
    return answer


def _weigh(times: int, url: ApolloUrl) -> int:
    return times * mapping(url)


def _asked(
    urls: Sequence[ApolloUrl],
    *,
    places: Sequence[str],
    strict: bool,
    compile_filter: Callable[[ContactFilter], object],
) -> _Asked:
    several = [_read(place, url, strict=strict) for place, url in zip(places, urls, strict=True)]
    comparing = comparable(several, datetime.now(UTC).date(), _refuse_over)
    predicates = comparing.predicates()
    return _Asked(
        made(comparing, sum([extent(predicate).predicates for predicate in predicates])),
        [compile_filter(ContactFilter(predicate)) for predicate in predicates],
        tuple([fingerprint_of(one.apollo_url) for one in several]),
    )


def _told(comparing: Comparable, *, counts: Sequence[int], shown: Callable[[int], Count]) -> tuple[int, bytes]:
    """How many contacts any of the URLs finds, and the answer."""
    # To find a large predicate among others takes as long as to make it.
    found = dict(zip(comparing.predicates(), counts, strict=True))
    return comparing.union(found), msgspec.json.encode(comparing.answer(found, shown))


def _read(place: str, url: ApolloUrl, *, strict: bool) -> Canonical:
    """One of the URLs."""
    with located(place):
        if strict:
            refuse_unmapped(map_url(url, datetime.now(UTC).date()).unmapped_categories)
        return canonical(url)


def _refuse_over(predicates: int) -> None:
    if predicates > MOST_PREDICATES:
        raise InvalidField(
            f"urls: to compare them takes {predicates} comparisons of contacts, more than {MOST_PREDICATES}; send "
            "fewer URLs, or such that ask for fewer values"
        )
