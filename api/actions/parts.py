"""Large messages and bodies, read in parts: only what may have a meaning becomes objects, whichever notation it is in.

A megabyte may hold a million lists, which to make would stop everybody for seconds. A request that means something has
texts and numbers, lists of these and, in a few fields, an object of such: more than a little of anything else is a
mistake where it has to be read, and passed over where it has not.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from api.actions.fields import NESTED, OUT_OF_RANGE
from api.actions.kinds import MOST_MEMBERS
from mappings.errors import ContactsError, InvalidField, InvalidJson, shorten

NESTED_BYTES = 8 * 1024
"""Bytes that may be anything. What is no longer than that needs not be read in parts."""

_Scalar = str | int | float | bool | None
_Flat = _Scalar | list[_Scalar]

_Raws = dict[str, msgspec.Raw]

_ECHOED = ("request_id", "action")
"""Fields of a message that are repeated in the answer to a mistake."""

_ENVELOPE = (*_ECHOED, "data")

_LARGE = (
    f" has lists or objects in it, or what a request can't hold, in over {NESTED_BYTES} bytes; send a text or a list "
    "of texts"
)
_LARGE_OBJECT = (
    f" has over {MOST_MEMBERS} names, lists or objects within its lists, or what a request can't hold, in over "
    f"{NESTED_BYTES} bytes; send an object of texts and lists of texts"
)


class Notation(msgspec.Struct, frozen=True):
    """How messages are written.

    Attributes:
        decode: as `msgspec.json.decode`.
        unsayable: errors of it that mean a value which a request can't hold; any other means that nothing can be read.
        words: what follows the name of such a value in a message of an error.
        broken: what is said where it is none at all in this notation; nothing: the same.
    """

    decode: Callable[..., Any]
    unsayable: tuple[type[Exception], ...]
    words: str
    broken: str = ""


JSON = Notation(
    msgspec.json.decode, (msgspec.MsgspecError, UnicodeError), f": {OUT_OF_RANGE}", "Message is not valid JSON"
)


def message_in_parts(
    frame: bytes | str, notation: Notation, known: Collection[str], nested: Collection[str] = NESTED
) -> tuple[dict[str, object], ContactsError | None]:
    """The fields of a message, those in its `data` among them, and the first mistake.

    What stands behind a mistake is not read, but for what is echoed. Of fields in `data` that are not `known`, and of
    others beside it, only the names are left, but for the first `NESTED_BYTES` of them. Raises what `notation` does of
    something that is no object with texts as keys.
    """
    fields: dict[str, object] = {}
    fault: ContactsError | None = None
    reader = _Reader(notation, _ENVELOPE)
    for name, raw in _object(frame, notation).items():
        if fault is not None and name not in _ECHOED:
            continue
        if name == "data" and (inner := _raws(raw, notation)) is not None:
            fields[name], wrong = _Reader(notation, known, nested).read(inner, "data.")
        else:
            read, wrong = reader.read({name: raw})
            fields |= read
        fault = fault or wrong
    return fields, fault


def fields_in_parts(
    text: bytes, notation: Notation, known: Collection[str], nested: Collection[str] = NESTED
) -> tuple[dict[str, object], ContactsError | None]:
    """The fields of an object in the same way, and the first mistake. Raises as above."""
    return _Reader(notation, known, nested).read(_object(text, notation))


def _object(text: bytes | str, notation: Notation) -> _Raws:
    """The fields of an object. Raises `ValidationError` only for what is valid, and no object with texts as keys."""
    try:
        raws: _Raws = notation.decode(text, type=_Raws)
    except msgspec.ValidationError:
        notation.decode(text, type=msgspec.Raw)
        raise
    return raws


def _raws(raw: msgspec.Raw, notation: Notation) -> _Raws | None:
    """The fields of an object; `None` if it is none."""
    try:
        raws: _Raws = notation.decode(raw, type=_Raws)
    except notation.unsayable:
        return None
    return raws


class _Reader:
    """Reads fields of one object, of the unknown ones no more than `NESTED_BYTES` together."""

    def __init__(self, notation: Notation, known: Collection[str], nested: Collection[str] = ()) -> None:
        self._notation = notation
        self._known, self._nested = known, nested
        self._left = NESTED_BYTES

    def read(self, raws: Mapping[str, msgspec.Raw], where: str = "") -> tuple[dict[str, object], ContactsError | None]:
        """The values of fields, and the first mistake."""
        fields: dict[str, object] = {}
        for name, raw in raws.items():
            try:
                fields[name] = self._value(name, raw)
            except self._notation.unsayable as error:
                place, broken = shorten(where + name), self._notation.broken
                if broken and not isinstance(error, msgspec.ValidationError):
                    return fields, InvalidJson(f"{broken}: {place} can't be read")
                large = _LARGE_OBJECT if name in self._nested else _LARGE
                return fields, InvalidField(f"{place}{self._notation.words if self._is_small(raw) else large}")
        return fields, None

    def _value(self, name: str, raw: msgspec.Raw) -> object:
        if name not in self._known:
            self._left -= len(memoryview(raw))
            return self._notation.decode(raw) if self._left >= 0 else None
        if self._is_small(raw):
            return self._notation.decode(raw)
        return self._object(raw) if name in self._nested else self._notation.decode(raw, type=_Flat)

    def _object(self, raw: msgspec.Raw) -> dict[str, object]:
        """The members of an object, each of which is no object. Raises `ValidationError` for any other, or too many."""
        raws: _Raws = self._notation.decode(raw, type=_Raws)
        if len(raws) > MOST_MEMBERS:
            raise msgspec.ValidationError
        return {name: self._notation.decode(member, type=_Flat) for name, member in raws.items()}

    def _is_small(self, raw: msgspec.Raw) -> bool:
        return len(memoryview(raw)) <= NESTED_BYTES
