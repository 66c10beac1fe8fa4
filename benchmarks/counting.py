"""`python -m benchmarks.counting`: `analyze/count` of a URL beside one count of it, and beside a count of each value.

A round asks, of a URL of its own with 15 values: how many contacts it selects; the analysis with a count on every
value and parameter; and 16 separate counts, of the URL and of each of its values alone. All go over one WebSocket to
the same service. Which comes first changes with every round.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.filters import fifteen_values
from benchmarks.measure import show
from benchmarks.stores import ENGINES, loaded
from tests.harness.service import Service, running

TARGET_ONE = 4.0
TARGET_SEPARATE = 5.0
_WARMUP = 10


class Counted(msgspec.Struct, frozen=True):
    """Milliseconds at the median of one count, of the analysis with counts, and of the separate counts together."""

    one: float
    analysis: float
    separate: float


def url_of(pairs: list[str]) -> str:
    """The URL of encoded parameters."""
    return "https://app.apollo.io/#/people?" + "&".join(pairs)


async def measure(service: Service, rounds: int) -> Counted:
    """The medians of so many rounds."""
    times: dict[str, list[float]] = {"one": [], "analysis": [], "separate": []}
    async with connect(service.socket_url(), max_size=None) as socket:
        for number in range(_WARMUP + rounds):
            took = await _round(socket, number)
            if number >= _WARMUP:
                for name, milliseconds in took.items():
                    times[name].append(milliseconds)
    return Counted(**{name: statistics.median(each) for name, each in times.items()})


async def _round(socket: ClientConnection, number: int) -> dict[str, float]:
    """Each kind asks URLs of its own: no engine has seen what another one asked."""

    async def one() -> None:
        await _ask(socket, "count_contacts", url_of(fifteen_values(3 * number)))

    async def analysis() -> None:
        await _ask(socket, "count_by_filter", url_of(fifteen_values(3 * number + 1)))

    async def separate() -> None:
        pairs = fifteen_values(3 * number + 2)
        for url in (url_of(pairs), *(url_of([pair]) for pair in pairs)):
            await _ask(socket, "count_contacts", url)

    kinds: list[Callable[[], Awaitable[None]]] = [one, analysis, separate]
    took = {}
    for kind in itertools.islice(itertools.cycle(kinds), number % 3, number % 3 + 3):
        started = time.perf_counter()
        await kind()
        took[kind.__name__] = (time.perf_counter() - started) * 1000
    return took


async def _ask(socket: ClientConnection, action: str, url: str) -> None:
    await socket.send(json.dumps({"action": action, "request_id": 1, "data": {"url": url}}))
    answer = await asyncio.wait_for(socket.recv(decode=False), 60)
    assert b'"status":"success"' in answer[:120], answer[:500]


def report(engine: str, environment: dict[str, str], contacts: int, rounds: int) -> None:
    """Measure a service, and print one line for each target."""
    with running(environment) as service:
        found = asyncio.run(measure(service, rounds))
    about = {"engine": engine, "contacts": contacts, **msgspec.to_builtins(found)}
    ratio, times = found.analysis / found.one, found.separate / found.analysis
    for figure, value, target, met in (
        ("analyze/count of 15 values / one count", ratio, f"<= {TARGET_ONE}", ratio <= TARGET_ONE),
        ("16 separate counts / analyze/count", times, f">= {TARGET_SEPARATE}", times >= TARGET_SEPARATE),
    ):
        show({"figure": figure, "ratio": round(value, 2), "target": target, "met": met} | about)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it; the exit code is 0 whether or not a target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.counting", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000, help="sample contacts (default 100000)")
    parser.add_argument("--rounds", type=int, default=100, help="rounds that count (default 100)")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default both")
    options = parser.parse_args(arguments)
    for engine in options.engine or ENGINES:
        with loaded(engine, options.contacts) as store:
            report(engine, store.environment, options.contacts, options.rounds)


if __name__ == "__main__":
    main()
