"""What figures and the log say of what is served."""

import asyncio
import logging

import msgspec
import pytest

from api.operations import store_watch
from api.operations.metrics import Metrics
from api.operations.store_watch import StoreWatch
from mappings.errors import EngineUnavailable, NothingIndexed, StoreUnreadable
from search.stores import Spread, Store
from tests.harness.clients import eventually
from tests.harness.memory_engine import MemoryEngine

pytestmark = pytest.mark.anyio


class Watched:
    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self.engine, self.metrics, self._caplog = MemoryEngine(10), Metrics(), caplog
        self.watch = StoreWatch(self.engine, self.metrics)
        caplog.set_level(logging.INFO, "api.operations.store_watch")

    async def said(self) -> list[tuple[str, str]]:
        """What the log says of one look."""
        self._caplog.clear()
        await self.watch.look()
        return [(record.levelname, record.getMessage()) for record in self._caplog.records]

    def figures(self) -> dict[str, str]:
        lines = self.metrics.text().decode().splitlines()
        found = dict(line.split(" ", 1) for line in lines if line.startswith(("contacts_live", "contacts_engine_lost")))
        return {name.removeprefix("contacts_"): value for name, value in found.items()}


@pytest.fixture
def watched(caplog: pytest.LogCaptureFixture) -> Watched:
    return Watched(caplog)


async def test_what_is_served_is_told_once(watched):
    assert watched.figures() == {"engine_lost": "0.0", "live": "0.0", "live_outdated": "0.0"}
    words = "serving contacts-20260131T120000000000Z: 10 contacts, loaded at 2026-01-31T12:00:00Z"
    assert await watched.said() == [("INFO", words)]
    assert watched.figures() == {
        "engine_lost": "0.0", "live": "10.0", "live_outdated": "0.0", "live_load_timestamp_seconds": "1.7698608e+09"
    }  # fmt: skip
    watched.engine.hits = watched.engine.hits[:3]
    assert await watched.said() == []
    assert watched.figures()["live"] == "3.0"


async def test_an_outdated_store_is_a_warning_and_a_figure(watched):
    watched.engine.mapping = 1
    [(level, words)] = await watched.said()
    assert level == "WARNING"
    assert words.endswith("by another version of this software; run `contacts index rebuild`")
    assert watched.figures()["live_outdated"] == "1.0"


async def test_nothing_to_serve_is_a_warning(watched):
    watched.engine.error = NothingIndexed()
    assert await watched.said() == [("WARNING", str(NothingIndexed()))]
    assert watched.figures() == {"engine_lost": "0.0", "live": "0.0", "live_outdated": "0.0"}


async def test_an_engine_that_is_lost_and_comes_back(watched, monkeypatch):
    await watched.said()
    watched.engine.error = EngineUnavailable("It is away.")
    assert await watched.said() == [("WARNING", "not serving: It is away.")]
    assert await watched.said() == []
    watched.engine.error = StoreUnreadable("a.duckdb is missing", "put a backup in its place")
    assert await watched.said() == [
        ("WARNING", f"not serving: {StoreUnreadable('', '')} (a.duckdb is missing; put a backup in its place)")
    ]
    watched.engine.error = StoreUnreadable("b.duckdb is missing", "put a backup in its place")
    assert await watched.said() == []
    assert (watched.figures()["engine_lost"], watched.figures()["live"]) == ("1.0", "10.0")
    watched.engine.error = None
    assert [level for level, _ in await watched.said()] == ["INFO"]
    assert watched.figures()["engine_lost"] == "0.0"

    async def silent(_engine: MemoryEngine) -> Store:
        await asyncio.sleep(60)
        raise AssertionError

    monkeypatch.setattr(store_watch, "ANSWER_SECONDS", 0.01)
    monkeypatch.setattr(MemoryEngine, "store", silent)
    assert await watched.said() == [("WARNING", "not serving: The contacts engine did not answer in time.")]
    assert watched.figures()["engine_lost"] == "1.0"


async def test_an_index_that_was_never_a_load_has_no_time(watched, monkeypatch):
    async def named(_engine: MemoryEngine) -> Store:
        return Store("people", 7, live=True)

    monkeypatch.setattr(MemoryEngine, "store", named)
    assert await watched.said() == [("INFO", "serving people: 7 contacts")]
    assert "live_load_timestamp_seconds" not in watched.figures()


async def test_copies_that_are_missing_are_a_warning(watched, monkeypatch):
    spread = Spread(shards=2, nodes=2, copies=4)

    async def spread_out(_engine: MemoryEngine) -> Store:
        return Store("people", 7, live=True, spread=spread)

    monkeypatch.setattr(MemoryEngine, "store", spread_out)
    words = "serving people: 7 contacts"
    assert await watched.said() == [("INFO", f"{words} (shards 2, copies 4, nodes 2)")]
    assert await watched.said() == []
    spread = Spread(shards=2, nodes=1, copies=1, missing=3, lost=1)
    assert await watched.said() == [("WARNING", f"{words} (shards 2 (1 lost), copies 1 (3 missing), nodes 1)")]
    spread = Spread(shards=2, nodes=2, copies=4)
    assert [level for level, _ in await watched.said()] == ["INFO"]


async def test_it_looks_again_and_again(watched, monkeypatch):
    monkeypatch.setattr(store_watch, "LOOK_SECONDS", 0.01)
    running = asyncio.create_task(watched.watch.run())
    await eventually(lambda: watched.metrics.store)
    watched.engine.hits = []
    await eventually(lambda: watched.metrics.store == msgspec.structs.replace(watched.metrics.store, contacts=0))
    running.cancel()


async def test_what_nobody_foresaw_is_told_and_it_looks_again(watched, monkeypatch, caplog):
    monkeypatch.setattr(store_watch, "LOOK_SECONDS", 0.01)
    watched.engine.error = KeyError("shards")
    running = asyncio.create_task(watched.watch.run())
    await eventually(lambda: watched.metrics.engine_lost)
    watched.engine.error = None
    await eventually(lambda: watched.metrics.store)
    running.cancel()
    assert not watched.metrics.engine_lost
    said = [record.getMessage() for record in caplog.records]
    assert said.count("not serving: The contacts engine can't be understood.") == 1
    assert "looking at the live contacts: unexpected KeyError" in said[0]
