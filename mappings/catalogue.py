"""The catalogue of parameters seen in real Apollo URLs: their names, categories and plain meanings.

It is data (`data/parameters.json`), read once and only when first asked for. How a parameter maps is not in it:
that is the table in `mappings.parameters`.
"""

import re
from functools import cache
from importlib import resources

import msgspec

CATEGORIES = (
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
)
"""Every category, in the order answers show them."""

OTHER = "Other"
"""The category of a name that is in no other one."""

_STANDS_FOR = re.compile(r"stands for (\S+)")
_FLAT_SIDE = re.compile(r"flat spelling of (\S+) side")
_SIDES = {"Min": "[min]", "Max": "[max]"}


class Entry(msgspec.Struct, frozen=True):
    """One parameter of the catalogue, as found."""

    name: str
    category: str
    meaning: str

    @property
    def stands_for(self) -> str | None:
        """The name this one is only another spelling of; `None` for a parameter in its own right."""
        if other := _STANDS_FOR.search(self.meaning):
            return other[1]
        if side := _FLAT_SIDE.match(self.meaning):
            return side[1] + _SIDES[self.name[-3:]]
        return f"{self.name}[]" if self.meaning == "same, [] missing" else None


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, in the catalogue's own order, which is the order of parameters inside a category."""
    data = resources.files("mappings").joinpath("data", "parameters.json").read_bytes()
    return msgspec.json.decode(data, type=tuple[Entry, ...])
