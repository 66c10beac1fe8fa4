"""The field table: what a contact is, and what of it can be searched and sorted by.

One row a field, in two tables. A row of `ContactCompleteItem` (what is sent to everybody is in its base,
`ContactListItem`) is a field of the contact, and all that is to be known of it: its type, what it means to whoever
gets it, the headers that mean it, its column in the stock schema, its names in Apollo's index, and whether it is
searched and sorted by. A row of `SEARCH_FIELDS` is a field that is made of others, or in a way of its own
(`search.derivation`). Everything else that depends on fields derives from these rows: the items in answers and their
documents, what is empty of a contact, exports, both engines' schemas and, written by `python -m docs.generate`, what
mappings have to know (`item_fields.json` and `sort_keys.json` in `mappings/data`). Whatever changes what is stored or
derived moves `MAPPING_VERSION`.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from mappings import vocabulary
from search import derivation
from search.derivation import LONG_MAX, LONG_MIN
from search.kinds import (
    ContactField,
    Datetime,
    DerivedField,
    Form,
    Integer,
    Kind,
    Map,
    Phone,
    SearchField,
    Text,
    Texts,
    Truth,
    forms,
    rows,
)

__all__ = [
    "ALL_FIELDS",
    "CONTACT_FIELDS",
    "FACETS",
    "FORMS",
    "INTEGER_FIELDS",
    "ITEM_FIELDS",
    "LIST_FIELDS",
    "LONG_MAX",
    "LONG_MIN",
    "MAPPING_VERSION",
    "MORE_FIELDS",
    "NO_MORE",
    "ORDERS",
    "SEARCH_FIELDS",
    "SORT_FIELDS",
    "SORT_KEYS",
    "SORT_NAMES",
    "ContactCompleteItem",
    "ContactListItem",
    "ContactSimpleItem",
    "Kind",
    "SearchField",
    "complete_json",
    "contact_of",
    "empty_fields",
    "halves",
    "item_json",
    "joined",
    "more_json",
    "sort_field",
]

MAPPING_VERSION = 3
"""Of everything that is stored and derived of a contact. A store notes the one it was made with; where that differs,
searches could miss contacts in silence, so the service is not ready until `contacts index rebuild` has renewed it."""


class ContactListItem(msgspec.Struct, frozen=True):
    """A contact as it is sent: exactly this, in this order, is stored. Datetimes are `YYYY-MM-DDTHH:MM:SS`, UTC."""

    # fmt: off
    uuid: Annotated[
        str, Form.TEXT, Meta(description="Who it is: the same as long as the contact is known"), ContactField(
        stock="contact.uuid", simple=True)]
    first_name: Annotated[Text, Meta(description="First name"), ContactField(
        stock="contact.first_name", apollo=("person_first_name",), simple=True, sort=())] = None
    last_name: Annotated[Text, Meta(description="Last name"), ContactField(
        stock="contact.last_name", apollo=("person_last_name",), simple=True, sort=())] = None
    title: Annotated[Text, Meta(description="Job title"), ContactField(
        headers=("job title",), stock="contact.title", apollo=("person_title", "person_title_normalized"), simple=True,
        sort=("person_title_normalized",))] = None
    company: Annotated[Text, Meta(description="Name of the company"), ContactField(
        headers=("company name", "organization"), stock="company.name",
        apollo=("organization_name", "sanitized_organization_name_unanalyzed"), simple=True, company=True,
        sort=("sanitized_organization_name_unanalyzed",))] = None
    company_name_for_emails: Annotated[
        Text, Meta(description="Name of the company, as one writes it in a letter"), ContactField(
        stock="company_more.company_name_for_emails", company=True)] = None
    email: Annotated[Text, Meta(description="E-mail address"), ContactField(
        headers=("email address",), stock="contact.email", apollo=("person_email", "contact_email"),
        simple=True)] = None
    email_status: Annotated[Text, Meta(description="What is known of the address, such as `verified`"), ContactField(
        stock="contact.email_status",
        apollo=("person_email_status", "person_email_status_cd", "contact_email_status", "contact_email_status_v2"),
        simple=True)] = None
    primary_email_catch_all_status: Annotated[
        Text, Meta(description="Whether the company's server takes mail for any address"), ContactField(
        headers=("catch all status",))] = None
    seniority: Annotated[Text, Meta(description="Rank, such as `c_suite`"), ContactField(
        stock="contact.seniority", apollo=("person_seniority",))] = None
    departments: Annotated[Texts, Meta(description="Departments"), ContactField(
        headers=("department",), stock="contact.departments",
        apollo=("person_departments", "person_department"))] = None
    work_direct_phone: Annotated[Phone, Meta(description="Direct line at work"), ContactField(
        headers=("work phone",), stock="contact_more.work_direct_phone")] = None
    home_phone: Annotated[Phone, Meta(description="Phone at home"), ContactField(
        stock="contact_more.home_phone")] = None
    mobile_phone: Annotated[Phone, Meta(description="Mobile phone"), ContactField(
        stock="contact.mobile_phone")] = None
    corporate_phone: Annotated[Phone, Meta(description="Phone of the company, as the contact's"), ContactField(
        stock="company_more.phone_number", company=True)] = None
    other_phone: Annotated[Phone, Meta(description="Another phone"), ContactField(
        stock="contact_more.other_phone")] = None
    stage: Annotated[Text, Meta(description="Stage of the contact in the sales process"), ContactField(
        stock="contact_more.stage", apollo=("contact_stage_id",), search=Kind.TERM)] = None
    employees: Annotated[Integer, Meta(description="How many work for the company"), ContactField(
        headers=("num employees", "number of employees", "employees count"), stock="company.employees_count",
        apollo=("organization_estimated_number_employees", "organization_num_employees"), company=True,
        search=Kind.NUMBER, facet=True, sort=("organization_estimated_number_employees",))] = None
    industry: Annotated[Text, Meta(description="Industry of the company"), ContactField(
        headers=("industries",), stock="company.industries",
        apollo=("organization_industry", "organization_industries", "organization_industry_tag_ids",
                "organization_linkedin_industry_tag_ids"), company=True)] = None
    keywords: Annotated[Texts, Meta(description="Keywords of the company"), ContactField(
        stock="company.keywords", apollo=("organization_keywords",), company=True, search=Kind.TEXT,
        facet=True)] = None
    person_linkedin_url: Annotated[Text, Meta(description="LinkedIn profile"), ContactField(
        headers=("linkedin url", "linkedin", "person linkedin"), stock="contact_more.linkedin_url")] = None
    website: Annotated[Text, Meta(description="Website of the company"), ContactField(
        headers=("company website",), stock="company_more.website",
        apollo=("organization_domain", "organization_website_url"), company=True)] = None
    company_linkedin_url: Annotated[Text, Meta(description="LinkedIn page of the company"), ContactField(
        headers=("company linkedin",), stock="company_more.linkedin_url", apollo=("organization_linkedin_url",),
        company=True)] = None
    facebook_url: Annotated[Text, Meta(description="Facebook page"), ContactField(
        stock="coalesce(company_more.facebook_url, contact_more.facebook_url)",
        apollo=("organization_facebook_url",))] = None
    twitter_url: Annotated[Text, Meta(description="Twitter page"), ContactField(
        stock="coalesce(company_more.twitter_url, contact_more.twitter_url)",
        apollo=("organization_twitter_url",))] = None
    city: Annotated[Text, Meta(description="City of the contact"), ContactField(
        stock="contact_more.city", apollo=("person_city", "person_location_city"))] = None
    state: Annotated[Text, Meta(description="State or region of the contact"), ContactField(
        stock="contact_more.state", apollo=("person_state", "person_location_state"))] = None
    country: Annotated[Text, Meta(description="Country of the contact"), ContactField(
        stock="contact_more.country", apollo=("person_country", "person_location_country"))] = None
    company_address: Annotated[Text, Meta(description="Address of the company"), ContactField(
        headers=("address",), stock="company.address", apollo=("organization_address", "organization_raw_address"),
        company=True)] = None
    company_city: Annotated[Text, Meta(description="City of the company"), ContactField(
        stock="company_more.city", apollo=("organization_city", "organization_hq_location_city"), company=True)] = None
    company_state: Annotated[Text, Meta(description="State or region of the company"), ContactField(
        stock="company_more.state", apollo=("organization_state", "organization_hq_location_state"),
        company=True)] = None
    company_country: Annotated[Text, Meta(description="Country of the company"), ContactField(
        stock="company_more.country", apollo=("organization_country", "organization_hq_location_country"),
        company=True)] = None
    company_phone: Annotated[Phone, Meta(description="Phone of the company"), ContactField(
        stock="company_more.phone_number", apollo=("organization_phone",), company=True)] = None
    technologies: Annotated[Texts, Meta(description="Technologies that the company uses"), ContactField(
        stock="company.technologies", apollo=("organization_technologies", "organization_current_technologies"),
        company=True, search=Kind.TEXT, facet=True)] = None
    annual_revenue: Annotated[Integer, Meta(description="Revenue of the company a year, in US dollars"), ContactField(
        headers=("revenue",), stock="company.annual_revenue",
        apollo=("organization_revenue", "organization_annual_revenue", "organization_revenue_in_thousands_int"),
        company=True, search=Kind.NUMBER, facet=True, sort=())] = None
    total_funding: Annotated[Integer, Meta(description="Funding of the company in all, in US dollars"), ContactField(
        headers=("funding",), stock="company.total_funding",
        apollo=("organization_total_funding", "organization_total_funding_long"), company=True,
        search=Kind.NUMBER)] = None
    latest_funding: Annotated[Text, Meta(description="Stage of the latest funding"), ContactField(
        headers=("latest funding stage",), stock="company_more.latest_funding",
        apollo=("organization_latest_funding_stage", "organization_latest_funding_stage_cd"), company=True)] = None
    latest_funding_amount: Annotated[
        Integer, Meta(description="Amount of the latest funding, in US dollars"), ContactField(
        stock="company_more.latest_funding_amount",
        apollo=("organization_latest_funding_amount", "organization_latest_funding_amount_long"), company=True,
        search=Kind.NUMBER)] = None
    last_raised_at: Annotated[Datetime, Meta(description="When the latest funding was raised"), ContactField(
        stock="company_more.last_raised_at",
        apollo=("organization_latest_funding_date", "organization_latest_funding_raised_at"), company=True,
        search=Kind.NUMBER)] = None
    created_at: Annotated[Datetime, Meta(description="When the contact was created"), ContactField(
        stock="contact.created_at", simple=True, search=Kind.NUMBER, sort=())] = None
    updated_at: Annotated[Datetime, Meta(description="When the contact was changed last"), ContactField(
        stock="contact.updated_at", simple=True, search=Kind.NUMBER, sort=())] = None
    # fmt: on


class ContactCompleteItem(ContactListItem, frozen=True):
    """A contact, whole, for `view: "complete"`: the item, and more of it, which is stored apart."""

    # fmt: off
    sub_departments: Annotated[Texts, Meta(description="Departments within departments"), ContactField(
        headers=("sub department",), apollo=("person_subdepartments", "person_sub_departments"))] = None
    secondary_email: Annotated[Text, Meta(description="Second e-mail address"), ContactField(
        )] = None
    tertiary_email: Annotated[Text, Meta(description="Third e-mail address"), ContactField(
        )] = None
    company_description: Annotated[Text, Meta(description="What the company does"), ContactField(
        apollo=("organization_short_description", "organization_seo_description",
                "organization_social_media_description"), company=True, search=Kind.TEXT)] = None
    sic_codes: Annotated[Texts, Meta(description="SIC codes of the company's industry"), ContactField(
        apollo=("organization_sic_codes",), company=True)] = None
    naics_codes: Annotated[Texts, Meta(description="NAICS codes of the company's industry"), ContactField(
        apollo=("organization_naics_codes",), company=True)] = None
    founded_year: Annotated[Integer, Meta(description="Year in which the company was founded"), ContactField(
        apollo=("organization_founded_year",), company=True, search=Kind.NUMBER)] = None
    lists: Annotated[Texts, Meta(description="Lists that the contact is on"), ContactField(
        apollo=("contact_label_ids",))] = None
    contact_owner: Annotated[Text, Meta(description="Who owns the contact"), ContactField(
        apollo=("contact_owner_id",))] = None
    account_owner: Annotated[Text, Meta(description="Who owns the company's account"), ContactField(
        apollo=("account_owner_id",))] = None
    do_not_call: Annotated[Truth, Meta(description="Whether the contact must not be called"), ContactField(
        )] = None
    last_contacted_at: Annotated[Datetime, Meta(description="When the contact was contacted last"), ContactField(
        apollo=("contact_last_contacted_at",))] = None
    foreign_ids: Annotated[Map, Meta(description="Ids of the contact elsewhere, by source"), ContactField(
        )] = None
    custom: Annotated[Map, Meta(description="Columns that are no field, by header"), ContactField(
        )] = None
    # fmt: on


FORMS: dict[str, Form] = forms(ContactCompleteItem)
"""Contact field → what its value is."""

CONTACT_FIELDS: dict[str, ContactField] = rows(ContactCompleteItem)
"""Contact field → what its row says."""

ALL_FIELDS: tuple[str, ...] = ContactCompleteItem.__struct_fields__
ITEM_FIELDS: tuple[str, ...] = ContactListItem.__struct_fields__
MORE_FIELDS: tuple[str, ...] = ALL_FIELDS[len(ITEM_FIELDS) :]
LIST_FIELDS = frozenset(name for name, form in FORMS.items() if form is Form.LIST)
INTEGER_FIELDS = frozenset(name for name, form in FORMS.items() if form is Form.INTEGER)

ContactSimpleItem: type[msgspec.Struct] = msgspec.defstruct(
    "ContactSimpleItem",
    [
        (field.name, field.type, field.default)
        for field in msgspec.structs.fields(ContactListItem)
        if CONTACT_FIELDS[field.name].simple
    ],
    namespace={"__doc__": 'A contact in short, for `view: "simple"`.'},
    module=__name__,
    frozen=True,
    kw_only=True,
)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ContactCompleteItem).decode

NO_MORE = b"{%b}" % b",".join(b'"%b":null' % name.encode() for name in MORE_FIELDS)
"""The further fields of a contact that has none of them."""

_MORE_BEGINS, _NO_MORE_ENDS = b',"%b":' % MORE_FIELDS[0].encode(), b",%b" % NO_MORE[1:]


def complete_json(contact: ContactCompleteItem) -> bytes:
    """The contact, whole, as JSON: what the complete view sends."""
    return _encode(contact)


def contact_of(json: bytes) -> ContactCompleteItem:
    """The contact in its `complete_json`, or in its `item_json` alone. Raises `msgspec.DecodeError`."""
    return _decode(json)


def halves(complete: bytes) -> tuple[bytes, bytes]:
    """What a `complete_json` is stored as: its item and, unless all of that is null, its further fields."""
    if complete.endswith(_NO_MORE_ENDS):
        return complete[: -len(_NO_MORE_ENDS)] + b"}", b""
    # The first place is the right one: within a text there is no quotation mark, and before it is no other object.
    at = complete.index(_MORE_BEGINS)
    return complete[:at] + b"}", b"{" + complete[at + 1 :]


def joined(item: bytes, more: bytes | None) -> bytes:
    """The `complete_json` of the two, nothing of which is decoded; nothing, for all further fields, is nulls."""
    return b"%b,%b" % (item[:-1], (more or NO_MORE)[1:])


def item_json(contact: ContactCompleteItem) -> bytes:
    """The contact as a `ContactListItem`: what the default view sends."""
    return halves(_encode(contact))[0]


def more_json(contact: ContactCompleteItem) -> bytes:
    """The contact's further fields, nulls included, as one object; nothing if all of them are null."""
    return halves(_encode(contact))[1]


def _plain(*kinds: Kind) -> dict[str, SearchField]:
    """The search fields that are a contact field each, of the kinds that its row names."""
    return {
        name: SearchField(
            (name,),
            derivation.plain(row.search, form),
            many=form is Form.LIST,
            kind=row.search,
            facet=name if row.facet else None,
        )
        for (name, row), form in zip(CONTACT_FIELDS.items(), FORMS.values(), strict=True)
        if row.search in kinds
    }


empty_fields = derivation.empty(FORMS)
"""Names the fields of a contact that have nothing in them, given all its values in order."""

_NAME = ("first_name", "last_name")
_EMAILS = ("email", "secondary_email", "tertiary_email")
_PLACE, _COMPANY_PLACE = ("city", "state", "country"), ("company_city", "company_state", "company_country")
_CATCH_ALL = ("primary_email_catch_all_status",)


def _parts_of(of: tuple[str, ...], whose: str) -> dict[str, SearchField]:
    """Rows for city, state and country of a place, one value each."""
    return {
        (name := f"{whose}_{part}"): SearchField(of, derivation.place_part(at), kind=Kind.TERM, facet=name)
        for at, part in enumerate(("city", "state", "country"))
    }


# fmt: off
SEARCH_FIELDS: dict[str, SearchField] = {
    "title_key": SearchField(("title",), derivation.title_key, kind=Kind.TERM, facet="title"),
    "title_words": SearchField(("title",), derivation.words, many=True, kind=Kind.TERM),
    "seniority": SearchField(
        ("seniority",), derivation.enumerated(vocabulary.seniority), kind=Kind.TERM, facet="seniority"),
    "seniority_rank": SearchField(("seniority",), derivation.seniority_rank, kind=Kind.NUMBER, sort=()),
    "departments": SearchField(
        ("departments", "sub_departments"), derivation.departments, many=True, kind=Kind.TERM, facet="departments"),
    "email_status": SearchField(
        ("email_status",), derivation.enumerated(vocabulary.email_status), kind=Kind.TERM, facet="email_status"),
    "email_catch_all": SearchField(_CATCH_ALL, derivation.enumerated(vocabulary.catch_all), kind=Kind.TERM),
    "person_location": SearchField(_PLACE, derivation.location, many=True, kind=Kind.TEXT),
    **_parts_of(_PLACE, "person"),
    "company_location": SearchField(_COMPANY_PLACE, derivation.location, many=True, kind=Kind.TEXT),
    **_parts_of(_COMPANY_PLACE, "company"),
    "company_text": SearchField(("company",), derivation.company_text, kind=Kind.NAME, facet="company"),
    "company_domains": SearchField(("website",), derivation.company_domains, many=True, kind=Kind.TERM),
    "company_key": SearchField(("website", "company"), derivation.company_key, kind=Kind.TERM, sort=()),
    "industries": SearchField(
        ("industry",), derivation.industries, many=True, kind=Kind.TERM_AND_TEXT, facet="industries"),
    "sic_codes": SearchField(("sic_codes",), derivation.codes, many=True, kind=Kind.TERM),
    "naics_codes": SearchField(("naics_codes",), derivation.codes, many=True, kind=Kind.TERM),
    **_plain(Kind.TERM, Kind.TEXT, Kind.TERM_AND_TEXT, Kind.NAME),
    "search_words": SearchField(("email", *_PLACE), derivation.search_words, many=True, kind=Kind.TERM),
    "person_name": SearchField(_NAME, derivation.person_name, many=True, kind=Kind.TERM, sort=("person_name.raw",)),
    "email": SearchField(_EMAILS, derivation.emails, many=True, kind=Kind.TERM),
    "linkedin": SearchField(("person_linkedin_url",), derivation.linkedin, kind=Kind.TERM),
    "foreign_ids": SearchField(("foreign_ids",), derivation.foreign_ids, many=True, kind=Kind.TERM),
    "funding_stage": SearchField(
        ("latest_funding",), derivation.enumerated(vocabulary.funding_stage), kind=Kind.TERM, facet="funding_stage"),
    "created_month": SearchField(("created_at",), derivation.month, kind=Kind.TERM, facet="created_month"),
    "shuffle": SearchField(("uuid",), derivation.shuffled, kind=Kind.NUMBER, sort=()),
    "absent": SearchField(ALL_FIELDS, empty_fields, many=True, kind=Kind.TERM),
    **_plain(Kind.NUMBER),
}
# fmt: on
"""Numbers are integers; the datetimes are seconds since 1970 in UTC. `absent` serves `Exists`: it has the names of the
contact's empty fields. `search_words` are the words that free text finds and no other field has. `company_key` is what
colleagues have in common, `seniority_rank` 1 for the highest level, and `shuffle` an order that says nothing of a
contact. Engines store the fields in this order."""

FACETS: dict[str, str] = {field.facet: name for name, field in SEARCH_FIELDS.items() if field.facet is not None}
"""What a count of contacts by the values of a search field is called → that field. Values of more than `LONGEST_TERM`
characters are counted nowhere."""

_SORTED: dict[str, tuple[DerivedField, tuple[str, ...]]] = {
    **{
        name: (DerivedField((name,), derivation.sort_text), (name, *row.sort))
        for name, row in CONTACT_FIELDS.items()
        if row.sort is not None
    },
    **{
        name: (DerivedField(field.of, derivation.joined_sort_text) if field.many else field, field.sort)
        for name, field in SEARCH_FIELDS.items()
        if field.sort is not None
    },
}
"""Order → how what texts are ordered by is made, and what URLs call it."""

ORDERS: dict[str, bool] = {
    name: name in SEARCH_FIELDS and SEARCH_FIELDS[name].kind is Kind.NUMBER
    for name in sorted(_SORTED, key=lambda name: ALL_FIELDS.index(_SORTED[name][0].of[-1]))
}
"""What contacts can be ordered by (`Order.field`): is it a number? Numbers sort by the search field of that name, texts
by a derived field of their own."""

SORT_NAMES: dict[str, tuple[str, ...]] = {key: names for key in ORDERS if (names := _SORTED[key][1])}
"""Sort key, an order that URLs can ask for → what they call it."""

SORT_KEYS: dict[str, bool] = {key: ORDERS[key] for key in SORT_NAMES}
"""The orders that URLs can ask for: is it a number?"""


def sort_field(order: str) -> str:
    """The derived field that an order goes by."""
    return order if ORDERS[order] else f"sort_{order}"


SORT_FIELDS: dict[str, DerivedField] = {
    sort_field(key): _SORTED[key][0] for key, number in ORDERS.items() if not number
}
"""The derived fields that are for sorting only."""
