"""`python -m benchmarks.faceting`: eight facets over one WebSocket beside one count, and beside a bare client.

Every request has a filter of its own. On Elasticsearch the bare client keeps one HTTP connection alive and sends the
very aggregations that the service sends, one after the other: the count, the companies, the facets and who has none of
the values shown. The values have been spelled out before, as they are for all that is asked of a service twice.
"""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import cast

import aiohttp
import msgspec
from websockets.asyncio.client import connect

from benchmarks import rounds
from benchmarks.asking import ask
from benchmarks.filters import url
from benchmarks.measure import at_most, in_turn, median_ratio, show
from benchmarks.stores import INDEX, Loaded, quiet
from mappings.contact_filter import map_url
from mappings.facets import bounds_of, facet_rows
from mappings.url import parse
from search.elasticsearch.compile import CompiledQuery, compile_filter
from search.elasticsearch.counting import Counts
from search.elasticsearch.facets import Query
from search.elasticsearch.guard import GuardedClient
from tests.harness.service import Service, running

FACETS = ("seniority", "departments", "email_status", "industries", "employees", "annual_revenue", "funding_stage",
          "company_country")  # fmt: skip
SIZE = 10
MOST_COUNTS = {"duckdb": 8.0, "elasticsearch": 5.0}
TARGET_BARE = 1.10
_WARMUP = 10

Ask = Callable[[int], Awaitable[object]]
Sent = list[tuple[str, bytes]]
"""Paths and bodies."""


class _Recorder:
    """Takes the place of a client: notes what is sent, and answers that nobody has anything."""

    def __init__(self) -> None:
        self.sent: Sent = []

    async def request(self, _method: str, path: str, body: bytes) -> bytes:
        self.sent.append((path, body))
        facets = {str(at): {"doc_count": 1, "valued": {"doc_count": 1}} for at in range(len(FACETS))}
        distinct = {"estimate": {"value": 0}, "listed": {"sum_other_doc_count": 0}, "number": {"count": 0}}
        return msgspec.json.encode({"aggregations": facets if b'"estimate"' not in body else distinct})


def sent_for(number: int) -> Sent:
    """What the service sends for the facets of `url(number)`."""
    compiled = compile_filter(map_url(parse(url(number)), datetime.now(UTC).date()).filter)
    count = b'{"size":0,"track_total_hits":false,"aggs":{"each":{"filters":{"filters":[%b,{"match_all":{}}]}}}}'
    recorder = _Recorder()
    counts = Counts(cast("GuardedClient", recorder), "")

    async def record() -> None:
        await counts.distinct(compiled, "company_key")
        await counts.facets(_queries(compiled))

    asyncio.run(record())
    return [("/_search?allow_partial_search_results=false", count % compiled.query), *recorder.sent]


def _queries(compiled: CompiledQuery) -> list[Query]:
    rows = [facet_rows()[name] for name in FACETS]
    return [
        Query(
            field=row.field,
            compiled=compiled,
            size=0 if row.ranges else SIZE,
            ranges=tuple([bounds_of(value) for value in row.ranges]),
        )
        for row in rows
    ]


async def measure(service: Service, store: Loaded, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each round, by what was asked."""
    total = _WARMUP + rounds
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:

        async def count(number: int) -> None:
            await ask(socket, "count_contacts", url=url(3 * number))

        async def facets(number: int) -> None:
            await ask(socket, "facet_contacts", url=url(3 * number + 1), facets=FACETS, size=SIZE)

        sides: dict[str, Ask] = {"count": count, "facets": facets}
        if store.url:
            # Prepared beforehand: a client's own work is part of neither side.
            bodies = await asyncio.to_thread(lambda: [sent_for(3 * number + 2) for number in range(total)])

            async def bare(number: int) -> None:
                for path, body in bodies[number]:
                    headers = {"content-type": "application/json"}
                    async with session.post(f"{store.url}/{INDEX}{path}", data=body, headers=headers) as response:
                        await response.read()
                        assert response.status == 200

            sides["bare"] = bare
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
