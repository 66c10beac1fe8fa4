"""Names as identity compares them: do two rows under one address speak of one person?

A name here is one text, the normalised first name, a line break and the normalised last name; either may be missing.
"""

from mappings.text import normalise
from search.contact_columns import ContactColumns

_BETWEEN = "\n"
_PARTS = ("first_name", "last_name")


def name_of(first: str | None, last: str | None) -> str:
    """The name in the form that all functions here take."""
    return f"{normalise(first or '')}{_BETWEEN}{normalise(last or '')}"


def names_of(contacts: ContactColumns) -> list[str]:
    """The same of each contact of a batch."""
    first, last = (contacts.of([field]).made(lambda text: normalise(text or "")).rows() for field in _PARTS)
    return list(map(_BETWEEN.join, zip(first, last, strict=True)))


def full_name(name: str) -> str:
    """First and last name in one; empty where there is neither."""
    return name.replace(_BETWEEN, " ").strip()


def agree(one: str, other: str) -> bool:
    """The names may be those of one person: first and last names are equal, or one is an initial or a beginning of
    the other, or absent. A full name that stands in one field agrees with its two parts."""
    if one == other:
        return True
    return all(map(_begins, one.split(_BETWEEN), other.split(_BETWEEN))) or (full_name(one) == full_name(other))


def fuller(name: str, before: str) -> str:
    """What is known of a person's name who was called `before` and is called `name` now: of each part the longer
    form, if one is a beginning of the other, else the one of now."""
    if name == before:
        return name
    parts = zip(name.split(_BETWEEN), before.split(_BETWEEN), strict=True)
    return _BETWEEN.join([old if old.startswith(new) else new for new, old in parts])


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
