"""`filters=` with JSON: the names of Apollo's in it are parameters, and JSON without any is refused, never ignored."""

from datetime import date
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.analysis import analyze
from mappings.contact_filter import map_url
from mappings.counting import countable
from mappings.errors import InvalidField, InvalidParameter
from mappings.json_filters import pairs_in
from mappings.ledger import ledger
from mappings.parameters import given_parameters
from mappings.url import MOST_VALUES, parse

TODAY = date(2026, 1, 1)
PEOPLE = "https://app.apollo.io/#/people?"


def with_filters(json: str, rest: str = "") -> str:
    return f"{PEOPLE}filters={quote(json)}{rest}"


@pytest.mark.parametrize(
    ("json", "query"),
    [
        ('{"personTitles":["CEO"],"personLocations":["Germany"]}', "personTitles[]=CEO&personLocations[]=Germany"),
        ('{"person_titles":["CEO","CTO"]}', "personTitles[]=CEO&personTitles[]=CTO"),
        ('{"personTitles[]":"CEO"}', "personTitles[]=CEO"),
        ('{"revenue_range":{"min":1000000,"max":2500000.0}}', "revenueRange[min]=1000000&revenueRange[max]=2500000.0"),
        ('{"revenueRange":{"min":"1M"},"page":2}', "revenueRange[min]=1M&page=2"),
        ('{"personTitles":["CEO"],"includeSimilarTitles":true}', "personTitles[]=CEO&includeSimilarTitles=true"),
        ('{"personTitles":["CEO"],"qKeywords":null}', "personTitles[]=CEO"),
        ('{"person":{"titles":["CEO"]}}', "personTitles[]=CEO"),
    ],
)
def test_json_is_read_as_its_parameters(json: str, query: str) -> None:
    read = given_parameters(parse(with_filters(json)).pairs)
    assert read == given_parameters(parse(PEOPLE + query).pairs)
    assert map_url(parse(with_filters(json)), TODAY).filter == map_url(parse(PEOPLE + query), TODAY).filter


def test_json_that_is_encoded_twice_is_read_and_with_a_page_alone_unknown_names_are_refused() -> None:
    json = '{"personTitles":["CEO"]}'
    assert given_parameters(parse(with_filters(quote(json))).pairs) == given_parameters(parse(with_filters(json)).pairs)
    assert map_url(parse(with_filters('{"page":2}')), TODAY).page == 2
    with pytest.raises(InvalidParameter):
        map_url(parse(with_filters('{"page":2,"titles":["CEO"]}')), TODAY)


def test_names_in_json_that_are_not_apollos_are_unmapped() -> None:
    mapped = map_url(parse(with_filters('{"personTitles":["CEO"],"locations":["Germany"]}', "&page=2")), TODAY)
    assert mapped.mapping_summary.mapped_parameter_names == ("personTitles[]", "page")
    assert mapped.mapping_summary.unmapped_parameter_names == ("locations",)
    [category] = mapped.unmapped_categories
    assert category.parameters[0].values == ("Germany",)
    assert category.parameters[0].reason == "Unknown parameter (no mapping defined)"


def test_several_filters_and_parameters_beside_them_come_together() -> None:
    second = quote('{"person_titles":["CFO"]}')
    url = parse(with_filters('{"personTitles":["CEO"]}', f"&personTitles[]=CTO&filters[]={second}"))
    [(parameter, values)] = given_parameters(url.pairs)
    assert (parameter.name, values) == ("personTitles[]", ["CEO", "CTO", "CFO"])


@pytest.mark.parametrize(
    "json",
    [
        '{"titles":["CEO"],"locations":["Germany"]}', '{"x":1}', '["CEO"]', '{"personTitles":["CEO"]', "{", "[[[",
        '[{"personTitles":["CEO"]}]', '{"":{"":1}}', "[" * 5_000,
    ],
)  # fmt: skip
def test_json_of_which_nothing_is_known_is_refused_and_analysed(json: str) -> None:
    url = parse(with_filters(json))
    with pytest.raises(InvalidParameter, match=r"^Invalid filter parameters: filters: .* is not JSON with names of"):
        map_url(url, TODAY)
    [category] = analyze(url).categories
    assert [(shown.name, shown.values) for shown in category.parameters] == [("filters", [json])]
    assert countable(url, TODAY).predicates == ()


@pytest.mark.parametrize("value", ["", " ", "{}", "[]", " { } ", "abc", "5"])
def test_filters_that_ask_nothing_are_no_error(value: str) -> None:
    mapped = map_url(parse(with_filters(value)), TODAY)
    asks = "" if value.strip() in ("abc", "5") else "filters"
    assert "".join(mapped.mapping_summary.mapped_parameter_names) == asks


def test_the_analysis_shows_parameters_and_the_raw_text() -> None:
    json = '{"personTitles":["CEO","CTO"]}'
    analysis = analyze(parse(with_filters(json)))
    assert [shown.name for shown in analysis.categories[0].parameters] == ["personTitles[]"]
    assert (analysis.statistics.total_parameters, analysis.statistics.total_parameter_values) == (1, 2)
    assert analysis.raw_parameters == {"filters": [json]}


def test_the_ledger_has_what_the_json_holds() -> None:
    entries = ledger(parse(with_filters('{"person_titles":["CEO"],"locations":["Germany"]}')), TODAY)
    assert [(entry.name, entry.value, entry.status) for entry in entries] == [
        ("personTitles[]", "CEO", "repaired"),
        ("locations", "Germany", "ignored"),
    ]
    [refused] = ledger(parse(with_filters('{"titles":["CEO"]}')), TODAY)
    assert (refused.name, refused.status) == ("filters", "ignored")


def test_json_has_no_more_values_than_a_url() -> None:
    many = parse(f'{PEOPLE}filters={{"personTitles":[{",".join("1" * MOST_VALUES)}]}}')
    assert len(given_parameters(many.pairs)[0][1]) == MOST_VALUES
    more = parse(f'{PEOPLE}filters={{"personTitles":[{",".join("1" * (MOST_VALUES + 1))}]}}')
    with pytest.raises(InvalidField, match=r"^url: more than 10000 values"):
        analyze(more)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_taken_apart(value: object) -> None:
    for name, text in pairs_in(msgspec.json.encode(value).decode()):
        assert isinstance(name, str)
        assert isinstance(text, str)


def test_a_long_name_is_not_repeated_with_all_that_is_in_it():
    long = "A" * 20_000
    json = msgspec.json.encode(
        {long: {str(number): number for number in range(1500)}, "personTitles": ["CEO"]}
    ).decode()
    pairs = pairs_in(json)
    assert len(pairs) == 1501
    assert sum(len(name) for name, _ in pairs) < 20 * len(json)
    mapped = map_url(parse(with_filters(json)), TODAY)
    [other] = mapped.unmapped_categories
    assert {parameter.name[:10] for parameter in other.parameters} == {"AAAAAAAAAA"}
    assert mapped.mapping_summary.mapped_parameter_names == ("personTitles[]",)
