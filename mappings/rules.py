"""What the table of parameters is made of: how one value becomes a predicate, and how several values combine."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from mappings.predicates import Not, Predicate, any_of


class Reason(StrEnum):
    """Why a parameter, or some of its values, could not be mapped. The texts are part of the contract."""

    ID_BASED = "ID-based filter (no name mapping available)"
    APOLLO_FEATURE = "Apollo-specific feature (search lists, personas)"
    NO_FIELD = "Unmapped filter (no equivalent contact field)"
    UI_FLAG = "UI flag or advanced filter (not applicable)"
    FIELD_CONTROL = "Keyword field control (not applicable without keywords)"
    UNKNOWN = "Unknown parameter (no mapping defined)"


class Context(msgspec.Struct, frozen=True):
    """What one value's meaning may depend on: the other parameters of the URL, by canonical name, and today."""

    values: Mapping[str, tuple[str, ...]]
    today: date

    def of(self, name: str) -> tuple[str, ...]:
        """All values of a parameter; none if the URL does not have it."""
        return self.values.get(name, ())

    def last(self, name: str) -> str:
        """The one value of a parameter that should have only one; of several the last, `""` if there is none."""
        values = self.of(name)
        return values[-1] if values else ""


Read = Callable[[str, Context], Predicate | Reason | None]
"""One value → what it asks of a contact; `None` if it is empty and ignored; a `Reason` if it can't be used.

A value that steers something else (page, order, another parameter) asks nothing: `MatchAll`. A value that should be
excluded is read like one that should be included; `none_of` turns it round. Raises `mappings.values.Malformed`.
"""

Combine = Callable[[Iterable[Predicate]], Predicate]
"""How the values of one parameter come together: `any_of`, `all_of` (both of `mappings.predicates`) or `none_of`."""

Split = Callable[[str], list[str]]
"""Takes several values apart that were written as one, e.g. one a line."""

Show = Callable[[str], str]
"""The readable form of a value that is an id."""


def none_of(predicates: Iterable[Predicate]) -> Predicate:
    """The exclusion: whoever has any one of the values is out. A single `Not`, so that engines see it as such."""
    return Not(any_of(predicates))


def unmapped(reason: Reason) -> Read:
    """How a parameter is read that can't be mapped at all."""
    return lambda _value, _context: reason
