"""The searches that users save under names of their own: kept with the users, counted anew each time they are listed.

What is kept of a search is the request itself, its URL, lists and options, so that it may ask for whatever a count may.
One that can't be read any longer, such as a URL of which this version takes less than the one that saved it, stays in
the list and has no count.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.actions.kept_searches import KeptSearch
from api.actions.plans import MOST_PREDICATES, Plan
from api.actions.requests import ActionRequest, CountRequest
from api.actions.service import ContactService
from api.actions.shapes import Ledger
from mappings.counts import Count
from mappings.errors import InvalidField, InvalidInput

LONGEST_NAME = 200
"""Characters of a name."""

MOST_SEARCHES = 500
"""Of one user."""

MOST_BYTES = 4 * 1024 * 1024
"""Of what one user's searches ask for, as JSON: some 10,000 URLs of the usual length, or a few lists of domains."""

_NOT_KEPT = frozenset({"name", "strict", "ledger"})
"""Fields that say how a search is saved, and not what it asks for."""


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A search of the user who asks. The lists of companies are there where it was saved with them."""

    name: Annotated[str, Meta(examples=["CEOs in California"])]
    url: str
    fingerprint: str
    saved_at: datetime
    count_then: Count
    count_now: Count | None
    include_company_name: tuple[str, ...] | UnsetType = UNSET
    exclude_company_name: tuple[str, ...] | UnsetType = UNSET
    include_domain_list: tuple[str, ...] | UnsetType = UNSET
    exclude_domain_list: tuple[str, ...] | UnsetType = UNSET


class SearchesData(msgspec.Struct, frozen=True):
    """The searches that the user has saved, as they are after the request, the latest first."""

    searches: list[SavedSearch]
    ledger: Ledger = UNSET


class SavedSearchesRequest(ActionRequest, frozen=True, kw_only=True):
    """All saved searches."""


class SaveSearchRequest(CountRequest, frozen=True, kw_only=True):
    """A search to be saved under `name`, in place of another of that name."""

    name: str

    def __post_init__(self) -> None:
        """Raises `InvalidField` for a name that can't be kept."""
        _check_name(self.name)


class DeleteSearchRequest(ActionRequest, frozen=True, kw_only=True):
    """The search `name` is to be forgotten."""

    name: str

    def __post_init__(self) -> None:
        """Raises `InvalidField` for a name that none can have."""
        _check_name(self.name)


async def saved_searches(service: ContactService, _request: SavedSearchesRequest) -> bytes:
    """`SearchesData`, as JSON."""
    return await _listed(service)


async def save_search(service: ContactService, request: SaveSearchRequest) -> bytes:
    """Save a search that can be counted now; `SearchesData`, as JSON."""
    plan = await service.plan(request)
    count = await service.engine.count(plan.compiled)
    service.found(count)
    kept = KeptSearch(
        name=request.name.strip(),
        request=_asked(request),
        fingerprint=plan.search,
        saved_at=int(datetime.now(UTC).timestamp() * 1000),
        count_then=count,
    )
    await service.searches.keep(service.user, kept, MOST_SEARCHES, MOST_BYTES)
    return await _listed(service, plan.ledger)


async def delete_search(service: ContactService, request: DeleteSearchRequest) -> bytes:
    """Forget a search; one that is not there is forgotten already. `SearchesData`, as JSON."""
    await service.searches.remove(service.user, request.name.strip())
    return await _listed(service)


def _check_name(name: str) -> None:
    if not name.strip():
        raise InvalidField("name must have a character that is no blank")
    if len(name) > LONGEST_NAME:
        raise InvalidField(f"name must have at most {LONGEST_NAME} characters, not {len(name)}")
    if "\0" in name:
        # PostgreSQL can't hold it.
        raise InvalidField("name must not hold the character NUL")


def _asked(request: SaveSearchRequest) -> bytes:
    """What a search asks for, as JSON: the fields that are not as they would be if they were left out."""
    given = {
        field.name: value
        for field in msgspec.structs.fields(request)
        if field.name not in _NOT_KEPT and (value := getattr(request, field.name)) != field.default
    }
    return msgspec.json.encode(given)


async def _listed(service: ContactService, ledger: bytes = b"") -> bytes:
    """The user's searches with what they find now, all counted in one round trip."""
    kept = await service.searches.of(service.user)
    plans = [await _planned(service, search) for search in kept]
    counted = _within(plans, MOST_PREDICATES)
    numbers = await service.engine.count_many([plan.compiled for plan in counted.values()])
    counts = dict(zip(counted, numbers, strict=True))
    saved = [_saved(service, *pair, counts.get(at)) for at, pair in enumerate(zip(kept, plans, strict=True))]
    return b'{"searches":%b%b}' % (msgspec.json.encode(saved), ledger)


async def _planned(service: ContactService, search: KeptSearch) -> Plan | None:
    """The plan of a search; `None` if it can't be read any longer."""
    # Each takes a moment of the event loop's time, and there may be hundreds.
    await asyncio.sleep(0)
    try:
        return await service.plan_of(CountRequest.read(msgspec.json.decode(search.request)))
    except InvalidInput:
        return None


def _within(plans: Sequence[Plan | None], most: int) -> dict[int, Plan]:
    """The place of a plan → the plan, of as many of them in order as have `most` predicates together."""
    counted: dict[int, Plan] = {}
    for at, plan in enumerate(plans):
        if plan is not None:
            most -= plan.predicates
            if most < 0:
                break
            counted[at] = plan
    return counted


def _saved(service: ContactService, search: KeptSearch, plan: Plan | None, count: int | None) -> SavedSearch:
    request: dict[str, Any] = msgspec.json.decode(search.request)
    return SavedSearch(
        name=search.name,
        fingerprint=search.fingerprint if plan is None else plan.search,
        saved_at=datetime.fromtimestamp(search.saved_at / 1000, UTC),
        count_then=service.shown(search.count_then),
        count_now=None if count is None else service.shown(count),
        **{name: value for name, value in request.items() if name in SavedSearch.__struct_fields__},
    )
