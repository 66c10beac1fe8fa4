"""`analyze/count` of a URL beside one count of it, and beside a count of each value.

A round asks, of a URL of its own with 15 values: how many contacts it selects; the analysis with a count on every
value and parameter; and 16 separate counts, of the URL and of each of its values alone. All go over one WebSocket to
the same service. Which comes first changes with every round.
"""

import asyncio
from collections.abc import Iterator

from websockets.asyncio.client import connect

from benchmarks.asking import ask
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_least, at_most
from benchmarks.filters import fifteen_values, url_of
from benchmarks.measure import Call, in_turn, median_ratio, medians
from benchmarks.stores import ENGINES
from tests.harness.service import Service, running

_ROUNDS, _WARMUP = 60, 10

ONE = {
    engine: Figure(name="analyze/count of 15 values ÷ one count", engine=engine, target=at_most(4.0))
    for engine in ENGINES
}
SEPARATE = {
    engine: Figure(name="16 separate counts ÷ analyze/count of 15 values", engine=engine, target=at_least(5.0))
    for engine in ENGINES
}


def run(bench: Bench) -> Iterator[Measured]:
    """Both, on each engine."""
    rounds, warmup = bench.sizes.rounds(_ROUNDS), bench.sizes.rounds(_WARMUP)
    for engine, store in bench.on_each_engine():
        with running(store.environment) as service:
            times = asyncio.run(_measure(service, bench.fresh(3 * (warmup + rounds)), warmup))
        analysis, beside = times["analysis, ms"], medians(times)
        yield ONE[engine].measured(median_ratio(analysis, times["one, ms"]), store.contacts, beside=beside)
        yield SEPARATE[engine].measured(median_ratio(times["separate, ms"], analysis), store.contacts, beside=beside)


async def _measure(service: Service, numbers: range, warmup: int) -> dict[str, list[float]]:
    """So many rounds. Each kind asks URLs of its own: no engine has seen what another one asked."""
    async with connect(service.socket_url(), max_size=None) as socket:

        async def one(number: int) -> None:
            await ask(socket, "count_contacts", url=url_of(fifteen_values(numbers[3 * number])))

        async def analysis(number: int) -> None:
            await ask(socket, "count_by_filter", url=url_of(fifteen_values(numbers[3 * number + 1])))

        async def separate(number: int) -> None:
            pairs = fifteen_values(numbers[3 * number + 2])
            for url in (url_of(pairs), *(url_of([pair]) for pair in pairs)):
                await ask(socket, "count_contacts", url=url)

        sides: dict[str, Call] = {"one, ms": one, "analysis, ms": analysis, "separate, ms": separate}
        return await in_turn(sides, len(numbers) // 3 - warmup, warmup)


BENCHMARK = Benchmark(
    words="An analysis with counts of a URL with 15 values, beside one count and 16",
    figures=(*ONE.values(), *SEPARATE.values()),
    run=run,
    seconds=50,
)
