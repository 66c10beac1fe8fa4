"""What is kept of a request's fields until it is carried out, and how many bytes that takes.

Most of its life a request waits, and little that is sent may be much in memory: an empty list is one byte of
MessagePack and 56 here. So of what can only be refused no more is kept than the refusal needs.
"""

from collections.abc import Collection, Mapping
from sys import getsizeof

from api.actions.fields import FIELDS, NESTED
from api.actions.requests import Data

_ENTRY_BYTES = 8
"""What an entry takes in its list."""

_FIELD_BYTES = 100
"""What a field takes beside its value."""


def kept(data: Data, others: Collection[str] = ()) -> tuple[dict[str, object], int]:
    """The fields of `data` that have a meaning, and the bytes that they take, about.

    Of the fields that there are none of the first stays, without its value, for `strict` to refuse. Of an object
    nothing stays but that it is one, unless the field is one, and of a list that is not all texts the first entry that
    is none: both are mistakes wherever they stand.

    Args:
        data: as it was sent.
        others: names that have a meaning beside those in the table of fields.
    """
    fields: dict[str, object] = {}
    size, strange = 0, False
    for name, value in data.items():
        if name in FIELDS or name in others:
            fields[name], held = _members(value) if name in NESTED and isinstance(value, dict) else _value(value)
            size += _FIELD_BYTES + held
        elif not strange:
            strange = True
            fields[name] = None
            size += _FIELD_BYTES + getsizeof(name)
    return fields, size


def _members(value: Mapping[str, object]) -> tuple[dict[str, object], int]:
    """The members of an object that a field is, as much of them as is kept, and their bytes."""
    members: dict[str, object] = {}
    size = 0
    for name, one in value.items():
        members[name], held = _value(one)
        size += _FIELD_BYTES + getsizeof(name) + held
    return members, size


def _value(value: object) -> tuple[object, int]:
    """A field's value, as much of it as is kept, and its bytes."""
    if isinstance(value, dict):
        return {}, 0
    if not isinstance(value, list):
        return value, getsizeof(value)
    if set(map(type, value)) <= {str}:
        return value, sum(map(getsizeof, value)) + _ENTRY_BYTES * len(value)
    other = next(entry for entry in value if not isinstance(entry, str))
    return [type(other)() if isinstance(other, dict | list) else other], 0
