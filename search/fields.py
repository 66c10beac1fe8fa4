"""The field table: what a contact is, and what of it can be searched and sorted by.

Everything that depends on fields derives from here: the Elasticsearch mapping, the DuckDB schema, the CSV header
aliases, the items in answers. Adding a searchable field is one entry in `SEARCH_FIELDS`, one attribute in
`search.documents.PersonFields` or `CompanyFields`, and the line there that computes it.
"""

from enum import Enum

import msgspec

MAPPING_VERSION = 1
"""Of everything that is stored and derived of a contact. A store notes the one it was made with; where that differs,
searches could miss contacts in silence, so the service is not ready until `contacts index rebuild` has renewed it."""


class ContactListItem(msgspec.Struct, frozen=True):
    """A contact, whole: exactly this, in this order, is stored and sent. Datetimes are `YYYY-MM-DDTHH:MM:SS`, UTC."""

    uuid: str
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    company: str | None = None
    company_name_for_emails: str | None = None
    email: str | None = None
    email_status: str | None = None
    primary_email_catch_all_status: str | None = None
    seniority: str | None = None
    departments: tuple[str, ...] | None = None
    work_direct_phone: str | None = None
    home_phone: str | None = None
    mobile_phone: str | None = None
    corporate_phone: str | None = None
    other_phone: str | None = None
    stage: str | None = None
    employees: int | None = None
    industry: str | None = None
    keywords: tuple[str, ...] | None = None
    person_linkedin_url: str | None = None
    website: str | None = None
    company_linkedin_url: str | None = None
    facebook_url: str | None = None
    twitter_url: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    company_address: str | None = None
    company_city: str | None = None
    company_state: str | None = None
    company_country: str | None = None
    company_phone: str | None = None
    technologies: tuple[str, ...] | None = None
    annual_revenue: int | None = None
    total_funding: int | None = None
    latest_funding: str | None = None
    latest_funding_amount: int | None = None
    last_raised_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class ContactSimpleItem(msgspec.Struct, frozen=True, kw_only=True):
    """A contact in short, for `view: "simple"`."""

    uuid: str
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    company: str | None = None
    email: str | None = None
    email_status: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


ITEM_FIELDS: tuple[str, ...] = ContactListItem.__struct_fields__
LIST_FIELDS = frozenset({"departments", "keywords", "technologies"})
INTEGER_FIELDS = frozenset({"employees", "annual_revenue", "total_funding", "latest_funding_amount"})
DATETIME_FIELDS = frozenset({"last_raised_at", "created_at", "updated_at"})


class Kind(Enum):
    """Which predicates a search field answers, and so how an engine stores it."""

    TERM = "Terms"
    TEXT = "Phrase"
    TERM_AND_TEXT = "Terms and Phrase"
    NAME = "Phrase and Substring"
    NUMBER = "Range"


class SearchField(msgspec.Struct, frozen=True):
    """One searchable field: its kind, and whether a contact can have several values of it."""

    kind: Kind
    many: bool = True


SEARCH_FIELDS: dict[str, SearchField] = {
    "title_key": SearchField(Kind.TERM, many=False),
    "title_words": SearchField(Kind.TERM),
    "seniority": SearchField(Kind.TERM, many=False),
    "departments": SearchField(Kind.TERM),
    "email_status": SearchField(Kind.TERM, many=False),
    "email_catch_all": SearchField(Kind.TERM, many=False),
    "person_location": SearchField(Kind.TEXT),
    "company_location": SearchField(Kind.TEXT),
    "company_text": SearchField(Kind.NAME, many=False),
    "company_domains": SearchField(Kind.TERM),
    "industries": SearchField(Kind.TERM_AND_TEXT),
    "keywords": SearchField(Kind.TEXT),
    "technologies": SearchField(Kind.TEXT),
    "search_words": SearchField(Kind.TERM),
    "person_name": SearchField(Kind.TERM),
    "linkedin": SearchField(Kind.TERM, many=False),
    "funding_stage": SearchField(Kind.TERM, many=False),
    "absent": SearchField(Kind.TERM),
    "employees": SearchField(Kind.NUMBER, many=False),
    "annual_revenue": SearchField(Kind.NUMBER, many=False),
    "total_funding": SearchField(Kind.NUMBER, many=False),
    "latest_funding_amount": SearchField(Kind.NUMBER, many=False),
    "last_raised_at": SearchField(Kind.NUMBER, many=False),
    "created_at": SearchField(Kind.NUMBER, many=False),
    "updated_at": SearchField(Kind.NUMBER, many=False),
}
"""Numbers are integers; the three datetimes are seconds since 1970 in UTC. `absent` serves `Exists`: it has the names
of the item's empty fields, which are fewer than the others. `search_words` are the words that free text finds and no
other field has."""

LONG_MIN, LONG_MAX = -(2**63) + 1, 2**63 - 2
"""The bounds of a stored number; a bound or value outside is brought to the nearest. Engines hold 64 bits, of which
Elasticsearch keeps the two outermost numbers for itself: they stand for a missing value when it sorts."""

SORT_KEYS: dict[str, bool] = {
    "created_at": True,
    "updated_at": True,
    "employees": True,
    "annual_revenue": True,
    "first_name": False,
    "last_name": False,
    "person_name": False,
    "title": False,
    "company": False,
}
"""Sort key → is it a number? Numbers sort by the search field of that name, texts by their normalised form."""
