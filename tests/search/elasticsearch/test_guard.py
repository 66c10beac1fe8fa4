"""An engine that is lost is not asked again by those who search, and found again without them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import pytest

from mappings.errors import EngineTimeout, EngineUnavailable, EngineUnreachable
from mappings.predicates import ContactFilter
from search.elasticsearch import guard
from search.elasticsearch.shards import COUNT
from search.engine import Engine
from search.fields import ContactCompleteItem
from tests.harness.clients import eventually
from tests.harness.proxy import Proxy, proxy
from tests.harness.service import free_port
from tests.harness.stores import cluster, engine_of, load

CONTACTS = [ContactCompleteItem(uuid=str(at)) for at in range(3)]
TIMEOUT = 1.0
FOUND_SECONDS = 20.0
PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def index(elasticsearch_url: str, own_index: Callable[[str], str]) -> str:
    alias = own_index("guard")
    assert asyncio.run(load(cluster(elasticsearch_url, alias), CONTACTS)) == 3
    return alias


@pytest.fixture
def way(elasticsearch_url: str) -> Iterator[Proxy]:
    with proxy(elasticsearch_url) as started:
        yield started


@asynccontextmanager
async def asking(url: str, index: str) -> AsyncGenerator[tuple[Engine[Any], Any]]:
    async with engine_of(cluster(url, index, timeout=TIMEOUT)) as engine:
        yield engine, engine.compile(ContactFilter())


async def found(ask: Callable[[], Awaitable[int]]) -> int:
    """The first answer that is not a refusal."""
    deadline = time.monotonic() + FOUND_SECONDS
    while True:
        try:
            return await ask()
        except EngineUnavailable:
            assert time.monotonic() < deadline, "it was not found again"
            await asyncio.sleep(0.05)


async def asked_until_refused(ask: Callable[[], Awaitable[object]]) -> None:
    """Ask, and give up soon, again and again until there is an error."""
    async with asyncio.timeout(FOUND_SECONDS):
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(ask(), TIMEOUT / 4)


def test_a_silent_engine_is_left_alone_until_it_speaks(way: Proxy, index: str) -> None:
    async def run() -> None:
        async with asking(way.url, index) as (engine, everything):
            assert await engine.count(everything) == 3
            way.held = lambda head: True
            await asyncio.sleep(TIMEOUT / 2)
            with pytest.raises(EngineTimeout):
                await engine.count(everything)
            for _ in range(50):
                with pytest.raises(EngineUnavailable, match="did not answer in time"):
                    await engine.search(everything, 1)
            # The count, and the probes of a moment: none of the searches.
            assert way.seen["held"] < 5
            way.held = lambda head: False
            assert await found(lambda: engine.count(everything)) == 3
            assert len((await engine.search(everything, 2)).items) == 2

    asyncio.run(run())


def test_an_engine_that_is_given_up_is_left_alone_too(way: Proxy, index: str) -> None:
    """Requests of the service have a deadline of their own, which comes a moment before the engine's."""

    async def run() -> None:
        async with asking(way.url, index) as (engine, everything):
            assert await engine.count(everything) == 3
            way.held = lambda head: True
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(engine.count(everything), TIMEOUT / 4)
            assert way.seen["held"] == 1, "a request that is cancelled soon says nothing"
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(engine.count(everything), TIMEOUT * 3 / 4)
            with pytest.raises(EngineUnavailable, match="did not answer in time"):
                await asked_until_refused(lambda: engine.search(everything, 1))
            way.held = lambda head: False
            assert await found(lambda: engine.count(everything)) == 3

    asyncio.run(run())


def test_an_engine_that_is_given_up_at_the_very_end_is_lost_at_once(
    way: Proxy, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is next does not wait for the probe, which would take as long again."""
    monkeypatch.setattr(guard, "PROBE_SECONDS", 3600.0)

    async def run() -> None:
        async with asking(way.url, index) as (engine, everything):
            assert await engine.count(everything) == 3
            way.held = lambda head: True
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(engine.count(everything), TIMEOUT * 0.95)
            with pytest.raises(EngineUnavailable, match="did not answer in time"):
                await engine.search(everything, 1)

    asyncio.run(run())


@pytest.mark.parametrize("slow", ["search", "count"])
def test_a_client_that_gives_up_a_slow_query_spoils_nothing(
    way: Proxy, index: str, slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The probe is a count: where that is slow as well, it is others who are answered."""
    counts = (b"/_count", COUNT.encode())
    monkeypatch.setattr(guard, "PROBE_SECONDS", 0.3)

    async def run() -> None:
        async with asking(way.url, index) as (engine, everything):
            asks: dict[str, Callable[[], Awaitable[Any]]] = {
                "search": lambda: engine.search(everything, 1),
                "count": lambda: engine.count(everything),
            }
            way.held = lambda head: any(count in head for count in counts) is (slow == "count")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asks.pop(slow)(), TIMEOUT * 3 / 4)
            (other,) = asks.values()
            until = time.monotonic() + 1.0
            while time.monotonic() < until:
                await other()
                await asyncio.sleep(0.01)

    asyncio.run(run())


def test_a_point_in_time_that_can_not_be_closed_holds_nobody_up(
    way: Proxy, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No request has a time that a slow machine could miss; who waited for a point in time would wait for ever."""
    monkeypatch.setattr(guard, "ASIDE_SECONDS", 3600.0)
    monkeypatch.setattr(guard, "MOST_ASIDE", 2)

    async def run() -> None:
        async with engine_of(cluster(way.url, index, timeout=PATIENCE_SECONDS)) as engine:
            everything = engine.compile(ContactFilter())
            aside: set[asyncio.Task[None]] = engine._client._aside

            async def scanned() -> int:
                return len([item async for batch in engine.scan(everything) for item in batch])

            assert len([uuid async for batch in engine.scan_uuids(everything) for uuid in batch]) == 3
            way.held = lambda head: head.startswith(b"DELETE")
            for _ in range(4):
                assert await scanned() == 3
            await eventually(lambda: way.seen["held"] == 2, PATIENCE_SECONDS)
            assert len(aside) == 2, "no more at once than may be"
            monkeypatch.setattr(guard, "ASIDE_SECONDS", 0.1)
            monkeypatch.setattr(guard, "MOST_ASIDE", 3)
            assert await scanned() == 3
            await eventually(lambda: len(aside) == 2, PATIENCE_SECONDS)
            assert await engine.count(everything) == 3, "nothing is learnt of one that was not closed in time"
            monkeypatch.setattr(guard, "ASIDE_SECONDS", 3600.0)
            way.held = lambda head: False
            await eventually(lambda: not aside, PATIENCE_SECONDS)
            asked: list[bytes] = []
            way.held = lambda head: asked.append(head) is not None
            assert await scanned() == 3
        assert asked[-1].startswith(b"DELETE"), "what is under way when the engine is closed is sent"

    asyncio.run(asyncio.wait_for(run(), 4 * PATIENCE_SECONDS))


def test_a_deadline_does_not_wait_for_a_point_in_time(way: Proxy, index: str) -> None:
    async def run() -> None:
        async with asking(way.url, index) as (engine, everything):
            way.held = lambda head: b"/_pit?" not in head
            started = time.monotonic()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(TIMEOUT / 4), aclosing(engine.scan(everything)) as batches:
                    await anext(batches)
            assert time.monotonic() - started < TIMEOUT, "it waited for the engine to close it"
            way.held = lambda head: False

    asyncio.run(run())


def test_a_lost_engine_is_not_asked_to_close_a_point_in_time(way: Proxy, index: str) -> None:
    async def run() -> None:
        asked: list[bytes] = []

        def held(head: bytes) -> bool:
            asked.append(head)
            return b"/_pit?" not in head

        async with asking(way.url, index) as (engine, everything):
            way.held = held
            with pytest.raises(EngineTimeout):
                await anext(engine.scan(everything))
            way.held = lambda head: False
            assert await found(lambda: engine.count(everything)) == 3
        assert not [head for head in asked if head.startswith(b"DELETE")]

    asyncio.run(run())


def test_one_slow_answer_among_others_loses_nothing(way: Proxy, index: str) -> None:
    async def run() -> None:
        async with asking(way.url, index) as (engine, everything):
            # A probe would have to wait as well.
            way.held = lambda head: b"/_count" in head or COUNT.encode() in head
            slow = asyncio.create_task(engine.count(everything))
            searches = 0
            while not slow.done():
                await engine.search(everything, 1)
                searches += 1
                await asyncio.sleep(0.02)
            with pytest.raises(EngineTimeout):
                await slow
            assert searches > 5
            assert len((await engine.search(everything, 1)).items) == 1

    asyncio.run(run())


def test_an_unreachable_engine_is_found_once_it_is_back(elasticsearch_url: str, index: str) -> None:
    async def run() -> None:
        port = free_port()
        async with asking(f"http://127.0.0.1:{port}", index) as (engine, everything):
            with proxy(elasticsearch_url, port=port):
                assert await engine.count(everything) == 3
            with pytest.raises(EngineUnreachable):
                await engine.count(everything)
            with pytest.raises(EngineUnavailable, match="can't be reached") as refused:
                await engine.count(everything)
            assert not isinstance(refused.value, EngineUnreachable)
            with proxy(elasticsearch_url, port=port):
                assert await found(lambda: engine.count(everything)) == 3

    asyncio.run(run())


def test_what_the_probe_finds_is_what_is_said(way: Proxy) -> None:
    async def run() -> None:
        async with asking(way.url, "never-loaded") as (engine, everything):
            way.held = lambda head: True
            with pytest.raises(EngineTimeout):
                await engine.count(everything)
            way.held = lambda head: False
            said = ""
            deadline = time.monotonic() + FOUND_SECONDS
            while "contacts index csv" not in said:
                assert time.monotonic() < deadline, said
                with pytest.raises(EngineUnavailable) as refused:
                    await engine.count(everything)
                said = str(refused.value)
                await asyncio.sleep(0.05)

    asyncio.run(run())
