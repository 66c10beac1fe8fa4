"""What a client notices of others that flood the service, p99 beside its quiet one.

Each round measures it quiet, then beside a flood of another user: `CONNECTIONS` connections that send random and
mutated frames as fast as they are answered, or one of those in `benchmarks.floods`. The flood is a process of its own
and runs with low priority, where the machine has no core for it: in earnest it would come from another machine.
"""

import asyncio
import multiprocessing
import os
import secrets
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
from websockets.asyncio.client import connect

from benchmarks.asking import search_calmly
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.measure import median_ratio, p99
from tests.harness.frames import flood
from tests.harness.service import Service, running

CONTACTS = 10_000
CONNECTIONS = 8
FRAMES = 12_500
"""Frames of each connection in a round: 100,000 in all."""

ROUNDS = 3
QUIET_REQUESTS = 300
TARGET_RATIO = 3.0
SEARCHES = Figure(name="searches beside a flood ÷ quiet, p99", engine="duckdb", target=at_most(TARGET_RATIO))


class Flood(msgspec.Struct, frozen=True):
    """What another user does meanwhile.

    Attributes:
        attack: is given the address to connect to and the number of the round, and ends by itself.
        connections: WebSockets that it has open as long as it goes on.
    """

    attack: Callable[[str, int], object]
    connections: int


class Noticed(msgspec.Struct, frozen=True):
    """Milliseconds of the neighbour's searches, quiet and beside the flood, and how long the flood took."""

    quiet_p50: float
    quiet_p99: float
    flood_p50: float
    flood_p99: float
    ratio: float
    requests: int
    seconds: float


def run(service: Service, flood: Flood, rounds: int = ROUNDS) -> Noticed:
    """The medians over the rounds; `ratio` is that of flood ÷ quiet at p99, round by round."""
    measured = [asyncio.run(_round(service, flood, number)) for number in range(rounds)]
    quiet_p99s, flood_p99s = [p99(done.quiet) for done in measured], [p99(done.flooded) for done in measured]
    return Noticed(
        quiet_p50=statistics.median(statistics.median(done.quiet) for done in measured),
        quiet_p99=statistics.median(quiet_p99s),
        flood_p50=statistics.median(statistics.median(done.flooded) for done in measured),
        flood_p99=statistics.median(flood_p99s),
        ratio=median_ratio(flood_p99s, quiet_p99s),
        requests=sum(len(done.flooded) for done in measured),
        seconds=statistics.median(done.seconds for done in measured),
    )


class _Round(msgspec.Struct, frozen=True):
    """Milliseconds of each search, quiet and beside the flood."""

    quiet: list[float]
    flooded: list[float]
    seconds: float


async def _round(service: Service, flood: Flood, number: int) -> _Round:
    own = service.socket_url(service.registered(f"neighbour-{secrets.token_hex(4)}@example.com"))
    first = number * 1_000_000
    async with connect(own, max_size=None) as socket:
        sent = iter(range(first, first + 1_000_000))
        for _ in range(30):
            await search_calmly(socket, next(sent))
        quiet = [await search_calmly(socket, next(sent)) for _ in range(QUIET_REQUESTS)]
        context = multiprocessing.get_context("spawn")
        attacker = context.Process(target=_begin, args=(flood.attack, service.socket_url(), number))
        attacker.start()
        while attacker.is_alive() and not await _flooding(service, flood):  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.05)
        started, flooded = time.perf_counter(), []
        while attacker.is_alive():
            flooded.append(await search_calmly(socket, next(sent)))
        seconds = time.perf_counter() - started
        attacker.join()
    assert attacker.exitcode == 0, "a frame of the flood was not answered"
    return _Round(quiet, flooded, seconds)


async def _flooding(service: Service, flood: Flood) -> bool:
    """Whether the flood's connections are open, as the service itself counts them."""
    text = await asyncio.to_thread(_metrics, service)
    return f"contacts_connections {flood.connections + 1}.0" in text


def _metrics(service: Service) -> str:
    with urllib.request.urlopen(f"{service.base}/metrics", timeout=30) as response:
        return str(response.read().decode())


def _begin(attack: Callable[[str, int], object], uri: str, seed: int) -> None:
    if (os.cpu_count() or 1) < 4:
        os.nice(10)
    attack(uri, seed)


def nonsense(uri: str, seed: int) -> None:
    """Send frames as no client should, as fast as they are answered."""
    asyncio.run(_nonsense(uri, seed))


async def _nonsense(uri: str, seed: int) -> Counter[str]:
    seen = await asyncio.gather(*(flood(uri, FRAMES, seed * CONNECTIONS + at) for at in range(CONNECTIONS)))
    return sum(seen, Counter[str]())


NONSENSE = Flood(nonsense, CONNECTIONS)
"""The flood of this module."""


def _measure(bench: Bench) -> Iterator[Measured]:
    """On DuckDB with few contacts."""
    contacts = min(CONTACTS, bench.sizes.contacts)
    store = bench.store("duckdb", contacts)
    with running(store.environment) as service:
        noticed = run(service, NONSENSE, bench.sizes.rounds(ROUNDS))
    beside = {"quiet, ms": noticed.quiet_p99, "beside, ms": noticed.flood_p99}
    yield SEARCHES.measured(noticed.ratio, contacts, beside=beside)


BENCHMARK = Benchmark(
    words="What one client notices of another's flood",
    figures=(SEARCHES,),
    run=_measure,
    seconds=70,
    fixed=70,
)
