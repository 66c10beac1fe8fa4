"""`python -m benchmarks.search`: search and count over one WebSocket beside a bare client.

The bare client keeps one HTTP connection alive and sends Elasticsearch the very body that the service sends.
"""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.filters import url
from benchmarks.measure import Comparison, alternate, show
from benchmarks.stores import INDEX, loaded
from mappings.contact_filter import map_url
from mappings.url import parse
from search.elasticsearch.compile import compile_filter, sort
from tests.harness.service import Service, running

LIMIT = 25
TARGET_RATIO = 1.10
ROUNDS = 350
WARMUP = 50
"""Rounds that are not counted, of those given."""


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
    base = f"{elasticsearch_url}/{index}"
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:
        searches = await _compare(socket, session, base, "search_contacts", range(0, 2 * rounds, 2))
        counts = await _compare(socket, session, base, "count_contacts", range(10_000_000, 10_000_000 + 2 * rounds, 2))
    return {"search 25": searches, "count": counts}


async def _compare(
    socket: ClientConnection, session: aiohttp.ClientSession, base: str, action: str, numbers: Sequence[int]
) -> Comparison:
    """Ours asks the filters `numbers`, the peer the ones after them: no filter is ever asked twice."""
    searching = action == "search_contacts"
    path = "_search?allow_partial_search_results=false" if searching else "_count"
    data: dict[str, Any] = {"limit": LIMIT} if searching else {}
    # Prepared beforehand: a client's own work is part of neither side.
    asked = [
        msgspec.json.encode({"action": action, "request_id": number, "data": {"url": url(number), **data}}).decode()
        for number in numbers
    ]
    bodies = [(search_body if searching else count_body)(number + 1) for number in numbers]
    headers = {"content-type": "application/json"}

    async def ours(at: int) -> None:
        await socket.send(asked[at])
        answer = await socket.recv()
        assert b'"status":"success"' in answer.encode()[:120] if isinstance(answer, str) else False

    async def peer(at: int) -> None:
        async with session.post(f"{base}/{path}", data=bodies[at], headers=headers) as response:
            await response.read()
            assert response.status == 200

    return await alternate(ours, peer, len(numbers) - WARMUP, WARMUP)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it; the exit code is 0 whether or not the target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000, help="sample contacts (default 100000)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"pairs of requests of each kind (default {ROUNDS})")
    options = parser.parse_args(arguments)
    with loaded("elasticsearch", options.contacts) as store, running(store.environment) as service:
        found = asyncio.run(measure(service, store.url, INDEX, options.rounds))
    for what, compared in found.items():
        line: dict[str, object] = {"figure": f"{what} over WebSocket / bare client, p50"}
        # A count alone has no target: what it is to be measured by is the throughput of many.
        if what == "search 25":
            line |= {"target": f"<= {TARGET_RATIO}", "met": compared.ratio <= TARGET_RATIO}
        show(line | msgspec.to_builtins(compared))


if __name__ == "__main__":
    main()
