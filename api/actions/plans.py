"""From a URL and company lists to what an engine runs, made once and kept: the hot path of every request."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain, count
from typing import Any
from weakref import WeakValueDictionary

import msgspec
from msgspec import UnsetType

from api.actions.aside import Aside, located, mapping
from api.actions.options import Asked
from mappings.algebra import extent
from mappings.combination import combined, joint_fingerprint
from mappings.contact_filter import MappedUrl, UnmappedCategory, map_url
from mappings.errors import InvalidField, TooManyRequests, shorten
from mappings.fingerprint import fingerprint as search_fingerprint
from mappings.ledger import LedgerEntry, ledger, overruled
from mappings.predicates import ContactFilter, Order, Ordering, Sample, all_of
from mappings.url import ApolloUrl
from search.cursor import fingerprint
from search.engine import Engine
from search.memo import Kept
from search.shuffle import part_of

AnyEngine = Engine[Any]
"""An engine, whatever its own form of a filter is: here that is made and handed back, and never looked into."""

KEPT_BYTES = 32 * 1024 * 1024
"""Of plans that are remembered. A plan of a real URL has some 4 KB."""

LARGE_BYTES = KEPT_BYTES // 32
"""Of a plan that is too large to be remembered, since a few of them would take the place of all others."""

LARGE_BYTES_IN_USE = 128 * 1024 * 1024
"""Of such plans that requests have at the moment: what is streamed to a slow reader keeps its plan for long."""

MOST_PREDICATES = 100_000
"""Of a filter. Thousands of companies, titles or places are far below that; so many values of a list of domains, which
are looked up together, are an eighth of it. It bounds what a short text makes: a region is a hundred countries."""

_MOST_LISTED = 1000
"""Entries of company lists up to which a plan is remembered: to look for it takes a look at them all."""

_PLAN_BYTES, _STRING_BYTES, _COPIES = 1500, 64, 2
"""What a plan takes besides its filter, a text besides its characters, and how often the URL and the metadata, the
names and values in it being texts of their own, are there."""

_Key = tuple[Asked, date]


class Plan(msgspec.Struct, frozen=True, weakref=True):
    """A request's filter, ready to run.

    Attributes:
        fingerprint: of the filter, company lists included, and its order; cursors are bound to it.
        page: the URL's own page, 1 or more.
        compiled: the engine's form of the filter.
        metadata: the end of a search answer, `,"apollo_url":…,"mapping_summary":…,"unmapped_categories":…`.
        left_out: what `strict` says of the first parameter that is left out of the filter, if one is.
        order: of the filter, or of its selection; cursors hold values of it.
        search: the fingerprint of the search (`mappings.fingerprint`), for the audit log.
        predicates: how many comparisons the filter is made of.
        ledger: what comes after all else in an answer, `,"ledger":[…]`; nothing where it was not asked for.
        tags: the engine's form of each URL alone that finds contacts; nothing where it was not asked for.
        held: bytes of memory that it takes, about.
    """

    fingerprint: bytes
    page: int
    compiled: object
    metadata: bytes
    left_out: str | None
    order: Ordering = Order()
    search: str = ""
    predicates: int = 0
    ledger: bytes = b""
    tags: tuple[object, ...] = ()
    held: int = 0

    def most(self, count: int) -> int:
        """How many of `count` contacts that the filter finds there are in a sample, if it has one."""
        return min(count, self.order.size) if isinstance(self.order, Sample) else count


class Plans:
    """Makes plans for one engine and remembers those that were asked for lately, `KEPT_BYTES` of them."""

    def __init__(self, engine: AnyEngine, aside: Aside) -> None:
        self._engine = engine
        self._aside = aside
        self._kept: Kept[_Key, Plan] = Kept(_weight, KEPT_BYTES)
        self._large: WeakValueDictionary[int, Plan] = WeakValueDictionary()
        self._numbers = count()

    async def get(
        self, asked: Asked, *, strict: bool = False, with_ledger: bool = False, with_tags: bool = False
    ) -> Plan:
        """The plan for what is `asked`.

        A ledger and tags are made when they are asked for, and not kept: few ask, and they are longer than all the
        rest.

        Raises:
            ForeignUrl, InvalidField, InvalidParameter: as `parse` and `map_url`, or the filter is too large.
            TooManyRequests: too many large filters are in use.
        """
        plan = await self._plan(asked)
        if strict and plan.left_out is not None:
            raise InvalidField(plan.left_out)
        if with_ledger:
            told = await self._aside.of_urls(asked.urls, partial(_ledger, asked), mapping)
            plan = self._counted(msgspec.structs.replace(plan, ledger=told, held=plan.held + len(told)))
        if with_tags:
            make = partial(_tags, asked, self._engine.compile)
            tags = await self._aside.of_urls(asked.urls, make, mapping)
            plan = self._counted(msgspec.structs.replace(plan, tags=tags, held=2 * plan.held))
        return plan

    async def _plan(self, asked: Asked) -> Plan:
        today, lists = datetime.now(UTC).date(), asked.lists
        key = (asked, today) if lists.entries <= _MOST_LISTED else None
        if key is not None and (plan := self._kept.get(key)) is not None:
            return plan
        make = partial(_made, asked, today, self._engine.compile)
        plan = await self._aside.of_urls(asked.urls, make, mapping, lists.effort(), asked.places)
        if plan.held > LARGE_BYTES:
            self._refuse_over(plan.held)
            self._counted(plan)
        if key is not None and plan.held <= LARGE_BYTES:
            self._kept.keep(key, plan)
        return plan

    def _refuse_over(self, held: int) -> None:
        """Raise `TooManyRequests` if there is no room for so many bytes more."""
        if sum([plan.held for plan in self._large.values()]) + held > LARGE_BYTES_IN_USE:
            raise TooManyRequests("Too many large filters are in use; try again later", retry_after=1.0)

    def _counted(self, plan: Plan) -> Plan:
        """`plan`, which counts for as long as anybody has it, if it is large."""
        if plan.held > LARGE_BYTES:
            self._large[next(self._numbers)] = plan
        return plan


def _left_out(categories: Iterable[UnmappedCategory]) -> str | None:
    """What `strict` says of the first parameter that is left out of the filter; `None` if none is."""
    first = next((parameter for category in categories for parameter in category.parameters), None)
    if first is None:
        return None
    values = shorten(", ".join(first.values))
    return f"strict: {first.name} can't be mapped ({values!r}): {first.reason}"


def refuse_unmapped(categories: Iterable[UnmappedCategory]) -> None:
    """Raise `InvalidField` for the first parameter that is left out of the filter, as `strict` asks."""
    if (words := _left_out(categories)) is not None:
        raise InvalidField(words)


def mapped_strictly(url: ApolloUrl, today: date, strict: bool) -> MappedUrl:
    """`map_url`. If it is `strict`, raises as `refuse_unmapped`."""
    mapped = map_url(url, today)
    if strict:
        refuse_unmapped(mapped.unmapped_categories)
    return mapped


def ledger_part(entries: Iterable[LedgerEntry]) -> bytes:
    """What comes after all else in an answer that is to have these entries."""
    return b',"ledger":%b' % msgspec.json.encode(list(entries))


def refuse_over(predicates: int, field: str = "url") -> None:
    """Raise `InvalidField` if so many predicates are more than a request may ask for."""
    if predicates > MOST_PREDICATES:
        raise InvalidField(
            f"{field}: it and the lists beside it ask for {predicates} comparisons, more than {MOST_PREDICATES}; "
            "ask for fewer values at once, such as single countries in place of regions"
        )


def _made(
    asked: Asked, today: date, compile_filter: Callable[[ContactFilter], object], urls: Sequence[ApolloUrl]
) -> Plan:
    each = _mapped(asked, urls, today)
    mapped = each[0] if asked.combine is None else combined(*asked.combine.groups(each))
    split = [] if asked.split is None else [part_of(asked.split.part, asked.split.of)]
    selection = asked.selection
    contact_filter = ContactFilter(
        all_of((mapped.filter.predicate, asked.lists.predicate(), *split)),
        mapped.filter.order if isinstance(selection, UnsetType) else selection.order,
        selection,
    )
    size = extent(contact_filter.predicate)
    refuse_over(size.predicates, "url" if asked.combine is None else "combine")
    encode = msgspec.json.encode
    metadata = b',"apollo_url":%b,"mapping_summary":%b,"unmapped_categories":%b' % (
        encode(urls[0].text if asked.combine is None else None),
        encode(mapped.mapping_summary),
        encode(mapped.unmapped_categories),
    )
    return Plan(
        fingerprint(contact_filter),
        1 if asked.paging else mapped.page,
        compile_filter(contact_filter),
        metadata,
        _left_out(mapped.unmapped_categories),
        contact_filter.ordering,
        _search(asked, urls, each),
        size.predicates,
        held=size.held + _PLAN_BYTES + _COPIES * len(metadata),
    )


def _tags(
    asked: Asked, compile_filter: Callable[[ContactFilter], object], urls: Sequence[ApolloUrl]
) -> tuple[object, ...]:
    """The engine's form of each URL that finds contacts."""
    finding = urls if asked.combine is None else [*chain.from_iterable(asked.combine.groups(urls)[:2])]
    today = datetime.now(UTC).date()
    return tuple(compile_filter(ContactFilter(map_url(url, today).filter.predicate)) for url in finding)


def _mapped(asked: Asked, urls: Sequence[ApolloUrl], today: date) -> list[MappedUrl]:
    """Each of the URLs, mapped. What is wrong with one of several names its place."""
    if not asked.places:
        return [map_url(url, today) for url in urls]
    each = []
    for place, url in zip(asked.places, urls, strict=True):
        with located(place):
            each.append(map_url(url, today))
    return each


def _search(asked: Asked, urls: Sequence[ApolloUrl], each: Sequence[MappedUrl]) -> str:
    """The fingerprint of the search."""
    prints = [search_fingerprint(url, mapped, asked.lists) for url, mapped in zip(urls, each, strict=True)]
    options = asked.options
    if asked.combine is None:
        return joint_fingerprint([prints], options) if options else prints[0]
    return joint_fingerprint(asked.combine.groups(prints), options)


def _ledger(asked: Asked, urls: Sequence[ApolloUrl]) -> bytes:
    today = datetime.now(UTC).date()
    entries = [entry for url in urls for entry in ledger(url, today)]
    return ledger_part(overruled(entries, asked.sorting, asked.paging))


def _weight(key: _Key, plan: Plan) -> int:
    """What a plan takes with its key."""
    asked, _ = key
    texts, lists = asked.urls, asked.lists
    return plan.held + _STRING_BYTES * (len(texts) + lists.entries) + sum(map(len, texts)) + lists.characters
