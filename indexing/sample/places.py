"""Cities, with all that people and companies take from where they are."""

from typing import Final, NamedTuple

import msgspec

from indexing.sample.names import NAME_TABLES, Name
from indexing.sample.tables import ranked, table
from indexing.sample.words import read_words


class Style(NamedTuple):
    """A form of company names, and of the shorter ones used in e-mails.

    `{stem}` is the made-up word, `{kana}` the same in katakana, `{noun}` the trade.
    """

    full: str
    short: str


class Place(NamedTuple):
    """A city."""

    cells: tuple[str, str, str]
    """City, state, country."""
    no_city: tuple[str, str, str]
    phone: str
    first_names: list[Name]
    last_names: list[Name]
    styles: list[Style]
    endings: list[str]


class _Country(msgspec.Struct, frozen=True):
    """A country: its share, whose names its people and companies bear, its domain endings and its cities.

    A city has its state and telephone prefix. Cities and endings stand by rank.
    """

    name: str
    weight: int
    culture: str
    style: str
    endings: list[str]
    cities: list[tuple[str, str, str]]


class _PlaceWords(msgspec.Struct, frozen=True):
    """Forms of company names by style and by rank, and the countries."""

    company_styles: dict[str, list[Style]]
    countries: list[_Country]


def _places() -> list[Place]:
    words = read_words("places", _PlaceWords)
    styles = {style: table(ranked(forms, 0.9)) for style, forms in words.company_styles.items()}
    return table([pair for country in words.countries for pair in _cities(country, styles[country.style])])


def _cities(country: _Country, styles: list[Style]) -> list[tuple[Place, float]]:
    """A country's cities; their weights add up to the country's."""
    first_names, last_names = NAME_TABLES[country.culture]
    endings = table(ranked(country.endings))
    places = [
        Place((city, state, country.name), ("", state, country.name), phone, first_names, last_names, styles, endings)
        for city, state, phone in country.cities
    ]
    weighed = ranked(places)
    total = sum(weight for _, weight in weighed)
    return [(place, country.weight * weight / total) for place, weight in weighed]


PLACES: Final = _places()
"""The table of cities."""


def phone(place: Place, draw: int, share: int) -> str:
    """A number nobody has (555-01xx) as the export writes it, or nothing if the draw is not below the share."""
    return f"'{place.phone}-555-01{draw % 100:02}" if draw < share else ""
