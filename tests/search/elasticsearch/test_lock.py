"""The lock of loads: one owner at a time, who is told from one that is gone by its signs of life alone."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from mappings.errors import (
    EngineDenied,
    EngineRejected,
    EngineUnavailable,
    LoadRunning,
    NothingIndexed,
    Superseded,
)
from search.elasticsearch import lock, patience
from search.elasticsearch.lock import LoadLock
from search.engine import EngineSettings
from search.loader import Holder
from tests.harness.proxy import proxy
from tests.harness.stores import cluster

HERE = Holder(directory="d1", host="alpha", process=11, since="2026-01-31 12:00:00")
THERE = Holder(directory="d2", host="beta", process=22)
AGAIN = Holder(directory="d1", host="alpha", process=33)


@pytest.fixture
def store(elasticsearch_url: str, own_index: Callable[[str], str]) -> EngineSettings:
    return cluster(elasticsearch_url, own_index("locks"))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(lock, "_LOOK_SECONDS", 0.02)


@pytest.fixture
def opened(store: EngineSettings) -> Callable[[], LoadLock]:
    """Makes locks of one alias, each as a process of its own would have it; within one event loop."""
    return lambda: LoadLock(store)


async def closing(*locks: LoadLock) -> None:
    for each in locks:
        await each.close()


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_a_second_host_is_refused_with_who_holds_the_lock_and_the_cure(opened: Callable[[], LoadLock]) -> None:
    async def work() -> None:
        first, second = opened(), opened()
        async with first.held(HERE):
            with pytest.raises(LoadRunning) as refused:
                async with second.held(THERE):
                    raise AssertionError("two at once")
        async with second.held(THERE):
            await second.confirm()
        await closing(first, second)
        said = str(refused.value)
        assert "process 11 on alpha, since 2026-01-31 12:00:00 by its clock" in said
        assert "wait for it or stop it there" in said
        assert "taken over after 60 s" in said

    run(work())


async def abandoned(held: LoadLock, holder: Holder) -> None:
    """Take the lock and end as a killed process does."""
    with pytest.MonkeyPatch.context() as patched:

        async def nothing(*_: object) -> None: ...

        patched.setattr(held, "_beat", nothing)
        context = held.held(holder)
        await context.__aenter__()
        patched.setattr(held, "_replace", nothing)
        with suppress(KeyError):
            await context.__aexit__(KeyError, KeyError(), None)


def test_a_lock_whose_owner_is_gone_is_taken_over_after_a_time(
    opened: Callable[[], LoadLock], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lock, "GONE_SECONDS", 0.6)

    async def work() -> None:
        first, second = opened(), opened()
        now = asyncio.get_running_loop().time
        await abandoned(first, HERE)
        started = now()
        async with second.held(THERE):
            assert now() - started >= 0.6
        await closing(first, second)

    run(work())
    assert "gives no sign of life has the lock" in caplog.text


def test_a_lock_of_the_same_place_is_taken_over_at_once(opened: Callable[[], LoadLock]) -> None:
    """Whoever was there before has ended: two processes never load from one directory of one host."""

    async def work() -> None:
        first, second = opened(), opened()
        await abandoned(first, HERE)
        async with second.held(AGAIN):
            await second.confirm()
        await closing(first, second)

    run(work())


def test_who_was_taken_for_gone_is_stopped_and_takes_nothing_back(
    opened: Callable[[], LoadLock], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "GONE_SECONDS", 0.1)

    async def work() -> None:
        first, second = opened(), opened()
        asleep = asyncio.Event()
        renew = first._renew

        async def late(generation: int = 0) -> bool:
            await asleep.wait()
            return await renew(generation)

        monkeypatch.setattr(first, "_renew", late)

        async def both() -> None:
            async with first.held(HERE), second.held(THERE):
                asleep.set()
                with pytest.raises(Superseded):
                    await first.confirm()
                with pytest.raises(Superseded):
                    await first.next_generation(0)
                try:
                    await asyncio.sleep(30)
                finally:
                    await second.confirm()

        with pytest.raises(Superseded, match="was taken over: process 22 on beta"):
            await both()
        await closing(first, second)

    run(work())


def test_two_that_want_it_at_once_never_both_have_it(opened: Callable[[], LoadLock]) -> None:
    async def work() -> None:
        having, most, refused = 0, 0, 0

        async def one(number: int) -> None:
            nonlocal having, most, refused
            mine = opened()
            try:
                async with mine.held(Holder(str(number), f"host-{number}", number)):
                    having += 1
                    most = max(most, having)
                    await asyncio.sleep(0.3)
                    having -= 1
            except LoadRunning:
                refused += 1
            finally:
                await mine.close()

        await asyncio.gather(*map(one, range(5)))
        assert (most, refused > 0) == (1, True)

    run(work())


def test_generations_are_above_all_that_were_given_or_used(opened: Callable[[], LoadLock]) -> None:
    async def work() -> None:
        first, second = opened(), opened()
        async with first.held(HERE):
            assert [await first.next_generation(0), await first.next_generation(0)] == [1, 2]
            assert await first.next_generation(1_700_000) == 1_700_001
        async with second.held(THERE):
            assert await second.next_generation(5) == 1_700_002
        await closing(first, second)

    run(work())


def test_lost_answers_and_a_busy_cluster_cost_nobody_the_lock(store: EngineSettings, elasticsearch_url: str) -> None:
    async def work(url: str) -> None:
        held = LoadLock(cluster(url, store.index))
        async with held.held(HERE):
            for number in range(1, 6):
                assert await held.next_generation(0) >= number
                await asyncio.sleep(0.1)
            await held.confirm()
        await held.close()

    with proxy(elasticsearch_url, busy=0.3, lost=0.3) as way:
        run(work(way.url))
        assert way.seen["lost"]


def test_a_body_that_ends_by_itself_ends_so(opened: Callable[[], LoadLock]) -> None:
    async def work() -> None:
        held = opened()
        with pytest.raises(TimeoutError, match="mine"):
            async with held.held(HERE):
                raise TimeoutError("mine")
        async with held.held(THERE):
            pass
        await held.close()

    run(work())


def test_without_a_cluster_there_is_no_lock() -> None:
    async def work() -> None:
        held = LoadLock(cluster("http://127.0.0.1:9", "nowhere"))
        with pytest.raises(EngineUnavailable):
            async with held.held(HERE):
                raise AssertionError("no cluster, and a lock")
        await held.close()

    run(work())


class Cluster:
    """Answers every write of the lock with the next of these statuses and types of error."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)

    async def request(self, method: str, path: str, body: bytes = b"", *, ndjson: bool = False) -> bytes:
        if method == "GET":
            raise NothingIndexed
        status, kind = self.answers.pop(0)
        error = {"error": {"type": kind, "reason": "r"}} if kind else {}
        return msgspec.json.encode(
            {"items": [{"create": {"status": status, "_seq_no": 1, "_primary_term": 1} | error}]}
        )

    async def json(self, method: str, path: str, body: object) -> None:
        assert (method, path) == ("PUT", "/people-lock")

    def denied(self, reason: str) -> EngineDenied:
        return EngineDenied(f"denied: {reason}")


def written(*answers: tuple[int, str]) -> list[tuple[int, str]]:
    """What is left of `answers` when the lock is taken."""

    async def work() -> list[tuple[int, str]]:
        held, answering = LoadLock(EngineSettings(index="people")), Cluster(*answers)
        await held.close()
        held._client = answering  # type: ignore[assignment]
        await held._take(HERE)
        return answering.answers

    return run(work())


def test_only_what_passes_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST_WAIT", 0.0)
    assert written((429, "busy"), (503, "busy"), (201, ""), (500, "never asked")) == [(500, "never asked")]
    with pytest.raises(EngineRejected, match=r"refused to write the lock of loads \(400\)"):
        written((400, "odd"))
    with pytest.raises(EngineDenied, match=r"^denied: r$"):
        written((403, "security_exception"))
