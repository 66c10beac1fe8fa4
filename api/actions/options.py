"""What a request may say of the contacts that it wants, beside a URL: structs whose members are fields of objects.

They are read by the kinds of the table of fields (`api.actions.fields`), which name the member that is wrong; what
members have to do with each other is looked at here.
"""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from mappings import predicates as mapped
from mappings.company_lists import CompanyLists
from mappings.errors import InvalidField
from search.shuffle import sample_of

Made = TypeVar("Made")

MOST_URLS = 20
"""URLs that are combined."""

MOST_PARTS = 100
"""Parts that contacts are split into."""

MOST_SAMPLED = 1_000_000
"""Contacts of a sample."""

MOST_PER_COMPANY = 100
"""Contacts of one company that may be asked for: Elasticsearch gives no more of one bucket."""


class Combine(msgspec.Struct, frozen=True):
    """URLs in place of one: the contacts that any of `any` finds, all of `all` find, and none of `not`.

    Raises `InvalidField` where nothing is left to find, or for too many URLs.
    """

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = msgspec.field(name="not", default=())

    def __post_init__(self) -> None:
        if not self.any and not self.all:
            raise InvalidField("combine must have a URL in any or all")
        if (urls := len(self.urls)) > MOST_URLS:
            raise InvalidField(f"combine must have at most {MOST_URLS} URLs in any, all and not together, not {urls}")

    @property
    def urls(self) -> tuple[str, ...]:
        """All of them, in the order in which they are numbered."""
        return (*self.any, *self.all, *self.none)

    def groups(self, each: Sequence[Made]) -> tuple[Sequence[Made], Sequence[Made], Sequence[Made]]:
        """What was made of each of `urls`, apart: of `any`, of `all` and of `none`."""
        first, second = len(self.any), len(self.any) + len(self.all)
        return each[:first], each[first:second], each[second:]

    @property
    def places(self) -> tuple[str, ...]:
        """Where each of `urls` stands: `combine.any[0]`."""
        return tuple(
            f"combine.{field.encode_name}[{at}]"
            for field in msgspec.structs.fields(self)
            for at, _ in enumerate(getattr(self, field.name))
        )


class Split(msgspec.Struct, frozen=True):
    """One of several parts of all contacts, that have none in common; they are numbered from 1."""

    part: int
    of: int

    def __post_init__(self) -> None:
        if self.part > self.of:
            raise InvalidField(f"split.part must be an integer from 1 to split.of, {self.of}, not {self.part}")


class Sample(msgspec.Struct, frozen=True):
    """So many contacts at random, for each `seed` others."""

    size: int
    seed: int


class Asked(msgspec.Struct, frozen=True):
    """Which contacts a request is about, as it says so: what plans are made of, and found by.

    Attributes:
        url: nothing where there is a `combine`.
        lists: of companies; they narrow the whole.
    """

    url: str
    lists: CompanyLists = CompanyLists()
    combine: Combine | None = None
    split: Split | None = None
    sample: Sample | None = None
    per_company: int | None = None

    @property
    def urls(self) -> tuple[str, ...]:
        """The URL, or all of those that are combined."""
        return (self.url,) if self.combine is None else self.combine.urls

    @property
    def places(self) -> tuple[str, ...]:
        """Where each of several `urls` stands in the request."""
        return () if self.combine is None else self.combine.places

    @property
    def options(self) -> dict[str, object]:
        """What there is beside URLs and lists, by name."""
        options = {"split": self.split, "sample": self.sample, "per_company": self.per_company}
        return {name: value for name, value in options.items() if value is not None}

    @property
    def selection(self) -> mapped.Sample | mapped.PerCompany | UnsetType:
        """What takes some of the contacts, in an order of its own."""
        if self.sample is not None:
            return sample_of(self.sample.size, self.sample.seed)
        return UNSET if self.per_company is None else mapped.PerCompany(self.per_company)

    @property
    def sorting(self) -> str:
        """The field that has an order of its own, in place of the URLs'; nothing: there is none."""
        if self.sample is not None:
            return "sample"
        return "per_company" if self.per_company is not None else self._combined

    @property
    def paging(self) -> str:
        """The field because of which the page of the URLs does not count; nothing: it does."""
        return "per_company" if self.per_company is not None else self._combined

    @property
    def _combined(self) -> str:
        return "" if self.combine is None else "combine"
