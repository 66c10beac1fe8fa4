"""The order that a URL asks for: the sort fields that Apollo knows, and ours."""

from mappings.predicates import Order
from mappings.rules import Context
from mappings.values import boolean

_SORT_FIELDS = {
    "person_name.raw": "person_name",
    "person_title_normalized": "title",
    "sanitized_organization_name_unanalyzed": "company",
    "organization_estimated_number_employees": "employees",
    "updated_at": "updated_at",
    "created_at": "created_at",
    "first_name": "first_name",
    "last_name": "last_name",
    "title": "title",
    "company": "company",
    "employees": "employees",
    "annual_revenue": "annual_revenue",
}
"""Apollo's names of sort fields, and ours → the sort key."""

_UNSORTED = frozenset({"", "[none]"})


def order_of(context: Context) -> Order | None:
    """The order that the URL asks for; `None` if it names a field that we can't sort by.

    Without a field the direction has nothing to turn round: that is the default order, newest first.
    """
    name = context.last("sortByField").strip()
    if name in _UNSORTED:
        return Order()
    key = _SORT_FIELDS.get(name)
    return Order(key, ascending=boolean(context.last("sortAscending"))) if key else None
