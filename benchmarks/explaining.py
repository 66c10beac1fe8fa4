"""`explain_count` of a URL beside one count, and beside a bare client.

A round asks, of a URL of its own with 15 values: how many contacts it selects, and why. All go over one WebSocket to
the same service. On Elasticsearch a bare client with one HTTP connection sends the very searches that the service sends
for such a URL (`benchmarks.replaying`), also those for pairs where few contacts are found. Which comes first changes
with every round.
"""

import asyncio
from collections.abc import Iterator

import aiohttp
from websockets.asyncio.client import connect

from api.actions.explaining import ExplainRequest, explain_count
from benchmarks.asking import ask
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.filters import fifteen_values, url_of
from benchmarks.measure import Call, in_turn, median_ratio, medians
from benchmarks.replaying import replay, searches_for
from benchmarks.stores import Loaded
from tests.harness.service import Service, running

_ROUNDS, _WARMUP = 60, 10

ONE = {
    engine: Figure(name="explain_count of 15 values ÷ one count", engine=engine, target=at_most(most))
    for engine, most in {"duckdb": 8.0, "elasticsearch": 6.0}.items()
}
BARE = Figure(
    name="explain_count of 15 values ÷ the same searches by a bare client", engine="elasticsearch", target=at_most(1.10)
)


def run(bench: Bench) -> Iterator[Measured]:
    """On each engine."""
    rounds, warmup = bench.sizes.rounds(_ROUNDS), bench.sizes.rounds(_WARMUP)
    for engine, store in bench.on_each_engine():
        with running(store.environment) as service:
            times = asyncio.run(_measure(service, store, bench.fresh(3 * (warmup + rounds)), warmup))
        explained, beside = times["explained, ms"], medians(times)
        yield ONE[engine].measured(median_ratio(explained, times["one, ms"]), store.contacts, beside=beside)
        if "bare, ms" in times:
            yield BARE.measured(median_ratio(explained, times["bare, ms"]), store.contacts, beside=beside)


async def _measure(service: Service, store: Loaded, numbers: range, warmup: int) -> dict[str, list[float]]:
    """Milliseconds of so many rounds. Each kind asks URLs of its own: no engine has seen what another one asked."""
    urls = [url_of(fifteen_values(numbers[3 * number + 2])) for number in range(len(numbers) // 3)] if store.url else []
    sent = await searches_for(store, explain_count, [ExplainRequest(url=url) for url in urls]) if urls else []
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:

        async def one(number: int) -> None:
            await ask(socket, "count_contacts", url=url_of(fifteen_values(numbers[3 * number])))

        async def explained(number: int) -> None:
            await ask(socket, "explain_count", url=url_of(fifteen_values(numbers[3 * number + 1])))

        async def bare(number: int) -> None:
            await replay(session, store, sent[number])

        sides: dict[str, Call] = {"one, ms": one, "explained, ms": explained}
        sides |= {"bare, ms": bare} if store.url else {}
        return await in_turn(sides, len(numbers) // 3 - warmup, warmup)


BENCHMARK = Benchmark(
    words="Why a URL with 15 values finds what it finds, beside one count and a bare client",
    figures=(*ONE.values(), BARE),
    run=run,
    seconds=40,
)
