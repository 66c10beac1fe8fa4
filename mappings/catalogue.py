"""The catalogue of parameters seen in real Apollo URLs: their names, categories and descriptions.

It is data (`data/parameters.json`), read once and only when first asked for. How a parameter maps is not in it: that
is said by the table in `mappings.parameters`, which alone reads the catalogue to answer.
"""

from functools import cache
from importlib import resources
from typing import Literal, get_args

import msgspec

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
    """One name that a parameter has in URLs.

    An alias has only its name and what it stands for: its category and description are those of that parameter.
    """

    name: str
    category: Category = OTHER
    description: str = ""
    """What answers say about it: one plain phrase for people who know neither Apollo's names nor ours."""

    alias_of: str | None = None
    """The canonical name that this one is another spelling of; `None` for a parameter in its own right."""


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, in the order in which answers show parameters: by category, inside one as the data has them."""
    data = resources.files("mappings").joinpath("data", "parameters.json").read_bytes()
    return msgspec.json.decode(data, type=tuple[Entry, ...])
