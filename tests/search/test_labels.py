"""Values are spelled as a contact has them."""

import pytest
from hypothesis import given

from search.fields import FACETS, SEARCH_FIELDS, ContactCompleteItem, Kind
from search.labels import label
from tests.harness.naive_engine import derived
from tests.harness.strategies import items

CONTACT = ContactCompleteItem(
    uuid="a",
    title=" Chief  Executive Officer",
    seniority="C suite",
    departments=("Design", "Sales & Marketing"),
    sub_departments=("Inside Sales",),
    email_status="No email",
    industry="Airlines/Aviation; health, wellness & fitness",
    company="Acme, Inc.",
    keywords=("SaaS", "B2B, Software"),
    city="Austin, TX",
    country="USA",
    company_city="London",
    company_state="England",
    company_country="England",
    latest_funding="Series A",
    created_at="2024-01-15T10:30:00",
)


@pytest.mark.parametrize(
    ("field", "value", "spelled"),
    [
        ("title_key", "chief executive officer", "Chief  Executive Officer"),
        ("seniority", "c_suite", "C suite"),
        ("departments", "inside_sales", "Inside Sales"),
        ("email_status", "unavailable", "No email"),
        ("industries", "health wellness fitness", "health, wellness & fitness"),
        ("company_text", "acme inc", "Acme, Inc."),
        ("keywords", "b2b software", "B2B, Software"),
        ("person_city", "austin", "Austin"),
        ("person_state", "texas", "TX"),
        ("person_country", "united states", "USA"),
        ("company_country", "united kingdom", "England"),
        ("company_state", "england", "England"),
        ("funding_stage", "series_a", "Series A"),
        ("created_month", "2024-01", "2024-01"),
        ("seniority", "nobody has it", "nobody has it"),
    ],
)
def test_a_value_is_spelled_as_the_contact_has_it(field: str, value: str, spelled: str) -> None:
    assert label(CONTACT, field, value) == spelled


@given(items)
def test_every_value_of_a_contact_has_a_spelling(contact: ContactCompleteItem) -> None:
    fields = derived(contact)
    for field in FACETS.values():
        if SEARCH_FIELDS[field].kind is not Kind.NUMBER and (values := fields.get(field)):
            for value in (values,) if isinstance(values, str) else values:
                assert label(contact, field, value)
