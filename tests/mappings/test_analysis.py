"""`analyze`: the contract's answer for any URL."""

from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.analysis import analyze
from mappings.catalogue import CATEGORIES
from mappings.errors import ForeignUrl
from mappings.url import parse

PEOPLE = "https://app.apollo.io/#/people?"
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()
FOREIGN = "app.dropleads.io"  # two of the real URLs are of another product that copied Apollo's format


def answer(url):
    return msgspec.json.decode(msgspec.json.encode(analyze(parse(url))))


def test_the_contract_s_example():
    query = (
        "contactEmailStatusV2[]=verified&personLocations[]=california&personTitles[]=CEO"
        "&organizationNumEmployeesRanges[]=11,50&page=1&sortByField=recommendations_score&sortAscending=false"
    )
    found = answer(PEOPLE + query)
    assert list(found) == ["url", "url_structure", "categories", "statistics", "raw_parameters"]
    assert found["url"] == PEOPLE + query
    structure = {
        "base_url": "https://app.apollo.io",
        "hash_path": "/people",
        "query_string": query,
        "has_query_params": True,
    }
    assert list(found["url_structure"].items()) == list(structure.items())
    statistics = {
        "total_parameters": 7,
        "total_parameter_values": 7,
        "categories_used": 5,
        "categories": ["Pagination", "Sorting", "Person Filters", "Email Filters", "Organization Filters"],
    }
    assert list(found["statistics"].items()) == list(statistics.items())
    assert [category["name"] for category in found["categories"]] == statistics["categories"]
    person = found["categories"][2]
    assert list(person) == ["name", "parameters", "total_parameters"]
    assert person["total_parameters"] == 2
    title = {
        "name": "personTitles[]",
        "values": ["CEO"],
        "description": "Job titles to include",
        "category": "Person Filters",
    }
    assert list(person["parameters"][0].items()) == list(title.items())
    raw = {
        "contactEmailStatusV2[]": ["verified"],
        "personLocations[]": ["california"],
        "personTitles[]": ["CEO"],
        "organizationNumEmployeesRanges[]": ["11,50"],
        "page": ["1"],
        "sortByField": ["recommendations_score"],
        "sortAscending": ["false"],
    }
    assert list(found["raw_parameters"].items()) == list(raw.items())


def test_spellings_of_a_name_are_one_parameter_with_its_values_in_the_order_of_the_url():
    found = answer(PEOPLE + "personTitles[]=a&personTitles=b&fooBar[]=z&search[title]=c&personTitles%5B%5D=a")
    person, other = found["categories"]
    assert [(one["name"], one["values"]) for one in person["parameters"]] == [("personTitles[]", ["a", "b", "c", "a"])]
    assert [(one["name"], one["category"]) for one in other["parameters"]] == [("fooBar[]", "Other")]
    assert found["statistics"]["total_parameters"] == 2
    assert found["statistics"]["total_parameter_values"] == 5
    assert found["raw_parameters"] == {
        "personTitles[]": ["a", "a"],
        "personTitles": ["b"],
        "fooBar[]": ["z"],
        "search[title]": ["c"],
    }


def test_industry_tag_ids_become_names_wherever_values_are_shown():
    found = answer(PEOPLE + "industryTagIds[]=5567ce1f7369643b78570000&organizationNotIndustryTagIds[]=unknown")
    shown = [(one["name"], one["values"]) for category in found["categories"] for one in category["parameters"]]
    assert shown == [
        ("organizationIndustryTagIds[]", ["accounting"]),
        ("organizationNotIndustryTagIds[]", ["unknown"]),
    ]
    assert found["raw_parameters"] == {
        "industryTagIds[]": ["accounting"],
        "organizationNotIndustryTagIds[]": ["unknown"],
    }


def test_without_parameters():
    found = answer("https://app.apollo.io/#/companies")
    assert found["url_structure"] == {
        "base_url": "https://app.apollo.io",
        "hash_path": "/companies",
        "query_string": None,
        "has_query_params": False,
    }
    assert found["categories"] == []
    assert found["statistics"] == {
        "total_parameters": 0,
        "total_parameter_values": 0,
        "categories_used": 0,
        "categories": [],
    }
    assert found["raw_parameters"] == {}


@pytest.mark.parametrize("url", URLS)
def test_every_real_url_is_analysed(url):
    if FOREIGN in url:
        with pytest.raises(ForeignUrl):
            parse(url)
        return
    check(answer(url))


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8), st.lists(st.sampled_from(URLS), max_size=3))
def test_no_value_makes_it_fail(pairs, urls):
    queries = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs]
    names = [pair.partition("=")[0] for url in urls for pair in url.rpartition("?")[2].split("&")]
    odd = [f"{name}={quote(value, safe='')}" for name in names for _, value in pairs[:1]]
    check(answer(PEOPLE + "&".join(queries + odd)))


def check(found):
    statistics = found["statistics"]
    parameters = [one for category in found["categories"] for one in category["parameters"]]
    assert statistics["total_parameters"] == len({one["name"] for one in parameters}) == len(parameters)
    values = sum(len(one["values"]) for one in parameters)
    assert statistics["total_parameter_values"] == values == sum(map(len, found["raw_parameters"].values()))
    names = [category["name"] for category in found["categories"]]
    assert statistics["categories"] == names == [name for name in CATEGORIES if name in names]
    assert statistics["categories_used"] == len(names)
    for category in found["categories"]:
        assert category["total_parameters"] == len(category["parameters"])
        assert {one["category"] for one in category["parameters"]} == {category["name"]}
        assert all(one["description"] for one in category["parameters"])
