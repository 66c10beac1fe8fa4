"""Filters as Elasticsearch queries. That they find the right contacts is for the agreement with the others to tell."""

from collections.abc import Iterator
from typing import Any as Json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from search.elasticsearch import compile as module
from search.elasticsearch.compile import after, compile_filter, counted, query, sort, value_of
from search.elasticsearch.schema import grams
from search.fields import LONG_MAX, LONG_MIN, ORDERS
from tests.harness.strategies import needles, orders, phrase_values, predicates

VP, CEO = Terms("seniority", ("vp",)), Terms("seniority", ("ceo",))
TIDY, IS_TIDY = Phrase("keywords", "tidy"), {"match_phrase": {"search.keywords": "tidy"}}
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
        (All((VP, Not(CEO), Not(TIDY))), {"bool": {"filter": [IS_VP], "must_not": [IS_CEO, IS_TIDY]}}),
        (Any((VP, CEO)), {"terms": {"search.seniority": ["vp", "ceo"]}}),
        (Any((VP, TIDY)), {"bool": {"should": [IS_VP, IS_TIDY], "minimum_should_match": 1}}),
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
    for each in bools(query(predicate)):
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


@given(predicates)
def test_a_union_is_counted_as_the_same_alternatives_and_all_else_as_it_is(predicate: Predicate) -> None:
    compiled = compile_filter(ContactFilter(predicate))
    asked, sent = msgspec.json.decode(compiled.query), msgspec.json.decode(counted(compiled))
    if "should" in asked.get("bool", {}):
        assert sent == {"dis_max": {"queries": asked["bool"]["should"]}}
    else:
        assert sent == asked


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
