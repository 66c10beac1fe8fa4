"""A search taken apart: all its clauses together are the filter that it is searched with."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.clauses import Clause, clauses_of, clauses_of_lists
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.errors import ForeignUrl, InvalidField, InvalidParameter
from mappings.predicates import MATCH_NONE, Exists, Not, Range, Substring, Terms, all_of, any_of
from mappings.url import parse

PEOPLE = "https://app.apollo.io/#/people?"
TODAY = date(2026, 1, 1)
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()


def taken_apart(query: str) -> tuple[Clause, ...]:
    return clauses_of(parse(PEOPLE + query), TODAY)


def one(query: str) -> Clause:
    [clause] = taken_apart(query)
    return clause


@pytest.mark.parametrize("url", URLS)
def test_together_they_are_the_filter(url: str) -> None:
    try:
        parsed = parse(url)
    except ForeignUrl:
        return
    clauses = clauses_of(parsed, TODAY)
    mapped = map_url(parsed, TODAY)
    assert all_of(clause.predicate for clause in clauses) == mapped.filter.predicate
    assert {clause.name for clause in clauses} <= set(mapped.mapping_summary.mapped_parameter_names)
    for clause in clauses:
        assert clause.parameter is not None
        assert (clause.name, clause.category) == (clause.parameter.name, clause.parameter.category)


def test_how_values_come_together() -> None:
    titles = one("personTitles[]=CEO&personTitles[]=CTO")
    assert (titles.name, titles.category, titles.combine) == ("personTitles[]", "Person Filters", "any")
    assert titles.having == titles.predicate == any_of([value.predicate for value in titles.values])
    fields = one("existFields[]=email&existFields[]=website")
    assert (fields.combine, fields.having) == ("all", all_of([Exists("email"), Exists("website")]))
    excluded = one("personNotTitles[]=CEO")
    assert (excluded.combine, excluded.predicate) == ("none", Not(excluded.having))


def test_values_are_those_that_are_read_each_once() -> None:
    written = one("personSeniorities[]=vp,director&personSeniorities[]=vp&personSeniorities[]=VP&personSeniorities[]=")
    assert [value.value for value in written.values] == ["vp", "director", "VP"]
    assert written.values[0].predicate == written.values[2].predicate == Terms("seniority", ("vp",))


def test_an_id_is_shown_by_its_name() -> None:
    [value] = one("organizationIndustryTagIds[]=5567cd4773696439dd350000").values
    assert (value.value, value.written) == ("construction", "5567cd4773696439dd350000")


def test_what_asks_nothing_is_left_out() -> None:
    assert taken_apart("page=2&sortByField=employees&sortAscending=true&finderViewId=x&personTitles[]=") == ()
    assert taken_apart("includeSimilarTitles=true&organizationIds[]=1&contactEmailExcludeCatchAll=false") == ()


def test_controls_stand_within_their_parameter() -> None:
    similar = taken_apart("personTitles[]=Sales Manager&includeSimilarTitles=true")
    plain = taken_apart("personTitles[]=Sales Manager")
    assert [clause.name for clause in similar] == ["personTitles[]"]
    assert similar[0].predicate != plain[0].predicate
    keywords = taken_apart("qOrganizationKeywordTags[]=saas&includedOrganizationKeywordFields[]=tags")
    assert [clause.name for clause in keywords] == ["qOrganizationKeywordTags[]"]


def test_what_is_malformed_is_an_error() -> None:
    with pytest.raises(InvalidParameter):
        taken_apart("organizationNumEmployeesRanges[]=1,2,3")


def test_they_stand_in_the_order_of_the_catalogue() -> None:
    there = "personTitles[]=CEO&organizationNumEmployeesRanges[]=1,10"
    back = "&".join(reversed(there.split("&")))
    assert taken_apart(there) == taken_apart(back)
    assert taken_apart(there)[1].predicate == Range("employees", 1, 10)


names = st.lists(st.sampled_from(("Acme, Inc", "b", "B", "", " ")), max_size=3).map(tuple)
domains = st.lists(st.sampled_from(("acme.example", "www.acme.example", "", "b.example")), max_size=3).map(tuple)


@given(st.builds(CompanyLists, names, names, domains, domains))
def test_lists_are_clauses_too(lists: CompanyLists) -> None:
    clauses = clauses_of_lists(lists)
    assert all_of(clause.predicate for clause in clauses) == lists.predicate()
    for clause in clauses:
        assert clause.combine == ("none" if clause.name.startswith("exclude") else "any")
        assert (clause.category, clause.parameter) == ("", None)
        assert clause.having not in (MATCH_NONE, clause.predicate) or clause.combine == "any"


def test_entries_of_lists_are_shown_as_they_are_written() -> None:
    [clause] = clauses_of_lists(CompanyLists(exclude_company_name=("Acme, Inc", " ", "Acme, Inc")))
    assert [(value.value, value.predicate) for value in clause.values] == [
        ("Acme, Inc", Substring("company_text", "acme inc"))
    ]
    with pytest.raises(InvalidField, match="exclude_domain_list"):
        clauses_of_lists(CompanyLists(exclude_domain_list=("no domain",)))
