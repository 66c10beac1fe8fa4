import asyncio
from inspect import getmembers, isfunction, signature

import pytest

from api.operations.metrics import Metrics
from api.operations.timed_engine import TimedEngine
from mappings.errors import EngineUnavailable
from mappings.predicates import ContactFilter, MatchAll
from search.engine import Engine
from search.facets import FacetQuery
from tests.harness.memory_engine import MemoryEngine

FILTER = ContactFilter(MatchAll())

pytestmark = pytest.mark.anyio


def counted(metrics: Metrics) -> dict[str, float]:
    """How often each operation was timed."""
    [family] = [family for family in metrics.collect() if family.name == "contacts_engine_seconds"]
    return {
        sample.labels["operation"]: sample.value
        for sample in family.samples
        if sample.name.endswith("_count") and sample.value
    }


def seconds(metrics: Metrics) -> float:
    [family] = [family for family in metrics.collect() if family.name == "contacts_engine_seconds"]
    return sum(sample.value for sample in family.samples if sample.name.endswith("_sum"))


def test_it_has_all_that_an_engine_has():
    timed = TimedEngine(MemoryEngine(), Metrics())
    for name, method in getmembers(Engine, isfunction):
        if not name.startswith("_"):
            assert ["self", *signature(getattr(timed, name)).parameters] == list(signature(method).parameters), name
    assert timed.width == MemoryEngine.width


async def test_each_use_is_answered_and_timed():
    engine, metrics = MemoryEngine(5), Metrics()
    timed = TimedEngine(engine, metrics)
    compiled = timed.compile(FILTER)
    assert engine.compiled == [FILTER]
    assert (await timed.search(compiled, 2, 1)).items == [hit.item for hit in engine.hits[1:3]]
    assert await timed.count(compiled) == 5
    assert await timed.count_many([compiled, compiled]) == [5, 5]
    assert (await timed.summary(compiled, "company_key")).distinct.count == 5
    query = FacetQuery(field="seniority", compiled=compiled)
    assert [facet.count for facet in await timed.facets([query])] == [5]
    assert len(await timed.first_of([compiled])) == 1
    assert await timed.content() == await engine.content()
    assert await timed.uuids(compiled, 2) == [hit.uuid for hit in engine.hits[:2]]
    assert [len(batch) async for batch in timed.scan(compiled, 1)] == [3, 1]
    assert [len(batch) async for batch in timed.scan_uuids(compiled)] == [3, 2]
    await timed.ready()
    assert await timed.store() == await engine.store()
    await timed.close()
    assert engine.closed
    uses = ("search", "count", "count_many", "summary", "facets", "first_of", "uuids", "scan", "scan_uuids")
    assert counted(metrics) == dict.fromkeys(uses, 1)


async def test_what_fails_is_timed_too():
    engine, metrics = MemoryEngine(), Metrics()
    engine.error = EngineUnavailable("away")
    timed = TimedEngine(engine, metrics)
    with pytest.raises(EngineUnavailable):
        await timed.count(FILTER)
    with pytest.raises(EngineUnavailable):
        await anext(timed.scan(FILTER))
    assert counted(metrics) == {"count": 1, "scan": 1}


async def test_a_scan_is_timed_without_its_reader_and_closed_with_it():
    engine, metrics = MemoryEngine(), Metrics()
    engine.seconds = 0.02
    scan = TimedEngine(engine, metrics).scan(FILTER)
    await anext(scan)
    await asyncio.sleep(0.3)
    await scan.aclose()
    assert engine.scans_closed == 1
    assert 0.02 <= seconds(metrics) < 0.3
