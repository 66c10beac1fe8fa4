"""What alternatives have in common is looked up once: of cities, each with its state, those of one state together."""

from collections import defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from mappings.algebra import simplified
from mappings.predicates import All, Any, Not, Predicate, all_of, any_of

_FEW = 4
"""Parts of an alternative that are all looked at, as many as a place has: out of longer ones part after part would go.
Of those only what combines others is, such as a region: that is worth it."""


def factored(alternatives: Sequence[Predicate]) -> Sequence[Predicate]:
    """The same alternatives with what several have in common taken out: `ac or bc` is `(a or b) and c`.

    What most have in common is taken out first. Each is in its simplest form, before and after.
    """
    having: dict[Predicate, list[int]] = defaultdict(list)
    for place, alternative in enumerate(alternatives):
        if isinstance(alternative, All):
            few = len(alternative.of) <= _FEW
            for part in alternative.of:
                if few or isinstance(part, Any):
                    having[part].append(place)
    if not having:
        return alternatives
    # How many of those that are left have each part: it becomes less as alternatives go.
    times = {part: len(places) for part, places in having.items() if len(places) > 1}
    if not times:
        return alternatives
    left = dict(enumerate(alternatives))
    found: list[Predicate] = []
    queue = [(-most, rank, part) for rank, (part, most) in enumerate(times.items())]
    heapify(queue)
    while queue:
        most, rank, part = heappop(queue)
        if times[part] < -most:
            if times[part] > 1:
                heappush(queue, (-times[part], rank, part))
            continue
        places = [place for place in having[part] if place in left]
        rest = [_taken_out(part, left.pop(place), times) for place in places]
        factor = all_of((part, any_of(rest)))
        # Only what is negated comes together in new ways.
        found.append(simplified(factor) if any(isinstance(other, Not) for other in rest) else factor)
    return [*found, *left.values()]


def _taken_out(common: Predicate, alternative: Predicate, times: dict[Predicate, int]) -> Predicate:
    """The rest of an alternative, which is counted no more."""
    assert isinstance(alternative, All)
    rest = [part for part in alternative.of if part != common]
    for part in rest:
        if part in times:
            times[part] -= 1
    return all_of(rest)
