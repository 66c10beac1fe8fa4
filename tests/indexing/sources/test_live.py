"""The live contacts, read from a real store."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from indexing.sources import live
from indexing.sources.base import Start
from indexing.sources.live import LiveSource
from mappings.errors import EngineUnavailable, SourceError
from search.engine import EngineSettings
from search.engines import open_loader
from search.fields import ContactCompleteItem
from search.loader import Store
from tests.harness.loads import rows_of
from tests.harness.stores import load, run

ITEMS = [ContactCompleteItem(f"id-{at:04}", title="x" * at) for at in range(2500)]


@pytest.fixture
def source(tmp_path: Path) -> LiveSource:
    async def live_store() -> Store:
        await load(settings, ITEMS)
        loader = open_loader(settings)
        store = await loader.live()
        await loader.close()
        assert store is not None
        return store

    settings = EngineSettings(data_dir=tmp_path)
    return LiveSource(settings=settings, store=run(live_store()))


def test_every_contact_is_a_row_as_it_is_stored(source: LiveSource) -> None:
    rows = rows_of(source)
    assert [row.line for row in rows] == list(range(1, 2501))
    assert [msgspec.json.decode(row.cells[0], type=ContactCompleteItem) for row in rows] == ITEMS
    assert source.name in source.identity
    assert "2500" in source.identity


def test_reading_goes_on_where_it_stopped(source: LiveSource) -> None:
    whole = rows_of(source)
    for done in (1, 1000, 2499, 2500):
        assert rows_of(source, Start(rows=done)) == whole[done:]


class Trouble:
    """An engine that breaks in the middle; it tells whether it was closed, and in which order."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def compile(self, _filter: object) -> None:
        return None

    async def scan(self, _compiled: object, offset: int, *, complete: bool) -> AsyncGenerator[list[bytes]]:
        try:
            yield [b"{}"]
            raise EngineUnavailable("The contacts engine can't be reached.")
        finally:
            self.calls.append("scan ended")

    async def close(self) -> None:
        self.calls.append("closed")


@pytest.mark.parametrize("broken", [True, False])
def test_the_engine_is_given_back(source: LiveSource, monkeypatch: pytest.MonkeyPatch, broken: bool) -> None:
    trouble = Trouble()
    monkeypatch.setattr(live, "open_engine", lambda _settings: trouble)

    async def first() -> None:
        async with source.open(Start()) as reading:
            assert len((await anext(reading.batches)).rows) == 1
            await reading.batches.aclose()

    if broken:
        with pytest.raises(SourceError, match="the live contacts can't be read: The contacts engine can't be reached"):
            rows_of(source)
    else:
        asyncio.run(first())
    assert trouble.calls == ["scan ended", "closed"]
