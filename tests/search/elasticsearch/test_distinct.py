"""Different values are counted exactly, or it is said that they are not."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from mappings.predicates import ContactFilter, Order, Terms
from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.distinct import FEW, MOST, DistinctValues
from search.elasticsearch.many_searches import Searches
from search.engine import Distinct
from search.fields import ContactCompleteItem
from tests.harness.stores import cluster, engine_of, load

EVERYBODY = CompiledQuery(b'{"match_all":{}}', Order())
LISTED, ALL, ESTIMATE = ("listed", FEW), ("listed", MOST), ("estimate", None)


@pytest.mark.parametrize(
    ("answers", "asked", "expected"),
    [
        ([(0, 0)], [LISTED], Distinct(0, exact=True)),
        ([(FEW, 0)], [LISTED], Distinct(FEW, exact=True)),
        ([(FEW, 1), (FEW + 1, 0)], [LISTED, ALL], Distinct(FEW + 1, exact=True)),
        ([(FEW, MOST - FEW), (MOST, 0)], [LISTED, ALL], Distinct(MOST, exact=True)),
        ([(FEW, MOST), MOST, (MOST - 9, 0)], [LISTED, ESTIMATE, ALL], Distinct(MOST - 9, exact=True)),
        ([(FEW, MOST), MOST + 1], [LISTED, ESTIMATE], Distinct(MOST + 1, exact=False)),
        ([(FEW, MOST), MOST - 3, (MOST, 1)], [LISTED, ESTIMATE, ALL], Distinct(MOST, exact=False)),
    ],
)
def test_what_is_no_estimate_is_known(
    answers: list[int | tuple[int, int]], asked: list[tuple[str, int | None]], expected: Distinct
) -> None:
    values = DistinctValues(EVERYBODY, "company_key")
    for answer, (kind, most) in zip(answers, asked, strict=True):
        searches = Searches()
        values.ask(searches)
        aggregations = searches.asked[EVERYBODY.query]["distinct"]["aggs"]
        assert kind in aggregations
        if isinstance(answer, int):
            found = {"estimate": {"value": answer}}
        else:
            assert aggregations["listed"]["terms"]["size"] == most
            found = {"number": {"count": answer[0]}, "listed": {"sum_other_doc_count": answer[1]}}
        response = {"responses": [{"aggregations": {"distinct": found}}]}
        values.read(searches.answers(msgspec.json.encode(response)))
    assert_known(values, expected)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([0], Distinct(0, exact=True)),
        ([MOST], Distinct(MOST, exact=True)),
        ([MOST + 1, MOST + 9], Distinct(MOST + 9, exact=False)),
        # An estimate may be too low.
        ([MOST + 1, MOST - 9], Distinct(MOST + 1, exact=False)),
    ],
)
def test_where_there_is_one_shard_one_contact_of_each_value_is_taken(answers: list[int], expected: Distinct) -> None:
    values = DistinctValues(EVERYBODY, "company_key", one_shard=True)
    for answer, kind in zip(answers, ("taken", "estimate"), strict=False):
        searches = Searches()
        values.ask(searches)
        assert list(searches.asked[EVERYBODY.query]["distinct"]["aggs"]) == [kind]
        found = {"taken": {"doc_count": answer}, "estimate": {"value": answer}}[kind]
        response = {"responses": [{"_shards": {"total": 1}, "aggregations": {"distinct": {kind: found}}}]}
        values.read(searches.answers(msgspec.json.encode(response)))
    assert_known(values, expected)


@pytest.mark.parametrize("shards", [0, 2])
def test_what_several_shards_have_taken_is_not_believed(shards: int) -> None:
    values, searches, again = DistinctValues(EVERYBODY, "company_key", one_shard=True), Searches(), Searches()
    values.ask(searches)
    found = {"distinct": {"taken": {"doc_count": 8}}}
    response = {"responses": [{"_shards": {"total": shards}, "aggregations": found}]}
    values.read(searches.answers(msgspec.json.encode(response)))
    values.ask(again)
    assert "listed" in again.asked[EVERYBODY.query]["distinct"]["aggs"]


def test_of_a_field_with_several_values_none_is_taken() -> None:
    searches = Searches()
    DistinctValues(EVERYBODY, "departments", one_shard=True).ask(searches)
    assert "listed" in searches.asked[EVERYBODY.query]["distinct"]["aggs"]


def assert_known(values: DistinctValues, expected: Distinct) -> None:
    nothing = Searches()
    values.ask(nothing)
    assert not nothing.asked
    assert values.number == expected


@pytest.mark.parametrize("shards", [1, 3])
def test_more_than_a_few_are_counted_exactly_too(
    elasticsearch_url: str, own_index: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, shards: int
) -> None:
    few = 5
    monkeypatch.setattr("search.elasticsearch.distinct.FEW", few)
    settings = cluster(elasticsearch_url, own_index("distinct"), shards=shards)
    contacts = [
        ContactCompleteItem(
            uuid=str(at), company=f"Company {at % (few + 7)}" if at % 9 else None, city="Rome" if at % 3 else "Paris"
        )
        for at in range(60)
    ]
    named = {contact.company for contact in contacts} - {None}
    romans = {contact.company for contact in contacts if contact.city == "Rome"} - {None}

    async def run() -> list[Distinct]:
        await load(settings, contacts)
        async with engine_of(settings) as engine:
            filters = ContactFilter(), ContactFilter(Terms("person_city", ("rome",)))
            # The first answer says how many shards there are.
            asked = [engine.compile(each) for each in (*filters, *filters)]
            return [(await engine.summary(each, "company_key")).distinct for each in asked]

    assert asyncio.run(run()) == 2 * [Distinct(len(named), exact=True), Distinct(len(romans), exact=True)]
