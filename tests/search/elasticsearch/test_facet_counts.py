"""What the server says of facets: when it is exact, and what happens to one that takes too long."""

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

import msgspec
import pytest

from mappings.errors import EngineUnavailable
from mappings.predicates import ContactFilter, Order, Range
from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.counting import Counts
from search.elasticsearch.facets import Counted, _Filter, _Term, _Terms, aggregation
from search.elasticsearch.guard import GuardedClient
from search.engine import Distinct, Summary
from search.facets import TIMED_OUT, Facet, FacetQuery
from search.fields import ContactCompleteItem
from tests.harness.oracle import Oracle
from tests.harness.stores import cluster, engine_of, load

EVERYBODY = CompiledQuery(b'{"match_all":{}}', Order())


def counted(counts: Sequence[int], kept_back: int, errors: Sequence[int] = ()) -> Counted:
    terms = [_Term(str(at), count, ([*errors] or [0] * 9)[at]) for at, count in enumerate(counts)]
    return Counted(100, _Filter(90), _Terms(terms, kept_back))


@pytest.mark.parametrize(
    ("found", "exact"),
    [
        (counted([9, 8], 0), True),
        (counted([], 0), True),
        (counted([9, 8, 7], 6), True),
        (counted([9, 8, 7], 7), False),
        (counted([9, 8, 7], 6, (0, 1, 0)), False),
        (counted([9, 8], 6), False),
    ],
)
def test_it_is_exact_if_no_shard_can_have_kept_back_what_would_change_it(found: Counted, exact: bool) -> None:
    assert found.facet(FacetQuery(field="title_key", compiled=EVERYBODY, size=3)).exact is exact


def test_terms_that_differ_from_shard_to_shard_are_not_taken_for_exact(
    elasticsearch_url: str, own_index: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.elasticsearch.facets._MORE", 0)
    settings = cluster(elasticsearch_url, own_index("facet-counts"), shards=3)
    contacts = [ContactCompleteItem(uuid=str(at), title=f"title {at % 40} {at % 3}", employees=at) for at in range(200)]
    oracle, some = Oracle(contacts), ContactFilter(Range("employees", 50, 100))
    queries = [
        FacetQuery(field="title_key", compiled=of, size=size) for of in (ContactFilter(), some) for size in (3, 500)
    ]

    async def run() -> list[Facet]:
        await load(settings, contacts)
        async with engine_of(settings) as engine:
            assert await engine.facets([]) == await engine.first_of([]) == []
            compiled = [
                FacetQuery(field=query.field, size=query.size, compiled=engine.compile(query.compiled))
                for query in queries
            ]
            return await engine.facets(compiled)

    found = asyncio.run(run())
    for query, facet in zip(queries, found, strict=True):
        expected = oracle.facet(query)
        assert facet == expected if facet.exact else facet.count == expected.count
    assert [facet.exact for facet in found] == [False, True, False, True]


class _Slow:
    """A server that counts seven contacts by titles, as slowly as all together, and by anything else."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def request(self, _method: str, _path: str, body: bytes, *, ndjson: bool) -> bytes:
        assert ndjson
        searches = [msgspec.json.decode(line)["aggs"] for line in body.splitlines()[1::2]]
        names = [name for search in searches for name in search]
        self.asked.append(len(names))
        if b"title_key" in body:
            await asyncio.sleep(10)
        seven, none = {"doc_count": 7}, {"doc_count": 0}
        distinct = {"estimate": {"value": 3}, "listed": {"sum_other_doc_count": 0}, "number": {"count": 3}}
        answers = {name: distinct if name == "distinct" else seven | {"valued": none} for name in names}
        return msgspec.json.encode({"responses": [{"aggregations": answers} for _ in searches]})


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> _Slow:
    monkeypatch.setattr("search.elasticsearch.counting.FACET_SECONDS", 0.05)
    return _Slow()


SLOW = [FacetQuery(field=name, compiled=EVERYBODY) for name in ("seniority", "title_key", "funding_stage")]
IN_TIME = [Facet(count=7, missing=7), TIMED_OUT, Facet(count=7, missing=7)]


def test_a_facet_that_takes_too_long_is_left_out_and_the_others_come(slow: _Slow) -> None:
    assert asyncio.run(Counts(cast("GuardedClient", slow), "").facets(SLOW)) == IN_TIME
    assert slow.asked == [3, 1, 1, 1]


def test_what_goes_with_it_comes_too(slow: _Slow) -> None:
    counts = Counts(cast("GuardedClient", slow), "")
    found = asyncio.run(counts.summary(EVERYBODY, "company_key", [], SLOW))
    assert found == Summary([], Distinct(3, exact=True), IN_TIME)
    assert slow.asked == [4, 1, 1, 1, 1]
    assert asyncio.run(counts.summary(EVERYBODY, "company_key", [], SLOW[:1])).facets == IN_TIME[:1]
    assert slow.asked[5:] == [2]


@pytest.mark.parametrize(
    ("ranges", "kind"),
    [
        (((1, 10), (11, None)), {"ranges": "range"}),
        (((None, 10), (5, 20)), {"ranges": "range", "inside": "filter"}),
        (((1, 2**53),), {"ranges": "filters"}),
        (((20, 10), (30, 40)), {"ranges": "filters"}),
    ],
)
def test_ranges_are_counted_with_one_look_where_that_is_exact(
    ranges: tuple[tuple[int | None, int | None], ...], kind: dict[str, str]
) -> None:
    asked = aggregation(FacetQuery(field="employees", compiled=EVERYBODY, ranges=ranges))["aggs"]
    assert {name: next(iter(of)) for name, of in asked.items()} == kind


@pytest.mark.parametrize(
    ("field", "size", "least", "asked"),
    [
        ("seniority", 3, 1, False),
        ("seniority", 0, 1, True),
        ("seniority", 3, 2, True),
        ("departments", 3, 1, True),
        ("company_text", 3, 1, True),
        ("employees", 0, 1, False),
    ],
)
def test_who_has_a_value_is_asked_for_where_the_counts_do_not_say(
    field: str, size: int, least: int, asked: bool
) -> None:
    query = FacetQuery(field=field, compiled=EVERYBODY, size=size, least=least)
    assert ("valued" in aggregation(query)["aggs"]) is asked
    some = msgspec.structs.replace(query, containing=("a",))
    assert ("valued" in aggregation(some)["aggs"]) is (field != "employees")


def test_what_goes_wrong_with_one_facet_is_told_as_it_is(slow: _Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = slow.request

    async def failing(method: str, path: str, body: bytes, *, ndjson: bool) -> bytes:
        if b"title_key" not in body:
            raise EngineUnavailable("gone")
        return await ask(method, path, body, ndjson=ndjson)

    monkeypatch.setattr(slow, "request", failing)
    with pytest.raises(EngineUnavailable):
        asyncio.run(Counts(cast("GuardedClient", slow), "").facets(SLOW))
