"""What is searched of a contact."""

from hashlib import sha256
from typing import Any

import msgspec
from hypothesis import given

from search.documents import search_fields, sort_value
from search.fields import INTEGER_FIELDS, LONG_MAX, LONG_MIN, ORDERS, SEARCH_FIELDS, ContactCompleteItem, sort_field
from tests.harness.strategies import items

CONTACT = ContactCompleteItem(
    uuid="1",
    first_name="Björn",
    last_name="O'Neil",
    title="Manager, Project",
    company="Acme, Inc.",
    email="bjorn@acme.com",
    email_status="Verified",
    primary_email_catch_all_status="Catch-all",
    seniority="C-Level",
    departments=("Sales", "Engineering & Technical"),
    employees=2**70,
    industry="banking; health, wellness & fitness",
    keywords=("Digital Marketing", "digital marketing", "SaaS"),
    technologies=("Google Analytics 4",),
    person_linkedin_url="http://www.linkedin.com/in/Bjorn/",
    website="https://www.shop.acme.co.uk/x",
    city="San Francisco",
    state="CA",
    country="USA",
    latest_funding="Series A",
    last_raised_at="2024-01-01T00:00:00",
    secondary_email=" Bjorn.ONeil@Acme.com",
    tertiary_email="BJORN@acme.com",
    foreign_ids={"hubspot": "A7", "file": ""},
)


def found(contact: ContactCompleteItem) -> dict[str, Any]:
    """The derived fields that are not empty."""
    fields: dict[str, Any] = msgspec.json.decode(search_fields(contact).json())
    return fields


def test_search_fields() -> None:
    assert found(CONTACT) == {
        "title_key": "manager project",
        "title_words": ["manager", "project"],
        "seniority": "c_suite",
        "seniority_rank": 3,
        "departments": ["sales", "engineering_technical"],
        "email_status": "verified",
        "email_catch_all": "catch_all",
        "person_location": ["san francisco", "california", "united states"],
        "person_city": "san francisco",
        "person_state": "california",
        "person_country": "united states",
        "search_words": ["bjorn", "acme", "com", "ca", "usa"],
        "person_name": ["bjorn", "o", "neil"],
        "email": ["bjorn@acme.com", "bjorn.oneil@acme.com"],
        "linkedin": "linkedin.com/in/bjorn",
        "foreign_ids": ["hubspot:A7"],
        "shuffle": int(sha256(b"1").hexdigest()[:16], 16) // 2,
        "sort_first_name": "bjorn",
        "sort_last_name": "o neil",
        "sort_person_name": "bjorn o neil",
        "sort_title": "manager project",
        "company_text": "acme inc",
        "company_domains": ["shop.acme.co.uk", "acme.co.uk"],
        "company_key": "acme.co.uk",
        "industries": ["banking", "health wellness fitness"],
        "keywords": ["digital marketing", "saas"],
        "technologies": ["google analytics 4"],
        "funding_stage": "series_a",
        "employees": LONG_MAX,
        "last_raised_at": 1_704_067_200,
        "sort_company": "acme inc",
        "sort_company_key": "acme.co.uk",
    }
    absent = search_fields(CONTACT).absent
    assert "title" not in absent
    assert "stage" in absent


def test_a_zero_is_something() -> None:
    absent = search_fields(ContactCompleteItem(uuid="1", employees=0, title="", keywords=())).absent
    assert "employees" not in absent
    assert {"title", "keywords", "total_funding"} <= set(absent)
    assert INTEGER_FIELDS.isdisjoint(search_fields(ContactCompleteItem("1", **dict.fromkeys(INTEGER_FIELDS, 0))).absent)


FULL = msgspec.structs.replace(
    CONTACT,
    stage="Cold",
    created_at="2024-01-15T10:30:00",
    updated_at="2024-01-15T10:30:00",
    company_city="Rome",
    company_state="Lazio",
    company_country="Italy",
    company_description="Makes anvils",
    sic_codes=("7372",),
    naics_codes=("541511",),
    founded_year=1949,
    annual_revenue=0,
    total_funding=0,
    latest_funding_amount=0,
)


def test_every_search_field_and_sort_key_is_derived_in_order_of_the_table_but_companies_last() -> None:
    ordered = [*(name for name in SEARCH_FIELDS if name != "absent")]
    ordered += [sort_field(key) for key in ORDERS if sort_field(key) not in ordered]
    fields = list(found(FULL))
    assert set(fields) == set(ordered)
    first = fields.index("company_location")
    for part in (fields[:first], fields[first:]):
        assert part == [name for name in ordered if name in part]


def test_a_contact_with_nothing_has_only_its_place_among_others() -> None:
    assert list(found(ContactCompleteItem("1"))) == ["shuffle"]


def test_what_colleagues_share_is_of_their_company() -> None:
    shared = ("company", "employees", "industry", "keywords", "technologies", "website", "latest_funding")
    values = {name: getattr(CONTACT, name) for name in (*shared, "last_raised_at")}
    one, other = (
        found(CONTACT),
        found(msgspec.convert({**values, "uuid": "2", "title": "CEO", "city": "Paris"}, ContactCompleteItem)),
    )
    assert all(other[name] == one[name] for name in ("company_text", "company_domains", "keywords", "employees"))
    assert other["title_key"] != one["title_key"]
    assert found(msgspec.structs.replace(CONTACT, company_city="Rome"))["company_location"] == ["rome"]


@given(items)
def test_it_is_a_function_of_the_stored_item(item: ContactCompleteItem) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(item), type=ContactCompleteItem)
    assert search_fields(stored) == search_fields(item)
    fields = found(item)
    assert all(LONG_MIN <= fields.get(name, 0) <= LONG_MAX for name in ("employees", "annual_revenue"))


@given(items)
def test_what_contacts_are_ordered_by_is_what_is_derived_of_them(contact: ContactCompleteItem) -> None:
    derived = msgspec.json.decode(search_fields(contact).json())
    for key in ORDERS:
        assert sort_value(contact, key) == derived.get(sort_field(key))
