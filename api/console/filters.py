"""Which filters a search can be given: told to the page when somebody wants to add one, of the table of parameters."""

import msgspec

from mappings.json_filters import FILTERS
from mappings.parameters import NOT_ABOUT_CONTACTS, known_parameters


class Filter(msgspec.Struct, frozen=True):
    """A parameter of Apollo's that a search can be given, as people are told of it.

    Attributes:
        example: a value as it may be written, if it is no plain words.
    """

    name: str
    category: str
    description: str
    example: str


def filters() -> list[Filter]:
    """All that ask something of contacts or of another one that does, in the order of answers."""
    return [
        Filter(each.name, each.category, each.description, each.example)
        for each in known_parameters()
        if each.reason is None and each.category not in NOT_ABOUT_CONTACTS and each.name != FILTERS
    ]
