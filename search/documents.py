"""What is searched of a contact: one pure function of what is stored.

The indexing job calls it for every contact it loads, column by column, and for those it reads back when an index is
rebuilt: since nothing here looks beyond the contact, a new mapping version needs no original source. Which fields there
are and how each is made stands in `search.fields`.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from search.columns import Column
from search.contact_columns import REPEATED, ContactColumns, shares
from search.derivation import characters
from search.fields import (
    ALL_FIELDS,
    SEARCH_FIELDS,
    SORT_FIELDS,
    ContactCompleteItem,
    empty_fields,
    sort_field,
)
from search.kinds import DerivedField, DerivedValue
from search.memo import Memo

SHARED_BYTES = 8 * 1024 * 1024
"""How much JSON of each group in `REPEATED` is kept for the next contacts; as Python objects it is four times that."""

_LEAST_BYTES = 256
"""For how much the shortest JSON counts: its key and its place in the memory are larger."""

_COMPANY = 0
"""The place in `REPEATED` of the fields of companies."""

_encode = msgspec.json.Encoder().encode

Members = Callable[[Any], bytes]
"""From the value of one contact field, or a tuple of several, to members of a JSON object, a comma before each."""


class Piece(msgspec.Struct, frozen=True):
    """Derived fields that follow each other in a document and are made of the same.

    Attributes:
        fields: their names.
        shared: they are made of what many contacts share, one of the groups in `REPEATED`.
        of: the contact fields that they are made of, and perhaps more of their group.
        pick: from all values of a contact to those.
        make: from those to the members of a document.
    """

    fields: tuple[str, ...]
    shared: bool
    of: tuple[str, ...]
    pick: Callable[[tuple[object, ...]], Any]
    make: Members


def _group(field: DerivedField) -> int:
    """The place in `REPEATED` of the group that a field is made of; -1 if it is made of a contact's own values."""
    of = frozenset(field.of)
    return next((at for at, group in enumerate(REPEATED) if of <= {*group}), -1)


def _members(derived: Mapping[str, DerivedField], of: tuple[str, ...]) -> Members:
    """How some derived fields are made of the values of the contact fields `of`, nothing of those that are empty."""
    [first, *others] = derived.items()
    if not others and first[1].of == of:
        return _member(*first)
    struct = msgspec.defstruct(
        "Members",
        [(name, DerivedValue, () if field.many else None) for name, field in derived.items()],
        module=__name__,
        omit_defaults=True,
        gc=False,
    )
    # A key that is searched and sorted by is made once.
    made = list(dict.fromkeys((field.make, field.of) for field in derived.values()))
    steps = [(make, _same if len(of) == 1 else itemgetter(*map(of.index, names))) for make, names in made]
    places = [made.index((field.make, field.of)) for field in derived.values()]

    def members(values: Any) -> bytes:
        results = [make(get(values)) for make, get in steps]
        json = _encode(struct(*[results[at] for at in places]))
        return b",%b" % json[1:-1] if len(json) > len("{}") else b""

    return members


def _member(name: str, field: DerivedField) -> Members:
    """The same of one field, all of whose values are given."""
    head, make = b',"%b":' % name.encode(), field.make

    def member(values: Any) -> bytes:
        value = make(values)
        return b"" if value is None or value == () else head + _encode(value)

    return member


def _same(value: Any) -> Any:
    return value


def _pieces() -> Iterator[Piece]:
    """All derived fields: those of companies last, all others in the order of the table."""
    derived = {name: field for name, field in SEARCH_FIELDS.items() if name != "absent"} | SORT_FIELDS
    ordered = sorted(derived.items(), key=lambda item: _group(item[1]) == _COMPANY)
    # What is made of a contact's own values is made column by column, so each field is by itself.
    for (group, _), fields in groupby(ordered, lambda item: (_group(item[1]), _group(item[1]) < 0 and item[0])):
        run = dict(fields)
        # The whole group, so that nothing has to be picked where the values of all its fields are one already.
        of = (
            REPEATED[group] if group >= 0 else tuple(dict.fromkeys(name for field in run.values() for name in field.of))
        )
        members = _members(run, of)
        make = Memo(members, _weight, shares(of) * SHARED_BYTES).__getitem__ if group >= 0 else members
        yield Piece(tuple(run), group >= 0, of, itemgetter(*map(ALL_FIELDS.index, of)), make)


def _weight(key: Hashable, members: bytes) -> int:
    # Of a very long text only the beginning is in the JSON, but the key holds all of it.
    return max(_LEAST_BYTES, len(members), characters(key))


PIECES = tuple(_pieces())
"""Of what documents are put together, in this order."""


class DerivedFields(msgspec.Struct, frozen=True, gc=False):
    """Everything that filters and orders can ask of a contact.

    Attributes:
        absent: the contact's empty fields. A zero is something, an empty text or list is not.
        pieces: the fields of `SEARCH_FIELDS` and `SORT_FIELDS` as members of a JSON object, a comma before each, in the
            `PIECES` that they are made in. Empty values are left out.
    """

    absent: tuple[str, ...]
    pieces: Sequence[bytes]

    @property
    def members(self) -> bytes:
        """All the fields, one after the other."""
        return b"".join(self.pieces)

    def json(self) -> bytes:
        """The fields as a JSON object."""
        return b"{%b}" % self.members[1:]


def search_fields(contact: ContactCompleteItem) -> DerivedFields:
    """The derived fields of `contact`.

    What contacts share (companies, titles, places) is derived once per distinct value, in memories that are bounded in
    bytes.
    """
    values = msgspec.structs.astuple(contact)
    return DerivedFields(empty_fields(values), [piece.make(piece.pick(values)) for piece in PIECES])


def search_columns(contacts: ContactColumns) -> list[Column]:
    """The `DerivedFields.pieces` of a batch of contacts."""
    return [contacts.of(piece.of).made(piece.make) for piece in PIECES]


def sorted_by(key: str) -> tuple[str, ...]:
    """The contact fields of which a sort key's values are made."""
    return _sorting(key).of


def sort_value(contact: ContactCompleteItem, key: str) -> int | str | None:
    """What a sort key orders `contact` by; `None` where it has nothing to be ordered by."""
    derived = _sorting(key)
    values = tuple([getattr(contact, name) for name in derived.of])
    value = derived.make(values[0] if len(values) == 1 else values)
    assert not isinstance(value, tuple), f"contacts can't be ordered by the several values of {derived.of}"
    return value


def _sorting(key: str) -> DerivedField:
    return SORT_FIELDS.get(sort_field(key)) or SEARCH_FIELDS[sort_field(key)]
