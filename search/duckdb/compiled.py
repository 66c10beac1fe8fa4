"""The engine's own forms of a filter: a small one is evaluated as it is, a large one in a process of its own."""

import pickle

import msgspec
from msgspec import UNSET, UnsetType

from mappings.algebra import extent, simplified
from mappings.predicates import ContactFilter, Order, Ordering, Predicate, Selection, ordering

LARGE = 200
"""Predicates above which a filter is large. To evaluate one takes some 20 µs of the interpreter's time."""


class Packed(msgspec.Struct, frozen=True):
    """A large filter in its simplest form: the bytes of its predicate, which nobody takes apart here; all else as in a
    `ContactFilter`."""

    data: bytes
    order: Order
    selection: Selection | UnsetType = UNSET

    @property
    def ordering(self) -> Ordering:
        """What says where a contact stands."""
        return ordering(self.order, self.selection)


Compiled = ContactFilter | Packed


def compile_filter(contact_filter: ContactFilter) -> Compiled:
    """The same filter as it is evaluated: its predicate in its simplest form."""
    simple = simplified(contact_filter.predicate)
    if extent(simple).predicates > LARGE:
        data = pickle.dumps(simple, pickle.HIGHEST_PROTOCOL)
        return Packed(data, contact_filter.order, contact_filter.selection)
    return msgspec.structs.replace(contact_filter, predicate=simple)


def predicate_of(compiled: Compiled) -> Predicate:
    """The predicate of either form."""
    if isinstance(compiled, ContactFilter):
        return compiled.predicate
    predicate: Predicate = pickle.loads(compiled.data)  # noqa: S301 - made here
    return predicate
