"""Requests go past a node that does not answer, whether it is gone or silent, and to it again once it answers."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager

import pytest

from mappings.errors import EngineTimeout, EngineUnreachable
from search.elasticsearch import nodes
from search.elasticsearch.client import Client
from tests.harness.proxy import Proxy, proxy
from tests.harness.service import free_port
from tests.harness.stores import cluster

SECONDS = 20.0
LATER = "/_alias/later*"
"""What is asked once something has happened, so that it is told from what waits since before."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "SILENT_SECONDS", 0.2)
    monkeypatch.setattr(nodes, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(nodes, "PAUSE_SECONDS", 0.1)


@pytest.fixture
def ways(elasticsearch_url: str) -> Iterator[list[Proxy]]:
    """Two ways to the server, each of them a node for who asks."""
    with ExitStack() as stack:
        yield [stack.enter_context(proxy(elasticsearch_url)) for _ in range(2)]


@asynccontextmanager
async def asking(*urls: str, seconds: float = SECONDS) -> AsyncGenerator[Client]:
    client = Client(cluster(",".join(urls), "nobody"), seconds)
    try:
        yield client
    finally:
        await client.close()


async def until(condition: Callable[[], bool], client: Client) -> None:
    """Ask until something has come about."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        await client.json("GET", LATER)
        await asyncio.sleep(0.02)


def counting(asked: Counter[int], number: int, *, silent: bool = False) -> Callable[[bytes], bool]:
    """Counts what comes to a way, once a request, and holds it if it is to be `silent`."""

    def held(head: bytes) -> bool:
        asked[number] += LATER.encode() in head
        return silent

    return held


def test_nodes_are_asked_in_turn(ways: list[Proxy]) -> None:
    asked: Counter[int] = Counter()
    for number, way in enumerate(ways):
        way.held = counting(asked, number)

    async def run() -> None:
        async with asking(*(way.url for way in ways)) as client:
            for _ in range(10):
                await client.json("GET", LATER)

    asyncio.run(run())
    # A proxy looks twice at each.
    assert asked == {0: 10, 1: 10}


def test_what_waits_for_a_silent_node_is_sent_to_another(ways: list[Proxy]) -> None:
    """Whoever asks notices a moment's delay at most, and later nothing."""
    silent, speaking = ways
    asked: Counter[int] = Counter()

    async def run() -> None:
        async with asking(silent.url, speaking.url) as client:
            await client.json("GET", "/_alias")
            silent.held = lambda _: True
            await asyncio.gather(*(client.json("GET", "/_alias") for _ in range(4)))
            silent.held = counting(asked, 0, silent=True)
            for _ in range(6):
                await client.json("GET", LATER)
            assert asked[0] == 0, "it was asked although it is known to be silent"
            silent.held = counting(asked, 0)
            await until(lambda: asked[0] > 0, client)

    asyncio.run(run())


def test_a_node_that_is_only_slow_is_waited_for(ways: list[Proxy]) -> None:
    slow, other = ways
    slow.held = other.held = lambda head: b"/_alias" in head and time.monotonic() < until_then

    async def run() -> None:
        async with asking(slow.url, other.url) as client:
            started = time.monotonic()
            await client.json("GET", "/_alias")
            assert time.monotonic() - started > 1
            assert slow.seen["held"] + other.seen["held"] == 1

    until_then = time.monotonic() + 1.5
    asyncio.run(run())


def test_where_all_are_silent_nobody_is_sent_elsewhere(ways: list[Proxy]) -> None:
    """They may be busy: there it is as with one node, and the wait is that of the request."""
    for way in ways:
        way.held = lambda _: True

    async def run() -> None:
        async with asking(*(way.url for way in ways), seconds=1.5) as client:
            outcomes = await asyncio.gather(*(client.json("GET", "/_alias") for _ in range(4)), return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} <= {EngineTimeout, EngineUnreachable}
            for way in ways:
                way.held = lambda _: False
            await until(lambda: True, client)
            assert await client.json("GET", "/_cluster/health")

    asyncio.run(run())


def test_a_node_that_is_gone_costs_nobody_an_answer(elasticsearch_url: str, ways: list[Proxy]) -> None:
    port = free_port()
    asked: Counter[int] = Counter()

    async def run() -> None:
        async with asking(f"http://127.0.0.1:{port}", ways[0].url) as client:
            for _ in range(10):
                await client.json("GET", "/_alias")
            with proxy(elasticsearch_url, port=port) as back:
                back.held = counting(asked, 0)
                await until(lambda: asked[0] > 0, client)

    asyncio.run(run())


def test_where_no_node_is_there_it_is_told_with_all_their_places() -> None:
    async def run() -> None:
        ports = [free_port(), free_port()]
        urls = [f"http://me:secret@127.0.0.1:{port}" for port in ports]
        async with asking(*urls) as client:
            with pytest.raises(EngineUnreachable) as error:
                await client.json("GET", "/_alias")
        places = ", ".join(f"http://127.0.0.1:{port}" for port in ports)
        assert error.value.detail.startswith(f"{places} (CONTACTS_ELASTICSEARCH_URL): nothing listens there")

    asyncio.run(run())
