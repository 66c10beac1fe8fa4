"""A contact's place and a filter's location meet in the same names."""

import time
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mappings.countries import place_key
from mappings.locations import _places, contact_location, is_country, is_us_state, location_predicate, place_text
from mappings.predicates import All, Any, Not, Phrase, Predicate
from mappings.text import normalise


def holds(predicate: Predicate, parts: tuple[str, ...]) -> bool:
    """Whether a contact with these location parts satisfies `predicate`: the definition, word by word."""
    if isinstance(predicate, All):
        return all(holds(one, parts) for one in predicate.of)
    if isinstance(predicate, Any):
        return any(holds(one, parts) for one in predicate.of)
    if isinstance(predicate, Not):
        return not holds(predicate.of, parts)
    assert isinstance(predicate, Phrase)
    return any(f" {predicate.words} " in f" {part} " for part in parts)


def asked(text: str) -> list[str]:
    predicate = location_predicate("person_location", text)
    if predicate is None:
        return []
    phrases = predicate.of if isinstance(predicate, All) else (predicate,)
    assert all(isinstance(phrase, Phrase) and phrase.field == "person_location" for phrase in phrases)
    return [phrase.words for phrase in phrases if isinstance(phrase, Phrase)]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("San Francisco", "CA", "US"), ("san francisco", "california", "united states")),
        (("San Francisco", "California", "United States"), ("san francisco", "california", "united states")),
        (("San Francisco", "CA", None), ("san francisco", "california")),
        (("New York", "N.Y.", "U.S.A."), ("new york", "united states")),
        (("Perth", "WA", "Australia"), ("perth", "wa", "australia")),
        (("Washington, D.C.", None, "USA"), ("washington", "district of columbia", "united states")),
        (("Washington DC", None, None), ("washington", "district of columbia")),
        (("San Francisco, CA", "", "US"), ("san francisco", "california", "united states")),
        (("Tbilisi", None, "Georgia"), ("tbilisi", "georgia")),
        (("Atlanta", "Georgia", "US"), ("atlanta", "georgia", "united states")),
        (("London", "England", "UK"), ("london", "england", "united kingdom")),
        (("London", None, "England"), ("london", "england", "united kingdom")),
        (("Holland", "MI", "US"), ("holland", "michigan", "united states")),
        (("Seoul", None, "Korea, Republic of"), ("seoul", "south korea")),
        (("San Juan", "PR", "Puerto Rico"), ("san juan", "pr", "puerto rico")),
        (("München", "Bayern", "Deutschland"), ("munchen", "bayern", "germany")),
        (("Luxembourg", "Luxembourg", "LU"), ("luxembourg",)),
        ((None, None, "Narnia"), ("narnia",)),
        ((None, None, None), ()),
        (("", " ", "-"), ()),
    ],
)
def test_contact_location(place: tuple[str | None, str | None, str | None], expected: tuple[str, ...]) -> None:
    assert contact_location(*place) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("San Francisco, CA, US", ["san francisco", "california", "united states"]),
        ("San Francisco, CA, United States", ["san francisco", "california", "united states"]),
        ("San Francisco, CA", ["san francisco", "california"]),
        ("CA, US", ["california", "united states"]),
        ("US, CA", ["united states", "california"]),
        ("CA", ["canada"]),
        ("GB", ["united kingdom"]),
        ("IN", ["india"]),
        ("DE", ["germany"]),
        ("TX", ["texas"]),
        ("D.C.", ["district of columbia"]),
        ("New York, US", ["new york", "united states"]),
        ("Texas, US", ["texas", "united states"]),
        ("california", ["california"]),
        ("Georgia", ["georgia"]),
        ("Georgia, US", ["georgia", "united states"]),
        ("Washington, DC", ["washington", "district of columbia"]),
        ("Washington, D.C., USA", ["washington", "district of columbia", "united states"]),
        ("Washington DC", ["washington", "district of columbia"]),
        ("greater london", ["greater london"]),
        ("London, England", ["london", "england"]),
        ("London, United Kingdom", ["london", "united kingdom"]),
        ("UK, London", ["united kingdom", "london"]),
        ("USA, Texas", ["united states", "texas"]),
        ("Holland", ["netherlands"]),
        ("Amsterdam, Holland", ["amsterdam", "netherlands"]),
        ("Holland, Michigan", ["holland", "michigan"]),
        ("Holland, MI, USA", ["holland", "michigan", "united states"]),
        ("LA, CA, US", ["la", "california", "united states"]),
        ("Ontario, CA", ["ontario", "california"]),
        ("Toronto, ON, CA", ["toronto", "on", "canada"]),
        ("Berlin, DE", ["berlin", "delaware"]),
        ("London, GB", ["london", "united kingdom"]),
        ("Quebec, Canada", ["quebec", "canada"]),
        ("the Netherlands", ["netherlands"]),
        ("The Hague, NL", ["the hague", "netherlands"]),
        ("Korea, Republic of", ["south korea"]),
        ("Seoul, Korea, Republic of", ["seoul", "south korea"]),
        ("Saint Helena, Ascension and Tristan da Cunha", ["saint helena"]),
        ("Paris， France", ["paris", "france"]),
        (" , San Francisco ,, US, ", ["san francisco", "united states"]),
        ("US, us, USA", ["united states"]),
        ("Location placeholder", ["location placeholder"]),
        ("", []),
        (", -", []),
    ],
)
def test_location_predicate(text: str, expected: list[str]) -> None:
    assert asked(text) == expected


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("united states", "US|USA|U.S.|U.S.A.|us|United States of America|The United States|America"),
        ("united kingdom", "UK|U.K.|GB|GBR|Great Britain|Britain|United Kingdom (UK)"),
        ("germany", "DE|DEU|Deutschland|Federal Republic of Germany"),
        ("netherlands", "NL|NLD|Holland|The Netherlands|Nederland"),
        ("vietnam", "VN|VNM|Viet Nam|Vietnam"),
        ("czechia", "CZ|Czech Republic|Czechia"),
        ("south korea", "KR|KOR|South Korea|Republic of Korea|Korea"),
        ("north korea", "KP|DPRK|Korea, Democratic People's Republic of"),
        ("united arab emirates", "AE|UAE|U.A.E.|United Arab Emirates"),
        ("turkey", "TR|Türkiye|Turkiye|Turkey"),
        ("russia", "RU|Russian Federation|Россия"),
        ("cote d ivoire", "CI|Ivory Coast|Côte d'Ivoire|Cote d’Ivoire"),
        ("saint lucia", "LC|St. Lucia|St Lucia"),
        ("trinidad and tobago", "TT|Trinidad & Tobago"),
        ("democratic republic of the congo", "CD|DRC|DR Congo|Congo, The Democratic Republic of the"),
        ("taiwan", "TW|Taiwan, Province of China|Republic of China"),
        ("china", "CN|People's Republic of China|PRC"),
        ("hong kong", "HK|Hong Kong SAR"),
        ("kosovo", "XK|Kosovo"),
    ],
)
def test_every_spelling_of_a_country_is_the_country_on_both_sides(name: str, spellings: str) -> None:
    for spelling in spellings.split("|"):
        assert contact_location(None, None, spelling) == (name,)
        assert asked(spelling) == [name]


def test_canonical_names_are_their_own_and_codes_of_both_lists_agree() -> None:
    places = _places()
    assert len(places.states) == 56
    assert {places.countries[place_key(name)] for name in places.countries.values()} == set(places.countries.values())
    for name in {*places.countries.values(), *places.states.values()}:
        assert normalise(name) == name
    for code in ("pr", "gu", "vi", "as", "mp"):
        assert places.states[code] == places.countries[code]


CODES = sorted(code.upper() for code in _places().states)
STATES = sorted(name.title() for name in _places().states.values())
COUNTRIES = sorted({*_places().countries})
CITIES = ["San Francisco", "Washington", "New York", "Holland", "London", "St. Louis", "Zürich", "Macedonia", "La Paz"]
WORD = st.text(st.characters(exclude_characters=",，、،", exclude_categories=["Cs"]), max_size=12)


def ambiguous(text: str) -> bool:
    """Whether a filter may read `text` as a country or a US state, though it stands in another column."""
    key = place_key(normalise(text))
    return key in _places().states or _places().countries.get(key, key) != normalise(text)


@given(
    st.one_of(st.sampled_from(CITIES), WORD),
    st.one_of(st.sampled_from([*CODES, *STATES, "England", "Bayern"]), WORD),
    st.sampled_from(["US", "USA", "United States", "U.S.A.", "the USA"]),
)
def test_a_contact_in_the_united_states_is_found_by_its_own_place(city: str, state: str, country: str) -> None:
    assume(normalise(state) or not ambiguous(city))
    assert found_by_its_own_place(city, state, country)


@given(
    st.one_of(st.sampled_from(CITIES), WORD),
    st.one_of(st.sampled_from([*CODES, *STATES, "England", "Bayern"]), WORD),
    st.one_of(st.sampled_from(COUNTRIES), st.just("Narnia")),
)
def test_a_contact_anywhere_is_found_by_its_own_place(city: str, state: str, country: str) -> None:
    parts = [text for text in (city, state, country) if normalise(text)]
    assume(not (len(parts) == 2 and place_key(normalise(country)) in _places().states))
    # No state is called by another country's name.
    assume(normalise(state) in _places().states or place_key(normalise(state)) not in _places().countries)
    if _places().countries.get(place_key(country)) == "united states":
        assume(normalise(state) or not ambiguous(city))
    elif country == "Narnia":
        assume(not ambiguous(city) and not ambiguous(state))
    assume(not any(" ".join(map(normalise, pair)) in _places().comma_names for pair in pairwise(parts)))
    assert found_by_its_own_place(city, state, country)


@given(st.one_of(st.sampled_from(CITIES), WORD), st.one_of(st.sampled_from([*CODES, *STATES]), WORD))
def test_a_contact_without_a_country_is_found_by_its_own_place(city: str, state: str) -> None:
    assume(normalise(city) and normalise(state) and not ambiguous(city))
    assume(state in CODES or not ambiguous(state))
    assert found_by_its_own_place(city, state, None)


def found_by_its_own_place(city: str, state: str, country: str | None) -> bool:
    predicate = location_predicate("f", ", ".join(part for part in (city, state, country) if part))
    parts = contact_location(city, state, country)
    return holds(predicate, parts) if predicate else not parts


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("New York, US", ("New York", "New York", "United States"), True),
        ("New York, US", ("Buffalo", "NY", "USA"), True),
        ("New York, US", ("New York", None, "Mexico"), False),
        ("San Francisco, CA", ("San Francisco", "California", "United States"), True),
        ("CA", ("San Francisco", "CA", "US"), False),
        ("CA", ("Toronto", "Ontario", "Canada"), True),
        ("Canada", ("San Francisco", "CA", "US"), False),
        ("United Kingdom", ("London", "England", "GB"), True),
        ("United Kingdom", ("Cardiff", None, "Wales"), True),
        ("London, England", ("London", "England", "United Kingdom"), True),
        ("greater london", ("Greater London", None, "UK"), True),
        ("India", ("Gary", "IN", "US"), False),
        ("India", ("Gary", "Indiana", "US"), False),
        ("Washington, DC", ("Washington", "District of Columbia", "United States"), True),
        ("Washington, DC", ("Washington DC", "Washington D.C.", "US"), True),
        ("Washington, DC", ("Seattle", "Washington", "US"), False),
        ("Georgia", ("Atlanta", "GA", None), True),
        ("Georgia", ("Tbilisi", None, "GE"), True),
        ("Mexico", ("Santa Fe", "NM", "US"), True),
        ("LATAM", ("Santa Fe", "NM", "US"), False),
        ("LATAM", ("Monterrey", None, "Mexico"), True),
        ("EMEA", ("Atlanta", "Georgia", "US"), False),
        ("EMEA", ("Tbilisi", None, "Georgia"), True),
        ("Africa", ("Port Moresby", None, "Papua New Guinea"), False),
        ("Africa", ("Conakry", None, "Guinea"), True),
        ("Europe", ("Newark", "New Jersey", "USA"), False),
        ("Europe", (None, None, "Deutschland"), True),
        ("Europe", ("Leeds", None, "England"), True),
        ("Munich, Europe", ("Munich", None, "Germany"), True),
        ("Munich, APAC", ("Munich", None, "Germany"), False),
        ("Europe, the Middle East & Africa", ("Doha", None, "Qatar"), True),
        ("E.M.E.A. region", (None, None, "EMEA"), True),
        ("DACH, APAC", ("Wien", None, "Austria"), True),
        ("DACH, APAC", ("Tokyo", None, "Japan"), True),
        ("DACH, APAC", ("Oslo", None, "Norway"), False),
        ("North America", (None, None, "USA"), True),
    ],
)
def test_what_a_filter_finds(text: str, place: tuple[str, str | None, str | None], expected: bool) -> None:
    predicate = location_predicate("f", text)
    assert predicate is not None
    assert holds(predicate, contact_location(*place)) is expected


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", None),
        (" , ", None),
        ("Berlin, DE", "Berlin, Delaware"),
        ("san  Jose, CA, US", "san Jose, California, United States"),
    ],
)
def test_a_location_as_it_is_written(text: str, written: str | None) -> None:
    assert place_text(text) == written


def test_what_is_a_country_and_what_a_state() -> None:
    assert all(map(is_country, ["Germany", "DE", "deu", "The Netherlands", "U.S.A.", "Côte d'Ivoire"]))
    assert not any(map(is_country, ["Berlin", "Texas", "", "EMEA"]))
    assert all(map(is_us_state, ["Texas", "tx", "New York", "District of Columbia"]))
    assert not any(map(is_us_state, ["Austin", "Germany", ""]))


@given(st.text())
def test_any_text_is_a_location(text: str) -> None:
    predicate = location_predicate("f", text)
    assert (predicate is None) == (not normalise(text.replace("،", ",")))


@given(*[st.one_of(st.none(), st.text(max_size=20), st.sampled_from(COUNTRIES))] * 3)
def test_a_contact_s_parts_are_normalised_distinct_and_not_empty(
    city: str | None, state: str | None, country: str | None
) -> None:
    parts = contact_location(city, state, country)
    assert all(part and normalise(part) == part for part in parts)
    assert len(set(parts)) == len(parts)


def test_hostile_lengths_take_no_time() -> None:
    started = time.perf_counter()
    for text in (",".join(map(str, range(20_000))), "us," * 20_000, "a b " * 20_000, "," * 60_000):
        location_predicate("f", text)
    assert time.perf_counter() - started < 3
