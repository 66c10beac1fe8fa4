from datetime import date
from urllib.parse import quote

import pytest

from api.actions.options import Asked, Combine, Sample, Split
from api.actions.wording import LONGEST_NAME, MOST_VALUES, in_words
from mappings.company_lists import CompanyLists

TODAY = date(2026, 1, 31)
BASE = "https://app.apollo.io/#/people?"
CEOS = f"{BASE}personTitles[]=CEO&personTitles[]=Founder&page=3&sortByField=employees"
GERMANS = f"{BASE}personLocations[]=Berlin,%20Germany"


def words(asked):
    return in_words(asked, TODAY).text


def test_a_search_is_told_by_what_counts_in_it():
    assert words(Asked(f"{CEOS}&foo=1&personNotTitles[]=CTO")) == (
        "Job titles to include: CEO, Founder; Job titles to exclude: CTO"
    )


def test_a_search_for_everybody_says_so():
    assert in_words(Asked(f"{BASE}page=1"), TODAY).text == "all contacts"
    assert in_words(Asked(f"{BASE}page=1"), TODAY).name == ""


def test_lists_and_options_are_told_behind_it():
    lists = CompanyLists(include_company_name=("Acme",), exclude_domain_list=("a.example", "b.example"))
    assert words(Asked(GERMANS, lists, split=Split(1, 4), sample=Sample(1000, 7))).endswith(
        "; Company names to include: Acme; Company domains to exclude: a.example, b.example; Part: 1 of 4; "
        "Sample: 1,000 at random, seed 7"
    )
    assert words(Asked(GERMANS, per_company=2)).endswith("; Of one company at most: 2")


def test_several_urls_are_told_as_they_are_combined():
    combine = Combine(any=(CEOS, BASE), none=(GERMANS,))
    assert words(Asked("", combine=combine)) == (
        "any of (Job titles to include: CEO, Founder) (all contacts); none of (Where the person is: Berlin, Germany)"
    )


def test_of_many_values_the_number_is_told():
    asked = Asked(BASE, CompanyLists(include_domain_list=tuple(f"d{each}.example" for each in range(5000))))
    assert words(asked).endswith(f"d{MOST_VALUES - 1}.example and 4,980 more")
    assert len(in_words(asked, TODAY).name) <= LONGEST_NAME


@pytest.mark.parametrize("value", ["a\r\nb", "a\u2028b", "x" * 5000, "=1+1", "\u202eevil", '"; rm', "../../etc"])
def test_words_are_one_short_line_and_names_have_nothing_but_letters_and_digits(value):
    found = in_words(Asked(f"{BASE}personTitles[]={quote(value)}&qKeywords={quote(value)}"), TODAY)
    assert found.text.isprintable()
    assert len(found.text) < 300
    assert all(part.isalnum() for part in found.name.split("-"))
    assert len(found.name) <= LONGEST_NAME
