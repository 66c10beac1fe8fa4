"""What is searched of a contact."""

import msgspec
from hypothesis import given

from search.documents import SearchFields, epoch_seconds, search_fields
from search.fields import LONG_MAX, LONG_MIN, SEARCH_FIELDS, SORT_KEYS, ContactListItem
from tests.search.strategies import items

CONTACT = ContactListItem(
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
    assert fields.title_key == "manager project"
    assert fields.title_words == ("manager", "project")
    assert (fields.seniority, fields.email_status, fields.email_catch_all) == ("c_suite", "verified", "catch_all")
    assert fields.departments == ("sales", "engineering_technical")
    assert fields.person_location == ("san francisco", "california", "united states")
    assert fields.company_text == "acme inc"
    assert fields.company_domains == ("shop.acme.co.uk", "acme.co.uk")
    assert fields.industries == ("banking", "health wellness fitness")
    assert fields.keywords == ("digital marketing", "saas")
    assert fields.technologies == ("google analytics 4",)
    assert {"bjorn", "neil", "manager", "acme", "com", "banking", "saas", "usa", "california"} <= set(
        fields.search_words
    )
    assert fields.person_name == ("bjorn", "o", "neil")
    assert fields.linkedin == "linkedin.com/in/bjorn"
    assert fields.funding_stage == "series_a"
    assert "title" in fields.present
    assert "stage" not in fields.present
    assert fields.employees == LONG_MAX
    assert fields.last_raised_at == 1_704_067_200
    assert fields.sort_person_name == "bjorn o neil"


def test_every_search_field_and_sort_key_is_derived() -> None:
    derived = set(SearchFields.__struct_fields__)
    sort_texts = {f"sort_{key}" for key, number in SORT_KEYS.items() if not number}
    assert derived == set(SEARCH_FIELDS) | sort_texts
    assert {key for key, number in SORT_KEYS.items() if number} <= set(SEARCH_FIELDS)


def test_seconds_of_what_is_no_datetime() -> None:
    assert epoch_seconds("2024-01-15T10:30:00") == 1_705_314_600
    assert [epoch_seconds(text) for text in (None, "", "soon", "2024-02-30T00:00:00")] == [None] * 4


@given(items)
def test_it_is_a_function_of_the_stored_item(item: ContactListItem) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(item), type=ContactListItem)
    fields = search_fields(item)
    assert search_fields(stored) == fields
    assert all(LONG_MIN <= value <= LONG_MAX for value in (fields.employees, fields.annual_revenue) if value)
