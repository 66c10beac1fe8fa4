"""Places: the parts of a contact's place, and the test that one location of a filter puts to them.

Both sides bring country and US state spellings to the same normalised names, the contact by its columns, the filter
by the position of a part. The names come from ISO 3166-1 (`data/countries.json`, with the usual other spellings) and
from the postal codes of the United States (`data/us_states.json`).
"""

import re
from functools import cache
from importlib import resources

import msgspec

from mappings.predicates import Phrase, Predicate, all_of
from mappings.text import normalise

_COMMA = re.compile("[,，、،]")
_UNITED_STATES = "united states"
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


def location_predicate(field: str, text: str) -> Predicate | None:
    """The test that one location of a filter, e.g. `San Francisco, CA, US`, puts to `field`; `None` if it is empty.

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
    * ISO names that contain a comma (`Korea, Republic of`) are one part.
    """
    parts = _expanded(_canonical(_with_comma_names(_split(text))))
    return all_of(Phrase(field, part) for part in parts) if parts else None


def is_country(text: str) -> bool:
    """`text` is a country's name or code, in one of the usual spellings."""
    return _key(normalise(text)) in _places().countries


def is_us_state(text: str) -> bool:
    """`text` is the name or the code of a state of the United States."""
    name = normalise(text)
    return name in _places().state_names or name in _places().states


def _location(city: str, state: str, country: str) -> tuple[str, ...]:
    given = normalise(country)
    nation = _places().countries.get(_key(given), given)
    places = _split(city)
    region = normalise(state) or (places.pop() if len(places) > 1 else "")
    if nation in ("", _UNITED_STATES):
        region = _places().states.get(_key(region), region)
    around = _UNITED_KINGDOM if nation in _UK_NATIONS else ""
    return tuple(dict.fromkeys(part for part in (*_expanded([*places, region]), nation, around) if part))


def _split(text: str) -> list[str]:
    return [part for part in map(normalise, _COMMA.split(text)) if part]


def _key(part: str) -> str:
    """What spellings are looked up by: without a leading `the`, and `u s a` as `usa`."""
    key = part.removeprefix("the ")
    letters = key.replace(" ", "")
    return letters if 2 * len(letters) == len(key) + 1 else key


def _with_comma_names(parts: list[str]) -> list[str]:
    for length in (3, 2):
        name = " ".join(parts[-length:])
        if len(parts) >= length and name in _places().comma_names:
            return [*parts[:-length], name]
    return parts


def _canonical(parts: list[str]) -> list[str]:
    """Each part as its country or US state where its position says so; see `location_predicate` for the rules."""
    places = _places()
    countries = [places.countries.get(_key(part), "") for part in parts]
    states = [places.states.get(_key(part), "") for part in parts]
    named = [part in places.state_names for part in parts]
    known = sum(map(any, zip(countries, states, named, strict=True)))
    result = []
    for index, (part, country, state) in enumerate(zip(parts, countries, states, strict=True)):
        last = index == len(parts) - 1
        beside_us = _UNITED_STATES in countries[max(index - 1, 0) : index + 2]
        if state and (beside_us or (last and len(parts) == 2)):
            result.append(state)
        elif country and (last or known == 1 or country == _UNITED_STATES):
            result.append(country)
        else:
            result.append(state if state and last else part)
    return result


def _expanded(parts: list[str]) -> list[str]:
    return [piece for part in parts for piece in (_CAPITAL_PARTS if part in _CAPITAL else (part,))]


class _Country(msgspec.Struct):
    alpha2: str
    alpha3: str
    name: str
    aliases: tuple[str, ...]


class _Places(msgspec.Struct, frozen=True):
    """Lookup tables: spelling → country, code → US state, and the spellings of countries that hold a comma."""

    countries: dict[str, str]
    states: dict[str, str]
    state_names: frozenset[str]
    comma_names: frozenset[str]


@cache
def _places() -> _Places:
    data = resources.files("mappings").joinpath("data")
    countries = msgspec.json.decode(data.joinpath("countries.json").read_bytes(), type=list[_Country])
    states = msgspec.json.decode(data.joinpath("us_states.json").read_bytes(), type=dict[str, str])
    spellings = [(text, of.name) for of in countries for text in (of.name, of.alpha2, of.alpha3, *of.aliases)]
    return _Places(
        countries={_key(normalise(text)): normalise(name) for text, name in spellings},
        states={normalise(code): normalise(name) for code, name in states.items()},
        state_names=frozenset(map(normalise, states.values())),
        comma_names=frozenset(normalise(text) for text, _ in spellings if "," in text),
    )
