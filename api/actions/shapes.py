"""The shapes of answers, as structs: what the OpenAPI and AsyncAPI documents say of them.

Answers themselves are put together from bytes (`api.actions.service`); the tests hold real ones against these.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.actions.views import VIEWS
from mappings.contact_filter import MappingSummary, UnmappedCategory
from mappings.counts import Count
from mappings.ledger import LedgerEntry
from search.fields import ContactListItem

Ledger = list[LedgerEntry] | UnsetType
"""The last key of every answer, where it was asked for; else it is not there."""

_VIEWS = [{"$ref": f"#/components/schemas/{view.shape.__name__}"} for view in VIEWS.values()]

Contact = Annotated[ContactListItem, Meta(extra_json_schema={"anyOf": _VIEWS})]
"""A contact in the view that was asked for; in any of them it is what a `ContactListItem` may be."""


class CountData(msgspec.Struct, frozen=True):
    """How many contacts match; for the role `counter` `"<5"` where they are fewer than five."""

    count: Annotated[Count, Meta(examples=[1234])]
    ledger: Ledger = UNSET


class Companies(msgspec.Struct, frozen=True):
    """How many different companies the contacts are of."""

    count: Count
    exact: Annotated[bool, Meta(description="Whether the count is no estimate")]


class UuidsData(msgspec.Struct, frozen=True):
    """Uuids, and how many they are."""

    count: Annotated[int, Meta(ge=0, examples=[1])]
    uuids: Annotated[list[str], Meta(examples=[["398cce44-233d-5f7c-aea1-e4a6a79df10c"]])]
    ledger: Ledger = UNSET


class SearchData(msgspec.Struct, frozen=True):
    """Contacts in the view asked for, where the neighbouring pages are, how the URL was mapped."""

    next: str | None
    previous: str | None
    results: list[Contact]
    apollo_url: str | None
    mapping_summary: MappingSummary
    unmapped_categories: list[UnmappedCategory]
    ledger: Ledger = UNSET


class SearchPart(msgspec.Struct, frozen=True):
    """Some of the contacts of a streamed search, in order."""

    sequence: Annotated[int, Meta(ge=1)]
    results: list[Contact]


class UuidsPart(msgspec.Struct, frozen=True):
    """Some of the uuids of a streamed answer."""

    sequence: Annotated[int, Meta(ge=1)]
    uuids: list[str]


class SearchEnd(msgspec.Struct, frozen=True):
    """What ends a streamed search: how many contacts were sent in how many parts, and the rest of the answer."""

    count: Annotated[int, Meta(ge=0)]
    parts: Annotated[int, Meta(ge=0)]
    next: str | None
    previous: str | None
    apollo_url: str | None
    mapping_summary: MappingSummary
    unmapped_categories: list[UnmappedCategory]
    ledger: Ledger = UNSET


class UuidsEnd(msgspec.Struct, frozen=True):
    """What ends streamed uuids: how many were sent, in how many parts."""

    count: Annotated[int, Meta(ge=0)]
    parts: Annotated[int, Meta(ge=0)]
    ledger: Ledger = UNSET
