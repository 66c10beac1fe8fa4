"""What the table of parameters is made of: how one value becomes a predicate, and how several values combine.

Each has its words for people beside it, from which the page about the mapping is made.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache

import msgspec

from mappings.lists import Split, listed
from mappings.predicates import Not, Predicate, all_of, any_of
from mappings.text import LONGEST_TEXT


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


class Reading(msgspec.Struct, frozen=True):
    """What a value asks, where it was read as something else than is written, or only nearly as Apollo means it."""

    predicate: Predicate | None
    """`None` if it asks nothing."""

    note: str
    """In words: what was made of the value, and why. It follows the value in a sentence or stands alone."""

    read_as: str | None = None
    """The text that was read in its place."""

    approximate: bool = False
    """Whether contacts may be found or missed that Apollo would not find or miss by this value."""


Read = Callable[[str, Context], Predicate | Reading | Reason | None]
"""One value → what it asks of a contact; `None` if it is empty and ignored; a `Reason` if it can't be used.

What was read otherwise than it is written is a `Reading`, so that the ledger (`mappings.ledger`) can say so. A value
that steers something else (page, order, another parameter) asks nothing: `MatchAll`. A value that should be excluded is
read like one that should be included; `none_of` turns it round. Raises `mappings.values.Malformed`.
"""


Weigh = Callable[[str], int]
"""A value as it is written → about how many predicates are made of it, or things that are as much work.

It is told from the value without reading it, in much less time than that would take.
"""


def by_length(value: str) -> int:
    """The weight of a value of which not much is made: little of one as people write it, much of a long list."""
    return 1 + len(value) // 8


Write = Callable[[str], str | None]
"""A value that asks something → the same as Apollo writes it: the canonical form. `None` if it asks nothing.

It may be any text that is read as the same; what it is of that is written again is itself.
"""


def as_given(value: str) -> str | None:
    """The canonical form of free text: the part of it that is searched, without blanks around it."""
    return value[:LONGEST_TEXT].strip() or None


class ValueReader(msgspec.Struct, frozen=True):
    """How the values of a parameter are read and written, one by one."""

    read: Read
    compared: str
    """In words: how a contact is compared with a value, or what the value decides instead."""

    split: Split | None = listed
    """How several values are told from one; `None` for what is always one."""

    weigh: Weigh = by_length

    write: Write = as_given

    dated: bool = False
    """Whether a value may mean something else tomorrow."""

    steers: str | None = None
    """The parameter that a value decides about instead of asking something itself."""

    example: str = ""
    """A value as it may be written, of those that are no plain words: `true` of a flag, which has no other use."""


def compared(
    words: str,
    split: Split | None = listed,
    weigh: Weigh = by_length,
    *,
    write: Write = as_given,
    dated: bool = False,
) -> Callable[[Read], ValueReader]:
    """Make a `Read` a `ValueReader`, as a decorator: what it does and the words for it stand together."""
    return lambda read: ValueReader(read, words, split, weigh, write, dated)


def steering(
    parameter: str, words: str, split: Split | None = listed, *, write: Write
) -> Callable[[Read], ValueReader]:
    """The same of values that are not compared themselves, but decide something about another parameter."""
    return lambda read: ValueReader(read, f"not compared: decides {words}", split, write=write, steers=parameter)


def as_in(example: str) -> Callable[[ValueReader], ValueReader]:
    """Show how a value is written, as a decorator above those."""
    return lambda reader: msgspec.structs.replace(reader, example=example)


Combine = Callable[[Iterable[Predicate]], Predicate]
"""How the values of one parameter, at least one, come together. `COMBINED` has them all."""

Show = Callable[[str], str]
"""The readable form of a value that is an id."""


def none_of(predicates: Iterable[Predicate]) -> Predicate:
    """The exclusion: whoever has any one of the values is out. A single `Not`, so that engines see it as such."""
    return Not(any_of(predicates))


def last_of(predicates: Iterable[Predicate]) -> Predicate:
    """The last value counts: for what can have only one, such as a page."""
    return list(predicates)[-1]


COMBINED: Mapping[Combine, str] = {
    any_of: "any of",
    all_of: "all of",
    none_of: "none of",
    last_of: "the last",
}
"""Every `Combine`, in words."""


@cache
def unmapped(reason: Reason) -> Read:
    """How a parameter is read that can't be mapped at all."""
    return lambda _value, _context: reason
