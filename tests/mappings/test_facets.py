"""The table of facets, and what a search becomes by switching a value of one."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given

from mappings.canonical import Canonical, canonical, url_of
from mappings.clauses import clauses_of
from mappings.contact_filter import map_url
from mappings.facets import Choice, FacetRow, bounds_of, choices, facet_rows, names, range_label
from mappings.parameters import given_parameters, parameter_of
from mappings.predicates import all_of
from mappings.url import parse
from search.fields import FACETS, SEARCH_FIELDS, Kind
from tests.harness.strategies import urls

PEOPLE = "https://app.apollo.io/#/people"
TODAY = date(2026, 1, 1)
ROWS = facet_rows()


def beside(name: str, query: str = "") -> Choice:
    return beside_search(ROWS[name], canonical(parse(f"{PEOPLE}?{query}")))


def beside_search(row: FacetRow, searched: Canonical) -> Choice:
    [found] = choices([row], searched, TODAY)
    return found


def test_there_is_a_row_for_each_field_that_contacts_are_counted_by() -> None:
    assert {row.name: row.field for row in ROWS.values()} == FACETS
    assert [row.name for row in ROWS.values() if row.closed] == [
        "seniority", "departments", "email_status", "industries", "employees", "annual_revenue", "funding_stage",
        "person_country", "company_country",
    ]  # fmt: skip
    for row in ROWS.values():
        assert row.parameter is None or parameter_of(row.parameter).reason is None, row.name
        assert row.found_in is None or row.found_in in SEARCH_FIELDS, row.name
        assert bool(row.ranges) == (SEARCH_FIELDS[row.field].kind is Kind.NUMBER) == bool(row.source), row.name
    assert names([ROWS["title"], ROWS["company"]]) == "title, company"


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.ranges])
def test_no_two_ranges_have_a_number_in_common(name: str) -> None:
    bounds = [bounds_of(value) for value in ROWS[name].ranges]
    assert all(one[1] + 1 == other[0] for one, other in pairwise(bounds))  # type: ignore[operator]
    assert bounds[-1][1] is None


@pytest.mark.parametrize(
    ("value", "label"),
    [("1,10", "1 to 10"), ("10001", "10,001 or more"), (",9", "9 or less"), ("5,5", "5"), ("", "any")],
)
def test_a_range_is_told_in_words(value: str, label: str) -> None:
    assert range_label(value) == label


@pytest.mark.parametrize(
    ("name", "value", "label", "query", "exact"),
    [
        ("seniority", "c_suite", "C-Level", "personSeniorities[]=c_suite", True),
        ("seniority", "chief_cook", "Chief Cook", "personSeniorities[]=chief_cook", True),
        ("departments", "master_sales", "Master Sales", "personDepartmentOrSubdepartments[]=master_sales", False),
        ("departments", "sales", "Sales", "personDepartmentOrSubdepartments[]=sales", True),
        ("email_status", "unavailable", "No email", "contactEmailStatusV2[]=unavailable", True),
        ("industries", "banking", "Banking", "organizationIndustryTagIds[]=5567ce237369644ee5490000", True),
        ("industries", "underwater knitting", "Underwater knitting", "", False),
        ("employees", "11,20", "11 to 20", "organizationNumEmployeesRanges[]=11%2C20", True),
        ("annual_revenue", "1000000000", "1,000,000,000 or more", "organizationRevenueRanges[]=1000000000", True),
        ("funding_stage", "seed", "Seed", "organizationLatestFundingStageCd[]=0", True),
        ("person_country", "united states", "USA", "personLocations[]=United%20States", False),
        ("person_country", "georgia", "Georgia", "personLocations[]=Georgia", False),
        ("person_state", "california", "CA", "personLocations[]=California", False),
        ("company_city", "paris", "Paris, Texas", "organizationLocations[]=paris", False),
        ("employees", "10001", "10,001 or more", "organizationNumEmployeesRanges[]=10001", True),
        ("company_city", "san francisco", "San Francisco", "organizationLocations[]=San%20Francisco", False),
        ("title", "chief executive officer", "CEO", "personTitles[]=CEO", True),
        ("title", "manager project", "Manager, Project", "personTitles[]=Manager%2C%20Project", True),
        ("company", "acme inc", "Acme, Inc", "qOrganizationName=Acme%2C%20Inc", False),
        ("technologies", "google analytics", "Google Analytics",
         "currentlyUsingAnyOfTechnologyUids[]=Google%20Analytics", False),
        ("keywords", "saas", "SaaS", "qOrganizationKeywordTags[]=SaaS", False),
        ("created_month", "2024-01", "2024-01", "", False),
    ],
)  # fmt: skip
def test_a_value_is_asked_for_as_apollo_writes_it(name: str, value: str, label: str, query: str, exact: bool) -> None:
    switch = beside(name).switched(value, label)
    url = f"{PEOPLE}?{query}" if query else None
    assert (switch.chosen, switch.url, switch.exact) == (False, url, exact)
    if url is not None:
        again = beside(name, query).switched(value, label)
        assert (again.chosen, again.url, again.exact) == (True, PEOPLE, exact)


def test_the_other_parameters_stay_and_the_other_values_of_its_own() -> None:
    query = "personSeniorities[]=vp&personSeniorities[]=c_suite&personTitles[]=CEO"
    found = beside("seniority", query)
    assert found.left_out == "personSeniorities[]"
    assert dict(found.chosen) == {"vp": ("vp",), "c_suite": ("c_suite",)}
    assert found.switched("vp", "VP").url == f"{PEOPLE}?personTitles[]=CEO&personSeniorities[]=c_suite"
    assert found.switched("owner", "Owner").url == f"{PEOPLE}?personTitles[]=CEO" + "".join(
        f"&personSeniorities[]={value}" for value in ("c_suite", "owner", "vp")
    )
    assert beside("created_month", query).left_out is None
    assert beside("email_status", query).left_out is None


@pytest.mark.parametrize(
    ("name", "query", "chosen"),
    [
        ("person_country", "personLocations[]=USA", {"united states": ("United States",)}),
        ("person_state", "personLocations[]=USA", {}),
        ("person_country", "personLocations[]=Georgia", {"georgia": ("Georgia",)}),
        ("person_state", "personLocations[]=Georgia", {"georgia": ("Georgia",)}),
        ("person_city", "personLocations[]=Georgia", {}),
        ("person_city", "personLocations[]=Berlin", {"berlin": ("Berlin",)}),
        ("person_city", "personLocations[]=Berlin, Germany", {}),
        ("person_country", "personLocations[]=EMEA", {}),
        (
            "title",
            "personTitles[]=Project Manager&includeSimilarTitles=true",
            {"manager project": ("Project Manager",)},
        ),
        ("company", "qOrganizationName=Acme", {"acme": ("Acme",)}),
        ("keywords", "qOrganizationKeywordTags[]=B2B-SaaS", {"b2b saas": ("B2B-SaaS",)}),
        ("employees", "organizationNumEmployeesRanges[]=5,60", {"5,60": ("5,60",)}),
        ("industries", "organizationIndustryTagIds[]=000000000000000000000000", {}),
    ],
)
def test_what_is_chosen_is_read_of_the_parameter(name: str, query: str, chosen: dict[str, tuple[str, ...]]) -> None:
    found = beside(name, query)
    assert dict(found.chosen) == chosen
    if ROWS[name].ranges:
        assert found.ranges == (*ROWS[name].ranges, "5,60")


def test_where_the_parameter_looks_elsewhere_it_does_not_find_the_value() -> None:
    query = "qOrganizationKeywordTags[]=x&includedOrganizationKeywordFields[]=name"
    assert beside("keywords", query).switched("saas", "SaaS").url is None
    similar = "personTitles[]=CEO&includeSimilarTitles=true"
    switch = beside("title", similar).switched("manager project", "Project Manager")
    assert (switch.url is not None, switch.exact) == (True, False)


@given(urls)
def test_whatever_is_chosen_can_be_left_out_again(url: str) -> None:
    searched = canonical(parse(url))
    for row in ROWS.values():
        found = beside_search(row, searched)
        for value in found.chosen:
            switch = found.switched(value, value)
            assert switch.chosen
            assert switch.url is not None
            assert value not in beside_search(row, canonical(parse(switch.url))).chosen


@given(urls)
def test_without_a_parameter_all_its_clauses_hold_but_one(url: str) -> None:
    parsed = parse(url)
    clauses, given_there = clauses_of(parsed, TODAY), given_parameters(parsed.pairs)
    for left_out in (None, *[parameter.name for parameter, _ in given_there if parameter.steers is None]):
        others = all_of([clause.predicate for clause in clauses if clause.name != left_out])
        pairs = [(each.name, value) for each, values in given_there if each.name != left_out for value in values]
        assert others == map_url(url_of(pairs), TODAY).filter.predicate


@given(urls)
def test_a_url_that_is_written_but_for_one_parameter_is_that_of_the_search(url: str) -> None:
    searched = canonical(parse(url))
    for row in ROWS.values():
        if (name := row.parameter) is not None:
            around, now = searched.around(name), searched.values(name)
            for several in (now, now[1:], (), (*now, "x")):
                assert around.url(several) == searched.only(name, several).url
