"""How much longer a search takes in a hundred times as many contacts, on Elasticsearch.

Each has a service and an index of its own; they are asked in turn, every time with a filter that none was asked before.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from functools import partial

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.asking import LIMIT, ask
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.filters import url
from benchmarks.measure import in_turn, medians
from tests.harness.service import Service, running

_ROUNDS, _WARMUP = 150, 30
_TIMES = 100

SEARCH = Figure(
    name=f"search 25 in {_TIMES} times as many contacts ÷ as it was, p50",
    engine="elasticsearch",
    target=at_most(_TIMES / 10),
)


def run(bench: Bench) -> Iterator[Measured]:
    """In a hundredth of the contacts, a tenth and all."""
    if "elasticsearch" not in bench.sizes.engines:
        return
    contacts = bench.sizes.contacts
    stores = [bench.store("elasticsearch", max(1, contacts // part)) for part in (_TIMES, 10, 1)]
    rounds, warmup = bench.sizes.rounds(_ROUNDS), bench.sizes.rounds(_WARMUP)
    with ExitStack() as stack:
        services = {store.contacts: stack.enter_context(running(store.environment)) for store in stores}
        times = asyncio.run(_measure(services, bench.fresh(len(stores) * (warmup + rounds)), warmup))
    few, _, all_of_them = (times[f"{store.contacts:,}, ms"] for store in stores)
    yield SEARCH.measured(all_of_them / few, contacts, beside=times)


async def _measure(services: dict[int, Service], numbers: range, warmup: int) -> dict[str, float]:
    """Milliseconds at the median, by how many contacts there are."""
    async with AsyncExitStack() as stack:

        async def search(socket: ClientConnection, place: int, at: int) -> None:
            await ask(socket, "search_contacts", url=url(numbers[len(services) * at + place]), limit=LIMIT)

        sides = {}
        for place, (contacts, service) in enumerate(services.items()):
            socket = await stack.enter_async_context(connect(service.socket_url(), max_size=None))
            sides[f"{contacts:,}, ms"] = partial(search, socket, place)
        return medians(await in_turn(sides, len(numbers) // len(services) - warmup, warmup))


BENCHMARK = Benchmark(
    words="How a search grows with the contacts",
    figures=(SEARCH,),
    run=run,
    seconds=30,
)
