"""Counts by the halves of numbers are those of plain Python, whatever is remembered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from search.duckdb import halves
from search.duckdb.halves import Halves
from tests.search.duckdb.test_slices import no_pause, numbers, sliced

bounds = st.lists(st.one_of(st.integers(-1, 10), st.integers(0, 2**65)), max_size=6)


@given(numbers, bounds, st.sampled_from((1, 4, 10_000)), st.sampled_from((0, halves.KEPT_BYTES)))
def test_the_rows_below_a_bound_are_counted(values: dict[int, int], some: list[int], few: int, budget: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(halves, "KEPT_BYTES", budget)
        patched.setattr(halves, "_FEW", few)
        of = Halves(len(values))
    slices, held = sliced(values), BitMap(values)
    # Twice, since what is asked again is put together of what is remembered.
    for bound in [*some, *list(values.values())[:3]] * 2:
        found = of.below("employees", slices, bound, held, no_pause)
        assert found == sum(value < bound for value in values.values())
    assert (slices, held) == (sliced(values), BitMap(values))


def test_fields_are_told_apart() -> None:
    of, one, other = Halves(3), {0: 1, 1: 2, 2: 3}, {0: 3, 1: 3, 2: 3}
    found = [
        of.below(field, sliced(values), 3, BitMap(values), no_pause)
        for field, values in [("employees", one), ("annual_revenue", other)]
    ]
    assert found == [2, 0]


def test_what_many_rows_are_in_is_remembered() -> None:
    values = dict.fromkeys(range(4000), 5) | {4000: 6}
    of, asked = Halves(len(values)), 0

    def pause() -> None:
        nonlocal asked
        asked += 1

    for expected in (3, 3):
        assert of.below("employees", sliced(values), 5, BitMap(values), pause) == 0
        assert asked == expected
    # Only the last of these halves is another one, and too small.
    assert of.below("employees", sliced(values), 7, BitMap(values), pause) == 4001
    assert asked == 5
