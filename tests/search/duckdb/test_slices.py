"""Numbers that are sliced into bits are compared and ordered as plain Python does it."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from search.duckdb import slices
from search.duckdb.slices import Digit, after, at_least, first, spread, within

numbers = st.dictionaries(st.integers(0, 400), st.one_of(st.integers(0, 9), st.integers(0, 2**64)), max_size=300)


def no_pause() -> None: ...


def sliced(values: dict[int, int]) -> list[BitMap]:
    bits = max(values.values(), default=0).bit_length()
    return [BitMap([row for row, value in values.items() if value >> bit & 1]) for bit in range(bits)]


def digits(values: dict[int, int], directions: Sequence[bool]) -> list[Digit]:
    ones = sliced(values)[::-1]
    return [(rows, directions[at % len(directions)]) for at, rows in enumerate(ones)]


def in_order(values: dict[int, int], order: list[Digit]) -> list[int]:
    """The rows by their digits, one after the other."""
    return sorted(values, key=lambda row: [(row in ones) is not before for ones, before in order])


@given(numbers, st.integers(0, 2**65))
def test_numbers_are_compared(values: dict[int, int], bound: int) -> None:
    slices_of, held = sliced(values), BitMap(values)
    for least in (bound, *list(values.values())[:3]):
        found = at_least(slices_of, least, held, no_pause)
        assert set(found) == {row for row, value in values.items() if value >= least}
    # What is shared is not changed.
    assert (slices_of, held) == (sliced(values), BitMap(values))


@given(numbers, st.sets(st.integers(0, 2**65), max_size=9), st.sets(st.integers(0, 9), max_size=4))
def test_numbers_are_counted_between_cuts(values: dict[int, int], far: set[int], near: set[int]) -> None:
    cuts = sorted(far | near | set(list(values.values())[:2]))
    bounds = [0, *cuts, 2**66]
    expected = [sum(least <= value < end for value in values.values()) for least, end in itertools.pairwise(bounds)]
    assert spread(sliced(values), cuts, BitMap(values), no_pause) == expected


@given(
    st.sets(st.integers(0, 10_000), max_size=500).map(list).flatmap(st.permutations),
    st.lists(st.booleans(), min_size=1, max_size=3),
    st.integers(0, 600),
    st.integers(1, 600),
    st.integers(1, 200),
)
def test_the_first_rows_in_order(rows: list[int], directions: list[bool], offset: int, limit: int, leaf: int) -> None:
    values = {row: place for place, row in enumerate(rows)}
    order = digits(values, directions)
    expected = in_order(values, order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "_LEAF", leaf)
        assert first(order, BitMap(rows), limit, offset, no_pause) == expected[offset : offset + limit]


@given(
    st.sets(st.integers(0, 10_000), min_size=1, max_size=200).map(list).flatmap(st.permutations),
    st.lists(st.booleans(), min_size=1, max_size=3),
    st.data(),
)
def test_the_rows_after_one(rows: list[int], directions: list[bool], data: st.DataObject) -> None:
    values = {row: place for place, row in enumerate(rows)}
    order = digits(values, directions)
    expected = in_order(values, order)
    at = data.draw(st.integers(0, len(rows) - 1))
    assert set(after(order, expected[at], BitMap(rows), no_pause)) == set(expected[at + 1 :])


def test_whoever_does_not_wait_ends_it_between_operations() -> None:
    values = {row: row for row in range(1000)}

    def stop() -> None:
        raise TimeoutError

    for work in (
        lambda: at_least(sliced(values), 5, BitMap(values), stop),
        lambda: first(digits(values, [True]), BitMap(values), 10, 0, stop),
        lambda: after(digits(values, [True]), 3, BitMap(values), stop),
    ):
        with pytest.raises(TimeoutError):
            work()


@given(numbers, st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 5000)), max_size=9))
def test_numbers_in_many_spans(values: dict[int, int], drawn: list[tuple[int, int]]) -> None:
    at, spans = 0, []
    for gap, length in drawn:
        spans.append((at + gap, at + gap + length))
        at += gap + length + 1
    largest = 2 ** len(sliced(values)) - 1
    clipped = [(least, min(most, largest)) for least, most in spans if least <= largest]
    found = within(sliced(values), clipped, BitMap(values), no_pause)
    assert set(found) == {row for row, value in values.items() if any(least <= value <= most for least, most in spans)}
