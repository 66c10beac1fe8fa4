"""URLs beside each other: `compare_urls`. What is counted, and what the counts mean, is `mappings.comparison`."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from api.actions.aside import located
from api.actions.plans import MOST_PREDICATES, refuse_unmapped
from api.actions.requests import CompareRequest
from api.actions.service import ContactService
from mappings.canonical import Canonical, canonical
from mappings.comparison import Comparable, comparable
from mappings.contact_filter import map_url
from mappings.errors import InvalidField
from mappings.fingerprint import fingerprint_of
from mappings.predicates import ContactFilter, Predicate
from mappings.url import parse


async def compare_urls(service: ContactService, request: CompareRequest) -> bytes:
    """`mappings.comparison.Comparison`, as JSON, from one request to the engine."""

    def asked() -> tuple[Comparable, Sequence[Predicate], list[object]]:
        several = [_read(f"urls[{number}]", text, strict=request.strict) for number, text in enumerate(request.urls)]
        service.searched(*[fingerprint_of(one.apollo_url) for one in several])
        comparing = comparable(several, datetime.now(UTC).date(), _refuse_over)
        predicates = comparing.predicates()
        return comparing, predicates, [service.engine.compile(ContactFilter(predicate)) for predicate in predicates]

    comparing, predicates, compiled = await service.aside.run(asked)
    counts = await service.engine.count_many(compiled)

    def told() -> tuple[int, bytes]:
        # To find a large predicate among others takes as long as to make it.
        found = dict(zip(predicates, counts, strict=True))
        return comparing.union(found), msgspec.json.encode(comparing.answer(found, service.shown))

    union, answer = await service.aside.run(told)
    service.found(union)
    return answer


def _read(place: str, text: str, *, strict: bool) -> Canonical:
    """One of the URLs."""
    with located(place):
        url = parse(text)
        if strict:
            refuse_unmapped(map_url(url, datetime.now(UTC).date()).unmapped_categories)
        return canonical(url)


def _refuse_over(predicates: int) -> None:
    if predicates > MOST_PREDICATES:
        raise InvalidField(
            f"urls: to compare them takes {predicates} comparisons of contacts, more than {MOST_PREDICATES}; send "
            "fewer URLs, or such that ask for fewer values"
        )
