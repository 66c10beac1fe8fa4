"""A third, naive answer to every filter: plain Python over the derived fields of each contact, one by one.

It shares nothing with the engines but the meaning written down in `mappings.predicates`, so where all three agree,
the compilers are right.
"""

from collections.abc import Mapping, Sequence
from typing import Any as Value

import msgspec

from mappings.predicates import (
    All,
    Any,
    ContactFilter,
    Exists,
    MatchAll,
    Not,
    Order,
    Phrase,
    Predicate,
    Range,
    Substring,
    Terms,
)
from search.documents import search_fields
from search.fields import LONG_MAX, LONG_MIN, SORT_KEYS, ContactListItem


class Oracle:
    """Contacts in memory. Of two with the same uuid the later one counts."""

    def __init__(self, items: Sequence[ContactListItem]) -> None:
        latest = {item.uuid: item for item in items}
        self._contacts = [(item, derived(item)) for item in latest.values()]

    def count(self, contact_filter: ContactFilter) -> int:
        return len(self.uuids(contact_filter))

    def uuids(self, contact_filter: ContactFilter) -> list[str]:
        """All uuids in order."""
        found = [
            (item.uuid, sort_value(fields, contact_filter.order))
            for item, fields in self._contacts
            if matches(contact_filter.predicate, fields)
        ]
        found.sort()
        present = [entry for entry in found if entry[1] is not None]
        present.sort(key=lambda entry: entry[1], reverse=not contact_filter.order.ascending)
        return [uuid for uuid, _ in present] + [uuid for uuid, value in found if value is None]

    def pages(self, contact_filter: ContactFilter, limit: int) -> list[list[str]]:
        uuids = self.uuids(contact_filter)
        return [uuids[at : at + limit] for at in range(0, len(uuids), limit)]


Fields = Mapping[str, Value]


def derived(item: ContactListItem) -> Fields:
    """All derived fields of a contact by name."""
    fields = search_fields(item)
    parts = (fields.person, fields.company)
    return {name: value for part in parts for name, value in msgspec.structs.asdict(part).items()} | {
        "absent": fields.absent
    }


def sort_value(fields: Fields, order: Order) -> int | str | None:
    return fields[order.field if SORT_KEYS[order.field] else f"sort_{order.field}"]


def values_of(fields: Fields, name: str) -> tuple[str, ...]:
    value = fields[name]
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def matches(predicate: Predicate, fields: Fields) -> bool:
    match predicate:
        case MatchAll():
            return True
        case Terms(field, values):
            return any(value in values for value in values_of(fields, field))
        case Exists(field):
            return field not in fields["absent"]
        case Phrase(field, words):
            wanted = words.split(" ")
            return any(contains_run(value.split(" "), wanted) for value in values_of(fields, field))
        case Substring(field, text):
            return any(text in value for value in values_of(fields, field))
        case Range(field, gte, lte):
            number = fields[field]
            return number is not None and (gte is None or number >= near(gte)) and (lte is None or number <= near(lte))
        case All(of):
            return all(matches(each, fields) for each in of)
        case Any(of):
            return any(matches(each, fields) for each in of)
        case Not(of):
            return not matches(of, fields)


def near(bound: int) -> int:
    """The bound as engines hold it: one past what can be stored is brought to the nearest, as stored numbers are."""
    return max(LONG_MIN, min(LONG_MAX, bound))


def contains_run(words: list[str], wanted: list[str]) -> bool:
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))
