"""Places: the parts of a contact's place, and the test that one location of a filter puts to them.

Both sides bring country and US state spellings to the same normalised names, the contact by its columns, the filter
by the position of a part. The names come from ISO 3166-1 (`data/countries.json`, with the usual other spellings) and
from the postal codes of the United States (`data/us_states.json`). Regions, which contacts have no column for, are
their countries (`mappings.regions`).
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

import msgspec

from mappings.countries import UNITED_STATES, countries, place_key
from mappings.data_files import read_data
from mappings.predicates import Phrase, Predicate, all_of, any_of
from mappings.regions import Region, region_of, region_with_commas
from mappings.text import normalise

_CACHED_LENGTH = 128
_COMMA = re.compile("[,，、،]")
_UNITED_KINGDOM = "united kingdom"
_UK_NATIONS = frozenset({"england", "scotland", "wales", "northern ireland"})
_CAPITAL = frozenset({"washington dc", "washington d c"})
_CAPITAL_PARTS = ("washington", "district of columbia")


def contact_location(city: str | None, state: str | None, country: str | None) -> tuple[str, ...]:
    """The normalised parts of a contact's place, each one value of a location field.

    The country gets its usual name (`united states` for `USA`). A US state code becomes the state's name in the
    state column, or after a comma in the city column, when the country is the United States or not given. A
    contact in `England` is also one in the `united kingdom`, and one in `Washington DC` in both its parts.
    """
    return _location(city or "", state or "", country or "")


def place_parts(city: str | None, state: str | None, country: str | None) -> tuple[str, str, str]:
    """City, state and country of a contact's place, one of each by its usual name; `""` for what it does not say.

    They are of the parts that `contact_location` has: the first of several cities, and of a contact in `England` the
    country is the `united kingdom`.
    """
    places, region, nation = _read(city or "", state or "", country or "")
    town, *others = _expanded(places[:1]) or [""]
    return town, _CAPITAL_PARTS[-1] if region in _CAPITAL else region or "".join(others), _around(nation) or nation


class AskedPlace(msgspec.Struct, frozen=True):
    """One location of a filter, read.

    Attributes:
        parts: its parts by their usual names.
        regions: for each part the region that it is, if it is one.
        as_written: each part has the name that it was written by.
    """

    parts: tuple[str, ...]
    regions: tuple[Region | None, ...]
    as_written: bool

    @property
    def namesakes(self) -> tuple[str, ...]:
        """Countries and US states in whose names a part is a phrase: `new mexico` for `mexico`."""
        of = _places().namesakes
        return tuple([name for part in self.parts if part in of for name in of[part]])

    def predicate(self, field: str) -> Predicate:
        """The test that it puts to `field`: all of its parts, but any one of several regions, as of `EMEA, APAC`."""
        asked = zip(self.parts, self.regions, strict=True)
        tests = [region.predicate(field, part) if region else Phrase(field, part) for part, region in asked]
        return any_of(tests) if all(self.regions) else all_of(tests)


def location_predicate(field: str, text: str) -> Predicate | None:
    """The test that one location of a filter puts to `field`, as `asked_place` reads it; `None` if it is empty."""
    place = asked_place(text)
    return place.predicate(field) if place else None


def asked_place(text: str) -> AskedPlace | None:
    """One location of a filter; `None` if it is empty. How it is read is said at `_asked_place`."""
    return _cached_place(text) if len(text) <= _CACHED_LENGTH else _asked_place(text)


def _asked_place(text: str) -> AskedPlace | None:
    """One location of a filter, e.g. `San Francisco, CA, US`; `None` if it is empty.

    Every part between commas must be a phrase in some part of the contact's place: `New York, US` asks for
    `new york` and for `united states`. What has two meanings is decided so:

    * `US` in any spelling is the United States wherever it stands.
    * A US state code is the state beside the United States (`CA, US`) and as the last of two parts
      (`San Francisco, CA`; so `Berlin, DE` is in Delaware). Alone, and as the last of three or more, it is the
      country with that code (`CA` Canada, `IN` India, `DE` Germany) and the state only if there is none (`TX`).
    * Another country's spelling gets the country's usual name as the last part or alone. Before that it does so
      only if no other part is a country or state: `UK, London`, but Holland in `Holland, Michigan` is a town.
    * A name that is both stays one word and finds both: `georgia`. So does a name within a longer one, as a phrase
      does: `Mexico` also finds New Mexico, which `personNotLocations[]` can exclude.
    * `England` is not a spelling of `united kingdom`: contacts have it as their state.
    * ISO names that contain a comma (`Korea, Republic of`) are one part, and so is a whole location that is a region
      (`Europe, Middle East and Africa`). Of several regions and nothing else any one will do (`EMEA, APAC`).
    * A region is any of its countries, or itself by its name (`mappings.regions`).
    """
    written = _split(text)
    whole = " ".join(written)
    if len(written) > 1 and (region := region_with_commas(whole)):
        return AskedPlace((whole,), (region,), as_written=True)
    parts = _expanded(_canonical(_with_comma_names(written)))
    return AskedPlace(tuple(parts), tuple(map(region_of, parts)), parts == written) if parts else None


_cached_place = lru_cache(maxsize=4096)(_asked_place)


def is_country(text: str) -> bool:
    """`text` is a country's name or code, in one of the usual spellings."""
    return place_key(normalise(text)) in _places().countries


def is_us_state(text: str) -> bool:
    """`text` is the name or the code of a state of the United States."""
    name = normalise(text)
    return name in _places().state_names or name in _places().states


def _location(city: str, state: str, country: str) -> tuple[str, ...]:
    places, region, nation = _read(city, state, country)
    parts = (*_expanded([*places, region]), nation, _around(nation))
    return tuple(dict.fromkeys(part for part in parts if part))


def _read(city: str, state: str, country: str) -> tuple[list[str], str, str]:
    """The places in the city column, the region and the nation, by their usual names."""
    given = normalise(country)
    nation = _places().countries.get(place_key(given), given)
    places = _split(city)
    region = normalise(state) or (places.pop() if len(places) > 1 else "")
    if nation in ("", UNITED_STATES):
        region = _places().states.get(place_key(region), region)
    return places, region, nation


def _around(nation: str) -> str:
    """The country that a nation is a part of; `""` for a country."""
    return _UNITED_KINGDOM if nation in _UK_NATIONS else ""


def _split(text: str) -> list[str]:
    return [part for part in map(normalise, _COMMA.split(text)) if part]


def _with_comma_names(parts: list[str]) -> list[str]:
    for length in (3, 2):
        name = " ".join(parts[-length:])
        if len(parts) >= length and name in _places().comma_names:
            return [*parts[:-length], name]
    return parts


def _canonical(parts: list[str]) -> list[str]:
    """Each part as its country or US state where its position says so; see `location_predicate` for the rules."""
    places = _places()
    countries = [places.countries.get(place_key(part), "") for part in parts]
    states = [places.states.get(place_key(part), "") for part in parts]
    named = [part in places.state_names for part in parts]
    known = sum(map(any, zip(countries, states, named, strict=True)))
    result = []
    for index, (part, country, state) in enumerate(zip(parts, countries, states, strict=True)):
        last = index == len(parts) - 1
        beside_us = UNITED_STATES in countries[max(index - 1, 0) : index + 2]
        if state and (beside_us or (last and len(parts) == 2)):
            result.append(state)
        elif country and (last or known == 1 or country == UNITED_STATES):
            result.append(country)
        else:
            result.append(state if state and last else part)
    return result


def _expanded(parts: list[str]) -> list[str]:
    return [piece for part in parts for piece in (_CAPITAL_PARTS if part in _CAPITAL else (part,))]


class _Places(msgspec.Struct, frozen=True):
    """Lookup tables: spelling → country, code → US state, the spellings of countries that hold a comma, and country →
    the other countries and states in whose names it is a phrase."""

    countries: dict[str, str]
    states: dict[str, str]
    state_names: frozenset[str]
    comma_names: frozenset[str]
    namesakes: dict[str, tuple[str, ...]]


def place_text(text: str) -> str | None:
    """A location of a filter as Apollo writes it; `None` if it is empty.

    Countries and US states have their usual names in full, all else is as it was written: `San Francisco, California,
    United States` for `San Francisco, CA, US`.
    """
    place = asked_place(text)
    if place is None:
        return None
    written = {normalise(part): " ".join(part.split()) for part in _COMMA.split(text)}
    names = _names()
    parts = [names.get(part) or written.get(part) for part in place.parts]
    return ", ".join(filter(None, parts)) if all(parts) else text.strip()


@cache
def _names() -> dict[str, str]:
    """Normalised → as it is written: the names of countries and US states."""
    states = read_data("us_states", dict[str, str]).values()
    return {normalise(name): name for name in (*states, *[country.name for country in countries()])}


@cache
def _places() -> _Places:
    states = {normalise(code): normalise(name) for code, name in read_data("us_states", dict[str, str]).items()}
    spellings = [(text, of.name) for of in countries() for text in (of.name, of.alpha2, of.alpha3, *of.aliases)]
    codes = {normalise(country.alpha2): normalise(country.name) for country in countries()}
    return _Places(
        countries={place_key(normalise(text)): normalise(name) for text, name in spellings},
        states=states,
        state_names=frozenset(states.values()),
        comma_names=frozenset(normalise(text) for text, _ in spellings if "," in text),
        namesakes={name: others for name in codes.values() if (others := _namesakes(name, codes, states))},
    )


def _namesakes(name: str, codes: Mapping[str, str], states: Mapping[str, str]) -> tuple[str, ...]:
    """The others that a country's name is found in. What is its own is none: its islands, a territory in both lists."""
    if name == UNITED_STATES:
        return ()
    nations = [other for other in codes.values() if other != name]
    regions = [f"{state} (US)" for code, state in states.items() if codes.get(code) != state]
    return tuple(place for place in (*nations, *regions) if f" {name} " in f" {place} ")
