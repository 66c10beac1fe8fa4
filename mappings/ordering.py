"""The order that a URL asks for: the sort fields that Apollo knows, and ours.

Which those are is written to `data/sort_keys.json` from the field table, which mappings do not import.
"""

from functools import cache

from mappings.data_files import read_data
from mappings.predicates import Order
from mappings.rules import Context
from mappings.values import boolean

SORTING = ("sortByField", "sortAscending")
"""The parameters of the order: what it goes by, and which way."""

_UNSORTED = frozenset({"", "[none]"})


def order_of(context: Context) -> Order | None:
    """The order that the URL asks for; `None` if it names a field that we can't sort by.

    Without a field the direction has nothing to turn round: that is the default order, newest first.
    """
    field, direction = SORTING
    name = context.last(field).strip()
    if name in _UNSORTED:
        return Order()
    key = _sort_keys().get(name)
    return Order(key, ascending=boolean(context.last(direction))) if key else None


def sort_field_named(name: str) -> str | None:
    """Apollo's name of the field that `sortByField` names in any way; `None` for one that we can't sort by."""
    key = _sort_keys().get(name.strip())
    return _sort_names()[key][:2][-1] if key else None


@cache
def _sort_keys() -> dict[str, str]:
    """What URLs call a sort key → the sort key."""
    return {name: key for key, names in _sort_names().items() for name in names}


@cache
def _sort_names() -> dict[str, tuple[str, ...]]:
    """Sort key → what URLs call it: our own name, then Apollo's if it has one."""
    return read_data("sort_keys", dict[str, tuple[str, ...]])
