"""How figures are taken. What is compared takes turns, so that a drifting machine moves all of it."""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

Call = Callable[[int], Awaitable[object]]
"""What is timed; it gets the number of its round, from 0, so that each round can ask something else."""

Side = TypeVar("Side")


def medians(times: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The median of each side."""
    return {name: statistics.median(each) for name, each in times.items()}


async def in_turn(sides: Mapping[str, Call], rounds: int, warmup: int) -> dict[str, list[float]]:
    """Milliseconds of each of `sides` in each round that counts; which goes first changes with every round."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(warmup + rounds):
        for name in rotated(list(sides), number):
            started = time.perf_counter()
            await sides[name](number)
            milliseconds = (time.perf_counter() - started) * 1000
            if number >= warmup:
                times[name].append(milliseconds)
    return times


def rotated(sides: Sequence[Side], number: int) -> list[Side]:
    """The sides in the order of the round with this number: each is the first in turn."""
    first = number % len(sides)
    return [*sides[first:], *sides[:first]]


def median_ratio(ours: Sequence[float], peer: Sequence[float]) -> float:
    """The median of ours ÷ peer, round by round: what moved both sides of a round moves no ratio."""
    return statistics.median(mine / other for mine, other in zip(ours, peer, strict=True))


def p99(times: Sequence[float]) -> float:
    """The time that 99 of 100 stay below, of two or more."""
    return statistics.quantiles(times, n=100)[98]


def median_microseconds(calls: Sequence[Callable[[], object]], repeat: int = 50) -> float:
    """The median over `calls` of the median time of one call, in microseconds. Each is called once beforehand."""
    medians = []
    for call in calls:
        call()
        times = []
        for _ in range(repeat):
            started = time.perf_counter_ns()
            call()
            times.append((time.perf_counter_ns() - started) / 1000)
        medians.append(statistics.median(times))
    return statistics.median(medians)
