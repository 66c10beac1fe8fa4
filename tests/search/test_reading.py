"""Reading far, backwards and all of it, in every engine: always the same contacts in the same order."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mappings.errors import EngineUnavailable, NothingIndexed
from mappings.predicates import ContactFilter, Order, Terms
from search.cursor import Position
from search.elasticsearch import engine as elasticsearch
from search.engine import SCAN_BATCH, Engine, EngineSettings
from search.engines import ENGINES
from search.fields import ContactCompleteItem
from search.stores import began_at
from tests.harness.stores import cluster, engine_of, load, uuids_of

NUMBER = SCAN_BATCH + 500
UUIDS = [f"{at:06}" for at in range(NUMBER)]
WINDOW = 400

Use = Callable[[Engine[Any], Any], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module", params=sorted(ENGINES))
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> EngineSettings:
    """A store of contacts whose default order is that of their uuids."""
    if request.param == "elasticsearch":
        own_index = request.getfixturevalue("own_index")
        settings = cluster(request.getfixturevalue("elasticsearch_url"), own_index("reading"))
    else:
        directory: Path = tmp_path_factory.mktemp("reading")
        settings = EngineSettings(engine=request.param, data_dir=directory)
    items = [ContactCompleteItem(uuid=uuid, employees=at % 10) for at, uuid in enumerate(UUIDS)]
    assert asyncio.run(load(settings, items)) == NUMBER
    return settings


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elasticsearch's window is soon behind us."""
    monkeypatch.setattr(elasticsearch, "WINDOW", WINDOW)


def using(store: EngineSettings, use: Use, contact_filter: ContactFilter | None = None) -> None:
    async def run() -> None:
        async with engine_of(store) as engine:
            await use(engine, engine.compile(contact_filter or ContactFilter()))

    asyncio.run(run())


def test_an_engine_with_contacts_is_ready(store: EngineSettings) -> None:
    async def use(engine: Engine[Any], everything: Any) -> None:
        await engine.ready()
        live = await engine.store()
        assert (live.contacts, live.live, live.outdated) == (NUMBER, True, False)
        began = began_at(live.name)
        assert began is not None
        assert timedelta(0) < datetime.now(UTC) - began < timedelta(hours=1)
        assert await engine.count_many([]) == []
        assert await engine.count(everything) == NUMBER

    using(store, use)


def test_one_without_contacts_is_not(tmp_path: Path, elasticsearch_url: str) -> None:
    async def use(engine: Engine[Any], everything: Any) -> None:
        with pytest.raises(EngineUnavailable):
            await engine.ready()
        with pytest.raises(NothingIndexed):
            await engine.store()

    using(EngineSettings(data_dir=tmp_path), use)
    using(cluster(elasticsearch_url, "never-loaded-for-reading"), use)


@pytest.mark.parametrize("offset", [WINDOW - 30, WINDOW, 3 * WINDOW + 7, NUMBER - 3, NUMBER + 10])
def test_a_page_at_any_depth(store: EngineSettings, offset: int) -> None:
    async def use(engine: Engine[Any], everything: Any) -> None:
        page = await engine.search(everything, 20, offset)
        assert uuids_of(page.items) == UUIDS[offset : offset + 20]
        assert (page.next is None) == (offset + 20 >= NUMBER)

    using(store, use)


def test_pages_far_back(store: EngineSettings) -> None:
    async def use(engine: Engine[Any], everything: Any) -> None:
        page = await engine.search(everything, WINDOW, position=Position(None, UUIDS[1200], backward=True))
        assert uuids_of(page.items) == UUIDS[1200 - WINDOW : 1200]

    using(store, use)


@pytest.mark.parametrize("order", [Order(), Order("employees", ascending=True)])
def test_everything_before_a_contact_from_the_last_to_the_first(store: EngineSettings, order: Order) -> None:
    """As much as lies before it comes in batches of which none is longer than another door would take."""

    async def use(engine: Engine[Any], everything: Any) -> None:
        forward = uuids_of([item async for batch in engine.scan(everything) for item in batch])
        at = NUMBER - 200
        value = None if order == Order() else int(forward[at]) % 10
        position = Position(value, forward[at], backward=True)
        batches = [batch async for batch in engine.scan(everything, position=position)]
        assert uuids_of([item for batch in batches for item in batch]) == forward[:at]

    using(store, use, ContactFilter(order=order))


@pytest.mark.parametrize("limit", [1, WINDOW, WINDOW + 1, NUMBER, NUMBER + 1])
def test_the_first_uuids(store: EngineSettings, limit: int) -> None:
    async def use(engine: Engine[Any], everything: Any) -> None:
        assert await engine.uuids(everything, limit) == UUIDS[:limit]
        assert await engine.uuids(engine.compile(ContactFilter(Terms("seniority", ("vp",)))), limit) == []

    using(store, use)


def test_all_uuids(store: EngineSettings) -> None:
    async def use(engine: Engine[Any], everything: Any) -> None:
        assert sorted([uuid async for batch in engine.scan_uuids(everything) for uuid in batch]) == UUIDS
        none = engine.compile(ContactFilter(Terms("seniority", ("vp",))))
        assert [uuid async for batch in engine.scan_uuids(none) for uuid in batch] == []

    using(store, use)
