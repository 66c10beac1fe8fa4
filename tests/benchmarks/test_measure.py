"""Figures are what they say: taken in turn, compared pair by pair, shown as one line."""

import asyncio

import pytest

from benchmarks import measure
from benchmarks.measure import (
    in_turn,
    median_microseconds,
    median_ratio,
    medians,
    p99,
    rotated,
)


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        return self.seconds

    def perf_counter_ns(self) -> int:
        return round(self.seconds * 1e9)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(measure, "time", clock)
    return clock


def test_a_ratio_is_that_of_pairs_and_not_of_medians() -> None:
    # The machine is five times as slow in some rounds: each ratio is that of its round, the ratio of medians is 5.
    ours, peer = (0.002, 0.020, 0.010), (0.001, 0.010, 0.002)
    assert medians({"ours": ours, "peer": peer}) == {"ours": 0.010, "peer": 0.002}
    assert median_ratio(ours, peer) == pytest.approx(2)


def test_a_machine_that_drifts_moves_no_ratio() -> None:
    drift = (1.0, 1.5, 2.2, 4.0, 7.0)
    assert median_ratio([1.1 * slow for slow in drift], drift) == pytest.approx(1.1)


def test_ratios_are_of_as_many_times_on_both_sides() -> None:
    with pytest.raises(ValueError, match="shorter"):
        median_ratio([1.0, 2.0], [1.0])


def test_each_side_is_first_in_turn_and_the_warmup_does_not_count(clock: Clock) -> None:
    called: list[tuple[str, int]] = []

    async def one(number: int) -> None:
        called.append(("one", number))
        clock.seconds += 1

    async def other(number: int) -> None:
        called.append(("other", number))
        clock.seconds += 2

    times = asyncio.run(in_turn({"one": one, "other": other}, rounds=2, warmup=1))
    assert called == [("one", 0), ("other", 0), ("other", 1), ("one", 1), ("one", 2), ("other", 2)]
    assert times == {"one": [1000, 1000], "other": [2000, 2000]}


def test_three_sides_take_turns_too() -> None:
    assert [rotated("abc", number) for number in range(4)] == [list("abc"), list("bca"), list("cab"), list("abc")]


def test_the_median_call_counts_at_its_median_time(clock: Clock) -> None:
    def call(*microseconds: int) -> object:
        steps = iter(microseconds)

        def take() -> None:
            clock.seconds += next(steps) / 1e6

        return take

    # The first time of each is a warm-up.
    calls = [call(900, 1, 2, 30), call(900, 4, 5, 60), call(900, 7, 8, 90)]
    assert median_microseconds(calls, repeat=3) == pytest.approx(5)


def test_99_of_100_are_below_the_99th_percentile() -> None:
    assert 98 < p99([float(number) for number in range(100)]) <= 99
