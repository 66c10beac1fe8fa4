"""Regions: the groups of countries that people ask for as one place, such as EMEA, DACH and the Nordics.

Contacts have no such column, so a region is any of its countries. What belongs to one is in `data/regions.json`, each
with where that is said; countries stand there by their ISO 3166-1 codes.
"""

from collections.abc import Collection, Iterable
from functools import cache, lru_cache

import msgspec

from mappings.countries import UNITED_STATES, countries, place_key
from mappings.data_files import read_data
from mappings.predicates import Not, Phrase, Predicate, all_of, any_of
from mappings.text import normalise

_NO_NAME = frozenset({"and", "the", "region", "countries"})


class Region(msgspec.Struct, frozen=True):
    """A region; its names are normalised.

    Attributes:
        name: its own.
        countries: its countries, in alphabetical order.
        elsewhere: countries outside that are left out, because one of its names is a phrase in theirs (`guinea` in
            `papua new guinea`), or in those of their states and towns (`georgia`, `new mexico`).
    """

    name: str
    countries: tuple[str, ...]
    elsewhere: tuple[str, ...]

    def predicate(self, field: str, written: str) -> Predicate:
        """Places in one of its countries and in none elsewhere; or what has its name, or the name as `written`."""
        return _places_in(field, self.name, written)


def region_of(text: str) -> Region | None:
    """The region that a normalised text names; `None` if it names none."""
    return _regions().get(_region_key(text))


def region_with_commas(text: str) -> Region | None:
    """The same for a whole location, if the region is one that has commas in its name."""
    return region_of(text) if _region_key(text) in _names_with_commas() else None


@lru_cache(maxsize=256)
def _places_in(field: str, name: str, written: str) -> Predicate:
    region = _regions()[_region_key(name)]
    named = [Phrase(field, written), Phrase(field, region.name)]
    inside = any_of([Phrase(field, country) for country in region.countries])
    elsewhere = [Not(Phrase(field, country)) for country in region.elsewhere]
    return any_of([*named, all_of([inside, *elsewhere])])


class RegionRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of `data/regions.json`: codes of countries, and names of regions before it that belong to it as a whole."""

    name: str
    source: str
    aliases: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


@cache
def region_rows() -> tuple[RegionRow, ...]:
    """The regions that are known, as they stand in the data."""
    return read_data("regions", tuple[RegionRow, ...])


@cache
def _regions() -> dict[str, Region]:
    """Spelling → region."""
    names = {country.alpha2: normalise(country.name) for country in countries()}
    regions: dict[str, Region] = {}
    for row in region_rows():
        inside = {names[code] for code in row.countries}
        inside = inside.union(*(regions[_region_key(normalise(part))].countries for part in row.of))
        name = normalise(row.name)
        region = Region(name, tuple(sorted(inside)), _elsewhere(name, inside, names.values()))
        regions |= {_region_key(normalise(spelling)): region for spelling in (row.name, *row.aliases)}
    return regions


@cache
def _names_with_commas() -> frozenset[str]:
    spellings = (spelling for row in region_rows() for spelling in (row.name, *row.aliases))
    return frozenset(_region_key(normalise(spelling)) for spelling in spellings if "," in spelling)


def _elsewhere(name: str, inside: Collection[str], all_countries: Iterable[str]) -> tuple[str, ...]:
    phrases = [f" {place} " for place in (name, *inside)]
    return tuple(
        country
        for country in all_countries
        if country not in inside and (country == UNITED_STATES or any(phrase in f" {country} " for phrase in phrases))
    )


def _region_key(text: str) -> str:
    if " " not in text:
        return text
    return place_key(" ".join([word for word in text.split() if word not in _NO_NAME]))
