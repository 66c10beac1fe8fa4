"""What is searched of a contact: one pure function of what is stored.

The indexing job calls it for every contact it loads, and for those it reads back when an index is rebuilt: since
nothing here looks beyond the contact, a new mapping version needs no original source. Which fields there are and how
each is made stands in `search.fields`.
"""

from collections.abc import Callable, Hashable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from search.derivation import characters
from search.fields import (
    ALL_FIELDS,
    CONTACT_FIELDS,
    SEARCH_FIELDS,
    SORT_FIELDS,
    ContactCompleteItem,
    empty_fields,
    sort_field,
)
from search.kinds import DerivedField, DerivedValue
from search.memo import Memo

SHARED_BYTES = 8 * 1024 * 1024
"""How much JSON of each group in `_REPEATED` is kept for the next contacts; as Python objects it is four times that."""

_LEAST_BYTES = 256
"""For how much the shortest JSON counts: its key and its place in the memory are larger."""

_COMPANY = frozenset(name for name, field in CONTACT_FIELDS.items() if field.company)

_REPEATED = (
    _COMPANY,
    frozenset({"title"}),
    frozenset({"seniority", "departments", "sub_departments", "email_status", "primary_email_catch_all_status"}),
    frozenset({"city", "state", "country"}),
    frozenset({"stage"}),
)
"""Contact fields whose values come together again and again. What is made of such a group alone is made once."""

_encode = msgspec.json.Encoder().encode

Members = Callable[[Any], bytes]
"""From the value of one contact field, or a tuple of several, to members of a JSON object, a comma before each."""


def _group(derived: tuple[str, DerivedField]) -> int:
    """The place in `_REPEATED` of the group that a field is made of; -1 if it is made of a contact's own values."""
    of = frozenset(derived[1].of)
    return next((at for at, group in enumerate(_REPEATED) if of <= group), -1)


def _members(derived: Mapping[str, DerivedField], of: tuple[str, ...]) -> Members:
    """How some derived fields are made of the values of the contact fields `of`, nothing of those that are empty."""
    struct = msgspec.defstruct(
        "Members",
        [(name, DerivedValue, () if field.many else None) for name, field in derived.items()],
        module=__name__,
        omit_defaults=True,
        gc=False,
    )
    alone = len(of) == 1
    steps = [(field.make, _same if alone else itemgetter(*map(of.index, field.of))) for field in derived.values()]

    def members(values: Any) -> bytes:
        json = _encode(struct(*[make(get(values)) for make, get in steps]))
        return b",%b" % json[1:-1] if len(json) > len("{}") else b""

    return members


def _same(value: Any) -> Any:
    return value


def _runs() -> list[tuple[Members, Callable[[tuple[object, ...]], Any]]]:
    """Derived fields that follow each other and are made of the same group: how, and of which of a contact's values.

    Those of companies come last, all others in the order of the table.
    """
    derived = {name: field for name, field in SEARCH_FIELDS.items() if name != "absent"} | SORT_FIELDS
    ordered = sorted(derived.items(), key=lambda item: _group(item) == _REPEATED.index(_COMPANY))
    runs: list[tuple[Members, Callable[[tuple[object, ...]], Any]]] = []
    for group, fields in groupby(ordered, _group):
        run = dict(fields)
        of = tuple(dict.fromkeys(name for field in run.values() for name in field.of))
        members = _members(run, of)
        make = Memo(members, _weight, SHARED_BYTES).__getitem__ if group >= 0 else members
        runs.append((make, itemgetter(*map(ALL_FIELDS.index, of))))
    return runs


def _weight(key: Hashable, members: bytes) -> int:
    # Of a very long text only the beginning is in the JSON, but the key holds all of it.
    return max(_LEAST_BYTES, len(members), characters(key))


_RUNS = _runs()


class DerivedFields(msgspec.Struct, frozen=True, gc=False):
    """Everything that filters and orders can ask of a contact.

    Attributes:
        absent: the contact's empty fields. A zero is something, an empty text or list is not.
        members: the fields of `SEARCH_FIELDS` and `SORT_FIELDS` as members of a JSON object, a comma before each. Empty
            values are left out.
    """

    absent: tuple[str, ...]
    members: bytes

    def json(self) -> bytes:
        """The fields as a JSON object."""
        return b"{%b}" % self.members[1:]


def search_fields(contact: ContactCompleteItem) -> DerivedFields:
    """The derived fields of `contact`.

    It runs once for every contact of a load. What contacts share (companies, titles, places) is derived once per
    distinct value, in memories that are bounded in bytes.
    """
    values = msgspec.structs.astuple(contact)
    return DerivedFields(empty_fields(values), b"".join([make(get(values)) for make, get in _RUNS]))


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
