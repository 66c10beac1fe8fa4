"""`python -m benchmarks.explaining`: `explain_count` of a URL beside one count, and beside a bare client.

A round asks, of a URL of its own with 15 values: how many contacts it selects, and why. All go over one WebSocket to
the same service. On Elasticsearch a bare client with one HTTP connection sends the very bodies that the service sends
for such a URL, which are made beforehand. Which comes first changes with every round.
"""

import asyncio
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime

import aiohttp
import msgspec
from websockets.asyncio.client import connect

from benchmarks import rounds
from benchmarks.asking import ask
from benchmarks.filters import fifteen_values, url_of
from benchmarks.measure import Call, at_most, in_turn, median_ratio, show
from benchmarks.stores import INDEX, Loaded, quiet
from mappings.clauses import clauses_of
from mappings.explanation import explanation
from mappings.predicates import ContactFilter
from mappings.url import parse
from search.elasticsearch.compile import compile_filter
from search.elasticsearch.distinct import FEW, counting
from search.elasticsearch.many_counts import COUNTS_SENT, ManyCounts
from search.filled import filled
from tests.harness.service import Service, running

TARGETS = {"elasticsearch": 6.0, "duckdb": 8.0}
TARGET_BARE = 1.10
_WARMUP = 10

Bodies = tuple[bytes, dict[str, object]]
"""Of a request that counts, and of one for the companies."""


def bodies(url: str) -> Bodies:
    """What the service sends to Elasticsearch for `url`, of which no value is one that nobody has."""
    asked = explanation(clauses_of(parse(url), datetime.now(UTC).date()), (), filled)
    compiled = [compile_filter(ContactFilter(predicate)) for predicate in asked.predicates()]
    companies = {"size": 0, "track_total_hits": False, "aggs": counting("company_key", FEW)}
    return ManyCounts(compiled).body(), companies | {"query": msgspec.json.decode(compiled[0].query)}


async def measure(service: Service, store: Loaded, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of so many rounds. Each kind asks URLs of its own: no engine has seen what another one asked."""
    sent = [bodies(url_of(fifteen_values(3 * number + 2))) for number in range(_WARMUP + rounds)] if store.url else []
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:

        async def one(number: int) -> None:
            await ask(socket, "count_contacts", url=url_of(fifteen_values(3 * number)))

        async def explained(number: int) -> None:
            await ask(socket, "explain_count", url=url_of(fifteen_values(3 * number + 1)))

        async def bare(number: int) -> None:
            counts, companies = sent[number]
            base, ndjson = f"{store.url}/{INDEX}", {"content-type": "application/x-ndjson"}
            async with session.post(
                f"{base}/_msearch?filter_path={COUNTS_SENT}", data=counts, headers=ndjson
            ) as answer:
                await answer.read()
            async with session.post(f"{base}/_search", json=companies) as answer:
                await answer.read()
                assert answer.status == 200

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
