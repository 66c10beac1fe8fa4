"""What the headers of a source mean."""

import pytest

from indexing.sources.columns import known_headers, map_columns
from mappings.errors import SourceError
from search.fields import CONTACT_FIELDS, ITEM_FIELDS

APOLLO = [
    "First Name", "Last Name", "Title", "Company", "Company Name for Emails", "Email", "Email Status",
    "Primary Email Catch-all Status", "Seniority", "Departments", "Work Direct Phone", "Home Phone", "Mobile Phone",
    "Corporate Phone", "Other Phone", "Stage", "# Employees", "Industry", "Keywords", "Person Linkedin Url", "Website",
    "Company Linkedin Url", "Facebook Url", "Twitter Url", "City", "State", "Country", "Company Address",
    "Company City", "Company State", "Company Country", "Company Phone", "Technologies", "Annual Revenue",
    "Total Funding", "Latest Funding", "Latest Funding Amount", "Last Raised At",
]  # fmt: skip
TO_NAMES = str.maketrans(" -", "__")


def test_an_apollo_export_is_known_whole() -> None:
    mapping = map_columns(APOLLO)
    assert mapping.unknown == ()
    assert len(set(mapping.fields) & set(ITEM_FIELDS)) == len(APOLLO)
    assert mapping.fields == tuple(header.lower().replace("# ", "").translate(TO_NAMES) for header in APOLLO)


def test_field_names_are_known_in_any_spelling() -> None:
    assert map_columns(ITEM_FIELDS).fields == ITEM_FIELDS
    assert map_columns(["FIRST-NAME", "  last_name ", "E-mail", "Job Title", "e mail address"]).fields == (
        "first_name",
        "last_name",
        None,
        "title",
        None,
    )


def test_overrides_win_and_take_the_field_from_others() -> None:
    mapping = map_columns(["Email", "Work Email", "Note"], {"work email": "email", "Note": "stage"})
    assert mapping.fields == (None, "email", "stage")
    assert mapping.unknown == ("Email",)


def test_the_first_of_several_columns_counts() -> None:
    assert map_columns(["Company", "Organization", "Email"]).fields == ("company", None, "email")


def test_ignored_headers_are_dropped_in_silence() -> None:
    mapping = map_columns(["email", "changed_at", "x"], ignored={"changed_at"})
    assert (mapping.fields, mapping.unknown) == (("email", None, None), ("x",))


@pytest.mark.parametrize(
    ("headers", "overrides", "said"),
    [
        (["x", "y"], {}, "no column is known"),
        (["email"], {"email": "mail"}, "no field is named 'mail'"),
        (["email"], {"mail": "email"}, "no column 'mail'"),
    ],
)
def test_what_makes_no_sense_is_said(headers: list[str], overrides: dict[str, str], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        map_columns(headers, overrides)


def test_known_headers_tell_delimiters_apart() -> None:
    assert known_headers(["Email", "Title", "x"]) == 2
    assert known_headers(["Email;Title"]) == 0


def test_every_header_of_the_field_table_means_its_field_alone() -> None:
    for field, row in CONTACT_FIELDS.items():
        for header in row.headers:
            assert map_columns([header.upper().replace(" ", "-")]).fields == (field,)
