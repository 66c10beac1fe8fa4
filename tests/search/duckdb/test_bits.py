"""Sets of rows as DuckDB aggregates them become the same sets as bitmaps, and so do the bits of numbers."""

from array import array

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from search.duckdb.bits import CONTAINER, bits_of, from_bits, of_numbers, to_bits, width

rows = st.sets(st.one_of(st.integers(0, 20), st.integers(0, 3 * CONTAINER - 1), st.sampled_from((65535, 65536))))
dense = st.builds(
    lambda first, length, step, more: set(range(first, first + length * step, step)) | more,
    st.integers(0, 70_000), st.integers(0, 9000), st.integers(1, 9), rows,
)  # fmt: skip


def numbers_of(code: str) -> st.SearchStrategy[int]:
    """Numbers that an array of this code takes."""
    largest = 256 ** array(code).itemsize - 1
    return st.one_of(st.integers(0, 9), st.integers(0, largest), st.just(largest))


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@given(st.one_of(rows, dense))
def test_what_duckdb_aggregates_is_the_set(database: duckdb.DuckDBPyConnection, asked: set[int]) -> None:
    number = max(asked, default=0) + 1
    numbers = "(SELECT unnest(?::INTEGER[]) AS row)"
    [(bits,)] = database.execute(f"SELECT {bits_of('row', number)}::BLOB FROM {numbers}", (sorted(asked),)).fetchall()
    if not asked:
        assert bits is None
        return
    found = from_bits(bits)
    assert found == BitMap(asked)
    # It can be reckoned with and stored like any other.
    assert BitMap.deserialize(found.serialize()) | BitMap([5]) == BitMap(asked | {5})
    assert len(found) == len(asked)


@given(st.one_of(rows, dense), st.booleans(), st.integers(1, 3 * CONTAINER))
def test_a_set_is_sent_to_duckdb_as_the_bits_that_it_aggregates(asked: set[int], runs: bool, number: int) -> None:
    found = BitMap(asked)
    if runs:
        found.run_optimize()
    bits = to_bits(found, max(number, max(asked, default=0) + 1))
    assert from_bits(bits) == found
    assert len(bits) * 8 == width(max(number, max(asked, default=0) + 1))


def test_bits_are_those_of_whole_containers() -> None:
    assert [width(number) for number in (0, 1, CONTAINER, CONTAINER + 1)] == [CONTAINER] * 3 + [2 * CONTAINER]
    assert from_bits(bytes(width(1) // 8)) == BitMap()


@settings(max_examples=50)
@given(
    st.sampled_from("BHIQ").flatmap(lambda code: st.tuples(st.just(code), st.lists(numbers_of(code)))),
    st.integers(0, 3),
)
def test_numbers_have_a_set_for_each_bit(numbers: tuple[str, list[int]], repeated: int) -> None:
    code, values = numbers
    # Also more than a container holds.
    values *= 1 + repeated * CONTAINER // max(1, len(values))
    content = array(code, values)
    sets = list(of_numbers(content.tobytes(), content.itemsize))
    assert len(sets) == 8 * content.itemsize
    for bit in {0, 1, 7, 8, len(sets) - 1} & {*range(len(sets))}:
        assert sets[bit] == BitMap([row for row, value in enumerate(values) if value >> bit & 1])
