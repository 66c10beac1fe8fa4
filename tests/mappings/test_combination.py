"""Several URLs as one: the predicate, the account, the fingerprint."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mappings.combination import combined, joint_fingerprint
from mappings.contact_filter import MappedUrl, MappingSummary, map_url
from mappings.predicates import ContactFilter, MatchAll, Not, Order, Predicate, Terms, all_of, any_of
from mappings.url import parse
from tests.harness.naive_engine import matches

TODAY = date(2026, 1, 31)
BASE = "https://app.apollo.io/#/people?"


def mapped(query: str) -> MappedUrl:
    return map_url(parse(BASE + query), TODAY)


def finding(letter: str) -> MappedUrl:
    return MappedUrl(ContactFilter(Terms("seniority", (letter,))), 1, MappingSummary(0, 0, 0, (), ()), ())


@given(*[st.lists(st.sampled_from("abc"), max_size=3)] * 3)
def test_it_finds_what_sets_find(any_: list[str], all_: list[str], none: list[str]) -> None:
    assume(any_ or all_)
    whole = combined(*[[finding(letter) for letter in group] for group in (any_, all_, none)])
    for letter in "abcd":
        wanted = (letter in any_ or not any_) and all(letter == each for each in all_) and letter not in none
        assert matches(whole.filter.predicate, {"seniority": letter}) is wanted


def test_orders_and_pages_are_forgotten_and_an_exclusion_stands_at_the_top() -> None:
    one, other = mapped("personTitles[]=CEO&page=3&sortByField=last_name"), mapped("personSeniorities[]=founder")
    whole = combined([one, other], [], [one])
    assert (whole.page, whole.filter.order) == (1, Order())
    expected: list[Predicate] = [any_of([one.filter.predicate, other.filter.predicate]), Not(one.filter.predicate)]
    assert whole.filter.predicate == all_of(expected)
    everybody = mapped("")
    assert combined([everybody, one], [], []).filter.predicate == MatchAll()
    assert not matches(combined([one], [], [everybody]).filter.predicate, {})


def test_the_account_is_added_up() -> None:
    one, other = mapped("personTitles[]=CEO&unheard=1&other=2"), mapped("unheard=3&page=2")
    whole = combined([one], [other], [])
    summary = whole.mapping_summary
    assert (summary.total_apollo_parameters, summary.mapped_parameters, summary.unmapped_parameters) == (5, 2, 3)
    assert summary.mapped_parameter_names == ("personTitles[]", "page")
    assert summary.unmapped_parameter_names == ("unheard", "other", "unheard")
    [category] = whole.unmapped_categories
    assert category.total_parameters == 3
    assert [parameter.values for parameter in category.parameters] == [("1",), ("2",), ("3",)]


@pytest.mark.parametrize(
    "other", [[["a"], ["b"]], [["a", "b", "c"], []], [["a"], ["b", "c"]]], ids=["fewer", "elsewhere", "moved"]
)
def test_a_fingerprint_is_of_groups_whatever_their_order(other: list[list[str]]) -> None:
    one = joint_fingerprint([["a", "b"], ["c"]], {})
    assert len(one) == 16
    assert joint_fingerprint([["b", "a", "b"], ["c"]], {}) == one
    assert joint_fingerprint(other, {}) != one
    assert joint_fingerprint([["a", "b"], ["c"]], {"per_company": 1}) != one
