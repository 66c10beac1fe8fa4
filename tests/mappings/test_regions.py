"""Regions: that their names are nobody else's, and what belongs to some of them."""

import pytest

from mappings.countries import countries
from mappings.locations import _places
from mappings.regions import _regions, region_of, region_rows, region_with_commas
from mappings.text import normalise


def test_no_region_is_called_like_a_country_or_state():
    places = _places()
    assert not {*places.countries, *places.states, *places.state_names} & set(_regions())


def test_no_name_means_two_regions_and_every_region_has_a_source():
    for row in region_rows():
        of_row = {region_of(normalise(spelling)) for spelling in (row.name, *row.aliases)}
        assert [region.name for region in of_row] == [normalise(row.name)]
    assert len({row.name for row in region_rows()}) == len(region_rows())
    assert all(row.source.startswith("https://") for row in region_rows())
    assert all(region.countries for region in _regions().values())


@pytest.mark.parametrize(
    "name",
    ["Europe", "EMEA", "APAC", "LATAM", "DACH", "Nordics", "Benelux", "Middle East", "North America", "ANZ", "GCC",
     "Balkans", "Baltics", "Southeast Asia", "MENA", "Sub-Saharan Africa", "the Nordic countries", "south-east asia",
     "Asia-Pacific", "Latin America & the Caribbean", "E.U.", "UK&I", "Gulf States", "CEE", "the Americas"],
)  # fmt: skip
def test_regions_that_people_ask_for(name):
    assert region_of(normalise(name)) is not None


@pytest.mark.parametrize("name", ["Germany", "Georgia", "Berlin", "the", "region", "", "America", "Micronesia"])
def test_what_is_no_region(name):
    assert region_of(normalise(name)) is None


def test_what_is_in_them():
    assert region_of("dach").countries == ("austria", "germany", "switzerland")
    assert {"france", "egypt", "nigeria", "turkey", "georgia"} <= set(region_of("emea").countries)
    assert not {"india", "united states"} & set(region_of("emea").countries)
    assert {"japan", "india", "australia", "vietnam"} <= set(region_of("apac").countries)
    assert {"mexico", "brazil", "jamaica"} <= set(region_of("latam").countries)
    assert {"united states", "canada", "mexico"} <= set(region_of("north america").countries)


def test_every_country_but_antarctica_is_on_a_continent():
    continents = [region_of(name) for name in ("africa", "americas", "asia", "europe", "oceania")]
    inside = {name for continent in continents for name in continent.countries}
    assert [country.name for country in countries() if normalise(country.name) not in inside] == ["Antarctica"]


def test_what_is_left_out_of_a_region():
    assert region_of("africa").elsewhere == ("papua new guinea", "united states")
    assert region_of("north america").elsewhere == ("united states minor outlying islands",)


def test_a_whole_location_is_a_region_only_by_a_name_with_commas():
    assert region_with_commas("europe middle east and africa") is region_of("emea")
    assert region_with_commas("asia pacific") is None
