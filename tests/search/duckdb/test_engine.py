"""What only the embedded engine has to get right: as many queries at once as it is told, each ended when it must be."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from mappings.errors import EngineRejected, EngineTimeout, StoreUnreadable
from mappings.predicates import ContactFilter, Order
from search.apart import Apart
from search.duckdb import engine as engine_module
from search.duckdb import live_files
from search.duckdb.compiled import LARGE
from search.duckdb.engine import DuckDBEngine
from search.duckdb.slices import Pause
from search.engine import EngineSettings, Summary
from search.facets import FacetQuery
from search.fields import ContactCompleteItem
from tests.harness.clients import eventually
from tests.harness.oracle import Oracle
from tests.harness.pipes import run_at_once
from tests.harness.stores import engine_of, load, uuids_of

SLOW = "SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE a.range + b.range < 0"


def with_contact(directory: Path, use: Callable[[DuckDBEngine], Coroutine[Any, Any, Any]], **settings: Any) -> Any:
    """What `use` makes of an engine with one contact."""

    async def run() -> Any:
        store = EngineSettings(data_dir=directory, **settings)
        await load(store, [ContactCompleteItem(uuid="a")])
        engine = DuckDBEngine(store)
        try:
            return await use(engine)
        finally:
            await engine.close()

    return asyncio.run(run())


async def ask(engine: DuckDBEngine, sql: str) -> list[Any]:
    """What DuckDB answers to a statement, asked as the engine asks."""
    return await engine._asking.ask(lambda lease, pause: lease.connection.execute(sql).fetchall())


async def count(engine: DuckDBEngine) -> int:
    return await engine.count(engine.compile(ContactFilter()))


async def busy(engine: DuckDBEngine, until: threading.Event) -> "asyncio.Task[bool]":
    """A thread that is taken for a while."""
    began = threading.Event()

    def work(pause: Pause) -> bool:
        began.set()
        return until.wait(60)

    task = asyncio.create_task(engine._asking._threads.run(work))
    await asyncio.to_thread(began.wait, 60)
    return task


def test_as_many_queries_run_at_once_as_it_is_told(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> None:
        await run_at_once(engine, tmp_path, 5)
        with pytest.raises(TimeoutError):
            await run_at_once(engine, tmp_path / "more", 6, seconds=0.5)

    (tmp_path / "more").mkdir()
    with_contact(tmp_path, use, concurrency=5)


def test_it_says_how_many_that_are(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> int:
        return engine.width

    assert with_contact(tmp_path, use) == 4
    assert with_contact(tmp_path, use, concurrency=9) == 9


def test_a_cancelled_query_is_interrupted_even_if_cancelled_twice(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> int:
        slow = asyncio.create_task(ask(engine, SLOW))
        await asyncio.sleep(0.3)
        slow.cancel()
        await asyncio.sleep(0)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        # The only thread is free again, and the file can be closed.
        return await count(engine)

    assert with_contact(tmp_path, use, concurrency=1) == 1


def test_a_query_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> int:
        with pytest.raises(EngineTimeout):
            await ask(engine, SLOW)
        await eventually(lambda: not engine._asking._files._leases.total(), seconds=30)
        return await count(engine)

    assert with_contact(tmp_path, use, concurrency=1, timeout=1.0) == 1


def test_a_call_is_over_in_time_whatever_the_engine_does(tmp_path: Path) -> None:
    """As with a query that is still being planned, when nothing interrupts it."""

    async def use(engine: DuckDBEngine) -> int:
        free = threading.Event()
        with pytest.raises(EngineTimeout):
            await engine._asking.ask(lambda lease, pause: free.wait(60))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await engine._asking.ask(lambda lease, pause: free.wait(60))
        # They are used still, and given back when they are not.
        assert list(engine._asking._files._leases.values()) == [2]
        free.set()
        await eventually(lambda: not engine._asking._files._leases.total(), seconds=30)
        return await count(engine)

    assert with_contact(tmp_path, use, concurrency=2, timeout=1.0) == 1


def test_a_step_of_a_scan_is_over_in_time_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()
    monkeypatch.setattr("search.duckdb.engine.read_packed", lambda connection, rows: free.wait(60))

    async def use(engine: DuckDBEngine) -> int:
        scan = engine.scan(engine.compile(ContactFilter()))
        with pytest.raises(EngineTimeout):
            await anext(scan)
        free.set()
        await eventually(lambda: not engine._asking._files._leases.total(), seconds=30)
        return await count(engine)

    assert with_contact(tmp_path, use, timeout=1.0) == 1


def test_what_does_not_end_keeps_others_out_for_a_while_and_only_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.duckdb.threads._LEFT_SECONDS", 0.4)

    async def left(engine: DuckDBEngine, free: threading.Event) -> None:
        task = await busy(engine, free)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def use(engine: DuckDBEngine) -> None:
        first, second = threading.Event(), threading.Event()
        await left(engine, first)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await count(engine)
        assert await count(engine) == 1
        await left(engine, second)
        # There is no thread beside it for a second one.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await count(engine)
        second.set()
        assert await count(engine) == 1
        first.set()

    with_contact(tmp_path, use, concurrency=1)


def test_it_says_that_it_is_ready_while_queries_fill_it(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> None:
        free = threading.Event()
        running = [await busy(engine, free) for _ in range(engine.width)]
        waiting = asyncio.create_task(count(engine))
        async with asyncio.timeout(10):
            await engine.ready()
        free.set()
        await asyncio.gather(*running)
        assert await waiting == 1

    with_contact(tmp_path, use)


def test_the_deadline_of_a_caller_ends_a_query_before_its_own_time_is_up(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> int:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await ask(engine, SLOW)
        return await count(engine)

    assert with_contact(tmp_path, use, concurrency=1, timeout=3600) == 1


def test_the_whole_of_a_call_has_one_timeout(tmp_path: Path) -> None:
    """Waiting for the thread and for the query count together; neither begins the time anew."""

    async def use(engine: DuckDBEngine) -> float:
        free = threading.Event()
        blocking = await busy(engine, free)
        clock = asyncio.get_running_loop().time
        started = clock()
        asyncio.get_running_loop().call_later(0.6, free.set)
        with pytest.raises(EngineTimeout):
            await ask(engine, SLOW)
        assert blocking.done()
        return clock() - started

    assert 1.0 <= with_contact(tmp_path, use, concurrency=1, timeout=1.0) < 1.5


def test_a_call_that_ends_before_its_thread_is_free_leaves_nothing_behind(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> int:
        free = threading.Event()
        blocking = await busy(engine, free)
        with pytest.raises(EngineTimeout):
            await count(engine)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await ask(engine, SLOW)
        free.set()
        await blocking
        # Behind the leases that came too late; they are given back in the loop's next rounds.
        answer = await asyncio.wait_for(engine._asking._threads.run(lambda pause: 1), 10)
        for _ in range(10):
            await asyncio.sleep(0)
        assert not any(engine._asking._files._leases.values())
        return answer

    assert with_contact(tmp_path, use, concurrency=1, timeout=0.2) == 1


def test_a_query_that_has_not_begun_is_left_out(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> list[str]:
        ran: list[str] = []
        lease = engine._asking._files.lease()
        free = threading.Event()
        blocking = await busy(engine, free)
        waiting = asyncio.create_task(engine._asking._threads.run(lambda pause: ran.append("ran"), lease.connections))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        free.set()
        await blocking
        await engine._asking._threads.run(lambda pause: None)
        engine._asking._files.release(lease)
        return ran

    assert with_contact(tmp_path, use, concurrency=1) == []


def test_what_duckdb_refuses_or_can_not_read_is_told_without_its_words(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> None:
        with pytest.raises(EngineRejected, match=r"^The contacts engine refused this query\.$"):
            await ask(engine, "SELECT secret FROM nowhere")
        await engine._asking.ask(lambda lease, pause: None)
        (tmp_path / "contacts.current").write_text("gone.duckdb\n")
        with pytest.raises(StoreUnreadable, match=r"^The contacts can't be read: ") as caught:
            await count(engine)
        assert caught.value.detail.startswith(f"{tmp_path / 'gone.duckdb'} is missing; `contacts index rollback`")

    with_contact(tmp_path, use)


@pytest.mark.parametrize("read", ["search", "scan"])
def test_damage_that_comes_while_it_runs_is_told_until_it_is_mended(tmp_path: Path, read: str) -> None:
    async def use(engine: DuckDBEngine) -> None:
        compiled = engine.compile(ContactFilter())
        assert await count(engine) == 1
        file = tmp_path / (tmp_path / "contacts.current").read_text().strip()
        content = file.read_bytes()
        file.write_bytes(bytes(len(content)))

        async def items() -> int:
            if read == "search":
                return len((await engine.search(compiled, 10)).items)
            return sum([len(batch) async for batch in engine.scan(compiled)])

        for _ in range(2):
            with pytest.raises(StoreUnreadable) as caught:
                await items()
            assert str(file) in str(caught.value.detail)
        # Another file of that name: what was open is not what is read.
        file.unlink()
        file.write_bytes(content)
        assert await items() == 1

    with_contact(tmp_path, use)


def test_a_scan_goes_on_in_the_file_it_began_with(tmp_path: Path) -> None:
    store = EngineSettings(data_dir=tmp_path)

    async def run() -> None:
        await load(store, [ContactCompleteItem(uuid=f"{at:05}") for at in range(3000)])
        engine = DuckDBEngine(store)
        scan = engine.scan(engine.compile(ContactFilter()))
        first = await anext(scan)
        await load(store, [ContactCompleteItem(uuid="new")])
        assert await count(engine) == 1
        rest = [item async for batch in scan for item in batch]
        assert uuids_of([*first, *rest]) == [f"{at:05}" for at in range(3000)]
        # The old file is closed, and forgotten.
        assert not engine._asking._files._retired
        assert len(engine._asking._files._leases) == 1
        await engine.close()
        assert not engine._asking._files._leases

    asyncio.run(run())


def test_a_file_that_is_live_again_is_another_one(tmp_path: Path) -> None:
    """Two loads and the way back while a scan of the first is still under way: each file is closed once."""
    store = EngineSettings(data_dir=tmp_path)

    async def run() -> None:
        await load(store, [ContactCompleteItem(uuid=f"{at:05}") for at in range(3000)])
        pointer = tmp_path / "contacts.current"
        old = pointer.read_text()
        copy = tmp_path / old.strip()
        content = copy.read_bytes()
        engine = DuckDBEngine(store)
        scan = engine.scan(engine.compile(ContactFilter()))
        await anext(scan)
        await load(store, [ContactCompleteItem(uuid="new")])
        assert await count(engine) == 1
        copy.write_bytes(content)
        pointer.write_text(old)
        assert await count(engine) == 3000
        await scan.aclose()
        assert await count(engine) == 3000
        await engine.close()
        assert not engine._asking._files._leases
        assert not engine._asking._files._retired

    asyncio.run(run())


def test_a_load_that_goes_live_meanwhile_is_in_no_part_of_a_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its numbers are of one load, also where there is so much to count that another process does that."""

    async def use(engine: DuckDBEngine) -> Summary:
        run = Apart.run

        async def loading(apart: Apart[Any], *asked: Any) -> Any:
            await load(
                EngineSettings(data_dir=tmp_path), [ContactCompleteItem(uuid=f"{at}") for at in range(3)], keep=1
            )
            return await run(apart, *asked)

        everybody = engine.compile(ContactFilter())
        monkeypatch.setattr(Apart, "run", loading)
        facet = FacetQuery(field="seniority", compiled=everybody)
        return await engine.summary(everybody, "company_key", [everybody] * (LARGE + 1), [facet])

    summary = with_contact(tmp_path, use)
    assert set(summary.counts) == {summary.facets[0].count} == {1}


def test_a_file_that_is_being_opened_keeps_the_event_loop_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query of the file before ends while the next one is opened; then the old file is closed, which takes as long as
    it likes, too."""
    opening, opened, closed = threading.Event(), threading.Event(), threading.Event()
    went_on: list[bool] = []

    class SlowFile(live_files.LiveFile):
        def __init__(self, path: Path) -> None:
            opening.set()
            went_on.append(opened.wait(10))
            super().__init__(path)

        def close(self) -> None:
            went_on.append(closed.wait(10))
            super().close()

    async def run() -> int:
        store = EngineSettings(data_dir=tmp_path)
        await load(store, [ContactCompleteItem(uuid="a")])
        monkeypatch.setattr(live_files, "LiveFile", SlowFile)
        engine = DuckDBEngine(store)
        opened.set()
        async with engine._asking.lease():
            await load(store, [ContactCompleteItem(uuid="b"), ContactCompleteItem(uuid="c")])
            opening.clear()
            opened.clear()
            counting = asyncio.create_task(count(engine))
            await asyncio.to_thread(opening.wait, 10)
        opened.set()
        found: int = await counting
        closed.set()
        await engine.close()
        return found

    assert asyncio.run(run()) == 2
    assert went_on == [True] * 4


def test_the_dictionary_of_a_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    meta = live_files.meta
    monkeypatch.setattr(live_files, "meta", lambda connection, name: asked.append(name) or meta(connection, name))

    async def use(engine: DuckDBEngine) -> None:
        everything = engine.compile(ContactFilter())
        for _ in range(3):
            assert len((await engine.search(everything, 5)).items) == 1
            assert [item async for batch in engine.scan(everything) for item in batch]

    with_contact(tmp_path, use)
    assert len(asked) == 1


def test_what_is_served_is_said_while_queries_take_every_thread(tmp_path: Path) -> None:
    async def use(engine: DuckDBEngine) -> None:
        slow = asyncio.create_task(ask(engine, SLOW))
        while not engine._asking._threads._pool._threads:  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0.01)
        assert (await asyncio.wait_for(engine.store(), 5)).contacts == 1
        assert not slow.done()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow

    with_contact(tmp_path, use, concurrency=1)


@pytest.mark.parametrize("order", [Order(), Order("employees", ascending=True)])
def test_pages_go_on_whatever_part_of_a_contact_tells_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    contacts = [ContactCompleteItem(uuid=str(at), employees=at % 3 or None, founded_year=at) for at in range(9)]
    query = ContactFilter(order=order)

    async def pages(engine: DuckDBEngine) -> list[str]:
        uuids, position, compiled = [], None, engine.compile(query)
        while True:
            page = await engine.search(compiled, 4, position=position)
            assert all(b"founded_year" not in item for item in page.items)
            uuids += uuids_of(page.items)
            if (position := page.next) is None:
                return uuids

    async def run() -> list[str]:
        store = EngineSettings(data_dir=tmp_path)
        await load(store, contacts)
        async with engine_of(store) as engine:
            return await pages(engine)

    assert asyncio.run(run()) == Oracle(contacts).uuids(query)
    # As if the order were by a field that is not in the item.
    monkeypatch.setattr(engine_module, "ITEM_FIELDS", ())
    assert asyncio.run(run()) == Oracle(contacts).uuids(query)
