"""The catalogue of parameters seen in real Apollo URLs: their names, categories and descriptions, and other names.

It is data (`data/parameters.json`, `data/aliases.json`), read once and only when first asked for. How a parameter maps
is not in it: that is said by the table in `mappings.parameters`, which alone reads the catalogue to answer.
"""

from functools import cache
from typing import Literal, get_args

import msgspec

from mappings.data_files import read_data

Category = Literal[
    "Pagination",
    "Sorting",
    "Person Filters",
    "Email Filters",
    "Organization Filters",
    "Keyword Filters",
    "Search Lists",
    "Technology",
    "Market Segments",
    "Intent",
    "Lookalike",
    "Prospecting",
    "Other",
]

CATEGORIES: tuple[Category, ...] = get_args(Category)
"""Every category, in the order answers show them."""

OTHER: Category = "Other"
"""The category of a name that is in no other one."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A parameter of Apollo, by the name that answers show."""

    name: str
    category: Category = OTHER
    description: str = ""
    """What answers say about it: one plain phrase for people who know neither Apollo's names nor ours."""


class Alias(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another word for a parameter. Other spellings of one word need no alias: see `mappings.names`."""

    name: str
    of: str
    """The name of the parameter that it stands for."""

    source: str
    """Where it comes from: a public URL, or in words."""


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, in the order in which answers show parameters: by category, inside one as the data has them."""
    return read_data("parameters", tuple[Entry, ...])


@cache
def aliases() -> tuple[Alias, ...]:
    """All aliases: hand-made names, and singulars and plurals of Apollo's."""
    return read_data("aliases", tuple[Alias, ...])
