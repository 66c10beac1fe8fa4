"""The two constructors keep the meaning and simplify the form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.predicates import MATCH_NONE, All, Any, MatchAll, Not, Phrase, Predicate, Terms, all_of, any_of
from search.fields import ContactCompleteItem
from tests.harness.naive_engine import derived, matches
from tests.harness.strategies import items, predicates

VP, CEO = Terms("seniority", ("vp",)), Terms("seniority", ("ceo",))


@pytest.mark.parametrize(
    ("simplified", "expected"),
    [
        (all_of([]), MatchAll()),
        (all_of([MatchAll(), VP]), VP),
        (all_of([VP, All((CEO, VP))]), All((VP, CEO))),
        (any_of([]), MATCH_NONE),
        (any_of([VP, CEO]), Terms("seniority", ("vp", "ceo"))),
        (any_of([VP, MatchAll()]), MatchAll()),
        (any_of([Phrase("keywords", "a"), Any((VP,))]), Any((VP, Phrase("keywords", "a")))),
        (all_of([Not(VP)]), Not(VP)),
    ],
)
def test_simplest_form(simplified: Predicate, expected: Predicate) -> None:
    assert simplified == expected


@given(st.lists(predicates, max_size=4), items)
def test_simplifying_keeps_the_meaning(parts: list[Predicate], item: ContactCompleteItem) -> None:
    fields = derived(item)
    assert matches(all_of(parts), fields) == all(matches(part, fields) for part in parts)
    assert matches(any_of(parts), fields) == any(matches(part, fields) for part in parts)
