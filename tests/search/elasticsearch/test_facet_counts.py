"""What the server says of facets: when it is exact, and what happens to one that takes too long."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from mappings.predicates import ContactFilter, Order, Range
from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.counting import Counts
from search.elasticsearch.facets import Counted, Query, _Filter, _Term, _Terms
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


class _Slow(Counts):
    """Counts by a field named `slow` as slowly as all together."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def _together(self, queries: Sequence[Query]) -> list[Facet]:
        self.asked.append(len(queries))
        if any(query.field == "slow" for query in queries):
            await asyncio.sleep(10)
        return [Facet(count=7) for _ in queries]


def test_a_facet_that_takes_too_long_is_left_out_and_the_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.elasticsearch.counting.FACET_SECONDS", 0.05)
    counts = _Slow()
    queries = [FacetQuery(field=name, compiled=EVERYBODY) for name in ("seniority", "slow", "title_key")]
    assert asyncio.run(counts.facets(queries)) == [Facet(count=7), TIMED_OUT, Facet(count=7)]
    assert counts.asked == [3, 1, 1, 1]
