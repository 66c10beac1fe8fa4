"""DuckDB, Elasticsearch and a naive evaluator give the same uuids, order, counts and pages, whatever is asked."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mappings.predicates import ContactFilter
from search.engine import Distinct, Engine, EngineSettings, Summary
from search.facets import FacetQuery
from search.fields import FACETS, SEARCH_FIELDS, ContactCompleteItem, Kind, contact_of
from tests.harness.oracle import Oracle
from tests.harness.stores import cluster, engine_of, load, uuids_of
from tests.harness.strategies import filters, items

SINGLE = ("company_key", "person_country")
RANGES = ((None, 10), (11, 50), (40, 2**62), (2**63, None))


async def pages(engine: Engine[Any], compiled: Any, limit: int) -> tuple[list[list[str]], list[list[str]]]:
    """All pages forward, then all pages back again from the last one."""
    forward, backward = [], []
    page = await engine.search(compiled, limit)
    assert page.previous is None
    while page.items:
        forward.append(uuids_of(page.items))
        if page.next is None:
            break
        page = await engine.search(compiled, limit, position=page.next)
    while page.items:
        backward.append(uuids_of(page.items))
        if page.previous is None:
            break
        page = await engine.search(compiled, limit, position=page.previous)
    return forward, backward[::-1]


async def check(engine: Engine[Any], oracle: Oracle, contact_filter: ContactFilter, limit: int) -> None:
    compiled = engine.compile(contact_filter)
    expected = oracle.uuids(contact_filter)
    assert await engine.count(compiled) == len(expected)
    for field in SINGLE:
        summary = await engine.summary(compiled, field, [compiled])
        distinct = Distinct(oracle.distinct(contact_filter, field), exact=True)
        assert summary == Summary([len(expected)], distinct, [])
    assert await engine.uuids(compiled, limit) == expected[:limit]
    assert sorted([uuid async for batch in engine.scan_uuids(compiled) for uuid in batch]) == sorted(expected)
    assert uuids_of([item async for batch in engine.scan(compiled) for item in batch]) == expected
    assert uuids_of([item async for batch in engine.scan(compiled, offset=limit) for item in batch]) == expected[limit:]
    forward, backward = await pages(engine, compiled, limit)
    assert forward == oracle.pages(contact_filter, limit)
    assert [uuid for page in backward for uuid in page] == expected
    for offset in (1, limit):
        assert uuids_of((await engine.search(compiled, limit, offset)).items) == expected[offset : offset + limit]


def queries(asked: Sequence[ContactFilter]) -> list[FacetQuery[ContactFilter]]:
    """One for each facet, or two: of different filters, for few terms and for all, with some that are named."""
    fields = [*FACETS.values(), *FACETS.values()]
    return [
        FacetQuery(
            field=field,
            compiled=asked[at % len(asked)],
            size=(0, 1, 2, 100)[at % 4],
            least=1 + at % 2,
            containing=((), ("a",), ("e", "r"), ("c++",), ("s", "_"))[at % 5],
            values=("sales", "paris", "a", "c_suite", "none has it")[: at % 6],
            ranges=RANGES[: at % 5],
        )
        for at, field in enumerate(fields)
    ]


async def check_facets(engine: Engine[Any], oracle: Oracle, asked: Sequence[ContactFilter]) -> None:
    """Wherever an engine says that it is exact, and what adds up in any case."""
    of_all = queries(asked)
    found = await engine.facets([msgspec.structs.replace(of, compiled=engine.compile(of.compiled)) for of in of_all])
    for query, facet in zip(of_all, found, strict=True):
        expected = oracle.facet(query)
        assert not facet.timed_out
        assert (facet.count, facet.missing) == (expected.count, expected.missing), query
        if facet.exact:
            assert facet == expected, query
        if SEARCH_FIELDS[query.field].kind is not Kind.NUMBER and not SEARCH_FIELDS[query.field].many:
            assert sum(bucket.count for bucket in facet.buckets) + facet.other + facet.missing == facet.count
    firsts = await engine.first_of([engine.compile(each) for each in asked])
    assert [None if each is None else contact_of(each).uuid for each in firsts] == [
        next(iter(oracle.uuids(each)), None) for each in asked
    ]


# The examples are of a test inside of it.
@pytest.mark.no_cover
@pytest.mark.long
def test_engines_agree_with_the_naive_evaluator(
    elasticsearch_url: str, own_index: Callable[[str], str], naive: str, tmp_path_factory: Any
) -> None:
    stores = (
        EngineSettings(data_dir=tmp_path_factory.mktemp("agreement")),
        EngineSettings(engine=naive, data_dir=tmp_path_factory.mktemp(naive)),
        cluster(elasticsearch_url, own_index("agreement")),
        cluster(elasticsearch_url, own_index("agreement-in-parts"), shards=3),
    )

    async def agrees(
        store: EngineSettings, contacts: list[ContactCompleteItem], asked: list[ContactFilter], limit: int
    ) -> None:
        oracle = Oracle(contacts)
        assert await load(store, contacts) == len({item.uuid for item in contacts})
        async with engine_of(store) as engine:
            await asyncio.gather(*(check(engine, oracle, each, limit) for each in asked))
            await check_facets(engine, oracle, asked)
            compiled = [engine.compile(contact_filter) for contact_filter in asked]
            assert await engine.count_many(compiled) == [len(oracle.uuids(each)) for each in asked]

    async def run(*example: Any) -> None:
        async with asyncio.TaskGroup() as together:
            for store in stores:
                together.create_task(agrees(store, *example))

    # A load takes as long as twenty filters, so that few examples with many filters see the most pairs of contact and
    # filter. More examples would take more than a minute, of which the whole run has twenty. Shrinking would load
    # hundreds of stores; the example as generated is small enough to read.
    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    @given(
        st.lists(items, min_size=1, max_size=40),
        st.lists(filters, min_size=15, max_size=30),
        st.integers(1, 7),
    )
    def agree(contacts: list[ContactCompleteItem], asked: list[ContactFilter], limit: int) -> None:
        asyncio.run(run(contacts, asked, limit))

    agree()
