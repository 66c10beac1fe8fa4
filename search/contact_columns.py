"""Contacts column by column, as a load has them a batch at a time: their fields, and their JSON.

It gives what `search.fields` gives of contacts one by one. Fields whose values come together, as those of a company
do, are one column of tuples.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from itertools import compress, groupby, repeat
from operator import itemgetter
from typing import Any

import msgspec

from search.columns import Column, coded, concatenated
from search.derivation import EMPTY_FORMS
from search.fields import ALL_FIELDS, CONTACT_FIELDS, FORMS, ITEM_FIELDS, NO_MORE, ContactCompleteItem
from search.kinds import Form
from search.memo import Memo

REPEATED: tuple[tuple[str, ...], ...] = (
    tuple(name for name, field in CONTACT_FIELDS.items() if field.company),
    ("title",),
    ("email_status", "primary_email_catch_all_status", "seniority", "departments", "sub_departments"),
    ("city", "state", "country"),
    ("stage",),
)
"""Contact fields whose values come together again and again. What is made of such a group alone is made once."""


def shares(group: tuple[str, ...]) -> int:
    """How often a group gets the memory that each of `REPEATED` has: companies, who say most and come back, twice."""
    return 2 if group == REPEATED[0] else 1


_TOGETHER = {name for group in REPEATED for name in group}

GROUPS: tuple[tuple[str, ...], ...] = (*REPEATED, *((name,) for name in ALL_FIELDS if name not in _TOGETHER))
"""All contact fields, by the column that they are in: a field alone, or several whose values are one tuple."""

_PLACES = {name: (at, within) for at, group in enumerate(GROUPS) for within, name in enumerate(group)}
"""Field → its column, and its place within the tuples there."""

_UUID, _ = _PLACES["uuid"]

_SHARED_BYTES = 16 * 1024 * 1024
"""About how much is kept for the next batches of what was made of each group in `REPEATED`."""

_LEAST_BYTES = 512

_encode = msgspec.json.Encoder().encode
_values = msgspec.structs.astuple


class ContactColumns:
    """The contacts of a batch.

    Args:
        count: how many.
        columns: one for each of `GROUPS`.
    """

    def __init__(self, count: int, columns: Sequence[Column]) -> None:
        self.count, self._columns = count, columns

    def of(self, names: Sequence[str]) -> Column:
        """The values of a field, or the tuples of those of several."""
        places = [_PLACES[name] for name in names]
        groups = {group for group, _ in places}
        if len(groups) == 1:
            column, group = self._columns[places[0][0]], GROUPS[places[0][0]]
            return column if group == tuple(names) else column.made(itemgetter(*[within for _, within in places]))
        fields = [self.of([name]) for name in names]
        if all(field.same for field in fields):
            return Column([tuple([field.values[0] for field in fields])], fields[0].codes)
        return Column(list(zip(*[field.rows() for field in fields], strict=True)))

    def values(self) -> Iterator[tuple[Any, ...]]:
        """All values of each contact, in the order of its fields."""
        fields: dict[str, Iterable[Any]] = {}
        for group, column in zip(GROUPS, self._columns, strict=True):
            rows = column.rows()
            fields.update(zip(group, zip(*rows, strict=True) if len(group) > 1 else [rows], strict=bool(self.count)))
        return zip(*[fields.get(name, ()) for name in ALL_FIELDS], strict=True)

    def contact(self, at: int) -> ContactCompleteItem:
        """One of the contacts."""
        return ContactCompleteItem(*next(self.kept([at]).values()))

    def kept(self, places: Sequence[int]) -> "ContactColumns":
        """The contacts at `places` alone."""
        return ContactColumns(len(places), [column.kept(places) for column in self._columns])

    def replaced(self, places: Sequence[int], contacts: Sequence[ContactCompleteItem]) -> "ContactColumns":
        """The contacts, with others at `places`."""
        if not places:
            return self
        columns = zip(self._columns, _grouped(contacts), strict=True)
        return ContactColumns(self.count, [column.replaced(places, values) for column, values in columns])

    def with_uuids(self, uuids: Sequence[str]) -> "ContactColumns":
        """The same contacts under these uuids."""
        columns = list(self._columns)
        columns[_UUID] = Column(uuids)
        return ContactColumns(self.count, columns)

    @cached_property
    def present(self) -> Sequence[int]:
        """Of each contact the fields that have something in them, as bits: that of the first field is the lowest."""
        masks = [part.present for part in self._parts]
        always = sum(mask.values[0] for mask in masks if mask.same)
        varying = [mask.rows() for mask in masks if not mask.same]
        return list(map(sum, zip(repeat(always), *varying, strict=False))) if varying else [always] * self.count

    @cached_property
    def filled(self) -> dict[str, int]:
        """Field → how many of the contacts have something in it."""
        counts: dict[str, int] = {}
        for group, part in zip(GROUPS, self._parts, strict=True):
            if len(group) == 1:
                counts[group[0]] = self.count - part.present.counted(0)
                continue
            masks = Counter(part.present.rows())
            for name in group:
                bit = 1 << ALL_FIELDS.index(name)
                counts[name] = sum([count for mask, count in masks.items() if mask & bit])
        return counts

    def absent(self) -> list[bytes]:
        """Of each contact the names of its empty fields, in any order, as an array of JSON."""
        names = concatenated([part.absent for part in self._parts], self.count)
        # Each comes with a comma before it.
        return [b"[%b]" % each[1:] for each in names]

    @cached_property
    def open_items(self) -> list[bytes]:
        """The `item_json` of each contact, but for its last brace."""
        return concatenated(self._pieces(_ITEM), self.count)

    @cached_property
    def more(self) -> Column:
        """The `more_json` of each contact."""
        pieces = [*self._pieces(_MORE), self._constant(b"}")]
        if all(piece.same for piece in pieces):
            return self._constant(_more(b"".join([piece.values[0] for piece in pieces])))
        return Column(list(map(_more, concatenated(pieces, self.count))))

    def complete(self) -> list[bytes]:
        """The `complete_json` of each contact."""
        rest = self.more.made(lambda more: b",%b" % (more or NO_MORE)[1:])
        return concatenated([Column(self.open_items), rest], self.count)

    @cached_property
    def _parts(self) -> list["_Parts"]:
        return [make(column) for column, make in zip(self._columns, _PARTS_OF, strict=True)]

    def _pieces(self, layout: Sequence[tuple[bytes, int, int]]) -> Iterator[Column]:
        for before, group, at in layout:
            yield self._constant(before)
            yield self._parts[group].json[at]

    def _constant(self, value: bytes) -> Column:
        return Column([value], [0] * self.count)


def columns_of(contacts: Sequence[ContactCompleteItem]) -> ContactColumns:
    """Contacts that come one by one, column by column."""
    return ContactColumns(
        len(contacts),
        [
            Column(values) if any(FORMS[name] is Form.MAP for name in group) else coded(values)
            for group, values in zip(GROUPS, _grouped(contacts), strict=True)
        ],
    )


def _grouped(contacts: Sequence[ContactCompleteItem]) -> list[Sequence[Any]]:
    """The values of some contacts for each of `GROUPS`."""
    rows = list(map(_values, contacts))
    return [list(map(itemgetter(*map(ALL_FIELDS.index, group)), rows)) for group in GROUPS]


def _more(json: bytes) -> bytes:
    return b"" if json == NO_MORE else json


class _Parts(msgspec.Struct, frozen=True):
    """What is made of one column. Of several fields, those are a run that follow each other in one object of JSON.

    Attributes:
        present: its bits in `ContactColumns.present`.
        absent: the names of the fields that are empty, as texts of JSON with a comma before each.
        json: the values as JSON; of several fields, the members of each run, without anything around them.
    """

    present: Column
    absent: Column
    json: Sequence[Column]


def _runs(group: Sequence[str]) -> list[tuple[str, ...]]:
    """The fields of a group by how they follow each other in JSON: in one object, and none between them."""
    places = sorted(map(ALL_FIELDS.index, group))
    numbered = groupby(enumerate(places), lambda pair: (pair[1] - pair[0], pair[1] < len(ITEM_FIELDS)))
    return [tuple(ALL_FIELDS[at] for _, at in run) for _, run in numbered]


def _parts_of(group: tuple[str, ...]) -> Callable[[Column], _Parts]:
    bits, names = [1 << ALL_FIELDS.index(name) for name in group], [b',"%b"' % name.encode() for name in group]
    if len(group) == 1:
        return partial(_parts_of_one, bits[0], names[0])
    runs = [(_struct(run), itemgetter(*map(group.index, run))) for run in _runs(group)]
    numbers = [at for at, name in enumerate(group) if FORMS[name] not in EMPTY_FORMS]

    @lru_cache(maxsize=1024)
    def absent(present: int) -> bytes:
        return b"".join([name for bit, name in zip(bits, names, strict=True) if not present & bit])

    def make(values: tuple[Any, ...]) -> tuple[Any, ...]:
        # As `search.fields.empty_fields` has it.
        present = sum(compress(bits, map(bool, values))) + sum([bits[at] for at in numbers if values[at] == 0])
        return (present, absent(present), *[_encode(struct(pick(values)))[1:-1] for struct, pick in runs])

    return partial(_parts_of_several, Memo(make, _weight, shares(group) * _SHARED_BYTES).__getitem__, len(runs))


def _parts_of_one(bit: int, name: bytes, column: Column) -> _Parts:
    values = column.values
    if len(values) > 1 and all(values):
        # As most columns are. To look at each value takes longer than all the rest.
        present = Column([bit], [0] * len(values if column.codes is None else column.codes))
    else:
        # The same of each value.
        present = Column([bit if value or value == 0 else 0 for value in values], column.codes)
    return _Parts(present, present.made(lambda there: b"" if there else name), [column.made(_encode)])


def _parts_of_several(make: Callable[[Any], tuple[Any, ...]], runs: int, column: Column) -> _Parts:
    made = column.made(make)
    present, absent, *json = [made.made(itemgetter(at)) for at in range(2 + runs)]
    return _Parts(present, absent, json)


def _struct(names: tuple[str, ...]) -> Callable[[Any], Any]:
    """What makes a struct with these fields of the value of one, or the tuple of those of several."""
    struct: Callable[..., Any] = msgspec.defstruct("Members", names, module=__name__, gc=False)
    return struct if len(names) == 1 else lambda values: struct(*values)


def _weight(_key: Hashable, made: tuple[Any, ...]) -> int:
    # Not the key: as a rule whoever read it remembers it anyway.
    return _LEAST_BYTES + sum(map(len, made[1:]))


def _layout() -> Iterator[tuple[int, tuple[bytes, int, int]]]:
    """Where the pieces of the JSON are found: the place of the first field, what stands before the piece, its group,
    and its place in what is made of that."""
    for number, group in enumerate(GROUPS):
        for at, names in enumerate(_runs(group)):
            first = ALL_FIELDS.index(names[0])
            before = b"{" if first in (0, len(ITEM_FIELDS)) else b","
            yield first, (b'%b"%b":' % (before, names[0].encode()) if len(group) == 1 else before, number, at)


_PARTS_OF = [_parts_of(group) for group in GROUPS]
_LAYOUT = sorted(_layout())
_ITEM = [piece for first, piece in _LAYOUT if first < len(ITEM_FIELDS)]
_MORE = [piece for first, piece in _LAYOUT if first >= len(ITEM_FIELDS)]
