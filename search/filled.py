"""Which fields of a contact a predicate looks at: to tell contacts of whom nothing is known there from others."""

from mappings.predicates import All, Any, Exists, MatchAll, Not, Predicate, any_of
from search.fields import ALL_FIELDS, SEARCH_FIELDS


def fields_of(predicate: Predicate) -> tuple[str, ...]:
    """The contact fields that a predicate looks at, in the order of the contact."""
    names: set[str] = set()
    left = [predicate]
    while left:
        part = left.pop()
        match part:
            case All(of) | Any(of):
                left += of
            case Not(of):
                left.append(of)
            case Exists(field):
                names.add(field)
            case MatchAll():
                pass
            case _:
                names.update(SEARCH_FIELDS[part.field].of)
    return tuple([name for name in ALL_FIELDS if name in names])


def filled(predicate: Predicate) -> Predicate:
    """The contacts in which any of the fields is filled that `predicate` looks at."""
    return any_of([Exists(name) for name in fields_of(predicate)])
