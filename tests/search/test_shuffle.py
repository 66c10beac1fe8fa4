"""Parts and samples by the shuffle key."""

from hypothesis import given
from hypothesis import strategies as st

from search.derivation import LONG_MAX, shuffle_key
from search.shuffle import part_of, sample_of
from tests.harness.naive_engine import matches


@given(st.integers(2, 100), st.integers(0, LONG_MAX))
def test_each_key_is_in_one_part(of: int, key: int) -> None:
    found = [part for part in range(1, of + 1) if matches(part_of(part, of), {"shuffle": key})]
    assert len(found) == 1


def test_the_ends_are_in_the_first_and_the_last_part() -> None:
    for of in (2, 3, 7, 100):
        assert matches(part_of(1, of), {"shuffle": 0})
        assert matches(part_of(of, of), {"shuffle": LONG_MAX})
    widths = [part.lte - part.gte for part in (part_of(number, 7) for number in range(1, 8))]
    assert max(widths) - min(widths) <= 1


def test_a_sample_starts_where_its_seed_says() -> None:
    assert sample_of(5, 7) == sample_of(5, 7)
    assert sample_of(5, 7).start == shuffle_key("7") != sample_of(5, -7).start
    assert sample_of(5, 10**30).start == shuffle_key(str(10**30))
