"""`python -m benchmarks.explaining`: `explain_count` of a URL beside one count, and beside a bare client.

A round asks, of a URL of its own with 15 values: how many contacts it selects, and why. All go over one WebSocket to
the same service. On Elasticsearch a bare client with one HTTP connection sends the very searches that the service sends
for such a URL (`benchmarks.replaying`), also those for pairs where few contacts are found. Which comes first changes
with every round.
"""

import asyncio
import statistics
from collections.abc import Sequence

import aiohttp
from websockets.asyncio.client import connect

from api.actions.explaining import ExplainRequest, explain_count
from benchmarks import rounds
from benchmarks.asking import ask
from benchmarks.filters import fifteen_values, url_of
from benchmarks.measure import Call, at_most, in_turn, median_ratio, show
from benchmarks.replaying import replay, searches_for
from benchmarks.stores import Loaded, quiet
from tests.harness.service import Service, running

TARGETS = {"elasticsearch": 6.0, "duckdb": 8.0}
TARGET_BARE = 1.10
_WARMUP = 10


async def measure(service: Service, store: Loaded, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of so many rounds. Each kind asks URLs of its own: no engine has seen what another one asked."""
    urls = [url_of(fifteen_values(3 * number + 2)) for number in range(_WARMUP + rounds)] if store.url else []
    sent = await searches_for(store, explain_count, [ExplainRequest(url=url) for url in urls]) if urls else []
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:

        async def one(number: int) -> None:
            await ask(socket, "count_contacts", url=url_of(fifteen_values(3 * number)))

        async def explained(number: int) -> None:
            await ask(socket, "explain_count", url=url_of(fifteen_values(3 * number + 1)))

        async def bare(number: int) -> None:
            await replay(session, store, sent[number])

        sides: dict[str, Call] = {"one": one, "explained": explained} | ({"bare": bare} if store.url else {})
        return await in_turn(sides, rounds, _WARMUP)


def report(engine: str, store: Loaded, contacts: int, number: int) -> None:
    """Measure a service, and print one line for each target, with the milliseconds at the medians."""
    with running(quiet(store.environment)) as service:
        times = asyncio.run(measure(service, store, number))
    medians = {name: round(statistics.median(milliseconds), 1) for name, milliseconds in times.items()}
    beside = {"one": ("explain_count of 15 values / one count", TARGETS[engine])}
    if "bare" in times:
        beside["bare"] = ("explain_count of 15 values / bare client", TARGET_BARE)
    for name, (figure, target) in beside.items():
        ratio = median_ratio(times["explained"], times[name])
        line = {"figure": figure, "ratio": round(ratio, 2), **at_most(ratio, target)}
        show({**line, "engine": engine, "contacts": contacts, **medians})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    rounds.run("explaining", __doc__, report, arguments)


if __name__ == "__main__":
    main()
