"""What headers mean, and whose they are."""

import pytest

from indexing.sources.headers import (
    COMPANY_LOCATION,
    LINK,
    NAME,
    TARGETS,
    header_key,
    known_names,
    meaning_of,
    scale_of,
    vendor_of,
    vendors,
)
from search.fields import ALL_FIELDS, CONTACT_FIELDS, ITEM_FIELDS, LIST_FIELDS


def field_of(header: str, vendor: str = "") -> str | None:
    found = meaning_of(header, vendor)
    return None if found is None else found.field


@pytest.mark.parametrize(
    "header",
    ["First Name", "FIRST_NAME", "firstName", "FirstName", "first-name", "First\nName", " first name ", "Prénom"],
)
def test_headers_match_in_any_spelling(header: str) -> None:
    assert field_of(header) == "first_name"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("# Employees", "employees"), ("No. of Employees", "employees"), ("Company Size", "employees"),
        ("person.name", NAME), ("organization/name", "company"), ("organization_name", "company"),
        ("organization/estimated_num_employees", "employees"), ("organization.industry", "industry"),
        ("organization/primary_phone/number", "company_phone"), ("data/email", "email"),
        ("employer_website", "website"),
        ("departments/0", "departments"), ("departments[1]", "departments"), ("technologies.3", "technologies"),
        ("organization/sic_codes/0", "sic_codes"), ("current_technologies/0/name", "technologies"),
        ("current_technologies/0/category", None), ("employment_history/0/title", "title"),
        ("employment_history/1/title", None), ("phone_numbers/0/sanitized_number", "work_direct_phone"),
        ("Lead Email", "email"), ("Contact Country", "country"), ("Contact Address", None),
        ("Contact Company", "company"),
        ("Account Owner", "account_owner"), ("Account Name", "company"), ("Account Id", None), ("Company Email", None),
        ("Organization City", "company_city"), ("Organization Twitter URL", "twitter_url"), ("Lead Source", None),
        ("Annual Revenue (USD)", "annual_revenue"), ("Revenue in T€", "annual_revenue"),
        ("Employees (LinkedIn)", "employees"),
        ("Est. IT Department Budget (in 000s USD)", None), ("Subsidiary of (Organization ID)", None),
        ("Headquarters", COMPANY_LOCATION), ("CEO", None), ("", None), ("Firma", "company"),
        ("Correo electrónico", "email"), ("()", None), ("Email ()", "email"), ("Revenue ( )", "annual_revenue"),
        ("Phone (Work)", "work_direct_phone"), ("Phone - Mobile", "mobile_phone"), ("Name (First)", "first_name"),
        ("Person - Phone - Mobile", "mobile_phone"), ("Person - Name", NAME), ("Organization - Name", "company"),
        ("Name (Account)", "company"), ("Telefon (privat)", "home_phone"),
        ("LinkedIn (Company)", "company_linkedin_url"),
        ("Email Address (Primary)", "email"), ("Email - Owner", None), ("Title (Salutation)", None),
        ("Contact: Email", "email"), ("Industry__c", "industry"), ("Prospect URL", LINK),
    ],
)  # fmt: skip
def test_meanings(header: str, field: str | None) -> None:
    assert field_of(header) == field


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("Revenue (in 000s USD)", 1000), ("Total Funding Amount (in 000s USD)", 1000), ("Annual Revenue ($M)", 10**6),
        ("Umsatz (TEUR)", 1000), ("Revenue (in thousands)", 1000), ("Revenue (USD)", 1), ("Revenue", 1),
        ("Employees (in thousands)", 1),
    ],
)  # fmt: skip
def test_amounts_of_money_have_the_unit_of_their_header(header: str, scale: int) -> None:
    found = meaning_of(header)
    assert found is not None
    assert found.scale == scale == scale_of(header, found.field)


def test_some_headers_mean_something_in_one_vendors_files_alone() -> None:
    assert field_of("URL") == LINK
    assert field_of("URL", "linkedin") == "person_linkedin_url"
    assert field_of("companyUrl") == "website"
    assert field_of("companyUrl", "phantombuster") == "company_linkedin_url"
    assert field_of("name", "phantombuster") is None


def test_an_id_is_the_vendors_that_it_names() -> None:
    assert getattr(meaning_of("Apollo Contact Id"), "source", None) == "apollo"
    assert getattr(meaning_of("Record ID"), "source", None) == ""


@pytest.mark.parametrize(
    ("headers", "vendor"),
    [
        (("First Name", "Apollo Contact Id"), "apollo"), (("First Name", "Connected On"), "linkedin"),
        (("profileUrl", "regularCompanyUrl", "vmid"), "phantombuster"), (("Record ID", "Lifecycle Stage"), "hubspot"),
        (("ZoomInfo Contact ID", "Management Level", "Email Confidence"), "zoominfo"),
        (("E-mail 1 - Value",), "google"),
        (("Vorname", "Nachname"), "german"), (("Vorname", "Nachname", "Firma", "Connected On"), "linkedin"),
        (("First Name", "Email Address", "Title"), None), ((), None),
    ],
)  # fmt: skip
def test_headers_show_whose_they_are(headers: tuple[str, ...], vendor: str | None) -> None:
    found = vendor_of(headers)
    assert (None if found is None else found.key) == vendor


def test_the_data_files_agree_with_the_field_table_and_each_other() -> None:
    keys = {vendor.key for vendor in vendors()}
    assert len(keys) == len(vendors()) >= 17
    assert all(vendor.urls for vendor in vendors() if vendor.ids != "file")
    general = [header_key(row.header) for row in known_names() if not row.only]
    assert len(general) == len(set(general))
    for row in known_names():
        assert row.field in (*ALL_FIELDS, *TARGETS, NAME) or (row.field == "" and row.only), row
        assert set(row.vendors) <= keys, row
        assert bool(row.source) <= (row.field == "foreign_ids"), row
        assert row.rank >= 1, row
        assert header_key(row.header), row
        if not row.only:
            assert field_of(row.header) == row.field, row


def test_every_field_is_known_by_its_name_and_by_what_its_row_adds() -> None:
    for field, row in CONTACT_FIELDS.items():
        for header in (field, *row.headers):
            assert field_of(header.upper().replace(" ", "-")) == field
    assert set(ALL_FIELDS) > LIST_FIELDS
    assert field_of("uuid") == ITEM_FIELDS[0]
    assert field_of("id") == "foreign_ids"


@pytest.mark.parametrize("language", ["german", "french", "spanish"])
def test_the_commonest_fields_have_names_in_three_more_languages(language: str) -> None:
    fields = {row.field for row in known_names() if language in row.vendors}
    assert {
        "first_name", "last_name", "full_name", "title", "company", "email", "departments", "work_direct_phone",
        "mobile_phone", "employees", "industry", "website", "city", "state", "country", "company_address",
        "annual_revenue", "created_at", "founded_year", "person_linkedin_url",
    } <= fields  # fmt: skip
