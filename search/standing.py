"""Where a contact stands in an order, beside its uuid, and which of two places comes first: the same for all engines.

Cursors hold such places, so that a page can begin beside a contact that is no longer there.
"""

from mappings.predicates import Order, Ordering, PerCompany, Sample
from search.cursor import Value
from search.documents import sort_value, sorted_by
from search.fields import ContactCompleteItem

Place = tuple[Value, str]
"""Where a contact stands: its value, `None` where that is missing, and its uuid."""

NEWEST = Order()
"""The default order."""

WITHIN_COMPANY = (Order("seniority_rank", ascending=True), NEWEST)
"""What contacts of one company are ordered by."""


def fields_of(order: Ordering) -> frozenset[str]:
    """The contact fields of which a place is made."""
    keys = [order] if isinstance(order, Order) else [order.order]
    return frozenset(
        name
        for key in (*keys, *(WITHIN_COMPANY if isinstance(order, PerCompany) else ()))
        for name in sorted_by(key.field)
    )


def standing(contact: ContactCompleteItem, order: Ordering) -> Value:
    """The value of a contact in an order."""
    if isinstance(order, Order):
        return sort_value(contact, order.field)
    value = sort_value(contact, order.order.field)
    if isinstance(order, Sample) or value is None:
        return value
    rank, created = (sort_value(contact, key.field) for key in WITHIN_COMPANY)
    return str(value), _number(rank), _number(created)


def stands_before(one: Place, other: Place, order: Ordering) -> bool:
    """Whether `one` comes before `other`. Missing values are last; of equal ones the uuid decides."""
    (value, uuid), (beside, beside_uuid) = one, other
    if value == beside:
        return uuid < beside_uuid
    if value is None or beside is None:
        return beside is None
    if isinstance(order, PerCompany):
        assert isinstance(value, tuple)
        assert isinstance(beside, tuple)
        pairs = zip(value, beside, (order.order, *WITHIN_COMPANY), strict=True)
        first, second, key = next(pair for pair in pairs if pair[0] != pair[1])
        return stands_before((first, ""), (second, ""), key)
    if isinstance(order, Sample):
        return _round(value, order) < _round(beside, order)
    return (value < beside) is order.ascending  # type: ignore[operator]


def _round(key: Value, sample: Sample) -> tuple[bool, int]:
    """Where a shuffle key is, seen from where the sample starts."""
    assert isinstance(key, int)
    return key < sample.start, key


def _number(value: int | str | None) -> int | None:
    assert not isinstance(value, str)
    return value
