"""Counts of contacts by the values of a field, as an engine is asked for them and as it answers."""

from typing import Generic, TypeVar

import msgspec

FACET_SECONDS = 2.0
"""How long the values of one field may take; one that takes longer is left out, and the others come."""

Bounds = tuple[int | None, int | None]
"""The least and the largest of some numbers, both included; an absent one is open."""

Value = str | Bounds
"""What a bucket counts: a term, or the numbers within bounds."""

Compiled = TypeVar("Compiled")


class FacetQuery(msgspec.Struct, Generic[Compiled], frozen=True, kw_only=True):
    """One field, and the contacts that are counted by its values.

    Attributes:
        field: a search field that has a facet (`search.fields.FACETS`).
        compiled: the filter, in the engine's form.
        size: the most frequent terms that are wanted, at most.
        least: the contacts that such a term has at least.
        containing: texts that such a term has all in it, each a normalised word or a part of one.
        values: terms that are counted too, whether anybody has them or not.
        ranges: of a number what is counted in place of terms.
    """

    field: str
    compiled: Compiled
    size: int = 0
    least: int = 1
    containing: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    ranges: tuple[Bounds, ...] = ()


class Bucket(msgspec.Struct, frozen=True):
    """A value, and how many of the contacts have it."""

    value: Value
    count: int


class Facet(msgspec.Struct, frozen=True, kw_only=True):
    """The contacts of a filter, counted by the values of a field.

    Attributes:
        count: all of them.
        missing: those without any value.
        other: those who have a value, but none that has a bucket.
        buckets: of terms the most frequent first, then in order of the terms; then those asked for that are not among
            them, as they were asked for. Of numbers one for each range, in their order.
        exact: there is no other value with as many contacts, and no number is too low.
        timed_out: it took longer than it may; there is nothing else in it.
    """

    count: int = 0
    missing: int = 0
    other: int = 0
    buckets: tuple[Bucket, ...] = ()
    exact: bool = True
    timed_out: bool = False


TIMED_OUT = Facet(exact=False, timed_out=True)
