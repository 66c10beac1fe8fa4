"""How many contacts have each field: counted as they are read, and compared before and after a load."""

from collections.abc import Iterable, Mapping

import msgspec

from search.fields import ALL_FIELDS, ContactCompleteItem

FIELDS = ALL_FIELDS[1:]
"""All fields but `uuid`, which everybody has: in this order they are counted."""

Counts = tuple[int, ...]
"""How many contacts have each of `FIELDS`, in that order."""

NONE: Counts = (0,) * len(FIELDS)


def filled_in(contacts: Iterable[ContactCompleteItem]) -> Counts:
    """How many of `contacts` have each field."""
    rows = list(map(msgspec.structs.astuple, contacts))
    return tuple([len(rows) - column.count(None) for column in zip(*rows, strict=True)][1:]) if rows else NONE


def plus(one: Counts, other: Counts) -> Counts:
    """The counts of two."""
    return tuple([mine + theirs for mine, theirs in zip(one, other, strict=True)])


def minus(one: Counts, other: Counts) -> Counts:
    """The counts of one without those of another."""
    return tuple([mine - theirs for mine, theirs in zip(one, other, strict=True)])


class Filled(msgspec.Struct, frozen=True):
    """How many contacts have a field, before a load and with it."""

    before: int
    now: int


def filled_before_and_now(before: Mapping[str, int], now: Counts) -> dict[str, Filled]:
    """The two for each field that anybody has, in the order of fields."""
    both = {name: Filled(before.get(name, 0), count) for name, count in zip(FIELDS, now, strict=True)}
    return {name: filled for name, filled in both.items() if filled.before or filled.now}
