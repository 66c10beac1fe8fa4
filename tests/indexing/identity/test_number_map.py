"""The map of numbers holds what a dictionary would, wherever its numbers are and however often it is opened."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.identity import number_map
from indexing.identity.number_map import NumberMap

# Some numbers have the same bits where it is told that they are not in the file.
_NUMBERS = st.integers(-3, 3).flatmap(lambda high: st.integers(0, 8).map(lambda low: (high << 40) + 2 * low))


@settings(max_examples=60)
@given(st.lists(st.dictionaries(_NUMBERS, st.integers(-(2**63), 2**63 - 1), max_size=8), max_size=6), st.booleans())
def test_it_is_a_dictionary(puts: list[dict[int, int]], reopened: bool) -> None:
    expected: dict[int, int] = {}
    asked = [(high << 40) + 2 * low for high in range(-3, 4) for low in range(9)]
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(number_map, "MOST", 3)
        path = Path(directory) / "map"
        numbers = NumberMap(path)
        for mark, put in enumerate(puts, 1):
            numbers.put(put, mark)
            expected |= put
            if reopened and numbers.settled == mark:
                numbers.close()
                numbers = NumberMap(path)
            assert numbers.look_up(asked) == expected
        assert {number: numbers.get(number) for number in expected} == expected
        numbers.close()


def test_a_thousand_numbers_are_put_in_and_found() -> None:
    numbers = {number << 20: number for number in range(1, 1234)}
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(number_map, "MOST", len(numbers))
        known = NumberMap(Path(directory) / "map")
        known.put(numbers, 7)
        assert known.settled == 7
        assert known.look_up([*numbers, 1 << 21, 5]) == numbers
        known.clear()
        assert known.look_up(numbers) == {}
        known.close()
