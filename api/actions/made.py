"""What one step of a request leaves for the next, with the engine asked in between: as it is, or packed if it is much.

What is made of a URL that asks for much is made in another process (`api.actions.aside`). Only to be unpacked it would
hold up the event loop: so it stays packed until the next step, which is made aside too.
"""

import asyncio
import pickle
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

import msgspec

from api.actions.aside import MOST_AT_ONCE, Aside

_TURNS = 4
"""How many times as much as is made at once may be made in turns."""

Thing = TypeVar("Thing")
Result = TypeVar("Result")


class Made(msgspec.Struct, Generic[Thing], frozen=True):
    """A thing, which only `following` takes out.

    Attributes:
        little: it itself; `None` if it is packed.
    """

    little: Thing | None
    packed: bytes = b""


def made(thing: Thing, weight: int) -> Made[Thing]:
    """What is left of a step, which is as much work to make as so many predicates."""
    return Made(thing) if weight <= MOST_AT_ONCE else Made(None, pickle.dumps(thing, pickle.HIGHEST_PROTOCOL))


async def following(aside: Aside, before: Made[Thing], work: Callable[[Thing], Result], weight: int = 0) -> Result:
    """What `work` makes of what was left by the step before: at once if that is little, and else aside.

    Args:
        work: a pure function, which threads and other processes may run; what it makes is little beside bytes.
        weight: of what else it takes to do it, in predicates.
    """
    next_step = partial(_next, work, before)
    return await aside.run(next_step) if before.packed or weight > MOST_AT_ONCE else next_step()


async def following_each(
    aside: Aside, before: Made[Thing], works: Sequence[tuple[Callable[[Thing], Result], int]]
) -> list[Result]:
    """What each of several works makes of it: one after the other, so that others have their turn between two of them,
    if each is little and all are not much; and else all of them aside.

    Args:
        works: as that of `following`, each with its weight.
    """
    weights = [weight for _, weight in works]
    several = [work for work, _ in works]
    if before.packed or max(weights, default=0) > MOST_AT_ONCE or sum(weights) > _TURNS * MOST_AT_ONCE:
        return await aside.run(partial(_next, partial(_each, several), before))
    results = []
    for work in several:
        results.append(_next(work, before))
        await asyncio.sleep(0)
    return results


def _each(works: Sequence[Callable[[Thing], Result]], thing: Thing) -> list[Result]:
    return [work(thing) for work in works]


def _next(work: Callable[[Thing], Result], before: Made[Thing]) -> Result:
    thing: Thing = pickle.loads(before.packed) if before.packed else before.little  # type: ignore[assignment]  # noqa: S301 - made here
    return work(thing)
