"""Which searches have the same fingerprint, and which never do."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.errors import ContactsError
from mappings.fingerprint import fingerprint
from mappings.predicates import all_of
from mappings.url import parse
from tests.harness.urls import respelled

PEOPLE = "https://app.apollo.io/#/people?"
TODAY = date(2024, 3, 31)
NOTHING = CompanyLists()
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()

ASKED = (
    ("personTitles[]", "CEO"),
    ("personTitles[]", "Head of Sales"),
    ("personNotTitles[]", "Intern"),
    ("personLocations[]", "Berlin, Germany"),
    ("personLocations[]", "Europe"),
    ("personSeniorities[]", "vp"),
    ("organizationNumEmployeesRanges[]", "11,50"),
    ("organizationNumEmployeesRanges[]", "51,200"),
    ("qOrganizationDomainsList[]", "acme.example"),
    ("qOrganizationName", "-acme OR beta"),
    ("qKeywords", "solar power"),
    ("qAndedOrganizationKeywordTags[]", "saas"),
    ("qAndedOrganizationKeywordTags[]", "b2b"),
    ("latestFundingDateRange[min]", "60_days_ago"),
    ("existFields[]", "person_email"),
    ("sortByField", "employees"),
)
ASKS_NOTHING = (
    ("page", "7"),
    ("uniqueUrlId", "x1"),
    ("finderViewId", "5b"),
    ("organizationIds[]", "5d"),
    ("madeUp", "1"),
    ("personTitles[]", " "),
    ("latestFundingDateRange[min]", ""),
    ("includeSimilarTitles", "false"),
)


def of(query: str, lists: CompanyLists = NOTHING, today: date = TODAY) -> str:
    url = parse(PEOPLE + query)
    return fingerprint(url, map_url(url, today), lists)


def query(pairs: list[tuple[str, str]]) -> str:
    return "&".join([f"{name}={quote(value)}" for name, value in pairs])


def test_it_is_sixteen_hex_digits_and_stays_what_it_is():
    """Whatever changes these changes what logs and saved searches of earlier versions say."""
    assert of("") == "e8e03e7c34e094c8"
    assert of("personTitles[]=CEO&latestFundingDateRange[min]=60_days_ago") == "49b932de8df348e9"
    assert re.fullmatch("[0-9a-f]{16}", of("page=1"))


@given(st.lists(st.sampled_from(ASKED), unique=True), st.lists(st.sampled_from(ASKS_NOTHING)), st.data())
def test_order_spelling_repetition_and_what_asks_nothing_play_no_part(asked, nothing, data):
    written = data.draw(st.permutations([*asked, *asked[:2], *nothing]))
    respelt = "&".join([f"{data.draw(respelled(name))}={quote(value)}" for name, value in written])
    assert of(respelt) == of(query(asked))


@given(
    st.lists(st.sampled_from(ASKED), unique=True).map(sorted), st.lists(st.sampled_from(ASKED), unique=True).map(sorted)
)
def test_other_parameters_are_another_search(one, other):
    assert (of(query(one)) == of(query(other))) == (one == other)


@given(st.lists(st.sampled_from(URLS), min_size=2, max_size=2), st.booleans())
@settings(max_examples=300)
def test_equal_ones_mean_equal_filters(texts, same):
    """Over real URLs: two with one fingerprint differ in nothing but the order of what their filters are made of."""
    urls = []
    for text in [texts[0], texts[0]] if same else texts:
        try:
            url = parse(text)
            urls.append((fingerprint(url, map_url(url, TODAY), NOTHING), map_url(url, TODAY).filter))
        except ContactsError:
            return
    (one, first), (other, second) = urls
    parts = [set(getattr(asked.predicate, "of", (asked.predicate,))) for asked in (first, second)]
    assert (one == other) == (parts[0] == parts[1] and first.order == second.order)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("personTitles[]=CEO", "personTitles[]=%20ceo%20"),
        ("personTitles[]=VP%20Sales", "person_titles=Vice%20President%20of%20Sales"),
        ("personLocations[]=USA", "personLocations[]=United%20States"),
        ("personSeniorities[]=c_suite", "personSeniorities[]=C-Suite"),
        ("organizationNumEmployeesRanges[]=11-50", "organizationNumEmployeesRanges[]=11,50"),
        ("organizationIndustryTagIds[]=5567ce1f7369643b78570000", "organizationIndustries[]=accounting"),
        ("qKeywords=Solar%20%20power", "qKeywords=solar+POWER"),
        ("personTitles[]=CEO", "personTitles[]=CEO&personTitles[]=ceo"),
        ("sortByField=employees&sortAscending=false", "sortByField=employees"),
    ],
)  # fmt: skip
def test_one_meaning_has_one(one, other):
    assert of(one) == of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("personTitles[]=CEO", "personNotTitles[]=CEO"),
        ("personTitles[]=sales%20lead", "personTitles[]=sales%20lead&includeSimilarTitles=true"),
        ("qOrganizationName=acme", "qOrganizationName=-acme"),
        ("qOrganizationName=a%20OR%20b", "qOrganizationName=a%20b"),
        ("currentlyUsingAllOfTechnologyUids[]=a&currentlyUsingAllOfTechnologyUids[]=b",
         "currentlyUsingAnyOfTechnologyUids[]=a&currentlyUsingAnyOfTechnologyUids[]=b"),
        ("sortByField=employees", "sortByField=employees&sortAscending=true"),
        ("latestFundingDateRange[min]=1_month_ago", "latestFundingDateRange[min]=31_days_ago"),
        ("latestFundingDateRange[min]=60_days_ago", "latestFundingDateRange[min]=2024-01-31"),
        ("latestFundingDateRange[min]=60_days_ago", "latestFundingDateRange[max]=60_days_ago"),
        ("personTitles[]=a%20b", "personTitles[]=a&personTitles[]=b"),
    ],
)  # fmt: skip
def test_two_meanings_have_two(one, other):
    assert of(one) != of(other)


@given(st.dates(date(2020, 1, 1)), st.dates(date(2020, 1, 1)))
def test_a_relative_date_is_the_same_search_tomorrow(today, tomorrow):
    for asked in ("latestFundingDateRange[min]=60_days_ago", "latestFundingDateRange[max]=today"):
        assert of(asked, today=today) == of(asked, today=tomorrow)


def test_the_lists_are_part_of_the_search():
    lists = [
        NOTHING,
        CompanyLists(include_company_name=("acme",)),
        CompanyLists(exclude_company_name=("acme",)),
        CompanyLists(include_domain_list=("acme.example",)),
        CompanyLists(exclude_domain_list=("acme.example",)),
        CompanyLists(include_domain_list=("acme.example", "beta.example")),
    ]
    assert len({of("personTitles[]=CEO", one) for one in lists}) == len(lists)
    turned = CompanyLists(include_domain_list=("Beta.example", "https://acme.example/"))
    assert of("", turned) == of("", lists[-1])
    assert turned.predicate() != all_of(())
