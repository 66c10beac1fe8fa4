"""The algebra of numbers that are sliced into bits: of each bit there is the set of rows that have a one there.

Comparing a number with all rows takes an operation on sets for each bit, and so does finding the first few rows in the
order of numbers: nothing is sorted. An order by several things is their slices one after the other.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from pyroaring import BitMap

Pause = Callable[[], None]
"""Called between operations: it raises when nobody waits for the result any more."""

Digit = tuple[BitMap, bool]
"""A slice of what rows are ordered by, and whether those in it come first."""

Span = tuple[int, int]
"""The least and the largest of some numbers, both of them included."""

_LEAF = 128
"""Rows that are ordered one by one: to cut the set further would take longer."""


def at_least(slices: Sequence[BitMap], bound: int, held: BitMap, pause: Pause) -> BitMap:
    """The rows whose number is `bound` or more, of those that have one, `held`. The lowest bit is the first."""
    if bound >> len(slices) > 0:
        return BitMap()
    # From the lowest bit up: of the bits below each, `found` has those that are at least the bound's. It is changed in
    # place, once there are any rows that are not.
    found: BitMap | None = None
    for bit, ones in enumerate(slices):
        if bound >> bit & 1:
            if found is None:
                found = ones.copy()
            else:
                found &= ones
        elif found is not None:
            found |= ones
        pause()
    return held if found is None else found


def within(slices: Sequence[BitMap], spans: Sequence[Span], held: BitMap, pause: Pause) -> BitMap:
    """The rows of `held`, all of which have a number, whose number is in any of `spans`, which are in order and apart.

    Beside the spans the numbers are halved bit by bit, from the highest: there are never more parts than bounds.
    """
    found = BitMap()
    waiting = [(len(slices), held, list(spans))]
    while waiting:
        bit, rows, inside = waiting.pop()
        if not rows or not inside:
            continue
        if inside[0] == (0, (1 << bit) - 1):
            found |= rows
            continue
        half = 1 << (bit - 1)
        ones = slices[bit - 1]
        low = [(least, min(most, half - 1)) for least, most in inside if least < half]
        high = [(max(least - half, 0), most - half) for least, most in inside if most >= half]
        waiting += [(bit - 1, rows - ones, low), (bit - 1, rows & ones, high)]
        pause()
    return found


def spread(slices: Sequence[BitMap], cuts: Sequence[int], held: BitMap, pause: Pause) -> list[int]:
    """How many of `held`, all of which have a number, have one below the first of `cuts`, which are in order; one from
    there on below the next; and so on.

    Numbers are halved bit by bit, from the highest, where there is a cut between them.
    """
    found = [0] * (len(cuts) + 1)
    waiting = [(len(slices), held, 0)]
    while waiting:
        bit, rows, least = waiting.pop()
        part = bisect_right(cuts, least)
        if part == bisect_left(cuts, least + (1 << bit)):
            found[part] += len(rows)
        elif rows:
            ones = slices[bit - 1]
            waiting += [(bit - 1, rows - ones, least), (bit - 1, rows & ones, least + (1 << (bit - 1)))]
            pause()
    return found


def first(digits: Sequence[Digit], rows: BitMap, limit: int, offset: int, pause: Pause) -> list[int]:
    """At most `limit` of `rows` after `offset` in the order of `digits`, the highest of which is the first."""
    found: list[int] = []
    # What is still to be looked at, the first last: rows, from which digit on, and which of them are wanted.
    waiting = [(rows, 0, offset, offset + limit)]
    while waiting:
        rows, at, least, most = waiting.pop()
        most = min(most, len(rows))
        while at < len(digits) and least < most and len(rows) > _LEAF:
            ones, before = digits[at]
            at += 1
            inside = rows & ones
            pause()
            if not inside or len(inside) == len(rows):
                continue
            outside = rows - ones
            rows, others = (inside, outside) if before else (outside, inside)
            if most > len(rows):
                waiting.append((others, at, max(least - len(rows), 0), most - len(rows)))
            most = min(most, len(rows))
        if least < most:
            found += _sorted(digits[at:], rows)[least:most]
            pause()
    return found


def leading(digits: Sequence[Digit], rows: BitMap, number: int, pause: Pause) -> BitMap:
    """The first `number` of `rows` in the order of `digits`, no two of which are at one place, as a set."""
    found = BitMap()
    for ones, before in digits:
        if len(rows) <= number:
            break
        inside = rows & ones
        outside = rows - inside
        ahead, behind = (inside, outside) if before else (outside, inside)
        if len(ahead) <= number:
            found |= ahead
            number -= len(ahead)
            rows = behind
        else:
            rows = ahead
        pause()
    return found | rows if len(rows) <= number else found


def after(digits: Sequence[Digit], row: int, everyone: BitMap, pause: Pause) -> BitMap:
    """The rows that stand after `row` in the order of `digits`, no two of which are at one place."""
    found, beside = BitMap(), everyone
    for ones, before in digits:
        inside = beside & ones
        pause()
        if row in ones:
            if before:
                found = found | (beside - inside)
            beside = inside
        else:
            if not before:
                found = found | inside
            beside = beside - inside
        pause()
    return found


def _sorted(digits: Sequence[Digit], rows: BitMap) -> list[int]:
    ordered = list(rows)
    if len(ordered) > 1:
        # The lowest first: each sort leaves the order of equals as it is.
        for ones, before in reversed(digits):
            inside = [row for row in ordered if row in ones]
            if inside and len(inside) < len(ordered):
                outside = [row for row in ordered if row not in ones]
                ordered = inside + outside if before else outside + inside
    return ordered
