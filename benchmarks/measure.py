"""Alternating timing: ours and the peer take turns, so that a drifting machine moves both; and how figures look."""

import json
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec

Call = Callable[[int], Awaitable[object]]


class Comparison(msgspec.Struct, frozen=True):
    """Milliseconds at the median of each side, and the median of the ratios ours ÷ peer, pair by pair."""

    ours: float
    peer: float
    ratio: float
    pairs: int


async def alternate(ours: Call, peer: Call, rounds: int, warmup: int = 20) -> Comparison:
    """Time `ours(i)` and `peer(i)` in turn; which goes first changes with every round."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(-warmup, rounds):
        pair = [0.0, 0.0]
        for side in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            await (ours, peer)[side](number + warmup)
            pair[side] = (time.perf_counter() - started) * 1000
        if number >= 0:
            for side in (0, 1):
                times[side].append(pair[side])
    ratios = [mine / other for mine, other in zip(*times, strict=True)]
    return Comparison(
        ours=statistics.median(times[0]),
        peer=statistics.median(times[1]),
        ratio=statistics.median(times[0]) / statistics.median(times[1]) if rounds else 0.0,
        pairs=len(ratios),
    )


def median_microseconds(calls: Sequence[Callable[[], object]], repeat: int = 50) -> float:
    """The median over `calls` of the median time of one call, in microseconds."""
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


def show(line: dict[str, object]) -> None:
    """One figure as a line of JSON, with the number of processors it was measured on."""
    sys.stdout.write(json.dumps({"cpus": os.cpu_count()} | line) + "\n")
    sys.stdout.flush()
