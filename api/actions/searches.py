"""The searches that users save under names of their own: kept with the users, counted anew each time they are listed.

What is kept of a search is the request itself, its URL, lists and options, so that it may ask for whatever a count may.
One that can't be read any longer, such as a URL of which this version takes less than the one that saved it, stays in
the list and has no count.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.actions.kept_searches import KeptSearch
from api.actions.options import Combine, Sample, Split
from api.actions.plans import MOST_PREDICATES, Plan
from api.actions.requests import ActionRequest, SelectionRequest
from api.actions.service import ContactService
from api.actions.shapes import Ledger
from mappings.counts import Count
from mappings.errors import EngineTimeout, InvalidField, InvalidInput
from mappings.predicates import PerCompany

LONGEST_NAME = 200
"""Characters of a name."""

MOST_SEARCHES = 500
"""Of one user."""

MOST_BYTES = 4 * 1024 * 1024
"""Of what one user's searches ask for, as JSON: some 10,000 URLs of the usual length, or a few lists of domains."""

_NOT_KEPT = frozenset({"name", "strict", "ledger"})
"""Fields that say how a search is saved, and not what it asks for."""


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A search of the user who asks. Lists of companies and options are there where it was saved with them."""

    name: Annotated[str, Meta(examples=["CEOs in California"])]
    url: str | None
    fingerprint: str
    saved_at: datetime
    count_then: Count
    count_now: Count | None
    include_company_name: tuple[str, ...] | UnsetType = UNSET
    exclude_company_name: tuple[str, ...] | UnsetType = UNSET
    include_domain_list: tuple[str, ...] | UnsetType = UNSET
    exclude_domain_list: tuple[str, ...] | UnsetType = UNSET
    combine: Combine | UnsetType = UNSET
    split: Split | UnsetType = UNSET
    sample: Sample | UnsetType = UNSET
    per_company: int | UnsetType = UNSET


class SearchesData(msgspec.Struct, frozen=True):
    """The searches that the user has saved, as they are after the request, the latest first."""

    searches: list[SavedSearch]
    ledger: Ledger = UNSET


class SavedSearchesRequest(ActionRequest, frozen=True, kw_only=True):
    """All saved searches."""


class SaveSearchRequest(SelectionRequest, frozen=True, kw_only=True):
    """A search to be saved under `name`, in place of another of that name."""

    # Beside what it shares with others it has a field of its own.
    body: ClassVar[str] = ""

    name: str

    def __post_init__(self) -> None:
        """Raises `InvalidField` for a name that can't be kept, and for what does not go together."""
        super().__post_init__()
        _check_name(self.name)


class DeleteSearchRequest(ActionRequest, frozen=True, kw_only=True):
    """The search `name` is to be forgotten."""

    name: str

    def __post_init__(self) -> None:
        """Raises `InvalidField` for a name that none can have."""
        _check_name(self.name)


async def saved_searches(service: ContactService, _request: SavedSearchesRequest) -> bytes:
    """`SearchesData`, as JSON."""
    return await _listed(service, _until(service))


async def save_search(service: ContactService, request: SaveSearchRequest) -> bytes:
    """Save a search that can be counted now; `SearchesData`, as JSON."""
    until = _until(service)
    plan = await service.plan(request)
    count = await service.counted(plan)
    service.found(count)
    kept = KeptSearch(
        name=request.name.strip(),
        request=_asked(request),
        fingerprint=plan.search,
        saved_at=int(datetime.now(UTC).timestamp() * 1000),
        count_then=count,
    )
    await service.searches.keep(service.user, kept, MOST_SEARCHES, MOST_BYTES)
    return await _listed(service, until, plan.ledger, {kept.name: count})


async def delete_search(service: ContactService, request: DeleteSearchRequest) -> bytes:
    """Forget a search; one that is not there is forgotten already. `SearchesData`, as JSON."""
    await service.searches.remove(service.user, request.name.strip())
    return await _listed(service, _until(service))


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


def _until(service: ContactService) -> float:
    """When the event loop's clock says that a request which begins now has no more time to count."""
    return asyncio.get_running_loop().time() + service.counting


async def _listed(
    service: ContactService, until: float, ledger: bytes = b"", known: Mapping[str, int] | None = None
) -> bytes:
    """The user's searches with what they find now; `known` are the counts of some, by name."""
    kept = await service.searches.of(service.user)
    asked = [msgspec.json.decode(search.request, type=dict[str, Any]) for search in kept]
    plans = [await _planned(service, each) for each in asked]
    counts = {at: known[search.name] for at, search in enumerate(kept) if known and search.name in known}
    open_ = _within([None if at in counts else plan for at, plan in enumerate(plans)], MOST_PREDICATES)
    counts |= await _counted(service, open_, until)
    saved = [_saved(service, search, asked[at], plans[at], counts.get(at)) for at, search in enumerate(kept)]
    return b'{"searches":%b%b}' % (msgspec.json.encode(saved), ledger)


async def _planned(service: ContactService, asked: Mapping[str, Any]) -> Plan | None:
    """The plan of a search; `None` if it can't be read any longer."""
    # Each takes a moment of the event loop's time, and there may be hundreds.
    await asyncio.sleep(0)
    try:
        return await service.plan_of(SelectionRequest.read(asked))
    except InvalidInput:
        return None


async def _counted(service: ContactService, plans: Mapping[int, Plan], until: float) -> dict[int, int]:
    """How many contacts each finds: all in one round trip, but for those of so many of a company, each of which takes
    one. After `until` these are left out: a list without some numbers is better than none."""
    chosen = {at: plan for at, plan in plans.items() if isinstance(plan.order, PerCompany)}
    others = {at: plan for at, plan in plans.items() if at not in chosen}
    found = await service.engine.count_many([plan.compiled for plan in others.values()]) if others else []
    counts = {at: plan.most(count) for (at, plan), count in zip(others.items(), found, strict=True)}
    with suppress(TimeoutError, EngineTimeout):
        async with asyncio.timeout_at(until):
            for at, plan in chosen.items():
                counts[at] = await service.engine.count(plan.compiled)
    return counts


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


def _saved(
    service: ContactService, search: KeptSearch, asked: Mapping[str, Any], plan: Plan | None, count: int | None
) -> SavedSearch:
    return SavedSearch(
        name=search.name,
        fingerprint=search.fingerprint if plan is None else plan.search,
        saved_at=datetime.fromtimestamp(search.saved_at / 1000, UTC),
        count_then=service.shown(search.count_then),
        count_now=None if count is None else service.shown(count),
        **{"url": None} | {name: value for name, value in asked.items() if name in SavedSearch.__struct_fields__},
    )
