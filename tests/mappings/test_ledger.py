"""The ledger: every value of a URL is in it, with what became of it and why."""

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.contact_filter import map_url, values_of
from mappings.errors import InvalidParameter
from mappings.ledger import ledger
from mappings.parameters import known_parameters, parameter_of
from mappings.rules import Reason
from mappings.url import parse

SHORT = " ".join(f"w{at}" for at in range(100))

PEOPLE = "https://app.apollo.io/#/people?"
TODAY = date(2024, 3, 31)
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()
ACCOUNTING = "5567ce1f7369643b78570000"
NAMES = [parameter.name for parameter in known_parameters()]


def entries(query):
    return ledger(parse(PEOPLE + query), TODAY)


def told(query):
    """The one entry of a query: what became of it, what was read, and the reason."""
    [entry] = entries(query)
    return entry.status, entry.read_as, entry.reason


@pytest.mark.parametrize(
    ("query", "read_as"),
    [
        ("personTitles[]=CEO", None),
        ("personLocations[]=Germany", None),
        ("personLocations[]=Austin, Texas", None),
        ("personSeniorities[]=c_suite", None),
        ("organizationNumEmployeesRanges[]=11,50", None),
        ("organizationNumEmployeesRanges[]=10001", None),
        ("organizationNumEmployeesRanges[]=,50", None),
        ("revenueRange[min]=1000", None),
        ("page=3", None),
        ("sortByField=title", None),
        ("includeSimilarTitles=false", None),
        ("contactEmailExcludeCatchAll=true", None),
        ("qKeywords=fintech", None),
        ("qOrganizationDomainsList[]=acme.example", None),
        ("organizationLatestFundingStageCd[]=2", None),
        (f"organizationIndustryTagIds[]={ACCOUNTING}", "accounting"),
    ],
)
def test_what_is_read_as_it_stands_is_applied(query, read_as):
    status, read, reason = told(query)
    assert (status, read) == ("applied", read_as)
    assert reason == next(one.compared for one in known_parameters() if query.startswith(f"{one.name}="))


@pytest.mark.parametrize(
    ("query", "read_as", "reason"),
    [
        ("personTitles=CEO", None, "`personTitles` is another spelling of `personTitles[]`"),
        ("personTitles[]=Project%2520Manager", "Project Manager", "percent-encoded twice"),
        ("personLocations[]=US", "united states", "another spelling of the place"),
        ("personLocations[]=Austin, TX", "austin, texas", "another spelling of the place"),
        ("personSeniorities[]=C-Level", "c_suite", "another spelling of it"),
        ("contactEmailStatusV2[]=No email", "unavailable", "another spelling of it"),
        ("personDepartments[]=HR", "human_resources", "another spelling of it"),
        ("organizationNumEmployeesRanges[]=10,001%2B employees", "10001,", "another spelling of it"),
        ("organizationNumEmployeesRanges[]=201 - 500", "201,500", "another spelling of it"),
        ("organizationNumEmployeesRanges[]=11%252C50", "11,50", "percent-encoded twice"),
        ("revenueRange[max]=$1.5M", "1500000", "another spelling of it"),
        ("organizationIndustryTagIds[]=Computer Software", "computer software", "a name in place of an id"),
        ("organizationIndustries[]=Oil and Energy", "oil energy", "another spelling of it"),
        ("organizationLatestFundingStageCd[]=Series A", "series_a", "a name in place of a code"),
        ("qOrganizationDomainsList[]=https://acme.example/x", "acme.example", "another spelling of it"),
        ("page=0", "1", "no page number that there is"),
    ],
)
def test_what_is_read_otherwise_is_repaired(query, read_as, reason):
    assert told(query) == ("repaired", read_as, reason)


@pytest.mark.parametrize(
    ("query", "read_as", "reason"),
    [
        ("personLocations[]=DACH", "dach: austria, germany, switzerland", "a region is any of its countries"),
        ("organizationNotLocations[]=Oslo, Benelux", "benelux: belgium, luxembourg, netherlands",
         "a region is any of its countries"),
        ("personLocations[]=Mexico", None, "as a phrase also found in new mexico (US)"),
        ("personLocations[]=MX", "mexico", "as a phrase also found in new mexico (US)"),
        ("personNotLocations[]=Georgia", None,
         "as a phrase also found in south georgia and the south sandwich islands, georgia (US)"),
        ("currentlyUsingAnyOfTechnologyUids[]=google_analytics", None,
         "a technology is found by its words, among others: longer names have them too"),
        ("qKeywords=fintech www.delta.example", "delta.example",
         "a domain, so the contacts of its company are found too"),
        ("qOrganizationName=delta.example OR -beta.example OR acme", "delta.example, beta.example",
         "a domain, so the contacts of its company are found too"),
        (f"qKeywords={SHORT} w100", None, "only its first 100 words are searched"),
        (f"qKeywords=a.example {SHORT}", "a.example",
         "a domain, so the contacts of its company are found too; only its first 100 words are searched"),
        (f"qKeywords={'w' * 9000}", None, "only its first 100 words are searched"),
        (f"qPersonTitle=-{SHORT} w100", None, "only its first 100 words are searched"),
        ("includeSimilarTitles=yes", "false", "neither `true` nor `false`, so it is not `true`"),
        ("contactEmailExcludeCatchAll=1", "false", "neither `true` nor `false`, so it is not `true`"),
    ],
)  # fmt: skip
def test_what_is_not_quite_what_apollo_asks_is_approximated(query, read_as, reason):
    assert told(query) == ("approximated", read_as, reason)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("personTitles[]=", "empty"),
        ("qOrganizationDomainsList[]=%20", "empty"),
        ("page=", "empty"),
        ("sortAscending=", "empty"),
        ("contactEmailExcludeCatchAll=", "empty"),
        ("personTitles[]=--", "nothing in it that contacts could be compared with"),
        ("includeSimilarTitles=", "empty"),
        ("organizationNumEmployeesRanges[]=many", "not a range such as 11,50 or 10001, or ,50"),
        ("latestFundingDateRange[min]=soon", "not a date such as 2024-06-30, today or 60_days_ago"),
        ("organizationIds[]=5f5e", Reason.ID_BASED.value),
        ("organizationIndustryTagIds[]=5f5e", Reason.ID_BASED.value),
        ("qOrganizationDomainsList[]=acme", Reason.NO_FIELD.value),
        ("includedOrganizationKeywordFields[]=tags", Reason.FIELD_CONTROL.value),
        ("marketSegments[]=d2c", Reason.APOLLO_FEATURE.value),
        ("tour=1", Reason.UI_FLAG.value),
        ("sortByField=recommendations_score", Reason.UNKNOWN.value),
        ("fooBar[]=x", Reason.UNKNOWN.value),
    ],
)
def test_what_does_not_count_is_ignored(query, reason):
    assert told(query) == ("ignored", None, reason)


def test_a_flag_that_is_not_set_asks_nothing():
    assert told("contactEmailExcludeCatchAll=false") == ("applied", None, "asks nothing")


def test_similar_titles_are_an_approximation():
    similar, _ = entries("personTitles[]=Head of Sales&includeSimilarTitles=true")
    assert (similar.status, similar.reason) == ("approximated", "similar titles are those with any one of its words")
    empty, _ = entries("personTitles[]=--&includeSimilarTitles=true")
    assert empty.status == "ignored"


def test_of_what_can_have_one_value_the_last_counts():
    first, empty, last = entries("page=5&page=&page=2")
    assert (first.status, first.value, first.reason) == ("ignored", "5", "a later value of it counts")
    assert (empty.status, last.status, last.value) == ("ignored", "applied", "2")


def test_several_values_in_one_are_told_one_by_one():
    one, two, three = entries("qOrganizationDomainsList[]=a.example%0Abad%20https://b.example")
    assert [(entry.value, entry.status, entry.read_as) for entry in (one, two, three)] == [
        ("a.example", "repaired", None), ("bad", "ignored", None), ("https://b.example", "repaired", "b.example")
    ]  # fmt: skip
    assert one.reason == "taken out of a list that is written as one value"
    [only] = entries('personTitles[]=["CEO"]')
    assert (only.value, only.status, only.read_as) == ('["CEO"]', "repaired", "CEO")


def test_all_repairs_of_a_value_are_told_and_an_approximation_with_them():
    assert told("countries=Viet%2520Nam") == (
        "repaired",
        "vietnam",
        "`countries` is another spelling of `personLocations[]`; percent-encoded twice; another spelling of the place",
    )
    assert told("countries=DACH")[::2] == (
        "approximated",
        "`countries` is another spelling of `personLocations[]`; a region is any of its countries",
    )


def test_what_the_url_was_taken_out_of_comes_first():
    url = msgspec.structs.replace(parse(f"{PEOPLE}page=2"), unwrapped=("a Slack link", "JSON"))
    first, second = ledger(url, TODAY)
    assert msgspec.to_builtins(first) == {
        "name": "url",
        "value": f"{PEOPLE}page=2",
        "status": "repaired",
        "reason": "a Slack link; JSON",
        "read_as": f"{PEOPLE}page=2",
    }
    assert second.name == "page"
    bare = msgspec.structs.replace(parse("app.apollo.io"), unwrapped=("a link",))
    assert [entry.read_as for entry in ledger(bare, TODAY)] == ["https://app.apollo.io"]


def test_parameters_in_json_are_told_by_their_names_there():
    known, unknown = entries('filters={"qKeywords":"2","mood":"good"}')
    assert (known.name, known.value, known.status) == ("qKeywords", "2", "repaired")
    assert known.reason == "`filters[qKeywords]` is another spelling of `qKeywords`"
    assert (unknown.name, unknown.status) == ("mood", "ignored")
    nothing = told('filters={"titles":["CEO"]}')
    assert nothing[0] == "ignored"


QUERIES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "CEO", "US", "EMEA", "1,5", "true", "tags", "a.example"])),
    max_size=6,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))


@given(QUERIES)
def test_every_value_has_an_entry_and_what_is_ignored_is_what_the_mapping_left_out(query):
    url = parse(PEOPLE + query)
    told = ledger(url, TODAY)
    assert sorted((entry.name, entry.value) for entry in told) == sorted(
        (name, part) for name, value in url.pairs for part in values_of(parameter_of(name), value) or [value]
    )
    assert [entry.name for entry in told if entry.reason] == [entry.name for entry in told]
    try:
        mapped = map_url(url, TODAY)
    except InvalidParameter:
        return
    counting = {entry.name for entry in told if entry.status != "ignored"}
    left_out = {one.name for group in mapped.unmapped_categories for one in group.parameters}
    assert left_out <= {entry.name for entry in told if entry.status == "ignored"}
    assert counting <= set(mapped.mapping_summary.mapped_parameter_names)


@pytest.mark.parametrize("url", [url for url in URLS if "dropleads" not in url])
def test_real_urls_have_a_ledger(url):
    read = parse(url)
    assert len(ledger(read, TODAY)) >= len(read.pairs)
