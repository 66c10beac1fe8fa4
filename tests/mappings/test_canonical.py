"""Canonical URLs: one text for all ways to write a search, which is read as the same search."""

from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.canonical import Canonical, canonical, value_of
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.errors import ContactsError, ForeignUrl, InvalidField, InvalidParameter
from mappings.fingerprint import fingerprint
from mappings.parameters import known_parameters, parameter_of
from mappings.url import ApolloUrl, parse
from tests.harness.urls import respelled

PEOPLE = "https://app.apollo.io/#/people"
TODAY = date(2024, 3, 31)
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()
NAMES = [parameter.name for parameter in known_parameters()]
MAPPED = [parameter.name for parameter in known_parameters() if parameter.reason is None]
VALUES = (
    "CEO", "ceo", " Chief Executive Officer", "VP of Sales", "of", "a OR -b", "x OR ", " OR\tOR y", "-acme.example",
    "R&D", "USA", "the united states", "San Francisco, CA, US", "Berlin, DE", "England", "EMEA, APAC",
    "Korea, Republic of", "Washington DC", "Georgia", "a,b;c|d", "1,10", "11-50", "10001", "10,001+", ",50", "$1.5M",
    "0", "60_days_ago", "today", "2_week_ago", "2024-06-30T10:00", "5567ce1f7369643b78570000", "Accounting",
    "airlines & aviation", "Seed", "3", "7372 Prepackaged Software", "31-33", "https://www.Acme.example/x",
    "http://de.linkedin.com/in/Jane-Doe/?x=1", "c-level", "Engineering & Technical", "master_sales", "verified",
    "true", "false", "tags", "Company", "person_email", "employees", "[none]", "employees,title", '["a, b","c\\nd"]',
    '["[\\"a\\"]"]', '["x\\u003by","%41"]', '["x\\u002cy"]', "50%ab\n%41", "3D", "C# (senior)", "Inc.", "what?",
    "100%", "a%2520b", "é ß", "x" * 1030, "ab " * 400, "A.B", "it's!", "3Dx", "a=b", "#1",
)  # fmt: skip
"""Values as people and programs write them, of all kinds, and such as are hard to write again."""


def read(query: str) -> Canonical:
    return canonical(parse(f"{PEOPLE}?{query}"))


def with_value(search: Canonical, name: str, value: str) -> Canonical:
    return search.only(name, (*search.values(name), value))


def print_of(url: ApolloUrl) -> str:
    return fingerprint(url, map_url(url, TODAY), CompanyLists())


def written(pairs: list[tuple[str, str]]) -> str:
    return "&".join([f"{name}={quote(value, safe='')}" for name, value in pairs])


def assert_is_one(url: ApolloUrl) -> None:
    """Its canonical URL asks for the same, is its own, and all that is in it is written once and in order."""
    one = canonical(url)
    again = parse(one.url)
    assert again.pairs == one.pairs
    assert canonical(again) == one == canonical(one.apollo_url)
    assert print_of(again) == print_of(url) == print_of(one.apollo_url)
    assert [name for name, _ in one.parameters] == [name for name in MAPPED if name in dict(one.parameters)]
    assert all(values == tuple(sorted(set(values))) != () for _, values in one.parameters)


@pytest.mark.parametrize("text", URLS)
def test_a_real_url_and_its_canonical_one_ask_for_the_same(text):
    try:
        url = parse(text)
    except ForeignUrl:
        return
    assert_is_one(url)


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=12)), max_size=8), st.data()
)
@settings(max_examples=250)
def test_a_url_and_its_canonical_one_ask_for_the_same(pairs, data):
    query = "&".join([f"{data.draw(respelled(name))}={quote(value)}" for name, value in pairs])
    try:
        url = parse(f"{PEOPLE}?{query}")
        map_url(url, TODAY)
    except ContactsError as error:
        with pytest.raises(type(error)):
            canonical(parse(f"{PEOPLE}?{query}"))
        return
    assert_is_one(url)


@pytest.mark.parametrize("name", MAPPED)
def test_each_value_of_it_is_written_as_the_same(name):
    for value in VALUES:
        for pairs in [(name, value)], [("personTitles[]", "x"), (name, value)]:
            url = parse(f"{PEOPLE}?{written(pairs)}")
            try:
                map_url(url, TODAY)
            except InvalidParameter:
                continue
            assert_is_one(url)


@given(st.lists(st.tuples(st.sampled_from(MAPPED), st.sampled_from(VALUES)), max_size=6), st.data())
def test_order_and_repetition_play_no_part(pairs, data):
    """But of what has only one value: there the last counts."""
    pairs = [pair for pair in dict(pairs).items() if pair[0] != "filters"]
    turned = data.draw(st.permutations(pairs))
    try:
        one = read(written(pairs))
    except InvalidParameter:
        return
    assert read(written(turned)) == read(written([*pairs, *turned])) == one


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", ""),
        ("page=3&uniqueUrlId=x&organizationIds[]=5d&madeUp=1&personTitles[]=%20", ""),
        ("filters=%7B%22personTitles%22%3A%5B%22CEO%22%5D%2C%22page%22%3A2%7D", "personTitles[]=CEO"),
        ("person_titles=+Head%20of%20Sales+&personTitles[]=CEO", "personTitles[]=CEO&personTitles[]=Head%20of%20Sales"),
        ("personTitles[]=CEO&personTitles[]=Chief%20Executive%20Officer&personTitles[]=ceo", "personTitles[]=CEO"),
        ("personTitles[]=R%26D%20(senior)", "personTitles[]=R%26D%20(senior%29"),
        ("personTitles[]=Sr.&personLocations[]=x", "personTitles[]=Sr.&personLocations[]=x"),
        ("personTitles[]=Sr.", "personTitles[]=Sr%2E"),
        ("personLocations[]=SF,%20CA,%20USA", "personLocations[]=SF%2C%20California%2C%20United%20States"),
        ("personLocations[]=germany;emea", "personLocations[]=Germany&personLocations[]=emea"),
        ("personLocations[]=Washington%20DC", "personLocations[]=Washington%2C%20District%20of%20Columbia"),
        ("personTitles[]=3D%20artist", "personTitles[]=%33D%20artist"),
        ("personSeniorities[]=C-Level", "personSeniorities[]=c_suite"),
        ("personDepartmentOrSubdepartments[]=HR", "personDepartmentOrSubdepartments[]=human_resources"),
        ("contactEmailStatus[]=No%20email", "contactEmailStatus[]=unavailable"),
        ("contactEmailExcludeCatchAll=TRUE", "contactEmailExcludeCatchAll=true"),
        ("contactEmailExcludeCatchAll=false", ""),
        ("organizationNumEmployeesRanges[]=1-10", "organizationNumEmployeesRanges[]=1%2C10"),
        ("organizationNumEmployeesRanges[]=10,001%2B%20employees", "organizationNumEmployeesRanges[]=10001"),
        ("revenueRange[min]=$1.5M", "revenueRange[min]=1500000"),
        ("totalFundingRange=1000-", ""),
        ("totalFundingRange=,1K", "totalFundingRange=%2C1000"),
        ("totalFundingRange=1K%2B", "totalFundingRange=1000%2C"),
        ("organizationIndustryTagIds[]=Accounting", "organizationIndustryTagIds[]=5567ce1f7369643b78570000"),
        ("organizationIndustryTagIds[]=000000000000000000000000", ""),
        ("organizationIndustries[]=Airlines%20%26%20Aviation", "organizationIndustries[]=airlines%2Faviation"),
        ("organizationIndustries[]=Clockwork", "organizationIndustries[]=Clockwork"),
        ("organizationLatestFundingStageCd[]=Series%20A", "organizationLatestFundingStageCd[]=2"),
        ("organizationLatestFundingStageCd[]=Pre-Seed", "organizationLatestFundingStageCd[]=pre_seed"),
        ("organizationSicCodes[]=7372%20Software", "organizationSicCodes[]=7372"),
        ("organizationNaicsCodes[]=31-33", "organizationNaicsCodes[]=31-33"),
        ("qOrganizationDomainsList[]=https://www.Acme.example/x", "qOrganizationDomainsList[]=acme.example"),
        ("personLinkedinUrls[]=de.linkedin.com/in/Jane/?x=1",
         "personLinkedinUrls[]=https%3A%2F%2Fwww.linkedin.com%2Fin%2Fjane"),
        ("latestFundingDateRange[min]=60_Day_ago", "latestFundingDateRange[min]=60_days_ago"),
        ("latestFundingDateRange[max]=2024-06-30T10:00", "latestFundingDateRange[max]=2024-06-30"),
        ("latestFundingDateRange[max]=today", "latestFundingDateRange[max]=today"),
        ("existFields[]=email&existFields[]=uuid", "existFields[]=person_email&existFields[]=uuid"),
        ("qOrganizationName=acme%20OR%20-!!%20OR%20-beta%20OR%20", "qOrganizationName=acme%20OR%20-beta"),
        ("qOrganizationName=x%20OR%09%20OR%20b", "qOrganizationName=x%20or%20OR%20b"),
        ("sortByField=employees&sortAscending=true&page=2",
         "sortByField=organization_estimated_number_employees&sortAscending=true"),
        ("sortByField=annual_revenue&sortAscending=false", "sortByField=annual_revenue"),
        ("sortByField=%5Bnone%5D&sortAscending=true", ""),
        ("sortByField=recommendations_score&sortAscending=true", ""),
    ],
)  # fmt: skip
def test_values_are_written_as_apollo_writes_them(query, asked):
    assert read(query).url == f"{PEOPLE}?{asked}".removesuffix("?")


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("personTitles[]=CEO&includeSimilarTitles=true", True),
        ("personTitles[]=CEO&includeSimilarTitles=false", False),
        ("personTitles[]=CEO&includeSimilarTitles=true&includeSimilarTitles=", False),
        ("personTitles[]=%20&includeSimilarTitles=true", False),
        ("personNotTitles[]=CEO&includeSimilarTitles=true", False),
        ("qOrganizationKeywordTags[]=saas&includedOrganizationKeywordFields[]=tags", True),
        ("qOrganizationKeywordTags[]=saas&includedOrganizationKeywordFields[]=madeUp", False),
        ("qOrganizationKeywordTags[]=!&includedOrganizationKeywordFields[]=tags", False),
        ("qNotOrganizationKeywordTags[]=saas&includedOrganizationKeywordFields[]=tags", False),
    ],
)
def test_controls_stay_where_they_decide_something(query, there):
    one = read(query)
    assert bool(one.values("includeSimilarTitles") or one.values("includedOrganizationKeywordFields[]")) is there


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://app.apollo.io/#/companies?page=1", "/companies"),
        ("https://app.apollo.io/#/contacts/people?page=1", "/contacts"),
        ("https://app.apollo.io/companies", "/people"),
        ("https://app.apollo.io/#/lists/5b", "/people"),
        ("https://api.apollo.io/v1/mixed_people/search?page=1", "/people"),
    ],
)
def test_it_is_of_a_screen_of_apollo(url, path):
    assert canonical(parse(url)).path == path
    assert canonical(parse(url)).url == f"https://app.apollo.io/#{path}"


def test_malformed_values_are_errors_as_they_are_in_a_search():
    with pytest.raises(InvalidParameter, match=r"revenueRange\[min\]"):
        read("revenueRange[min]=lots")
    with pytest.raises(InvalidField, match="more than 10000 values"):
        read("personTitles[]=" + "%0A".join("a" * 10_001))


SEARCH = read(
    "personTitles[]=CEO&personTitles[]=CFO&includeSimilarTitles=true&personLocations[]=Germany"
    "&qOrganizationKeywordTags[]=saas&includedOrganizationKeywordFields[]=tags&sortByField=title&sortAscending=true"
)


def test_a_parameter_is_dropped_with_its_controls():
    assert SEARCH.without("personTitles[]").url == SEARCH.url.replace(
        "personTitles[]=CEO&personTitles[]=CFO&", ""
    ).replace("&includeSimilarTitles=true", "")
    assert SEARCH.without("qOrganizationKeywordTags[]").values("includedOrganizationKeywordFields[]") == ()
    assert SEARCH.without("sortByField").values("sortAscending") == ()
    assert SEARCH.without("personSeniorities[]") == SEARCH


def test_a_value_is_dropped_and_its_parameter_with_the_last():
    one = SEARCH.without("personTitles[]", "CFO")
    assert one.values("personTitles[]") == ("CEO",)
    assert one.values("includeSimilarTitles") == ("true",)
    assert one.without("personTitles[]", "CEO") == SEARCH.without("personTitles[]")
    assert one.without("personTitles[]", "COO") == one


def test_values_are_added_and_put_in_place_of_others():
    assert with_value(SEARCH, "personSeniorities[]", "vp").url == SEARCH.url.replace(
        "Germany", "Germany&personSeniorities[]=vp"
    )
    assert with_value(SEARCH, "personTitles[]", "CEO") == SEARCH
    assert with_value(SEARCH, "personTitles[]", "CDO").values("personTitles[]") == ("CDO", "CEO", "CFO")
    assert SEARCH.only("personTitles[]", ["CFO"]) == SEARCH.without("personTitles[]", "CEO")
    assert SEARCH.only("personTitles[]", []) == SEARCH.without("personTitles[]")


@given(st.data())
def test_what_is_changed_is_as_canonical_as_what_was_read(data):
    one = SEARCH
    for _ in range(data.draw(st.integers(0, 5))):
        name, value = data.draw(st.sampled_from([*SEARCH.pairs, ("personSeniorities[]", "vp")]))
        one = data.draw(st.sampled_from([one.without(name, value), with_value(one, name, value), one.without(name)]))
        assert canonical(parse(one.url)) == one == canonical(one.apollo_url)


@pytest.mark.parametrize(
    ("name", "written", "values"),
    [
        ("personTitles[]", " CEO ", ("CEO",)),
        ("personTitles[]", '["CFO","CEO"]', ("CEO", "CFO")),
        ("personSeniorities[]", "C-Level, vp", ("c_suite", "vp")),
        ("personSeniorities[]", " ", ()),
        ("organizationIndustryTagIds[]", "000000000000000000000000", ()),
        ("includedOrganizationKeywordFields[]", "tags", ()),
        ("organizationIds[]", "5d", ()),
        ("page", "2", ()),
    ],
)
def test_a_written_value_is_found_again(name, written, values):
    assert value_of(parameter_of(name), written) == values
