"""What the columns of a source mean."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.sources.columns import known_headers, map_columns
from mappings.errors import SourceError
from search.fields import ALL_FIELDS, ITEM_FIELDS

APOLLO = [
    "First Name", "Last Name", "Title", "Company", "Company Name for Emails", "Email", "Email Status",
    "Primary Email Catch-all Status", "Seniority", "Departments", "Work Direct Phone", "Home Phone", "Mobile Phone",
    "Corporate Phone", "Other Phone", "Stage", "# Employees", "Industry", "Keywords", "Person Linkedin Url", "Website",
    "Company Linkedin Url", "Facebook Url", "Twitter Url", "City", "State", "Country", "Company Address",
    "Company City", "Company State", "Company Country", "Company Phone", "Technologies", "Annual Revenue",
    "Total Funding", "Latest Funding", "Latest Funding Amount", "Last Raised At",
]  # fmt: skip
SAVED = [
    "Sub Departments", "Secondary Email", "Tertiary Email", "Short Description", "SIC Codes", "NAICS Codes",
    "Founded Year", "Lists", "Contact Owner", "Account Owner", "Do Not Call", "Last Contacted",
]  # fmt: skip
TO_NAMES = str.maketrans(" -", "__")


def test_an_apollo_export_is_known_whole() -> None:
    mapping = map_columns(APOLLO)
    assert mapping.unknown == ()
    assert mapping.fields == tuple(header.lower().replace("# ", "").translate(TO_NAMES) for header in APOLLO)
    assert mapping.vendor == "apollo"


def test_an_export_of_saved_contacts_is_known_too() -> None:
    mapping = map_columns([*APOLLO, *SAVED, "Apollo Contact Id", "Email Confidence", "Number of Retail Locations"])
    assert mapping.unknown == ("Email Confidence", "Number of Retail Locations")
    assert set(mapping.fields) >= set(ALL_FIELDS[len(ITEM_FIELDS) :]) - {"custom"}
    assert mapping.covers >= {"sic_codes", "do_not_call"}
    assert "foreign_ids" not in mapping.covers


def test_our_own_names_are_known() -> None:
    mapping = map_columns(ALL_FIELDS)
    assert mapping.fields == ALL_FIELDS
    assert mapping.covers == set(ALL_FIELDS)


@pytest.mark.parametrize(
    ("headers", "order"),
    [
        (["Title", "Job Title"], [1, 0]), (["Job Title", "Title"], [0, 1]), (["Title", "title"], [0, 1]),
        (["Position", "Headline", "Title"], [0, 2, 1]),
    ],
)  # fmt: skip
def test_the_best_name_wins_wherever_it_stands(headers: list[str], order: list[int]) -> None:
    mapping = map_columns(["Email", *headers])
    assert mapping.places_of("title") == [(at + 1,) for at in order]


def test_elements_of_a_list_are_read_together() -> None:
    mapping = map_columns(["email", "departments/0", "departments/1", "Department"])
    assert mapping.places_of("departments") == [(1, 2), (3,)]


def test_a_name_twice_is_numbered() -> None:
    mapping = map_columns(["Email", "Note", "Note", "Note (2)", "", "Note", ""])
    assert [column.name for column in mapping.columns] == [
        "Email", "Note", "Note (3)", "Note (2)", "Column 5", "Note (4)", "Column 7",
    ]  # fmt: skip


@given(st.lists(st.sampled_from(["x", "y", "x (2)", "", "Column 2"]), max_size=8))
def test_all_names_are_different(headers: list[str]) -> None:
    names = [column.name for column in map_columns(["Email", *headers]).columns]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["Name", "Email"], ["full_name", "email"]),
        (["Vorname", "Name"], ["first_name", "last_name"]),
        (["Nom", "Prénom"], ["last_name", "first_name"]),
        (["Nombre", "Apellidos"], ["first_name", "last_name"]),
        (["First Name", "Last Name", "Name"], ["first_name", "last_name", "full_name"]),
        (["Name", "Company", "# Employees"], ["full_name", "company", "employees"]),
        (["Name", "Title", "Industry"], ["full_name", "title", "industry"]),
        (["Name", "# Employees", "LinkedIn"], ["company", "employees", "person_linkedin_url"]),
    ],
)
def test_a_name_is_what_the_other_columns_leave_for_it(headers: list[str], fields: list[str]) -> None:
    assert list(map_columns(headers).fields) == fields


def test_overrides_win_and_the_others_fill_the_gaps() -> None:
    mapping = map_columns(["Email", "Work Email", "Note"], {"work email": "email", "Note": "stage"})
    assert mapping.fields == ("email", "email", "stage")
    assert mapping.places_of("email") == [(1,), (0,)]
    assert mapping.unknown == ()


def test_an_override_leaves_a_column_out_or_names_one_of_several() -> None:
    mapping = map_columns(["Email", "City", "City", "Note"], {"City (2)": "company_city", "Note": ""})
    assert (mapping.fields, mapping.unknown) == (("email", "city", "company_city", None), ())


def test_an_override_can_name_what_is_taken_apart_an_id_and_the_uuid() -> None:
    overrides = {
        "Who": "full_name",
        "Where": "location",
        "Nr": "foreign_ids",
        "Key": "uuid",
        "Umsatz in T€": "annual_revenue",
    }
    mapping = map_columns(["Who", "Where", "Nr", "Key", "Umsatz in T€"], overrides)
    assert mapping.fields == ("full_name", "location", "foreign_ids", "uuid", "annual_revenue")
    assert mapping.columns[2].source == "file"
    assert mapping.columns[4].scale == 1000
    assert mapping.covers == {"first_name", "last_name", "city", "state", "country", "uuid", "annual_revenue"}


def test_ids_are_of_the_source_that_the_headers_show() -> None:
    def source(*headers: str) -> str:
        return map_columns(["Email", "Id", *headers]).columns[1].source

    assert source() == "file"
    assert source("Lifecycle Stage") == "hubspot"
    assert map_columns(["Email", "Apollo Contact Id"]).columns[1].source == "apollo"
    assert map_columns(["Email", "foreign_ids"]).columns[1].source == ""


def test_ignored_headers_are_dropped_in_silence() -> None:
    mapping = map_columns(["email", "changed_at", "x"], ignored={"changed_at"})
    assert (mapping.fields, mapping.unknown) == (("email", None, None), ("x",))


@pytest.mark.parametrize(
    ("headers", "overrides", "said"),
    [
        (["Ann", "Alpha", "ann@one.example"], {}, "none of the 3 columns is known"),
        (["email"], {"email": "mail"}, "no field is named 'mail'"),
        (["email", "Ann"], {"mail": "email"}, "no column 'mail'; of its 2 columns these are known: email"),
        (["Ann"], {"mail": "email"}, "these are known: none"),
        (["Company Name", "# Employees", "Website", "Ann"], {}, "tell nothing of people.*known are Company Name"),
        (["Name", "Industry", "Website"], {}, "tell nothing of people"),
        (["Company", "Phone", "City"], {}, "tell nothing of people"),
    ],
)
def test_what_makes_no_sense_is_said_and_no_cell_shown(
    headers: list[str], overrides: dict[str, str], said: str
) -> None:
    with pytest.raises(SourceError, match=said) as error:
        map_columns(headers, overrides)
    assert "Ann" not in str(error.value)


def test_known_headers_tell_delimiters_apart() -> None:
    assert known_headers(["Email", "Title", "x"]) == 2
    assert known_headers(["Email;Title"]) == 0


def test_columns_cross_to_other_processes() -> None:
    mapping = map_columns(APOLLO)
    assert mapping.covers
    assert pickle.loads(pickle.dumps(mapping)) == mapping
    assert len({mapping, map_columns(APOLLO)}) == 1
