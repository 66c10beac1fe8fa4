"""What brings contacts to a search that has few or none: the smallest parts of it that are to be dropped.

What dropping one part brings is known from the first round trip (`mappings.explanation`). If that helps nowhere, two
parameters or lists are dropped at once, which is counted in a second one.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

import msgspec

from mappings.canonical import Canonical
from mappings.clauses import Clause
from mappings.counts import Count
from mappings.explanation import Counts, Explanation, Part
from mappings.predicates import MatchAll, Predicate, all_of

FEW = 10
"""Contacts. A search that finds fewer is one that may want more."""

MOST_PARTS = 16
"""Parts of which pairs are dropped: those that the fewest contacts pass."""


class Dropped(msgspec.Struct, frozen=True):
    """What is dropped: a parameter or list as a whole (`value` is null), or one value of it."""

    name: str
    value: str | None


class Rescue(msgspec.Struct, frozen=True):
    """What to drop, how many contacts the search finds then, and its URL without that."""

    drop: tuple[Dropped, ...]
    count: Count
    url: str


class Drop(msgspec.Struct, frozen=True):
    """What may be dropped, and the search without it.

    Attributes:
        asked: what the values ask that it drops, which is the same of all; `None` if it drops parts as wholes.
    """

    parts: tuple[Dropped, ...]
    predicate: Predicate
    asked: Predicate | None = None


def singles(explanation: Explanation) -> list[Drop]:
    """Each part that can be dropped alone, and each value that keeps contacts out."""
    drops = []
    for part in explanation.parts:
        for asked in dict.fromkeys(value.predicate for value in part.shown):
            # Values that ask the same go together.
            alike = [value for value in part.clause.values if value.predicate == asked]
            if (predicate := part.dropping(alike[0])) is not None:
                drops.append(Drop(tuple([Dropped(part.clause.name, value.value) for value in alike]), predicate, asked))
        drops.append(Drop((Dropped(part.clause.name, None),), part.others))
    return drops


def pairs(explanation: Explanation, counts: Counts) -> list[Drop]:
    """Each two parts that can be dropped together, of those that the fewest contacts pass."""
    everybody = counts[MatchAll()]

    def passing(part: Part) -> int:
        having = counts[part.clause.having]
        return everybody - having if part.clause.combine == "none" else having

    parts = explanation.parts
    strictest = sorted(parts, key=passing)[:MOST_PARTS]
    among = [part for part in parts if part in strictest]
    return [
        Drop(
            (Dropped(one.clause.name, None), Dropped(other.clause.name, None)),
            all_of([part.clause.predicate for part in parts if part is not one and part is not other]),
        )
        for one, other in combinations(among, 2)
    ]


def helping(drops: Iterable[Drop], counts: Counts, now: int) -> list[Drop]:
    """Those that bring more contacts than the `now` that there are, the most first.

    A part as a whole is not among them where one value of it brings as many.
    """
    better = [drop for drop in drops if counts[drop.predicate] > now]
    values = {(drop.parts[0].name, counts[drop.predicate]) for drop in better if drop.asked is not None}
    smallest = [
        drop for drop in better if drop.asked is not None or (drop.parts[0].name, counts[drop.predicate]) not in values
    ]
    return sorted(smallest, key=lambda drop: -counts[drop.predicate])


def rescues(
    drops: Iterable[Drop], counts: Counts, shown: Callable[[int], Count], url: Canonical, clauses: Iterable[Clause]
) -> tuple[Rescue, ...]:
    """The answer: of each drop how many contacts it brings, and the URL that is left then.

    Lists stand beside the URL: what drops one leaves the URL as it is.

    Args:
        url: of the search, in its canonical form.
        clauses: of that URL.
    """
    by_name = {clause.name: clause for clause in clauses}
    return tuple([Rescue(drop.parts, shown(counts[drop.predicate]), _left(url, drop, by_name).url) for drop in drops])


def _left(url: Canonical, drop: Drop, clauses: Mapping[str, Clause]) -> Canonical:
    for name in dict.fromkeys(part.name for part in drop.parts):
        if drop.asked is None:
            url = url.without(name)
        elif name in clauses:
            for value in clauses[name].values:
                url = url.without(name, value.written) if value.predicate == drop.asked else url
    return url
