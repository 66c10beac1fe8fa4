"""`python -m benchmarks.faceting`: eight facets over one WebSocket beside one count, and beside a bare client.

Every request has a filter of its own. On Elasticsearch the bare client keeps one HTTP connection alive and sends the
very searches that the service sends (`benchmarks.replaying`): of each facet all parameters hold but its own, so that
there are several filters. How values are spelled is known before, as it is for all that is asked of a service twice.
"""

import asyncio
import statistics
from collections.abc import Sequence

import aiohttp
from websockets.asyncio.client import connect

from api.actions.facets import FacetRequest, facet_contacts
from benchmarks import rounds
from benchmarks.asking import ask
from benchmarks.filters import url
from benchmarks.measure import Call, at_most, in_turn, median_ratio, show
from benchmarks.replaying import replay, searches_for
from benchmarks.stores import Loaded, quiet
from tests.harness.service import Service, running

FACETS = ("seniority", "departments", "email_status", "industries", "employees", "annual_revenue", "funding_stage",
          "company_country")  # fmt: skip
SIZE = 10
MOST_COUNTS = {"duckdb": 8.0, "elasticsearch": 5.0}
TARGET_BARE = 1.10
_WARMUP = 10


async def measure(service: Service, store: Loaded, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each round, by what was asked."""
    urls = [url(3 * number + 2) for number in range(_WARMUP + rounds)] if store.url else []
    requests = [FacetRequest(url=each, facets=FACETS, size=SIZE) for each in urls]
    sent = await searches_for(store, facet_contacts, requests) if requests else []
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:

        async def count(number: int) -> None:
            await ask(socket, "count_contacts", url=url(3 * number))

        async def facets(number: int) -> None:
            await ask(socket, "facet_contacts", url=url(3 * number + 1), facets=FACETS, size=SIZE)

        async def bare(number: int) -> None:
            await replay(session, store, sent[number])

        sides: dict[str, Call] = {"count": count, "facets": facets} | ({"bare": bare} if store.url else {})
        return await in_turn(sides, rounds, _WARMUP)


def report(engine: str, store: Loaded, contacts: int, number: int) -> None:
    """Measure a service, and print one line for each target, with the milliseconds at the medians."""
    with running(quiet(store.environment)) as service:
        times = asyncio.run(measure(service, store, number))
    medians = {name: round(statistics.median(milliseconds), 2) for name, milliseconds in times.items()}
    line = {"engine": engine, "contacts": contacts, **medians}
    counts = median_ratio(times["facets"], times["count"])
    target = at_most(counts, MOST_COUNTS[engine])
    show({"figure": "eight facets / one count", "ratio": round(counts, 2), **target, **line})
    if "bare" in times:
        bare = median_ratio(times["facets"], times["bare"])
        show({"figure": "eight facets / bare client", "ratio": round(bare, 2), **at_most(bare, TARGET_BARE), **line})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    rounds.run("faceting", __doc__, report, arguments)


if __name__ == "__main__":
    main()
