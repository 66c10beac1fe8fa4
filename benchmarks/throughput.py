"""Many clients at once, beside as many bare ones, all on the same processors.

Each client has a connection of its own, and sends its next request when the last is answered. A bare one sends
Elasticsearch the very bodies that the service sends. A turn is so many requests of each client; the sides take turns.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

import aiohttp
import msgspec
from websockets.asyncio.client import connect

from benchmarks.asking import LIMIT, message
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_least
from benchmarks.filters import url
from benchmarks.measure import median_ratio, medians, rotated
from benchmarks.search import COUNT_PATH, SEARCH_PATH, answered, count_body, search_body, send
from benchmarks.stores import Loaded
from tests.harness.service import Service, running

_TURNS = 5


class Crowd(msgspec.Struct, frozen=True):
    """So many clients that ask for one kind of thing, `each` so often in a turn; repeated: the same again and again."""

    figure: Figure
    action: str
    clients: int
    each: int
    repeated: bool = False


CROWDS = (
    Crowd(
        Figure(
            name="throughput of 16 clients that search ÷ bare clients", engine="elasticsearch", target=at_least(0.95)
        ),
        "search_contacts",
        clients=16,
        each=12,
    ),
    Crowd(
        Figure(
            name="throughput of 64 clients that count ÷ bare clients", engine="elasticsearch", target=at_least(0.95)
        ),
        "count_contacts",
        clients=64,
        each=6,
    ),
    Crowd(
        Figure(
            name="throughput of 64 clients that repeat a count ÷ bare clients",
            engine="elasticsearch",
            target=at_least(0.60),
        ),
        "count_contacts",
        clients=64,
        each=20,
        repeated=True,
    ),
)

Client = Callable[[str | bytes], Awaitable[None]]
"""Sends what has been made ready, and waits for the answer."""


class Side(msgspec.Struct, frozen=True):
    """Clients of one kind, and what makes ready what they send for a number: that is part of no time."""

    make: Callable[[int], str | bytes]
    clients: list[Client]


def run(bench: Bench) -> Iterator[Measured]:
    """Each crowd in turn."""
    if "elasticsearch" not in bench.sizes.engines:
        return
    store = bench.store("elasticsearch")
    with running(store.environment) as service:
        for crowd in CROWDS:
            turns = bench.sizes.rounds(_TURNS)
            numbers = bench.fresh(2 * (turns + 1) * crowd.clients * crowd.each)
            rates = asyncio.run(_measure(service, store, crowd, numbers, turns))
            ratio = median_ratio(rates["service, a second"], rates["bare, a second"])
            yield crowd.figure.measured(ratio, store.contacts, beside=medians(rates))


async def _measure(service: Service, store: Loaded, crowd: Crowd, fresh: range, turns: int) -> dict[str, list[float]]:
    """Requests a second of each turn, after one that does not count."""
    numbers = itertools.repeat(fresh[0]) if crowd.repeated else iter(fresh)
    async with AsyncExitStack() as stack:
        sides = {
            "service, a second": await _ours(stack, service, crowd),
            "bare, a second": await _bare(stack, store, crowd),
        }
        return await _in_turn(sides, numbers, crowd.each, turns)


async def _in_turn(sides: Mapping[str, Side], numbers: Iterator[int], each: int, turns: int) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(turns + 1):
        for name in rotated(list(sides), turn):
            side = sides[name]
            shares = [[side.make(number) for number in itertools.islice(numbers, each)] for _ in side.clients]
            started = time.perf_counter()
            await asyncio.gather(*map(_series, side.clients, shares))
            if turn:
                rates[name].append(len(side.clients) * each / (time.perf_counter() - started))
    return rates


async def _series(client: Client, asked: Sequence[str | bytes]) -> None:
    for each in asked:
        await client(each)


async def _ours(stack: AsyncExitStack, service: Service, crowd: Crowd) -> Side:
    options = {"limit": LIMIT} if crowd.action == "search_contacts" else {}
    address = service.socket_url()
    sockets = [
        await stack.enter_async_context(connect(address, max_size=None, compression=None)) for _ in range(crowd.clients)
    ]
    return Side(
        lambda number: message(crowd.action, number, url=url(number), **options),
        [partial(answered, socket) for socket in sockets],
    )


async def _bare(stack: AsyncExitStack, store: Loaded, crowd: Crowd) -> Side:
    searching = crowd.action == "search_contacts"
    address = f"{store.url}/{store.index}/{SEARCH_PATH if searching else COUNT_PATH}"
    sessions = [await stack.enter_async_context(aiohttp.ClientSession()) for _ in range(crowd.clients)]
    return Side(search_body if searching else count_body, [partial(send, session, address) for session in sessions])


BENCHMARK = Benchmark(
    words="Many clients at once, beside as many that ask Elasticsearch themselves",
    figures=tuple(crowd.figure for crowd in CROWDS),
    run=run,
    seconds=90,
)
