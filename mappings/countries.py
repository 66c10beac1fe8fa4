"""Countries by all their names, those of ISO 3166-1 and the usual others."""

from functools import cache

import msgspec

from mappings.data_files import read_data

UNITED_STATES = "united states"
"""The normalised name of the country whose states and towns are named like other countries."""


class Country(msgspec.Struct, frozen=True):
    """A row of `data/countries.json`."""

    alpha2: str
    alpha3: str
    name: str
    aliases: tuple[str, ...]


def place_key(part: str) -> str:
    """What spellings are looked up by: without a leading `the`, and `u s a` as `usa`."""
    key = part.removeprefix("the ")
    letters = key.replace(" ", "")
    return letters if 2 * len(letters) == len(key) + 1 else key


@cache
def countries() -> tuple[Country, ...]:
    """The countries of ISO 3166-1, and Kosovo."""
    return read_data("countries", tuple[Country, ...])
