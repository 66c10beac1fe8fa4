"""The simplest form of a filter means the same, and has none of the shapes that engines would have to plan apart."""

from collections.abc import Iterator

import pytest
from hypothesis import given

from mappings.algebra import Extent, extent, simplified
from mappings.predicates import MATCH_NONE, All, Any, MatchAll, Not, Phrase, Predicate, Range, Terms
from search.fields import ContactCompleteItem
from tests.harness.naive_engine import derived, matches
from tests.harness.strategies import items, predicates

VP, CEO = Terms("seniority", ("vp",)), Terms("seniority", ("ceo",))
A, B, C = (Phrase("keywords", word) for word in "abc")


def employees(gte: int | None, lte: int | None) -> Range:
    return Range("employees", gte, lte)


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (A, A),
        (Any((Not(A), Not(B), Not(C))), Not(All((A, B, C)))),
        (All((Not(A), Not(VP), Not(CEO))), Not(Any((Terms("seniority", ("vp", "ceo")), A)))),
        (Any((VP, Not(A), C, Not(B))), Any((VP, Not(All((A, B))), C))),
        (Any((Not(All((A, B))), Not(All((B, C))))), Not(All((A, B, C)))),
        (Any((All((Not(A), Not(B))), Not(C))), Not(All((Any((A, B)), C)))),
        (Not(Not(A)), A),
        (Not(Not(Not(A))), Not(A)),
        (Not(Any((Not(A), Not(B)))), All((A, B))),
        (All((A, All((B, Any((C,)))))), All((A, B, C))),
        (Any((A, Any((B, Any((C,)))))), Any((A, B, C))),
        (All((A, Any(()))), MATCH_NONE),
        (Any((A, All(()))), MatchAll()),
        (Any((A, MATCH_NONE)), A),
        (All((All(()), A)), A),
        (Not(MatchAll()), MATCH_NONE),
        (Not(Any(())), MatchAll()),
        (All((Any(()),)), MATCH_NONE),
        (All((A, A)), A),
        (Any((employees(1, 10), A, employees(11, 50), employees(8, 9))), Any((employees(1, 50), A))),
        (Any((employees(7, None), employees(None, 5))), Any((employees(7, None), employees(None, 5)))),
        (Any((employees(7, None), employees(None, 6), employees(70, 80))), employees(None, None)),
        (
            Any((employees(0, 0), employees(-3, -2), employees(2, 2))),
            Any((employees(0, 0), employees(-3, -2), employees(2, 2))),
        ),
        (Any((employees(1, 2), Range("total_funding", 3))), Any((employees(1, 2), Range("total_funding", 3)))),
        # Bounds beyond those of numbers are brought to these, where it is the largest number after all.
        (
            Any((employees(2**70, 2**69), employees(2**71, 2**68))),
            Any((employees(2**70, 2**69), employees(2**71, 2**68))),
        ),
    ],
)
def test_simplest_form(predicate: Predicate, expected: Predicate) -> None:
    assert simplified(predicate) == expected


@given(predicates, items)
def test_it_holds_for_the_same_contacts(predicate: Predicate, item: ContactCompleteItem) -> None:
    fields = derived(item)
    assert matches(simplified(predicate), fields) == matches(predicate, fields)


@given(predicates)
def test_a_simple_one_stays_as_it_is(predicate: Predicate) -> None:
    assert simplified(simplified(predicate)) == simplified(predicate)


@given(predicates)
def test_it_has_few_shapes(predicate: Predicate) -> None:
    for whole in _combined(simplified(predicate)):
        if isinstance(whole, Not):
            assert not isinstance(whole.of, Not | MatchAll)
            assert whole.of != MATCH_NONE
        else:
            parts = whole.of
            assert len(parts) > 1
            assert len(set(parts)) == len(parts)
            assert not any(isinstance(part, MatchAll | type(whole)) or part == MATCH_NONE for part in parts)
            assert sum(isinstance(part, Not) for part in parts) < 2


def test_how_much_a_filter_is() -> None:
    assert extent(MatchAll()) == Extent(1, 200)
    assert extent(All((A, Not(Any((VP, B)))))) == Extent(6, 6 * 200 + 80 + 2 * len("abvp"))
    assert extent(Terms("company_domains", ("ab",) * 80)) == Extent(11, 200 + 80 * 80 + 2 * 160)
    # To tell it of one that is as deep as can be takes no recursion.
    deep: Predicate = A
    for _ in range(5000):
        deep = Not(deep)
    assert extent(deep).predicates == 5001


def _combined(predicate: Predicate) -> Iterator[All | Any | Not]:
    """All combinators in a predicate but the one that stands for nobody."""
    match predicate:
        case All(of) | Any(of):
            if predicate != MATCH_NONE:
                yield predicate
            for part in of:
                yield from _combined(part)
        case Not(of):
            yield predicate
            yield from _combined(of)
