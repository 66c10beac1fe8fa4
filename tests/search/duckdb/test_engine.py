"""What only the embedded engine has to get right: ending a query that nobody waits for any more."""

import asyncio
from pathlib import Path

import pytest

from mappings.errors import EngineTimeout
from mappings.predicates import ContactFilter
from search.duckdb.compile import Sql
from search.duckdb.engine import DuckDBEngine
from search.engine import EngineSettings
from search.fields import ContactListItem
from tests.harness.stores import load

SLOW = Sql("SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE a.range + b.range < 0")


async def engine_with_a_contact(directory: Path, seconds: float = 30.0) -> DuckDBEngine:
    settings = EngineSettings(data_dir=directory, timeout=seconds, concurrency=1)
    await load(settings, [ContactListItem(uuid="a")])
    return DuckDBEngine(settings)


def test_a_cancelled_query_is_interrupted_even_if_cancelled_twice(tmp_path: Path) -> None:
    async def run() -> int:
        engine = await engine_with_a_contact(tmp_path)
        slow = asyncio.create_task(engine._fetch(SLOW))
        await asyncio.sleep(0.3)
        slow.cancel()
        await asyncio.sleep(0)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        # The only turn is free again, and the file can be closed.
        count = await engine.count(engine.compile(ContactFilter()))
        await engine.close()
        return count

    assert asyncio.run(run()) == 1


def test_a_query_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    async def run() -> int:
        engine = await engine_with_a_contact(tmp_path, seconds=0.3)
        with pytest.raises(EngineTimeout):
            await engine._fetch(SLOW)
        count = await engine.count(engine.compile(ContactFilter()))
        await engine.close()
        return count

    assert asyncio.run(run()) == 1
