"""What brings contacts to a search that has few or none: the smallest parts of it that are to be dropped.

What dropping one part brings is known from the first round trip (`mappings.explanation`). If that helps nowhere, two
parameters or lists are dropped at once, which is counted in a second one.
"""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import combinations

import msgspec

from mappings.algebra import extent
from mappings.canonical import Canonical, canonical, value_of
from mappings.contact_filter import context_of, values_read
from mappings.counts import Count
from mappings.explanation import MOST_PREDICATES, Counts, Explanation, Part
from mappings.parameters import given_parameters, parameter_of
from mappings.predicates import MatchAll, Predicate, all_of
from mappings.rules import Context
from mappings.url import ApolloUrl

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
        written: the values that it drops, as they are in the URL; none if it drops parts as wholes.
    """

    parts: tuple[Dropped, ...]
    predicate: Predicate
    written: tuple[str, ...] = ()


def singles(explanation: Explanation) -> list[Drop]:
    """Each part that can be dropped alone, and each value that keeps contacts out."""
    drops = []
    for part in explanation.parts:
        for asked in dict.fromkeys(value.predicate for value in part.shown):
            # Values that ask the same go together.
            alike = [value for value in part.clause.values if value.predicate == asked]
            if (predicate := part.dropping(alike[0])) is not None:
                dropped = tuple([Dropped(part.clause.name, value.value) for value in alike])
                drops.append(Drop(dropped, predicate, tuple([value.written for value in alike])))
        drops.append(Drop((Dropped(part.clause.name, None),), part.others))
    return drops


def pairs(explanation: Explanation, counts: Counts) -> list[Drop]:
    """Each two parts that can be dropped together, of those that the fewest contacts pass."""
    everybody = counts[MatchAll()]

    def passing(part: Part) -> int:
        having = counts[part.clause.having]
        return everybody - having if part.clause.combine == "none" else having

    parts = explanation.parts
    # Each pair is counted with all else of the search: of one that is very long there are fewer.
    most = MOST_PREDICATES // extent(explanation.whole).predicates
    several = next(number for number in range(MOST_PARTS, -1, -1) if number * (number - 1) // 2 <= most)
    strictest = sorted(parts, key=passing)[:several]
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
    values = {(drop.parts[0].name, counts[drop.predicate]) for drop in better if drop.written}
    smallest = [drop for drop in better if drop.written or (drop.parts[0].name, counts[drop.predicate]) not in values]
    return sorted(smallest, key=lambda drop: -counts[drop.predicate])


def rescues(
    drops: Iterable[Drop], counts: Counts, shown: Callable[[int], Count], url: ApolloUrl, today: date
) -> tuple[Rescue, ...]:
    """The answer: of each drop how many contacts it brings, and the canonical URL that is left of `url`.

    Lists stand beside the URL: what drops one leaves the URL as it is.
    """
    whole = canonical(url)
    context = context_of(values_read(given_parameters(url.pairs)), today)
    return tuple([Rescue(drop.parts, shown(counts[drop.predicate]), _left(whole, drop, context).url) for drop in drops])


def _left(url: Canonical, drop: Drop, context: Context) -> Canonical:
    if not drop.written:
        for part in drop.parts:
            url = url.without(part.name)
        return url
    name = drop.parts[0].name
    if not url.values(name):
        return url
    parameter = parameter_of(name)
    # What asks the same stands once in a canonical URL, in one of these spellings.
    for value in drop.written:
        for one in value_of(parameter, value, context):
            url = url.without(name, one)
    return url
