"""Links, which tell by themselves what they lead to."""

from typing import Any

import pytest

from indexing.items import contact_reader
from indexing.sources.columns import map_columns
from search.fields import ContactCompleteItem


def item(cells: dict[str, Any]) -> ContactCompleteItem:
    """What a row makes, of a source with these headers and cells."""
    return contact_reader(map_columns(list(cells)))(list(cells.values())).contact


def test_a_profile_with_a_name_goes_before_one_with_the_members_number() -> None:
    number, name = "https://www.linkedin.com/in/ACwAAAb1c", "https://www.linkedin.com/in/ann"
    headers = {"email": "a@one.example", "linkedInProfileUrl": number}
    both = item({**headers, "defaultProfileUrl": name})
    assert (both.person_linkedin_url, both.custom) == (name, {"linkedInProfileUrl": number})
    assert item({**headers, "defaultProfileUrl": ""}).person_linkedin_url == number
    assert item({**headers, "defaultProfileUrl": number}).custom is None
    swapped = item({**headers, "linkedInProfileUrl": name, "defaultProfileUrl": number})
    assert (swapped.person_linkedin_url, swapped.custom) == (name, {"defaultProfileUrl": number})


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
