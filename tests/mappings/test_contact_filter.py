"""Whole URLs: filter, order and page, and the account of what was left out."""

from datetime import date
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.catalogue import CATEGORIES
from mappings.contact_filter import context_of, map_url, predicate_of_value
from mappings.errors import ContactsError, ForeignUrl, InvalidParameter
from mappings.parameters import given_parameters, known_parameters, parameter_of
from mappings.predicates import All, Any, ContactFilter, MatchAll, Not, Order, Phrase, Range, Terms
from mappings.rules import Reason
from mappings.url import parse
from search.fields import SORT_KEYS

PEOPLE = "https://app.apollo.io/#/people?"
TODAY = date(2024, 3, 31)
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()
REFUSED = {
    # Of another product, whose URLs copy Apollo's format.
    url: ForeignUrl
    for url in URLS
    if url.startswith("https://app.dropleads.io/")
}
ACCOUNTING = "5567ce1f7369643b78570000"
UNKNOWN_TAG = "0" * 24
NAMES = [parameter.name for parameter in known_parameters()]


def mapped(query):
    return map_url(parse(PEOPLE + query), TODAY)


def left_out(found):
    return {one.name: (one.values, one.reason) for group in found.unmapped_categories for one in group.parameters}


def test_parameters_are_all_of_and_exclusions_a_not_each_at_the_top():
    found = mapped(
        "personNotTitles[]=intern&personNotTitles[]=assistant&personTitles[]=CEO&personTitles[]=Founder"
        "&organizationNumEmployeesRanges[]=11,50&contactEmailExcludeCatchAll=true&personNotLocations[]=Oslo"
    )
    assert found.filter == ContactFilter(
        All(
            (
                Terms("title_key", ("chief executive officer", "founder")),
                Not(Terms("title_key", ("intern", "assistant"))),
                Not(Phrase("person_location", "oslo")),
                Not(Terms("email_catch_all", ("catch_all",))),
                Range("employees", 11, 50),
            )
        )
    )


def test_the_order_of_parameters_does_not_change_the_filter():
    one = mapped("personTitles[]=CEO&qKeywords=a b&personLocations[]=Oslo").filter
    assert mapped("personLocations[]=Oslo&qKeywords=a b&personTitles[]=CEO").filter == one


def test_without_parameters_it_is_every_contact_newest_first():
    assert map_url(parse("https://app.apollo.io/#/companies"), TODAY).filter == ContactFilter(MatchAll(), Order())


def test_the_answer_is_the_contract_s():
    found = mapped("personTitles[]=CEO&sortByField=recommendations_score&personLocations[]=california")
    assert msgspec.to_builtins(found.mapping_summary) == {
        "total_apollo_parameters": 3,
        "mapped_parameters": 2,
        "unmapped_parameters": 1,
        "mapped_parameter_names": ("personTitles[]", "personLocations[]"),
        "unmapped_parameter_names": ("sortByField",),
    }
    assert msgspec.json.encode(found.unmapped_categories) == (
        b'[{"name":"Sorting","total_parameters":1,"parameters":[{"name":"sortByField",'
        b'"values":["recommendations_score"],"category":"Sorting","reason":"Unknown parameter (no mapping defined)"}]}]'
    )


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", Order()),
        ("sortByField=[none]", Order()),
        ("sortByField=%5Bnone%5D&sortAscending=true", Order()),
        ("sortByField=&sortAscending=true", Order()),
        ("sortAscending=true", Order()),
        ("sortByField=person_name.raw&sortAscending=true", Order("person_name", ascending=True)),
        ("sortByField=person_title_normalized", Order("title")),
        ("sortByField=sanitized_organization_name_unanalyzed&sortAscending=false", Order("company")),
        ("sortByField=organization_estimated_number_employees&sortAscending=yes", Order("employees")),
        ("sortByField=updated_at", Order("updated_at")),
        ("sortByField=created_at&sortAscending=true", Order("created_at", ascending=True)),
        *((f"sortByField={name}", Order(name)) for name in ("first_name", "last_name", "title", "company")),
        *((f"sortByField={name}", Order(name)) for name in ("employees", "annual_revenue")),
    ],
)
def test_known_orders_are_mapped(query, order):
    found = mapped(query)
    assert found.filter.order == order
    assert order.field in SORT_KEYS
    assert found.mapping_summary.unmapped_parameters == 0


@pytest.mark.parametrize("name", ["recommendations_score", "company_name", "name", "Employees "])
def test_both_sort_parameters_of_an_unknown_order_are_unmapped(name):
    found = mapped(f"sortByField={quote(name)}&sortAscending=false")
    assert found.filter.order == Order()
    assert left_out(found) == {"sortByField": ((name,), Reason.UNKNOWN), "sortAscending": (("false",), Reason.UNKNOWN)}


@pytest.mark.parametrize(
    ("query", "page"), [("", 1), ("page=3", 3), ("page=0", 1), ("page=abc", 1), ("page=2&page=4", 4)]
)
def test_page(query, page):
    assert mapped(query).page == page


def test_partly_usable_values_are_mapped_and_the_others_listed():
    found = mapped(f"organizationIndustryTagIds[]={ACCOUNTING}&organizationIndustryTagIds[]={UNKNOWN_TAG}")
    assert found.filter.predicate == Terms("industries", ("accounting",))
    assert found.mapping_summary.mapped_parameter_names == ("organizationIndustryTagIds[]",)
    assert found.mapping_summary.unmapped_parameters == 0
    assert left_out(found) == {"organizationIndustryTagIds[]": ((UNKNOWN_TAG,), Reason.ID_BASED)}


def test_values_none_of_which_is_usable_make_it_unmapped():
    found = mapped(f"organizationNotIndustryTagIds[]={UNKNOWN_TAG}&organizationNotIndustryTagIds[]=")
    assert found.filter.predicate == MatchAll()
    assert found.mapping_summary.unmapped_parameter_names == ("organizationNotIndustryTagIds[]",)
    assert left_out(found) == {"organizationNotIndustryTagIds[]": ((UNKNOWN_TAG,), Reason.ID_BASED)}


def test_a_domain_without_a_dot_is_left_out_and_said_so():
    found = mapped("organizationDomains[]=domain1&organizationDomains[]=a.com")
    assert found.filter.predicate == Terms("company_domains", ("a.com",))
    assert left_out(found) == {"qOrganizationDomainsList[]": (("domain1",), Reason.NO_FIELD)}


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("includedOrganizationKeywordFields[]=tags", Reason.FIELD_CONTROL),
        ("includedOrganizationKeywordFields[]=tags&qOrganizationKeywordTags[]=", Reason.FIELD_CONTROL),
        ("includedOrganizationKeywordFields[]=tags&qNotOrganizationKeywordTags[]=a", Reason.FIELD_CONTROL),
        ("includedOrganizationKeywordFields[]=tags&qOrganizationKeywordTags[]=a", None),
        ("includedOrganizationKeywordFields[]=x&qOrganizationKeywordTags[]=a", Reason.NO_FIELD),
        ("includedAndedOrganizationKeywordFields[]=tags", Reason.FIELD_CONTROL),
        ("includedAndedOrganizationKeywordFields[]=tags&qAndedOrganizationKeywordTags[]=a", None),
        ("excludedOrganizationKeywordFields[]=tags", Reason.FIELD_CONTROL),
        ("excludedOrganizationKeywordFields[]=tags&qNotOrganizationKeywordTags[]=a", None),
    ],
)
def test_keyword_fields_count_only_beside_their_keywords(query, outcome):
    name, _, value = query.partition("&")[0].partition("=")
    assert left_out(mapped(query)).get(name) == (((value,), outcome) if outcome else None)


def test_unmapped_categories_are_in_the_order_of_answers():
    found = mapped("fooBar[]=1&qSearchListId=2&finderViewId=3&organizationIds[]=4&personPastTitles[]=5&perPage=6")
    assert [(group.name, group.total_parameters) for group in found.unmapped_categories] == [
        ("Pagination", 1),
        ("Person Filters", 1),
        ("Search Lists", 1),
        ("Other", 3),
    ]
    assert [one.name for one in found.unmapped_categories[-1].parameters] == [
        "finderViewId",
        "organizationIds[]",
        "fooBar[]",
    ]


@pytest.mark.parametrize("url", URLS)
def test_every_real_url_is_mapped_or_refused_for_its_reason(url):
    if url in REFUSED:
        with pytest.raises(REFUSED[url]):
            parse(url)
    else:
        check(map_url(parse(url), TODAY))


@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=20), st.text(max_size=20)), max_size=12))
def test_mapped_and_unmapped_make_the_total(pairs):
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    try:
        found = mapped(query)
    except InvalidParameter:
        return  # a sampled range or number that got any text
    check(found)
    assert msgspec.json.decode(msgspec.json.encode(found.filter), type=ContactFilter) == found.filter


@given(st.sampled_from(NAMES), st.text(max_size=20))
def test_every_value_can_be_counted_on_its_own(name, value):
    parameter = parameter_of(name)
    found = predicate_of_value(parameter, value, context_of([(parameter, [value])], TODAY))
    assert found is None or not isinstance(found, MatchAll | ContactsError)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("personTitles[]=CEO", Terms("title_key", ("chief executive officer",))),
        ("personNotTitles[]=CEO", Terms("title_key", ("chief executive officer",))),
        ("contactEmailExcludeCatchAll=true", Terms("email_catch_all", ("catch_all",))),
        ("contactEmailExcludeCatchAll=false", None),
        (
            "qNotOrganizationKeywordTags[]=a&excludedOrganizationKeywordFields[]=name"
            "&excludedOrganizationKeywordFields[]=tags",
            Any((Phrase("company_text", "a"), Phrase("keywords", "a"))),
        ),
        ("qOrganizationDomainsList[]=a.com%0Adomain1%0Ab.com", Terms("company_domains", ("a.com", "b.com"))),
        ("organizationNumEmployeesRanges[]=1,2,3", None),
        ("personTitles[]=", None),
        ("page=2", None),
        ("sortByField=title", None),
        ("includeSimilarTitles=true", None),
        ("organizationIds[]=x", None),
        ("fooBar[]=x", None),
    ],
)
def test_one_value_counts_those_who_have_it(query, expected):
    parameters = given_parameters(parse(PEOPLE + query).pairs)
    parameter, values = parameters[0]
    assert predicate_of_value(parameter, values[0], context_of(parameters, TODAY)) == expected


def check(found):
    summary = found.mapping_summary
    assert summary.mapped_parameters == len(summary.mapped_parameter_names)
    assert summary.unmapped_parameters == len(summary.unmapped_parameter_names)
    assert summary.mapped_parameters + summary.unmapped_parameters == summary.total_apollo_parameters
    assert not set(summary.mapped_parameter_names) & set(summary.unmapped_parameter_names)
    listed = left_out(found)
    assert set(summary.unmapped_parameter_names) <= set(listed)
    assert set(listed) <= {*summary.unmapped_parameter_names, *summary.mapped_parameter_names}
    assert all(reason in [one.value for one in Reason] for _, reason in listed.values())
    groups = [group.name for group in found.unmapped_categories]
    assert groups == [name for name in CATEGORIES if name in groups]
    for group in found.unmapped_categories:
        assert group.total_parameters == len(group.parameters)
        assert {one.category for one in group.parameters} == {group.name}
    assert found.page >= 1
