"""`python -m benchmarks.search`: search and count over one WebSocket beside a bare client.

The bare client keeps one HTTP connection alive and sends Elasticsearch the very body that the service sends.
"""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import aiohttp
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.asking import has_status, message
from benchmarks.filters import url
from benchmarks.measure import Comparison, alternate, at_most, show
from benchmarks.stores import INDEX, loaded
from mappings.contact_filter import map_url
from mappings.url import parse
from search.elasticsearch.compile import compile_filter, sort
from tests.harness.service import Service, running

LIMIT = 25
TARGET_RATIO = 1.10
ROUNDS = 300
WARMUP = 50
"""Rounds that are not counted, before those."""


def search_body(number: int) -> bytes:
    """The very body that the service sends for `url(number)`."""
    contact_filter = map_url(parse(url(number)), datetime.now(UTC).date()).filter
    compiled = compile_filter(contact_filter)
    rest = {"size": LIMIT + 1, "sort": sort(contact_filter.order), "track_total_hits": False, "_source": True}
    return b'{"query":%b,%b' % (compiled.query, msgspec.json.encode(rest)[1:])


def count_body(number: int) -> bytes:
    """The very body that the service sends to count `url(number)`."""
    contact_filter = map_url(parse(url(number)), datetime.now(UTC).date()).filter
    return b'{"query":%b}' % compile_filter(contact_filter).query


async def measure(service: Service, elasticsearch_url: str, index: str, rounds: int) -> dict[str, Comparison]:
    """Both comparisons, every request with a filter of its own."""
    base, numbers = f"{elasticsearch_url}/{index}", range(0, 2 * (WARMUP + rounds), 2)
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:
        searches = await _compare(socket, session, base, "search_contacts", numbers)
        counts = await _compare(socket, session, base, "count_contacts", [10_000_000 + number for number in numbers])
    return {"search 25": searches, "count": counts}


async def _compare(
    socket: ClientConnection, session: aiohttp.ClientSession, base: str, action: str, numbers: Sequence[int]
) -> Comparison:
    """Ours asks the filters `numbers`, the peer the ones after them: no filter is ever asked twice."""
    searching = action == "search_contacts"
    path = "_search?allow_partial_search_results=false" if searching else "_count"
    options = {"limit": LIMIT} if searching else {}
    # Prepared beforehand: a client's own work is part of neither side.
    messages = [message(action, number, url=url(number), **options) for number in numbers]
    bodies = [(search_body if searching else count_body)(number + 1) for number in numbers]
    headers = {"content-type": "application/json"}

    async def ours(at: int) -> None:
        await socket.send(messages[at])
        answer = await socket.recv(decode=False)
        assert has_status(answer, "success"), answer[:500]

    async def peer(at: int) -> None:
        async with session.post(f"{base}/{path}", data=bodies[at], headers=headers) as response:
            await response.read()
            assert response.status == 200

    return await alternate(ours, peer, len(numbers) - WARMUP, WARMUP)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it; the exit code is 0 whether or not the target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000, help="sample contacts (default 100000)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"pairs of requests that count (default {ROUNDS})")
    options = parser.parse_args(arguments)
    with loaded("elasticsearch", options.contacts) as store, running(store.environment) as service:
        comparisons = asyncio.run(measure(service, store.url, INDEX, options.rounds))
    for name, compared in comparisons.items():
        line: dict[str, object] = {"figure": f"{name} over WebSocket / bare client, p50"}
        # A count alone has no target: what it is to be measured by is the throughput of many.
        if name == "search 25":
            line |= at_most(compared.ratio, TARGET_RATIO)
        show(line | msgspec.to_builtins(compared))


if __name__ == "__main__":
    main()
