"""`python -m benchmarks.counting`: `analyze/count` of a URL beside one count of it, and beside a count of each value.

A round asks, of a URL of its own with 15 values: how many contacts it selects; the analysis with a count on every
value and parameter; and 16 separate counts, of the URL and of each of its values alone. All go over one WebSocket to
the same service. Which comes first changes with every round.
"""

import asyncio
import statistics
from collections.abc import Sequence

import msgspec
from websockets.asyncio.client import connect

from benchmarks import rounds
from benchmarks.asking import ask
from benchmarks.filters import fifteen_values, url_of
from benchmarks.measure import at_least, at_most, in_turn, median_ratio, show
from benchmarks.stores import Loaded
from tests.harness.service import Service, running

TARGET_ONE = 4.0
TARGET_SEPARATE = 5.0
_WARMUP = 10


class Times(msgspec.Struct, frozen=True):
    """Milliseconds of each round: of one count, of the analysis with counts, of the separate counts together."""

    one: list[float]
    analysis: list[float]
    separate: list[float]


async def measure(service: Service, rounds: int) -> Times:
    """So many rounds. Each kind asks URLs of its own: no engine has seen what another one asked."""
    async with connect(service.socket_url(), max_size=None) as socket:

        async def one(number: int) -> None:
            await ask(socket, "count_contacts", url=url_of(fifteen_values(3 * number)))

        async def analysis(number: int) -> None:
            await ask(socket, "count_by_filter", url=url_of(fifteen_values(3 * number + 1)))

        async def separate(number: int) -> None:
            pairs = fifteen_values(3 * number + 2)
            for url in (url_of(pairs), *(url_of([pair]) for pair in pairs)):
                await ask(socket, "count_contacts", url=url)

        return Times(**await in_turn({"one": one, "analysis": analysis, "separate": separate}, rounds, _WARMUP))


def report(engine: str, store: Loaded, contacts: int, number: int) -> None:
    """Measure a service, and print one line for each target, with the milliseconds at the medians."""
    with running(store.environment) as service:
        times = asyncio.run(measure(service, number))
    medians = {name: statistics.median(milliseconds) for name, milliseconds in msgspec.structs.asdict(times).items()}
    share, gain = median_ratio(times.analysis, times.one), median_ratio(times.separate, times.analysis)
    for figure, ratio, target in (
        ("analyze/count of 15 values / one count", share, at_most(share, TARGET_ONE)),
        ("16 separate counts / analyze/count", gain, at_least(gain, TARGET_SEPARATE)),
    ):
        show({"figure": figure, "ratio": round(ratio, 2), **target, "engine": engine, "contacts": contacts, **medians})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    rounds.run("counting", __doc__, report, arguments)


if __name__ == "__main__":
    main()
