"""Columns: a value for each contact of a batch, so that what is made of a value is made once for all who have it, and
documents are put together of finished bytes. Those of contacts are in `search.contact_columns`.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import repeat
from typing import Any

import msgspec


class Column(msgspec.Struct, frozen=True, gc=False):
    """A value for each contact of a batch: some `values`, and for each contact the place of its own among them;
    without `codes` they are in order of the contacts."""

    values: Sequence[Any]
    codes: Sequence[int] | None = None

    @property
    def same(self) -> bool:
        """All contacts have the one value."""
        return self.codes is not None and len(self.values) == 1

    def rows(self) -> Sequence[Any]:
        """The value of each contact."""
        return self.values if self.codes is None else list(map(self.values.__getitem__, self.codes))

    def counted(self, value: Any) -> int:
        """How many contacts have a value, of which there are few among `values`."""
        if self.codes is None:
            return self.values.count(value)
        return sum([self.codes.count(code) for code, each in enumerate(self.values) if each == value])

    def made(self, make: Callable[[Any], Any]) -> "Column":
        """The column of what `make` makes of each value."""
        return Column(list(map(make, self.values)), self.codes)

    def kept(self, places: Sequence[int]) -> "Column":
        """That of the contacts at `places` alone."""
        if self.same:
            return Column(self.values, [0] * len(places))
        if self.codes is None:
            return Column(list(map(self.values.__getitem__, places)))
        return Column(self.values, list(map(self.codes.__getitem__, places)))

    def replaced(self, places: Sequence[int], values: Sequence[Any]) -> "Column":
        """The column with other values for the contacts at `places`."""
        if self.codes is None:
            whole = list(self.values)
            for at, value in zip(places, values, strict=True):
                whole[at] = value
            return Column(whole)
        pairs = zip(places, values, strict=True)
        changed = [(at, value) for at, value in pairs if self.values[self.codes[at]] != value]
        if not changed:
            return self
        codes = list(self.codes)
        for number, (at, _) in enumerate(changed, len(self.values)):
            codes[at] = number
        return Column([*self.values, *[value for _, value in changed]], codes)


class Together(tuple[Any, ...]):
    """Values that come together, as those of a company do, for memories (`search.memo`) of what is made of them.

    They are found there by which object they are: to hash all that a company is takes longer than to look it up. Of two
    that are equal all is made twice.
    """

    __slots__ = ()
    __hash__ = object.__hash__


def coded(values: Sequence[Hashable]) -> Column:
    """The column with these values in order of the contacts, each of them once."""
    numbers: dict[Any, Any] = dict.fromkeys(values)
    if len(numbers) == len(values):
        return Column(values)
    numbers.update(zip(list(numbers), range(len(numbers)), strict=True))
    return Column(list(numbers), list(map(numbers.__getitem__, values)))


def concatenated(columns: Iterable[Column], count: int) -> list[bytes]:
    """The bytes of some columns, one after the other, for each of `count` contacts."""
    pieces: list[Iterable[bytes]] = []
    constant = b""
    for column in columns:
        if column.same:
            constant += column.values[0]
            continue
        if constant:
            pieces.append(repeat(constant))
            constant = b""
        pieces.append(column.rows())
    if not pieces:
        return [constant] * count
    if constant:
        pieces.append(repeat(constant))
    return list(map(b"".join, zip(*pieces, strict=False)))
