"""What is searched of a contact."""

import msgspec
from hypothesis import given

from search.documents import search_fields, value_of
from search.fields import INTEGER_FIELDS, LONG_MAX, LONG_MIN, SEARCH_FIELDS, SORT_KEYS, ContactCompleteItem, sort_field
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
)


def test_search_fields() -> None:
    fields = search_fields(CONTACT)
    person, company = fields.person, fields.company
    assert person.title_key == "manager project"
    assert person.title_words == ("manager", "project")
    assert (person.seniority, person.email_status, person.email_catch_all) == ("c_suite", "verified", "catch_all")
    assert person.departments == ("sales", "engineering_technical")
    assert person.person_location == ("san francisco", "california", "united states")
    assert person.search_words == ("bjorn", "acme", "com", "ca", "usa")
    assert person.person_name == ("bjorn", "o", "neil")
    assert person.linkedin == "linkedin.com/in/bjorn"
    assert person.sort_person_name == "bjorn o neil"
    assert company.company_text == "acme inc"
    assert company.company_domains == ("shop.acme.co.uk", "acme.co.uk")
    assert company.industries == ("banking", "health wellness fitness")
    assert company.keywords == ("digital marketing", "saas")
    assert company.technologies == ("google analytics 4",)
    assert company.funding_stage == "series_a"
    assert company.employees == LONG_MAX
    assert company.last_raised_at == 1_704_067_200
    assert "title" not in fields.absent
    assert "stage" in fields.absent


def test_a_zero_is_something() -> None:
    absent = search_fields(ContactCompleteItem(uuid="1", employees=0, title="", keywords=())).absent
    assert "employees" not in absent
    assert {"title", "keywords", "total_funding"} <= set(absent)
    assert INTEGER_FIELDS.isdisjoint(search_fields(ContactCompleteItem("1", **dict.fromkeys(INTEGER_FIELDS, 0))).absent)


def test_every_search_field_and_sort_key_is_derived() -> None:
    fields = search_fields(CONTACT)
    derived = {*fields.person.__struct_fields__, *fields.company.__struct_fields__, "absent"}
    assert derived == set(SEARCH_FIELDS) | set(map(sort_field, SORT_KEYS))


def test_the_company_is_what_colleagues_share() -> None:
    colleague = ContactCompleteItem(
        "2",
        title="CEO",
        city="Paris",
        **{
            name: getattr(CONTACT, name)
            for name in ("company", "employees", "industry", "keywords", "technologies", "website", "latest_funding")
        },
        last_raised_at=CONTACT.last_raised_at,
    )
    one, other = search_fields(CONTACT), search_fields(colleague)
    assert one.company is other.company
    assert one.person != other.person
    assert search_fields(msgspec.structs.replace(CONTACT, company_city="Rome")).company != one.company


def test_a_derived_field_by_its_name() -> None:
    fields = search_fields(CONTACT)
    assert value_of("company_text")(fields) == "acme inc"
    assert value_of("title_key")(fields) == "manager project"


@given(items)
def test_the_json_is_that_of_both_parts(item: ContactCompleteItem) -> None:
    fields = search_fields(item)
    parts = (msgspec.json.encode(fields.person), msgspec.json.encode(fields.company))
    assert msgspec.json.decode(fields.json()) == {
        name: value for part in parts for name, value in msgspec.json.decode(part).items()
    }


@given(items)
def test_it_is_a_function_of_the_stored_item(item: ContactCompleteItem) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(item), type=ContactCompleteItem)
    fields = search_fields(item)
    assert search_fields(stored) == fields
    assert all(
        LONG_MIN <= value <= LONG_MAX for value in (fields.company.employees, fields.company.annual_revenue) if value
    )
