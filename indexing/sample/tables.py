"""Chances as tables: values by weight in 4,096 slots, so that a draw is one lookup.

A draw is 16 bits of a row's hash, and `draw >> 4` is a slot.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import exp
from random import Random
from statistics import NormalDist
from typing import Final, TypeVar

T = TypeVar("T")

SLOTS: Final = 4096
HAND: Final = 15
"""The most that is drawn from a deck at once."""

_DRAW: Final = 65536


def share(percent: float) -> int:
    """The bound below which so many per cent of all draws lie."""
    return round(_DRAW * percent / 100)


def table(weighted: Sequence[tuple[T, float]]) -> list[T]:
    """Spread the values over the slots by weight."""
    total = sum(weight for _, weight in weighted)
    slots: list[T] = []
    reached = 0.0
    for value, weight in weighted:
        reached += weight
        slots += [value] * (round(SLOTS * reached / total) - len(slots))
    return slots


def ranked(values: Sequence[T], power: float = 0.7) -> list[tuple[T, float]]:
    """Weigh the values by rank, as Zipf's law does."""
    return [(value, 1 / (rank + 2) ** power) for rank, value in enumerate(values)]


def deck(weighted: Sequence[tuple[T, float]]) -> list[T]:
    """Deal values by weight into a long row in which any `HAND` neighbours differ; a slice of it is a quick draw."""
    values = [value for value, _ in weighted]
    bounds = list(accumulate(weight for _, weight in weighted))
    dealer = Random(0)  # noqa: S311
    dealt: list[T] = []
    while len(dealt) < SLOTS + HAND:
        for value in dealer.choices(values, cum_weights=bounds, k=SLOTS // 4):
            if value not in dealt[1 - HAND :]:
                dealt.append(value)
    return dealt


def log_normal(spread: float) -> list[float]:
    """Factors around 1 whose logarithms have that standard deviation, one a slot."""
    return [exp(spread * NormalDist().inv_cdf((slot + 0.5) / SLOTS)) for slot in range(SLOTS)]


def rounded(amount: float) -> str:
    """The amount in two significant digits, as estimates are."""
    whole = round(amount)
    return str(round(whole, 2 - len(str(whole))))
