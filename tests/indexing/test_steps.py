"""What few sources need of a reader: several columns for one field, whole names and places, ids, further columns."""

from typing import Any

import pytest

from indexing.items import Draft, contact_reader
from indexing.sources.columns import map_columns
from search.fields import ContactCompleteItem


def draft(cells: dict[str, Any], overrides: dict[str, str] | None = None) -> Draft:
    """What a row makes, of a source with these headers and cells."""
    return contact_reader(map_columns(list(cells), overrides))(list(cells.values()))


def item(cells: dict[str, Any]) -> ContactCompleteItem:
    return draft(cells).contact


# Several columns for one field


def test_the_next_column_fills_a_gap_and_what_differs_is_kept() -> None:
    headers = ["First Name", "Title", "Job Title", "Headline"]
    read = contact_reader(map_columns(headers))
    assert read(["Ann", "CEO", "", ""]).contact == ContactCompleteItem("", first_name="Ann", title="CEO")
    other = read(["Ann", "Boss", "CEO", "CEO"]).contact
    assert (other.title, other.custom) == ("CEO", {"Title": "Boss"})


def test_a_gap_is_also_what_can_not_be_read_or_stands_for_nothing() -> None:
    found = draft({"First Name": "Ann", "Employees": "many", "Employee Range": "51-200"})
    assert (found.contact.employees, [repair.column for repair in found.repairs]) == (51, ["Employees"])
    assert item({"First Name": "Ann", "Employees": "N/A", "Employee Range": "51-200"}).employees == 51
    assert draft({"First Name": "Ann", "Employees": "5", "Employee Range": "few"}).repairs[0].column == "Employee Range"
    assert item({"First Name": "Ann", "Employees": "120", "Employee Range": "120.0"}).custom is None


def test_a_second_column_of_a_name_is_kept_under_its_number() -> None:
    headers, cells = ["First Name", "City", "City", "Note", "Note"], ["Ann", "Austin", "Boston", "x", "y"]
    found = contact_reader(map_columns(headers))(cells).contact
    assert (found.city, found.custom) == ("Austin", {"City (2)": "Boston", "Note": "x", "Note (2)": "y"})


def test_a_form_of_address_is_nobodys_job() -> None:
    found = item({"First Name": "Ann", "Title": "Ms.", "Job Title": "CEO"})
    assert (found.title, found.custom) == ("CEO", {"Title": "Ms."})
    alone = item({"First Name": "Ann", "Title": "Mr."})
    assert (alone.title, alone.custom) == (None, {"Title": "Mr."})


def test_elements_of_a_list_are_joined() -> None:
    cells = {"email": "a@one.example", "departments/0": "legal, tax", "departments/1": "", "departments/2": "sales"}
    assert item(cells).departments == ("legal, tax", "sales")
    assert item({"email": "a@one.example", "departments/0": ""}).departments is None
    assert item({"email": "a@one.example", "industries/0": "banking", "industries/1": "law"}).industry == "banking; law"


def test_several_addresses_take_the_places_that_are_free() -> None:
    found = item({"First Name": "Ann", "Email": "a@one.example; b@one.example", "Secondary Email": "c@one.example"})
    assert (found.email, found.secondary_email, found.tertiary_email) == (
        "a@one.example", "c@one.example", "b@one.example",
    )  # fmt: skip
    many = item({"First Name": "Ann", "Email": "a@one.example, b@one.example, c@one.example, d@one.example"})
    assert (many.email, many.tertiary_email, many.custom) == (
        "a@one.example",
        "c@one.example",
        {"Email": "d@one.example"},
    )
    twice = item({"First Name": "Ann", "Email": "a@one.example", "Work Email": "A@One.example"})
    assert (twice.email, twice.secondary_email) == ("a@one.example", None)


def test_a_personal_address_is_the_address_if_there_is_no_other() -> None:
    headers = ["First Name", "Personal Email", "Work Email"]
    read = contact_reader(map_columns(headers))
    assert read(["Ann", "a@home.example", ""]).contact.email == "a@home.example"
    both = read(["Ann", "a@home.example", "a@one.example"]).contact
    assert (both.email, both.secondary_email, both.custom) == ("a@one.example", "a@home.example", None)
    two = read(["Ann", "a@home.example b@home.example", "a@one.example"]).contact
    assert (two.secondary_email, two.tertiary_email) == ("a@home.example", "b@home.example")


# Ids


def test_ids_have_the_source_that_names_them() -> None:
    cells = {"Email": "a@one.example", "Id": "1", "Apollo Contact Id": "2", "Apollo Account Id": "3", "Contact Id": "1"}
    found = item(cells)
    assert (found.uuid, found.foreign_ids) == ("", {"apollo": "2"})
    assert found.custom == {"Apollo Account Id": "3", "Id": "1", "Contact Id": "1"}
    assert item({"Email": "a@one.example", "Id": "1"}).foreign_ids == {"file": "1"}
    assert item({"Email": "a@one.example", "Id": "N/A"}).foreign_ids is None


def test_an_object_of_ids_comes_back_and_others_join_it() -> None:
    cells = {"Email": "a@one.example", "Id": "1", "foreign_ids": '{"hubspot": "7", "file": "2"}'}
    found = item(cells)
    assert (found.foreign_ids, found.custom) == ({"hubspot": "7", "file": "2"}, {"Id": "1"})
    bad = draft({"Email": "a@one.example", "foreign_ids": "7"})
    assert (bad.contact.foreign_ids, bad.repairs[0].field) == (None, "foreign_ids")
    assert draft({"Email": "a@one.example", "Id": "1.2E+17"}).repairs[0].text == "1.2E+17"


def test_a_sales_profile_is_an_id_and_the_other_profile_the_address() -> None:
    sales = "https://www.linkedin.com/sales/lead/ACw1,NAME_SEARCH,x"
    found = item({"email": "a@one.example", "profileUrl": sales, "vmid": ""})
    assert (found.person_linkedin_url, found.foreign_ids) == (sales, {"sales_navigator": "ACw1"})
    assert item({"email": "a@one.example", "person_linkedin_url": sales}).foreign_ids == {"sales_navigator": "ACw1"}
    both = item({"email": "a@one.example", "profileUrl": sales, "defaultProfileUrl": "https://www.linkedin.com/in/ann"})
    assert both.person_linkedin_url == "https://www.linkedin.com/in/ann"
    assert (both.foreign_ids, both.custom) == ({"sales_navigator": "ACw1"}, {"profileUrl": sales})


# Links

PERSON, COMPANY = "https://www.linkedin.com/in/ann", "https://www.linkedin.com/company/one"


@pytest.mark.parametrize("header", ["URL", "Link", "Prospect URL"])
def test_a_link_tells_by_itself_what_it_leads_to(header: str) -> None:
    row = {"Vorname": "Ann", "Firma": "One"}
    assert item({**row, header: PERSON}).person_linkedin_url == PERSON
    assert item({**row, header: COMPANY}).company_linkedin_url == COMPANY
    other = item({**row, header: "https://one.example/blog"})
    assert (other.website, other.custom) == (None, {header: "https://one.example/blog"})
    assert item({**row, header: "N/A"}).custom is None
    both = item({**row, "LinkedIn": PERSON, header: "https://www.linkedin.com/in/bob"})
    assert (both.person_linkedin_url, both.custom) == (PERSON, {header: "https://www.linkedin.com/in/bob"})
    sales = item({**row, "LinkedIn": PERSON, header: "https://www.linkedin.com/sales/lead/ACw1,x"})
    assert (sales.person_linkedin_url, sales.foreign_ids) == (PERSON, {"sales_navigator": "ACw1"})


def test_an_empty_link_empties_no_field() -> None:
    assert "person_linkedin_url" not in map_columns(["Vorname", "URL"]).covers


def test_the_url_of_a_company_may_be_its_page_on_linkedin() -> None:
    def told(*cells: str) -> tuple[Any, ...]:
        read = contact_reader(map_columns(["email", "Company URL", "Company Domain", "Company LinkedIn"]))
        found = read(["a@one.example", *cells]).contact
        return found.website, found.company_linkedin_url, found.custom

    assert told("one.example", "", "") == ("one.example", None, None)
    assert told(COMPANY, "", "") == (None, COMPANY, None)
    assert told(COMPANY, "one.example", "") == ("one.example", COMPANY, None)
    assert told(COMPANY, "one.example", "two") == ("one.example", "two", {"Company URL": COMPANY})
    assert told("", COMPANY, "") == (None, COMPANY, None)
    assert told("one.example", "two.example", "") == ("one.example", None, {"Company Domain": "two.example"})


# Names and places


@pytest.mark.parametrize(
    ("first", "last", "whole", "name", "kept"),
    [
        ("", "", "Ann Alpha", ("Ann", "Alpha"), False),
        ("", "", "Dr. Ann Alpha", ("Ann", "Alpha"), True),
        ("Ann", "", "Ann Alpha", ("Ann", "Alpha"), False),
        ("Ann", "", "Ann Marie Alpha", ("Ann", "Marie Alpha"), False),
        ("", "Alpha", "Alpha, Ann", ("Ann", "Alpha"), True),
        ("Ann", "Alpha", "Ann Alpha", ("Ann", "Alpha"), False),
        ("Ann", "Alpha", "Bob Beta", ("Ann", "Alpha"), True),
        ("Ann", "", "Bob Beta", ("Ann", None), True),
        ("Ann", "Alpha", "N/A", ("Ann", "Alpha"), False),
    ],
)
def test_a_whole_name_is_taken_apart_where_its_parts_are_missing(
    first: str, last: str, whole: str, name: tuple[str, str], kept: bool
) -> None:
    found = item({"email": "a@one.example", "First Name": first, "Last Name": last, "Full Name": whole})
    assert (found.first_name, found.last_name) == name
    assert found.custom == ({"Full Name": whole} if kept else None)


def test_an_address_is_no_name() -> None:
    found = draft({"Name": "ann@one.example", "Email": "ann@one.example"})
    assert (found.contact.first_name, found.repairs[0].column) == (None, "Name")


def test_a_place_is_taken_apart_where_its_parts_are_missing() -> None:
    whole = "Austin, Texas, United States"
    read = contact_reader(map_columns(["email", "City", "State", "Country", "Location", "Headquarters"]))

    def place(*cells: str) -> tuple[Any, ...]:
        found = read(["a@one.example", *cells, "Berlin, Germany"]).contact
        assert (found.company_city, found.company_country) == ("Berlin", "Germany")
        return found.city, found.state, found.country, found.custom

    assert place("", "", "", whole) == ("Austin", "Texas", "United States", None)
    assert place("Austin", "", "", whole) == ("Austin", "Texas", "United States", None)
    assert place("Austin", "TX", "USA", whole) == ("Austin", "TX", "USA", None)
    assert place("Boston", "", "", whole) == ("Boston", None, None, {"Location": whole})
    assert place("Austin", "", "", "Austin, TX 78701") == ("Austin", "TX", None, {"Location": "Austin, TX 78701"})
    assert place("Boston", "", "", "N/A") == ("Boston", None, None, None)


# Columns that mean nothing


def test_further_columns_are_kept_and_an_object_of_them_comes_back() -> None:
    found = item({"Email": "a@one.example", "Note": " x ", "Empty": " ", "custom": '{"Old": "y", "Note": "z"}'})
    assert found.custom == {"Note": "z", "Old": "y"}
    bad = draft({"Email": "a@one.example", "custom": "[1]"})
    assert (bad.contact.custom, bad.repairs[0].field) == (None, "custom")
    typed = item({"Email": "a@one.example", "Note": 5, "Flag": True, "Tags": ["a", "b"]})
    assert typed.custom == {"Note": "5", "Flag": "true", "Tags": "a; b"}


def test_what_there_is_no_room_for_is_told() -> None:
    many = draft({"Email": "a@one.example", **{f"x{at}": "y" for at in range(202)}})
    assert len(many.contact.custom or {}) == 200
    assert [(repair.column, repair.unreadable) for repair in many.repairs] == [("x200", False), ("x201", False)]
    long = draft({"Email": "a@one.example", "a": "ä" * 16_000, "b": "b" * 1000, "c": "c" * 100})
    assert list(long.contact.custom or {}) == ["a", "c"]
    assert [repair.column for repair in long.repairs] == ["b"]


def test_several_values_in_a_cell_of_google_contacts() -> None:
    found = item(
        {
            "First Name": "Ann", "E-mail 1 - Value": "a@one.example ::: b@one.example",
            "Phone 1 - Value": "+1 1 ::: +1 2", "Labels": "VIP ::: Friends", "Notes": "x ::: y",
            "Phonetic First Name": 5,
        }
    )  # fmt: skip
    assert (found.email, found.secondary_email) == ("a@one.example", "b@one.example")
    assert (found.work_direct_phone, found.lists) == ("+1 1", ("VIP", "Friends"))
    assert found.custom == {"Phone 1 - Value": "+1 1 ::: +1 2", "Notes": "x ::: y", "Phonetic First Name": "5"}


def test_a_column_of_thousands() -> None:
    found = item(
        {"Email": "a@one.example", "Revenue (in 000s USD)": "12,345", "Revenue Range (in USD)": "$10 mil. - $25 mil."}
    )
    assert (found.annual_revenue, found.custom) == (12_345_000, {"Revenue Range (in USD)": "$10 mil. - $25 mil."})
