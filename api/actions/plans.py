"""From a URL and company lists to what an engine runs, made once and kept: the hot path of every request."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from mappings.company_lists import CompanyLists
from mappings.contact_filter import UnmappedCategory, map_url
from mappings.errors import InvalidField, shorten
from mappings.ledger import ledger
from mappings.predicates import ContactFilter, Order, all_of
from mappings.url import parse
from search.cursor import fingerprint
from search.engine import Engine

AnyEngine = Engine[Any]
"""An engine, whatever its own form of a filter is: here that is made and handed back, and never looked into."""

KEPT_PLANS = 2048
"""Plans that are remembered; the one unused for longest goes first."""

LONGEST_KEPT = 8 * 1024
"""Characters of URL and lists of a plan that is remembered, so that the memory of all of them has a bound."""

LONGEST_INLINE = 16 * 1024
"""Characters from which a plan is made in a thread: it takes so long that other connections would notice."""

_STRING_OVERHEAD = 64


class Plan(msgspec.Struct, frozen=True):
    """A request's filter, ready to run.

    Attributes:
        fingerprint: of the filter, company lists included, and its order; cursors are bound to it.
        page: the URL's own page, 1 or more.
        compiled: the engine's form of the filter.
        metadata: the end of a search answer, `,"apollo_url":…,"mapping_summary":…,"unmapped_categories":…`.
        unmapped: what of the URL is left out of the filter.
        order: of the filter; cursors hold values of it.
        ledger: what comes after all else in an answer, `,"ledger":[…]`; nothing where it was not asked for.
    """

    fingerprint: bytes
    page: int
    compiled: object
    metadata: bytes
    unmapped: tuple[UnmappedCategory, ...]
    order: Order = Order()
    ledger: bytes = b""


class Plans:
    """Makes plans for one engine and remembers the last `KEPT_PLANS` of them."""

    def __init__(self, engine: AnyEngine) -> None:
        self._engine = engine
        self._kept = lru_cache(maxsize=KEPT_PLANS)(self._make)

    async def get(self, url: str, lists: CompanyLists, *, strict: bool = False, with_ledger: bool = False) -> Plan:
        """The plan for `url` and `lists`. Raises `ForeignUrl`, `InvalidField` or `InvalidParameter`.

        A ledger is made when it is asked for, and not kept: few ask, and it is longer than all the rest.
        """
        plan = await self._plan(url, lists)
        if strict:
            refuse_unmapped(plan.unmapped)
        if not with_ledger:
            return plan
        told = _ledger(url) if len(url) <= LONGEST_INLINE else await asyncio.to_thread(_ledger, url)
        return msgspec.structs.replace(plan, ledger=told)

    async def _plan(self, url: str, lists: CompanyLists) -> Plan:
        size = _size(url, lists)
        today = datetime.now(UTC).date()
        if size <= LONGEST_KEPT:
            return self._kept(url, lists, today)
        if size <= LONGEST_INLINE:
            return self._make(url, lists, today)
        return await asyncio.to_thread(self._make, url, lists, today)

    def _make(self, url: str, lists: CompanyLists, today: date) -> Plan:
        mapped = map_url(parse(url), today)
        contact_filter = ContactFilter(all_of((mapped.filter.predicate, lists.predicate())), mapped.filter.order)
        encode = msgspec.json.encode
        metadata = b',"apollo_url":%b,"mapping_summary":%b,"unmapped_categories":%b' % (
            encode(url),
            encode(mapped.mapping_summary),
            encode(mapped.unmapped_categories),
        )
        compiled = self._engine.compile(contact_filter)
        unmapped, order = mapped.unmapped_categories, contact_filter.order
        return Plan(fingerprint(contact_filter), mapped.page, compiled, metadata, unmapped, order)


def _ledger(url: str) -> bytes:
    return b',"ledger":%b' % msgspec.json.encode(ledger(parse(url), datetime.now(UTC).date()))


def refuse_unmapped(categories: Iterable[UnmappedCategory]) -> None:
    """Raise `InvalidField` for the first parameter that is left out of the filter, as `strict` asks."""
    left_out = next((parameter for category in categories for parameter in category.parameters), None)
    if left_out is not None:
        values = shorten(", ".join(left_out.values))
        raise InvalidField(f"strict: {left_out.name} can't be mapped ({values!r}): {left_out.reason}")


def _size(url: str, lists: CompanyLists) -> int:
    listed = (
        lists.include_company_name + lists.exclude_company_name + lists.include_domain_list + lists.exclude_domain_list
    )
    return len(url) + (sum(map(len, listed)) + _STRING_OVERHEAD * len(listed) if listed else 0)
