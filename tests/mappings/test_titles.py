"""Titles: what makes two of them one, and what a similar one has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.predicates import All, Any, Predicate, Terms
from mappings.text import words
from mappings.titles import LEFT_OUT, abbreviations, similar_title, title_key

ROWS = abbreviations()
WORDS = st.sampled_from(
    [*(row.short for row in ROWS), *(row.long for row in ROWS), "Sales", "Head", "of", "and", "C.E.O.", "R", "-"]
)
TITLES = st.lists(WORDS, max_size=5).map(" ".join)


def found(title: str, of: str) -> bool:
    """Whether a contact of title `of` is found by a similar `title`: the definition, word by word."""
    predicate = similar_title("title_words", title)
    return predicate is not None and holds(predicate, set(words(of)))


def holds(predicate: Predicate, having: set[str]) -> bool:
    match predicate:
        case All(of):
            return all(holds(one, having) for one in of)
        case Any(of):
            return any(holds(one, having) for one in of)
        case Terms("title_words", values):
            return not having.isdisjoint(values)
    raise AssertionError(predicate)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Project Manager", "Manager, Project"),
        ("founder and ceo", "Founder & CEO"),
        ("CEO / Founder", "Founder, Chief Executive Officer"),
        ("C.E.O.", "ceo"),
        ("Head of Sales", "Sales Head"),
        ("Vice President of Sales for the EMEA", "VP, Sales EMEA"),
        ("Sr. VP", "Senior Vice President"),
        ("SVP", "Sr Vice-President"),
        ("V.P. of I.T.", "Vice President, Information Technology"),
        ("Jr Asst Mgr", "Junior Assistant Manager"),
        ("R&D Manager", "Manager, Research and Development"),
        ("R and D Manager", "Research & Development Manager"),
        ("Chief Human Resources Officer", "CHRO"),
        ("Chief Technical Officer", "Chief Technology Officer"),
        ("Chief Operations Officer & Founder", "Founder, C.O.O."),
    ],
)
def test_titles_that_are_one(one, other):
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Project Manager", "Account Manager Project"),
        ("CEO", "Executive Officer"),
        ("Chief of Staff", "Staff"),
        ("RD", "R&D"),
        ("CPO", "Chief Product Officer"),
        ("MD", "Managing Director"),
        ("PM", "Product Manager"),
        ("of", "the"),
    ],
)
def test_titles_that_are_not(one, other):
    assert title_key(one) != title_key(other)


def test_words_like_of_count_where_there_is_nothing_else():
    assert title_key("of the") == title_key("The, of") == "of the"
    assert title_key("--") == ""


@given(TITLES)
def test_a_key_is_a_title_of_its_own_key(title):
    assert title_key(title_key(title)) == title_key(title)


@given(TITLES, st.sampled_from(ROWS))
def test_an_abbreviation_and_its_long_form_are_one_in_any_title(title, row):
    assert title_key(f"{title}, {row.short} ,") == title_key(f"{title}, {row.long} ,")


@pytest.mark.parametrize(
    ("title", "of", "expected"),
    [
        ("CEO", "Chief Executive Officer", True),
        ("Chief Executive Officer", "CEO", True),
        ("Chief Executive Officer", "C.E.O. and Founder", True),
        ("Chief Executive Officer", "Executive Assistant", False),
        ("CEO", "Chief Financial Officer", False),
        ("VP Sales", "Sales Manager", True),
        ("VP Sales", "Vice President, Marketing", True),
        ("VP Sales", "President", False),
        ("Senior Vice President", "Sr. VP", True),
        ("SVP", "Senior V.P.", True),
        ("Chief Technical Officer", "CTO", True),
        ("CTO", "Chief Technical Officer", True),
        ("SVP", "Vice President", False),
        ("Sr Engineer", "Senior Accountant", True),
        ("Head of the Sales", "Director of the Board", False),
        ("R&D", "Research Assistant", False),
        ("R&D", "Development and Research", True),
        ("of the", "of the", False),
    ],
)
def test_similar_titles(title, of, expected):
    assert found(title, of) is expected


def test_without_words_no_similar_title_is_asked_for():
    assert similar_title("title_words", "--") is None


@given(TITLES)
def test_a_title_is_similar_to_itself(title):
    assert found(title, title) or not set(words(title)) - LEFT_OUT


def test_every_abbreviation_has_one_meaning_and_a_source():
    shorts = [row.short.casefold() for row in ROWS]
    assert sorted(set(shorts)) == sorted(shorts)
    assert all(row.source.startswith(("https://", "O*NET: ")) for row in ROWS)
