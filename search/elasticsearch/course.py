"""What a walk reads, part by part: of most filters all hits, of a sample those from where it starts, and round."""

import sys
from collections.abc import Awaitable, Callable

import msgspec

from mappings.predicates import Predicate, Range, Sample, any_of
from search.cursor import Position
from search.elasticsearch.compile import CompiledQuery, after, narrowed
from search.elasticsearch.pages import Place
from search.shuffle import SHUFFLE

Count = Callable[[bytes], Awaitable[int]]
"""How many hits a query has."""


class Course(msgspec.Struct, frozen=True):
    """The way of a walk.

    Attributes:
        parts: queries, one after the other in reading direction, and the sort values after which each begins.
        skip: hits to pass over before the first.
        left: hits to read then, at most.
    """

    parts: list[tuple[bytes, Place | None]]
    skip: int
    left: int = sys.maxsize


def whole(compiled: CompiledQuery, offset: int, position: Position | None) -> Course:
    """The way through all hits."""
    place = None if position is None else after(compiled.order, position.value, position.uuid)
    return Course([(compiled.query, place)], offset)


async def sampled(
    compiled: CompiledQuery, sample: Sample, offset: int, position: Position | None, count: Count
) -> Course:
    """The way through a sample. From a position on it takes one count to know how much of it is left."""
    arcs: list[tuple[bytes, Place | None]] = [
        (narrowed(compiled, Range(SHUFFLE, sample.start, None)), None),
        (narrowed(compiled, Range(SHUFFLE, None, sample.start - 1)), None),
    ]
    if position is None:
        return Course(arcs, offset, max(0, sample.size - offset))
    assert isinstance(position.value, int)
    at = 0 if position.value >= sample.start else 1
    arcs[at] = arcs[at][0], after(compiled.order, position.value, position.uuid)
    if not position.backward:
        until = await count(narrowed(compiled, _until(sample, position.value)))
        return Course(arcs[at:], offset, max(0, sample.size - until - offset))
    before = await count(narrowed(compiled, _until(sample, position.value - 1)))
    # Others may have come since, so that who stood in the sample is behind it now.
    skip = max(0, before - sample.size) + offset
    return Course(arcs[at::-1], skip, max(0, before - skip))


def _until(sample: Sample, key: int) -> Predicate:
    """Those from where a sample starts up to this key, on and round."""
    if key >= sample.start - 1:
        return Range(SHUFFLE, sample.start, key)
    return any_of([Range(SHUFFLE, sample.start, None), Range(SHUFFLE, None, key)])
