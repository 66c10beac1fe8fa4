"""Eight facets over one WebSocket beside one count, and beside a bare client.

Every request has a filter of its own. On Elasticsearch the bare client keeps one HTTP connection alive and sends the
very searches that the service sends (`benchmarks.replaying`): of each facet all parameters hold but its own, so that
there are several filters. How values are spelled is known before, as it is for all that is asked of a service twice.
"""

import asyncio
from collections.abc import Iterator

import aiohttp
from websockets.asyncio.client import connect

from api.actions.facets import FacetRequest, facet_contacts
from benchmarks.asking import ask
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.filters import url
from benchmarks.measure import Call, in_turn, median_ratio, medians
from benchmarks.replaying import replay, searches_for
from benchmarks.stores import Loaded
from tests.harness.service import Service, running

FACETS = ("seniority", "departments", "email_status", "industries", "employees", "annual_revenue", "funding_stage",
          "company_country")  # fmt: skip
SIZE = 10
_ROUNDS, _WARMUP = 60, 10

COUNTS = {
    engine: Figure(name="eight facets ÷ one count", engine=engine, target=at_most(most))
    for engine, most in {"duckdb": 8.0, "elasticsearch": 5.0}.items()
}
BARE = Figure(name="eight facets ÷ the same searches by a bare client", engine="elasticsearch", target=at_most(1.10))


def run(bench: Bench) -> Iterator[Measured]:
    """On each engine."""
    rounds, warmup = bench.sizes.rounds(_ROUNDS), bench.sizes.rounds(_WARMUP)
    for engine, store in bench.on_each_engine():
        with running(store.environment) as service:
            times = asyncio.run(_measure(service, store, bench.fresh(3 * (warmup + rounds)), warmup))
        facets, beside = times["facets, ms"], medians(times)
        yield COUNTS[engine].measured(median_ratio(facets, times["count, ms"]), store.contacts, beside=beside)
        if "bare, ms" in times:
            yield BARE.measured(median_ratio(facets, times["bare, ms"]), store.contacts, beside=beside)


async def _measure(service: Service, store: Loaded, numbers: range, warmup: int) -> dict[str, list[float]]:
    """Milliseconds of each round, by what was asked."""
    urls = [url(numbers[3 * number + 2]) for number in range(len(numbers) // 3)] if store.url else []
    requests = [FacetRequest(url=each, facets=FACETS, size=SIZE) for each in urls]
    sent = await searches_for(store, facet_contacts, requests) if requests else []
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:

        async def count(number: int) -> None:
            await ask(socket, "count_contacts", url=url(numbers[3 * number]))

        async def facets(number: int) -> None:
            await ask(socket, "facet_contacts", url=url(numbers[3 * number + 1]), facets=FACETS, size=SIZE)

        async def bare(number: int) -> None:
            await replay(session, store, sent[number])

        sides: dict[str, Call] = {"count, ms": count, "facets, ms": facets}
        sides |= {"bare, ms": bare} if store.url else {}
        return await in_turn(sides, len(numbers) // 3 - warmup, warmup)


BENCHMARK = Benchmark(
    words="Eight facets, beside one count and a bare client",
    figures=(*COUNTS.values(), BARE),
    run=run,
    seconds=30,
)
