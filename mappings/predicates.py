"""The filter as data: six predicates under three combinators.

A URL and the lists of a request are mapped to these, each engine compiles them, nothing else interprets them. All
values are normalised (`mappings.text`) when a predicate is built, so engines compare bytes. The structs are frozen,
hashable and have one canonical encoding, which cursors are bound to.
"""

from collections.abc import Iterable

import msgspec
from msgspec import UNSET, UnsetType


class Terms(msgspec.Struct, frozen=True, tag="terms"):
    """The contact's `field` has any one of `values`, exactly."""

    field: str
    values: tuple[str, ...]


class Phrase(msgspec.Struct, frozen=True, tag="phrase"):
    """One value of the contact's `field` contains `words` (normalised, joined by a space), whole and consecutive."""

    field: str
    words: str


class Substring(msgspec.Struct, frozen=True, tag="substring"):
    """The contact's `field` contains `text` anywhere, also inside a word. `text` is normalised and not empty."""

    field: str
    text: str


class Range(msgspec.Struct, frozen=True, tag="range"):
    """`gte <= field <= lte`; an absent bound is open. A contact without the field never matches."""

    field: str
    gte: int | None = None
    lte: int | None = None


class Exists(msgspec.Struct, frozen=True, tag="exists"):
    """The contact's item field is there: neither null nor `""` nor an empty list."""

    field: str


class MatchAll(msgspec.Struct, frozen=True, tag="match_all"):
    """Every contact."""


class All(msgspec.Struct, frozen=True, tag="all"):
    """Every one of `of` holds. Of nothing: every contact."""

    of: tuple["Predicate", ...]


class Any(msgspec.Struct, frozen=True, tag="any"):
    """At least one of `of` holds. Of nothing: no contact."""

    of: tuple["Predicate", ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """`of` does not hold."""

    of: "Predicate"


Predicate = Terms | Phrase | Substring | Range | Exists | MatchAll | All | Any | Not

MATCH_NONE = Any(())


def all_of(predicates: Iterable[Predicate]) -> Predicate:
    """The conjunction in its simplest form: flattened, without `MatchAll`, and bare when one predicate remains."""
    flat: list[Predicate] = []
    for predicate in predicates:
        if isinstance(predicate, All):
            flat.extend(predicate.of)
        elif not isinstance(predicate, MatchAll):
            flat.append(predicate)
    unique = tuple(dict.fromkeys(flat))
    if not unique:
        return MatchAll()
    return unique[0] if len(unique) == 1 else All(unique)


def any_of(predicates: Iterable[Predicate]) -> Predicate:
    """The disjunction in its simplest form: flattened, `Terms` of one field joined; `MATCH_NONE` of nothing."""
    several = tuple(predicates)
    if len(several) == 1:
        return several[0]
    terms: dict[str, dict[str, None]] = {}
    rest: dict[Predicate, None] = {}
    for predicate in _flat_any(several):
        if isinstance(predicate, MatchAll):
            return predicate
        if isinstance(predicate, Terms):
            terms.setdefault(predicate.field, {}).update(dict.fromkeys(predicate.values))
        else:
            rest[predicate] = None
    flat: tuple[Predicate, ...] = (*(Terms(field, tuple(values)) for field, values in terms.items()), *rest)
    return flat[0] if len(flat) == 1 else Any(flat)


def _flat_any(predicates: Iterable[Predicate]) -> Iterable[Predicate]:
    for predicate in predicates:
        if isinstance(predicate, Any):
            yield from predicate.of
        else:
            yield predicate


class Order(msgspec.Struct, frozen=True):
    """How hits are ordered: by one field, missing values last, then by uuid ascending.

    `field` is what contacts can be ordered by (`ORDERS` in `search.fields`); the default is newest first.
    """

    field: str = "created_at"
    ascending: bool = False


class Sample(msgspec.Struct, frozen=True, tag=True):
    """At most `size` of the contacts, in the order of their shuffle keys from `start` on, and round."""

    size: int
    start: int

    @property
    def order(self) -> Order:
        """The order, but for where it starts."""
        return Order("shuffle", ascending=True)


class PerCompany(msgspec.Struct, frozen=True, tag=True):
    """At most `most` of the contacts of one company: the most senior, then the newest, then by uuid.

    They come company by company, by the key of the company. Contacts without one are each their own, and come last, by
    uuid.
    """

    most: int

    @property
    def order(self) -> Order:
        """The order of the companies."""
        return Order("company_key", ascending=True)


Selection = Sample | PerCompany

Ordering = Order | Sample | PerCompany


class ContactFilter(msgspec.Struct, frozen=True):
    """What an engine is asked: which contacts, in which order.

    Attributes:
        order: that of the selection, if there is one.
        selection: takes some of the contacts, in an order of its own. (It is unset where there is none, so that what
            cursors are bound to is made of the two others alone.)
    """

    predicate: Predicate = MatchAll()
    order: Order = Order()
    selection: Selection | UnsetType = UNSET

    @property
    def ordering(self) -> Ordering:
        """What says where a contact stands."""
        return ordering(self.order, self.selection)


def ordering(order: Order, selection: Selection | UnsetType) -> Ordering:
    """What says where a contact stands: the selection or, where there is none, the order."""
    return order if isinstance(selection, UnsetType) else selection
