"""How many contacts have each field: counted as they are read, and compared before and after a load."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from search.fields import ALL_FIELDS, ContactCompleteItem

FIELDS = ALL_FIELDS[1:]
"""All fields but `uuid`, which everybody has: in counts, one number for each, in this order."""

NONE = [0] * len(FIELDS)


def filled_in(contacts: Iterable[ContactCompleteItem]) -> list[int]:
    """How many of `contacts` have each field."""
    rows = list(map(msgspec.structs.astuple, contacts))
    return [len(rows) - column.count(None) for column in zip(*rows, strict=True)][1:] if rows else NONE


def plus(one: list[int], other: list[int]) -> list[int]:
    """The counts of two."""
    return [mine + theirs for mine, theirs in zip(one, other, strict=True)]


def minus(one: list[int], other: list[int]) -> list[int]:
    """The counts of one without those of another."""
    return [mine - theirs for mine, theirs in zip(one, other, strict=True)]


class Filled(msgspec.Struct, frozen=True):
    """How many contacts have a field, before a load and with it."""

    before: int
    now: int


def filled_before_and_now(before: Mapping[str, int], now: Sequence[int]) -> dict[str, Filled]:
    """The two for each field that anybody has, in the order of fields."""
    both = {name: Filled(before.get(name, 0), count) for name, count in zip(FIELDS, now, strict=True)}
    return {name: filled for name, filled in both.items() if filled.before or filled.now}
