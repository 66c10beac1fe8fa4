"""Filters as Elasticsearch queries. That they find the right contacts is for the agreement with the others to tell."""

from collections.abc import Iterator
from datetime import date
from itertools import cycle
from typing import Any as Json
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.algebra import simplified
from mappings.contact_filter import map_url
from mappings.predicates import (
    MATCH_NONE,
    All,
    Any,
    ContactFilter,
    Exists,
    MatchAll,
    Not,
    Order,
    Phrase,
    Predicate,
    Range,
    Substring,
    Terms,
)
from mappings.regions import region_rows
from mappings.url import parse
from search.elasticsearch import compile as module
from search.elasticsearch.compile import after, compile_filter, counted, filtering, query, sort, value_of
from search.elasticsearch.schema import grams
from search.fields import LONG_MAX, LONG_MIN, ORDERS
from tests.harness.strategies import needles, orders, phrase_values, predicates

VP, CEO = Terms("seniority", ("vp",)), Terms("seniority", ("ceo",))
TIDY, IS_TIDY = Phrase("keywords", "tidy"), {"match_phrase": {"search.keywords": "tidy"}}
TWO, IS_TWO = Phrase("keywords", "two words"), {"match_phrase": {"search.keywords": "two words"}}
NEAT, HAS_TIDY = Phrase("keywords", "neat"), {"term": {"search.keywords": "tidy"}}
HAS_EITHER = {"terms": {"search.keywords": ["tidy", "neat"]}}
WHOLE = [
    {"bool": {"filter": [{"match_phrase": {"search.keywords": text}}, {"term": {"search.keywords.values": text}}]}}
    for text in ("two words", "tidy")
]
ANY_OF_BOTH = {"bool": {"should": [HAS_TIDY, IS_TWO], "minimum_should_match": 1}}
IS_VP, IS_CEO = {"term": {"search.seniority": "vp"}}, {"term": {"search.seniority": "ceo"}}


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (MatchAll(), {"match_all": {}}),
        (All(()), {"match_all": {}}),
        (MATCH_NONE, {"match_none": {}}),
        (Terms("seniority", ()), {"match_none": {}}),
        (VP, IS_VP),
        (Terms("seniority", ("vp", "ceo")), {"terms": {"search.seniority": ["vp", "ceo"]}}),
        (Terms("keywords", ("two words",)), WHOLE[0]),
        (Terms("keywords", ("two words", "tidy")), {"bool": {"should": WHOLE, "minimum_should_match": 1}}),
        (Exists("email"), {"bool": {"must_not": [{"term": {"search.absent": "email"}}]}}),
        (Phrase("keywords", "a b"), {"match_phrase": {"search.keywords": "a b"}}),
        (Phrase("industries", "a b"), {"match_phrase": {"search.industries.words": "a b"}}),
        (Substring("company_text", "c m"), {"match_phrase": {"search.company_text_grams": "c_m"}}),
        (Substring("company_text", "acme"), {"match_phrase": {"search.company_text_grams": "acm cme"}}),
        (Substring("company_text", "ac"), {"prefix": {"search.company_text_grams": "ac"}}),
        (Range("employees", 1, 10), {"range": {"search.employees": {"gte": 1, "lte": 10}}}),
        (Range("employees", lte=2**70), {"range": {"search.employees": {"lte": LONG_MAX}}}),
        (Range("employees"), {"range": {"search.employees": {"gte": LONG_MIN}}}),
        (Not(VP), {"bool": {"must_not": [IS_VP]}}),
        (All((VP, Not(CEO))), {"bool": {"filter": [IS_VP], "must_not": [IS_CEO]}}),
        (All((VP, Not(CEO), Not(TIDY))), {"bool": {"filter": [IS_VP], "must_not": [HAS_TIDY, IS_CEO]}}),
        (Any((VP, CEO)), {"terms": {"search.seniority": ["vp", "ceo"]}}),
        (Any((VP, TWO)), {"bool": {"should": [IS_VP, IS_TWO], "minimum_should_match": 1}}),
        (Any((VP, TIDY)), {"bool": {"should": [HAS_TIDY, IS_VP], "minimum_should_match": 1}}),
        (Any((TIDY, TWO, NEAT)), {"bool": {"should": [HAS_EITHER, IS_TWO], "minimum_should_match": 1}}),
        (Any((TIDY, NEAT)), HAS_EITHER),
        (Not(Any((TIDY, TWO, NEAT))), {"bool": {"must_not": [HAS_EITHER, IS_TWO]}}),
        (Any((All((VP, TWO)), All((VP, TIDY)))), {"bool": {"filter": [IS_VP, ANY_OF_BOTH]}}),
        (Any((Not(CEO), Not(TIDY))), {"bool": {"must_not": [{"bool": {"filter": [IS_CEO, IS_TIDY]}}]}}),
    ],
)
def test_each_predicate(predicate: Predicate, expected: Json) -> None:
    assert msgspec.json.decode(compile_filter(ContactFilter(predicate)).query) == expected


def bools(part: Json) -> Iterator[Json]:
    """Every `bool` in a query."""
    if isinstance(part, dict):
        if "bool" in part:
            yield part["bool"]
        for each in part.values():
            yield from bools(each)
    elif isinstance(part, list):
        for each in part:
            yield from bools(each)


@given(predicates)
def test_nothing_is_scored_and_every_union_needs_one_of_its_parts(predicate: Predicate) -> None:
    for each in bools(query(simplified(predicate))):
        assert set(each) <= {"filter", "must_not", "should", "minimum_should_match"}
        assert ("should" in each) == (each.get("minimum_should_match") == 1)


@given(st.lists(st.integers(0, 50).map(str), min_size=1, unique=True), st.integers(2, 7))
def test_no_query_has_more_terms_than_the_server_takes(values: list[str], most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "MOST_TERMS", most)
        compiled = query(Terms("title_words", tuple(values)))
    parts = [part for each in bools(compiled) for part in each["should"]] or [compiled]
    asked = [part["terms"]["search.title_words"] if "terms" in part else (values[0],) for part in parts]
    assert all(len(each) <= most for each in asked)
    assert [value for each in asked for value in each] == values


@pytest.mark.parametrize("form", ["{region},{city}", "{region},{city},x,y,z", "{region},{other},{city}"])
@pytest.mark.parametrize("name", ["personLocations[]", "personNotLocations[]"])
def test_what_places_share_is_asked_once(name: str, form: str) -> None:
    """A region is hundreds of countries; with each of its cities it would be asked again."""
    regions = [quote(row.name) for row in region_rows()]

    def size(cities: int) -> int:
        turns = zip(range(cities), cycle(regions), cycle([*regions[1:], regions[0]]), strict=False)
        values = [form.format(region=region, other=other, city=f"c{at}") for at, region, other in turns]
        url = "https://app.apollo.io/#/people?" + "&".join(f"{name}={value}" for value in values)
        contact_filter = map_url(parse(url), date(2024, 1, 1)).filter
        return len(compile_filter(contact_filter).query)

    once, four_times = size(len(regions)), size(4 * len(regions))
    assert four_times < 2 * once


def sent(predicate: Predicate) -> tuple[list[Json], bool]:
    """What is sent to count a predicate, and whether its contacts are all others."""
    asked = counted(compile_filter(ContactFilter(predicate)))
    return list(map(msgspec.json.decode, asked.queries)), asked.others


@given(predicates)
def test_those_left_out_are_counted_as_a_union_and_all_else_as_it_is(predicate: Predicate) -> None:
    asked = msgspec.json.decode(compile_filter(ContactFilter(predicate)).query)
    queries, others = sent(predicate)
    if others:
        [(kind, excluded)] = asked["bool"].items()
        assert kind == "must_not"
        if len(excluded) > 1:
            assert queries == [{"bool": {"should": excluded, "minimum_should_match": 1}}]
    elif "terms" not in asked:
        assert queries == [asked]


def test_a_union_beside_other_filters_is_not_a_bool() -> None:
    [either] = counted(compile_filter(ContactFilter(Any((TIDY, VP))))).queries
    [(_, alternatives)] = msgspec.json.decode(filtering(either))["dis_max"].items()
    assert alternatives == msgspec.json.decode(either)["bool"]["should"]
    vp = msgspec.json.encode(IS_VP)
    assert filtering(vp) == vp


def test_whom_a_filter_leaves_out_is_counted_in_place_of_all_others() -> None:
    assert sent(Not(VP)) == ([IS_VP], True)
    assert sent(Exists("email")) == ([{"term": {"search.absent": "email"}}], True)
    absent = [{"term": {"search.absent": name}} for name in ("city", "country")]
    assert sent(Any((Exists("city"), Exists("country")))) == ([{"bool": {"filter": absent}}], True)
    assert sent(Not(Any((TIDY, VP))))[1] is True
    assert sent(All((Exists("email"), VP)))[1] is False


def test_who_has_one_of_several_fields_is_who_does_not_lack_them_all() -> None:
    absent = [{"term": {"search.absent": name}} for name in ("city", "country")]
    having = {"bool": {"must_not": [{"bool": {"filter": absent}}]}}
    fields = (Exists("city"), Exists("country"))
    assert query(Any(fields)) == having
    assert query(Any((*fields, VP))) == {"bool": {"should": [having, IS_VP], "minimum_should_match": 1}}


@pytest.mark.parametrize(
    ("predicate", "parts"),
    [
        (Terms("seniority", ("vp", "ceo", "vp")), [IS_VP, IS_CEO]),
        (Any((VP, CEO)), [IS_VP, IS_CEO]),
        # A contact may have both of these, and would be counted twice.
        (Terms("title_words", ("a", "b")), [{"terms": {"search.title_words": ["a", "b"]}}]),
        (Any((TIDY, NEAT)), [HAS_EITHER]),
        (
            Not(Terms("seniority", ("vp", "ceo"))),
            [IS_VP, IS_CEO],
        ),
    ],
)
def test_values_of_which_a_contact_has_one_are_counted_one_by_one(predicate: Predicate, parts: list[Json]) -> None:
    assert sent(predicate) == (parts, isinstance(predicate, Not))


# Grams make substrings exact: this is what the index and the queries have to agree about.


def found_by_grams(text: str, needle: str) -> bool:
    """What the index says of a text that is in it."""
    [(kind, asked)] = query(Substring("company_text", needle)).items()
    [wanted] = asked.values()
    tokens = grams(text).split()
    if kind == "prefix":
        return any(token.startswith(wanted) for token in tokens)
    return f" {wanted} " in f" {' '.join(tokens)} "


@given(phrase_values, needles)
def test_grams_find_a_needle_exactly_where_it_is(text: str, needle: str) -> None:
    assert found_by_grams(text, needle) == (needle in text)


@given(phrase_values, st.data())
def test_grams_find_every_part_of_a_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))].strip()
    assert not part or found_by_grams(text, part)


# Sorting, and going on from a hit.


@pytest.mark.parametrize("order", [Order(field, ascending) for field in ORDERS for ascending in (True, False)])
def test_reading_backward_turns_everything_round(order: Order) -> None:
    other = {"asc": "desc", "desc": "asc", "_first": "_last", "_last": "_first"}
    [(path, key)], uuid = sort(order)[0].items(), sort(order)[1]["uuid"]
    turned = {name: other[value] for name, value in key.items()}
    assert sort(order, backward=True) == [{path: turned}, {"uuid": other[uuid]}]


@given(orders, st.one_of(st.none(), st.integers(LONG_MIN, LONG_MAX)), st.text())
def test_the_value_of_a_hit_survives_the_way_there_and_back(order: Order, value: int | None, uuid: str) -> None:
    place = after(order, value, uuid)
    assert place[1] == uuid
    assert value_of(order, place[0]) == value
    if ORDERS[order.field]:
        # The server refuses a null here. What is missing stands beyond all that is there.
        assert isinstance(place[0], int)
        assert value is not None or (place[0] > LONG_MAX if order.ascending else place[0] < LONG_MIN)
