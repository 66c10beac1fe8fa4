"""What is looked up in place of values of open fields that nobody has, and what may be meant by what was found."""

from datetime import date

import pytest

from mappings.clauses import clauses_of
from mappings.existing import MOST_LOOKED_UP, MOST_OFFERED, Lacking, alike, lacking
from mappings.explanation import explanation
from mappings.facets import facet_rows
from mappings.predicates import MatchAll
from mappings.url import parse

PEOPLE = "https://app.apollo.io/#/people?"
TODAY = date(2026, 1, 1)


def lacked(query: str, *having: str) -> tuple[Lacking, ...]:
    """What nobody has of a query, but for the values that contacts have."""
    of = explanation(clauses_of(parse(PEOPLE + query), TODAY), (), lambda _: MatchAll())
    counts = dict.fromkeys(of.predicates(), 0)
    for part in of.parameters:
        counts |= {value.predicate: 1 for value in part.shown if value.value in having}
    return lacking(of, counts)


@pytest.mark.parametrize(
    ("query", "facets"),
    [
        ("personTitles[]=marketing", ["title"]),
        ("personNotTitles[]=marketing", ["title"]),
        ("qPersonTitle=marketing ninja", ["title"]),
        ("qPersonTitle=marketing OR ninja", ["title"]),
        ("personLocations[]=Berln, Germny", ["person_country", "person_state", "person_city"]),
        ("organizationNotLocations[]=Berln", ["company_country", "company_state", "company_city"]),
        ("qOrganizationName=acmme.example", ["company"]),
        ("currentlyUsingAnyOfTechnologyUids[]=sales_forc", ["technologies"]),
        ("qOrganizationKeywordTags[]=saaas", ["keywords"]),
    ],
)
def test_a_value_is_looked_up_by_the_facets_that_have_its_like(query: str, facets: list[str]) -> None:
    [found] = lacked(query)
    assert [row.name for row in found.rows] == facets


@pytest.mark.parametrize(
    "query",
    [
        "personSeniorities[]=directr",
        "qPersonTitle=-marketing",
        "qKeywords=nothing",
        "qPersonName=nobody",
        "organizationNumEmployeesRanges[]=1,2",
        "qOrganizationDomainsList[]=nobody.example",
        "existFields[]=email",
    ],
)
def test_closed_vocabularies_numbers_and_what_has_no_facet_are_left_out(query: str) -> None:
    assert lacked(query) == ()


def test_the_first_that_nobody_has() -> None:
    query = "&".join(f"personTitles[]=t{number}" for number in range(9))
    assert [each.value.value for each in lacked(query, "t0")] == [
        f"t{number}" for number in range(1, MOST_LOOKED_UP + 1)
    ]


def test_what_was_found_is_offered_as_it_is_written_in_a_url_each_once() -> None:
    url = parse(f"{PEOPLE}personTitles[]=marketing&personTitles[]=CEO")
    [title] = lacked("personTitles[]=marketing&personTitles[]=CEO", "CEO")
    found = ["Marketing Manager", "Manager, Marketing", "MARKETING", "VP; Marketing", "of", ""]
    wanting = title.wanting(found, url, TODAY, MOST_OFFERED)
    assert [each.text for each in wanting.candidates] == ["Marketing Manager", "VP; Marketing", "of"]
    assert len(title.wanting(found, url, TODAY, 1).candidates) == 1
    [place] = lacked("personLocations[]=Berln")
    several = ["Berlin", "Berlin; Paris", "Austin, TX"]
    assert [each.text for each in place.wanting(several, url, TODAY, MOST_OFFERED).candidates] == [
        "Berlin",
        "Austin, Texas",
    ]


def test_slips_are_told_from_other_words() -> None:
    rows = facet_rows()
    assert alike(rows["person_city"], "Berln", ["paris", "berlin", "bern"])[0] == "berlin"
    assert alike(rows["person_city"], "Atlantis", ["atlanta", "paris"]) == []
    keys = ["manager marketing", "chief executive officer"]
    assert alike(rows["title"], "Marketing Mangager", keys) == ["manager marketing"]
