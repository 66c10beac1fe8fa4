"""What a load finds out about contacts, counted batch by batch: who is kept, new, shared, and what is filled."""

from collections.abc import Iterable

import msgspec

from indexing.filled import FIELDS, NONE, Counts, plus
from indexing.sources.lines import Lines

EXAMPLES = 3
"""Of each kind of thing that is counted, so many are shown."""


class Reading(msgspec.Struct, frozen=True):
    """What was read of the sources so far, apart from contacts.

    Attributes:
        rows: of all sources that are no contacts carried over.
        lines: where the lines of files went, of those that were read to their end.
        notes: what was decided about the sources that their owner may know better.
        unknown_columns: headers that mean nothing here, whose cells are kept as `custom`.
    """

    rows: int = 0
    lines: Lines = Lines()
    notes: tuple[str, ...] = ()
    unknown_columns: tuple[str, ...] = ()

    def opened(self, source: str, notes: Iterable[str], unknown: Iterable[str]) -> "Reading":
        """What is known once one more source is open."""
        said = dict.fromkeys([*self.notes, *(f"{source}: {note}" for note in notes)])
        columns = dict.fromkeys([*self.unknown_columns, *unknown])
        return Reading(self.rows, self.lines, tuple(said), tuple(columns))

    def closed(self, lines: Lines | None, rows: int = 0) -> "Reading":
        """What is known once it was read to its end: its lines and, where they were not counted yet, its rows."""
        return msgspec.structs.replace(self, rows=self.rows + rows, lines=self.lines + (lines or Lines()))


class Before(msgspec.Struct, frozen=True):
    """The contacts that were live when the load began.

    Attributes:
        contacts: how many they are.
        filled: field → how many of them have it.
        stay: the load replaces none of them, but for those that it has itself.
    """

    contacts: int = 0
    filled: dict[str, int] = {}
    stay: bool = True


class Tally(msgspec.Struct, frozen=True):
    """What was found out about the contacts of some rows.

    Attributes:
        kept: contacts that are live under the same uuid.
        new: contacts that are not.
        shared: rows that are contacts of their own although others have one of their keys.
        doubles: contacts that are perhaps those of other rows, too.
        shared_examples: uuids of three of the former, after source and line.
        double_examples: the same of the latter, each with the uuid of the other.
        filled: how many contacts have each field; see `indexing.filled`.
        emptied: field → live contacts in which an update emptied it.
    """

    kept: int = 0
    new: int = 0
    shared: int = 0
    doubles: int = 0
    shared_examples: tuple[str, ...] = ()
    double_examples: tuple[str, ...] = ()
    filled: Counts = NONE
    emptied: dict[str, int] = {}

    def __add__(self, other: "Tally") -> "Tally":
        """Both in one."""
        emptied = {
            name: self.emptied.get(name, 0) + other.emptied.get(name, 0) for name in {*self.emptied, *other.emptied}
        }
        return Tally(
            self.kept + other.kept,
            self.new + other.new,
            self.shared + other.shared,
            self.doubles + other.doubles,
            (self.shared_examples + other.shared_examples)[:EXAMPLES],
            (self.double_examples + other.double_examples)[:EXAMPLES],
            plus(self.filled, other.filled),
            {name: count for name, count in sorted(emptied.items()) if count},
        )


def first_tally(before: Before) -> Tally:
    """The tally that a load begins with."""
    return Tally(filled=tuple([before.filled.get(name, 0) for name in FIELDS])) if before.stay else Tally()
