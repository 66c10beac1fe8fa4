"""The company and domain lists beside the URL."""

import pytest

from mappings.company_lists import CompanyLists
from mappings.errors import InvalidField
from mappings.predicates import All, Any, MatchAll, Not, Substring, Terms


def test_nothing_listed_is_every_contact():
    assert CompanyLists().predicate() == MatchAll()


def test_names_are_normalised_substrings_any_of():
    lists = CompanyLists(include_company_name=("Acme, Inc", "É"))
    assert lists.predicate() == Any((Substring("company_text", "acme inc"), Substring("company_text", "e")))


def test_domains_are_hosts_any_of():
    lists = CompanyLists(include_domain_list=("https://www.Example.com/x", "b.org"))
    assert lists.predicate() == Terms("company_domains", ("example.com", "b.org"))


def test_exclusions_are_each_a_not_at_the_top():
    lists = CompanyLists(
        include_company_name=("Acme",),
        exclude_company_name=("Test", "Demo"),
        include_domain_list=("a.com",),
        exclude_domain_list=("x.com", "y.com"),
    )
    assert lists.predicate() == All(
        (
            Substring("company_text", "acme"),
            Terms("company_domains", ("a.com",)),
            Not(Any((Substring("company_text", "test"), Substring("company_text", "demo")))),
            Not(Terms("company_domains", ("x.com", "y.com"))),
        )
    )


def test_what_is_empty_is_ignored():
    lists = CompanyLists(("", "!!"), ("--",), ("", " "), ("",))
    assert lists.predicate() == MatchAll()


@pytest.mark.parametrize("field", ["include_domain_list", "exclude_domain_list"])
def test_a_domain_without_a_dot_is_refused_by_the_name_of_its_list(field):
    with pytest.raises(InvalidField, match=f"^{field}: 'domain1'"):
        CompanyLists(**{field: ("a.com", "domain1")}).predicate()


def test_how_much_they_are_grows_with_their_number_and_length():
    assert CompanyLists().effort() == 0
    lists = CompanyLists(("Acme",), ("x" * 80,), ("a.com",), ("b.com", "c.com"))
    assert (lists.entries, lists.characters, lists.effort()) == (5, 99, 17)
    assert CompanyLists(("Acme",) * 2000).effort() == 2000
