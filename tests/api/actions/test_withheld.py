"""What a counter is shown of numbers that add up tells none of the few among them."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.actions.withheld import withheld
from mappings.counts import FEW, FEWEST, Count


def answers(shown: list[Count | None], parts: list[int]) -> list[tuple[int, ...]]:
    """All that the parts that are not shown can be, as far as their sum and what is said of each tell."""
    hidden = [(each, part) for each, part in zip(shown, parts, strict=True) if not isinstance(each, int)]
    total = sum(part for _, part in hidden)
    ranges = [range(FEWEST) if each == FEW else range(FEWEST, total + 1) for each, _ in hidden]
    return [found for found in product(*ranges) if sum(found) == total]


@given(st.lists(st.integers(0, 12), max_size=5))
def test_nobody_can_tell_the_few(parts: list[int]) -> None:
    shown = withheld(parts)
    for each, part in zip(shown, parts, strict=True):
        assert each == FEW if part < FEWEST else each in (part, None)
    if any(part < FEWEST for part in parts):
        # Where nothing else could be withheld the sum itself tells.
        assert len(answers(shown, parts)) > 1 or not any(isinstance(each, int) for each in shown)
    else:
        assert shown == parts


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([], []),
        ([90, 7, 5], [90, 7, 5]),
        ([90, 3, 7], [90, FEW, None]),
        ([90, 7, 0, 0], [90, None, FEW, FEW]),
        ([90, 7, 4, 4], [90, None, FEW, FEW]),
        ([90, 7, 1, 2], [90, 7, FEW, FEW]),
        ([90, 5, 0], [None, None, FEW]),
        ([3], [FEW]),
    ],
)
def test_no_more_is_withheld_than_it_takes(parts: list[int], shown: list[Count | None]) -> None:
    assert withheld(parts) == shown
