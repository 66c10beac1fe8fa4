"""What a well-behaved client notices of others that flood the service: its p99 beside its own quiet one.

Each round measures it quiet, then while `CONNECTIONS` connections of another user send random and mutated frames
as fast as they are answered. The flood is a process of its own and runs with low priority, where the machine has no
core for it: in earnest it would come from another machine.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.filters import url
from benchmarks.measure import show
from benchmarks.stores import loaded
from tests.harness.frames import flood
from tests.harness.service import Service, running

CONTACTS = 10_000
CONNECTIONS = 8
FRAMES = 12_500
"""Frames of each connection in a round: 100,000 in all."""

ROUNDS = 3
QUIET_REQUESTS = 300
PAUSE_SECONDS = 0.01
LIMIT = 25
TARGET_RATIO = 3.0


class Noticed(msgspec.Struct, frozen=True):
    """Milliseconds of the neighbour's slow searches, quiet and beside the flood, and the flood's frames a second."""

    quiet_p99: float
    flood_p99: float
    ratio: float
    requests: int
    frames_per_second: float


def run(service: Service, rounds: int = ROUNDS) -> Noticed:
    """The medians over the rounds; `ratio` is flood ÷ quiet at p99."""
    found = [asyncio.run(_round(service, number)) for number in range(rounds)]
    quiet, flooded = [entry[0] for entry in found], [entry[1] for entry in found]
    quiet_p99 = statistics.median(_p99(entry) for entry in quiet)
    flood_p99 = statistics.median(_p99(entry) for entry in flooded)
    return Noticed(
        quiet_p99=quiet_p99,
        flood_p99=flood_p99,
        ratio=flood_p99 / quiet_p99,
        requests=sum(map(len, flooded)),
        frames_per_second=statistics.median(entry[2] for entry in found),
    )


async def _round(service: Service, number: int) -> tuple[list[float], list[float], float]:
    own = service.socket_url(service.registered(f"neighbour{number}@example.com"))
    first = number * 1_000_000
    async with connect(own, max_size=None) as socket:
        sent = iter(range(first, first + 1_000_000))
        for _ in range(30):
            await _search(socket, next(sent))
        quiet = [await _search(socket, next(sent)) for _ in range(QUIET_REQUESTS)]
        context = multiprocessing.get_context("spawn")
        attacker = context.Process(target=_attack, args=(service.socket_url(), number))
        attacker.start()
        while attacker.is_alive() and not await _flooding(service):  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.05)
        started, flooded = time.perf_counter(), []
        while attacker.is_alive():
            flooded.append(await _search(socket, next(sent)))
        seconds = time.perf_counter() - started
        attacker.join()
    assert attacker.exitcode == 0, "a frame of the flood was not answered"
    return quiet, flooded, CONNECTIONS * FRAMES / seconds


async def _search(socket: ClientConnection, number: int) -> float:
    """Milliseconds that one search took."""
    message = {"action": "search_contacts", "request_id": number, "data": {"url": url(number), "limit": LIMIT}}
    started = time.perf_counter()
    await socket.send(json.dumps(message))
    answer = await asyncio.wait_for(socket.recv(), 60)
    milliseconds = (time.perf_counter() - started) * 1000
    assert json.loads(answer)["status"] == "success"
    await asyncio.sleep(PAUSE_SECONDS)
    return milliseconds


async def _flooding(service: Service) -> bool:
    """Whether the flood's connections are open, as the service itself counts them."""
    text = await asyncio.to_thread(_metrics, service)
    return f"contacts_connections {CONNECTIONS + 1}.0" in text


def _metrics(service: Service) -> str:
    with urllib.request.urlopen(f"{service.base}/metrics", timeout=30) as response:
        return str(response.read().decode())


def _attack(uri: str, seed: int) -> None:
    if (os.cpu_count() or 1) < 4:
        os.nice(10)
    asyncio.run(_floods(uri, seed))


async def _floods(uri: str, seed: int) -> Counter[str]:
    seen = await asyncio.gather(*(flood(uri, FRAMES, seed * CONNECTIONS + at) for at in range(CONNECTIONS)))
    return sum(seen, Counter[str]())


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure it on DuckDB with sample contacts: `python -m benchmarks.neighbour`."""
    argparse.ArgumentParser(prog="python -m benchmarks.neighbour", description=__doc__).parse_args(arguments)
    with loaded("duckdb", CONTACTS) as store, running(store.environment) as service:
        found = run(service)
    limit = {"target": f"<= {TARGET_RATIO}", "met": found.ratio <= TARGET_RATIO}
    show({"figure": "searches beside a flood / quiet, p99"} | limit | msgspec.to_builtins(found))


if __name__ == "__main__":
    main()
