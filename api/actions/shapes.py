"""The shapes of requests and answers on the wire, as structs: what OpenAPI and AsyncAPI documents are made of.

Requests are read by `api.actions.requests`, whose messages say more than a decoder's; answers are put together from
bytes by `api.actions.service`. All but `UrlBody` are there for the documents only. Their field names are the fields
that are known (see `strict`), and the tests hold real answers against their schemas.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mappings.contact_filter import MappingSummary, UnmappedCategory
from mappings.url import LONGEST_URL
from search.fields import ContactListItem

EXAMPLE_URL = "https://app.apollo.io/#/people?personTitles[]=CEO&personLocations[]=california"

URL_PATTERN = (
    r"""^\s*(?:["'`“‘«<]\s*){0,3}(?:(?:[Hh][Tt][Tt][Pp][Ss]?:)?//)?"""
    r"(?:[A-Za-z0-9_-]+\.)*[Aa][Pp][Oo][Ll][Ll][Oo]\.[Ii][Oo]\.?(?::[0-9]{1,5})?(?:[/?#]|\s*$)"
)
"""What `mappings.url` takes for a URL of apollo.io, for readers of the documents: patterns there have no flags."""

# U+001C to U+001F and U+0085 are white space to Python, and not to the patterns of JSON Schema. U+00AD, a soft hyphen,
# is nothing in a domain.
_LABEL = r"[^\s\u001c-\u001f\u0085\u00ad,;:@/?#\[\]\\.]+"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})+"

# A pattern in `extra_json_schema` is documented only. The service refuses in words of its own, which say more.
Url = Annotated[
    str,
    Meta(
        description="Apollo.io URL of a people search",
        examples=[EXAMPLE_URL],
        extra_json_schema={"pattern": URL_PATTERN, "maxLength": LONGEST_URL},
    ),
]
Limit = Annotated[int, Meta(ge=1, description="Most to answer; without it all", examples=[25])]
Offset = Annotated[int, Meta(ge=0, description="Contacts to skip", examples=[0])]
Cursor = Annotated[
    str,
    Meta(
        description="A `next` or `previous` of an earlier answer to the same filter and order",
        extra_json_schema={"pattern": "^[A-Za-z0-9_-]*$"},
    ),
]
Names = Annotated[list[str], Meta(description="Parts of company names, any of them", examples=[["Acme, Inc"]])]
Domain = Annotated[str, Meta(extra_json_schema={"pattern": f"^(?:{_DOMAIN})?$"})]
Domains = Annotated[list[Domain], Meta(description="Company domains, any of them", examples=[["example.com"]])]
JoinedDomains = Annotated[
    list[Annotated[str, Meta(extra_json_schema={"pattern": f"^(?:(?:{_DOMAIN})?,)*(?:{_DOMAIN})?$"})]],
    Meta(description="Company domains, any of them: repeated or separated by commas", examples=[["example.com"]]),
]
Strict = Annotated[bool, Meta(description="Refuse unknown fields and parameters that can't be mapped")]
Stream = Annotated[bool, Meta(description="Answer in numbered partial messages: for results of any size")]


class AnalyzeFields(msgspec.Struct, frozen=True, kw_only=True):
    """`data` of `analyze` and `count_by_filter`."""

    url: Url
    strict: Strict | None = None


class CountFields(AnalyzeFields, frozen=True, kw_only=True):
    """`data` of `count_contacts`."""

    include_company_name: str | Names | None = None
    exclude_company_name: Names | None = None
    include_domain_list: Domains | None = None
    exclude_domain_list: Domains | None = None


class UuidsFields(CountFields, frozen=True, kw_only=True):
    """`data` of `get_uuids`."""

    limit: Limit | None = None
    stream: Stream | None = None


class SearchFields(UuidsFields, frozen=True, kw_only=True):
    """`data` of `search_contacts`."""

    offset: Offset | None = None
    cursor: Cursor | None = None
    view: Annotated[Any, Meta(description="`simple` for contacts in short")] = None


class CountQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of REST `contacts/count`."""

    include_company_name: Names | UnsetType = UNSET
    exclude_company_name: Names | UnsetType = UNSET
    include_domain_list: JoinedDomains | UnsetType = UNSET
    exclude_domain_list: JoinedDomains | UnsetType = UNSET


class UuidsQuery(CountQuery, frozen=True, kw_only=True):
    """The query of REST `contacts/count/uuids`."""

    limit: Limit | UnsetType = UNSET


class SearchQuery(UuidsQuery, frozen=True, kw_only=True):
    """The query of REST `contacts`."""

    offset: Offset | UnsetType = UNSET
    cursor: Cursor | UnsetType = UNSET
    view: Annotated[str, Meta(description="`simple` for contacts in short", examples=["simple"])] | UnsetType = UNSET


class UrlBody(msgspec.Struct, frozen=True):
    """The body of all REST requests for contacts."""

    url: Url


class CountData(msgspec.Struct, frozen=True):
    """How many contacts match."""

    count: Annotated[int, Meta(ge=0, examples=[1234])]


class UuidsData(msgspec.Struct, frozen=True):
    """Uuids, and how many they are."""

    count: Annotated[int, Meta(ge=0, examples=[1])]
    uuids: Annotated[list[str], Meta(examples=[["398cce44-233d-5f7c-aea1-e4a6a79df10c"]])]


class SearchData(msgspec.Struct, frozen=True):
    """Contacts (in the simple view nine of their fields), where the neighbouring pages are, how the URL was mapped."""

    next: str | None
    previous: str | None
    results: list[ContactListItem]
    apollo_url: str
    mapping_summary: MappingSummary
    unmapped_categories: list[UnmappedCategory]


class SearchPart(msgspec.Struct, frozen=True):
    """Some of the contacts of a streamed search, in order."""

    sequence: Annotated[int, Meta(ge=1)]
    results: list[ContactListItem]


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
    apollo_url: str
    mapping_summary: MappingSummary
    unmapped_categories: list[UnmappedCategory]


class UuidsEnd(msgspec.Struct, frozen=True):
    """What ends streamed uuids: how many were sent, in how many parts."""

    count: Annotated[int, Meta(ge=0)]
    parts: Annotated[int, Meta(ge=0)]


class ErrorDetail(msgspec.Struct, frozen=True):
    """What went wrong, for people and for programs."""

    message: str
    code: Literal[
        "missing_field", "invalid_json", "validation_error", "unknown_action", "too_many_requests",
        "analysis_error", "search_error", "count_error", "uuids_error", "authentication_error",
    ]  # fmt: skip


class Problem(msgspec.Struct, frozen=True):
    """An error over HTTP."""

    detail: Annotated[str, Meta(examples=["URL must be from apollo.io domain"])]


class Health(msgspec.Struct, frozen=True):
    """That all is well; what is not is a `Problem`."""

    status: Literal["live", "ready"]
