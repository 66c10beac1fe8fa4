"""Search and count over one WebSocket beside a bare keep-alive HTTP client that sends Elasticsearch the same body."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.filters import url
from benchmarks.measure import Comparison, alternate
from mappings.contact_filter import map_url
from mappings.url import parse
from search.elasticsearch.compile import compile_filter, sort
from tests.service import Service

LIMIT = 25
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
    address = f"ws://127.0.0.1:{service.port}/api/v2/apollo/ws?token={service.token}"
    base = f"{elasticsearch_url}/{index}"
    async with connect(address, max_size=None) as socket, aiohttp.ClientSession() as session:
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


def run(service: Service, elasticsearch_url: str, index: str, rounds: int = ROUNDS) -> dict[str, Comparison]:
    """The comparisons, from a running service on a loaded index."""
    return asyncio.run(measure(service, elasticsearch_url, index, rounds))
