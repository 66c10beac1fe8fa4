"""Search and count over one WebSocket beside a bare client.

The bare client keeps one HTTP connection alive and sends Elasticsearch the very body that the service sends.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import aiohttp
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.asking import LIMIT, has_status, message
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.filters import url
from benchmarks.measure import in_turn, median_ratio, medians
from benchmarks.stores import Loaded
from mappings.contact_filter import map_url
from mappings.url import parse
from search.elasticsearch import shards
from search.elasticsearch.compile import compile_filter, sort
from tests.harness.service import Service, running

_ROUNDS, _WARMUP = 300, 50

SEARCH = Figure(name="search 25 over one WebSocket ÷ a bare client, p50", engine="elasticsearch", target=at_most(1.10))
# A count alone has no target: what it is to be measured by is the throughput of many.
COUNT = Figure(name="count over one WebSocket ÷ a bare client, p50", engine="elasticsearch")

SEARCH_PATH = "_search?allow_partial_search_results=false"
COUNT_PATH = shards.COUNT.removeprefix("/")
HEADERS = {"content-type": "application/json"}


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


async def send(session: aiohttp.ClientSession, address: str, body: str | bytes) -> None:
    """Ask as the bare client does."""
    async with session.post(address, data=body, headers=HEADERS) as response:
        await response.read()
        assert response.status == 200


async def answered(socket: ClientConnection, asked: str | bytes) -> None:
    """Send a message on a connection that has no other, and wait for its success."""
    await socket.send(asked)
    answer = await socket.recv(decode=False)
    assert has_status(answer, "success"), answer[:500]


def run(bench: Bench) -> Iterator[Measured]:
    """Both, every request with a filter of its own."""
    if "elasticsearch" not in bench.sizes.engines:
        return
    store, rounds = bench.store("elasticsearch"), bench.sizes.rounds(_ROUNDS)
    warmup = bench.sizes.rounds(_WARMUP)
    with running(store.environment) as service:
        for figure, action in ((SEARCH, "search_contacts"), (COUNT, "count_contacts")):
            numbers = bench.fresh(2 * (warmup + rounds))
            times = asyncio.run(_measure(service, store, action, numbers, warmup))
            ratio = median_ratio(times["service, ms"], times["bare, ms"])
            yield figure.measured(ratio, store.contacts, beside=medians(times))


async def _measure(
    service: Service, store: Loaded, action: str, numbers: Sequence[int], warmup: int
) -> dict[str, list[float]]:
    """Milliseconds of each round, of which there is one for two of the numbers: no filter is asked twice."""
    searching = action == "search_contacts"
    # Prepared beforehand: a client's own work is part of neither side.
    options = {"limit": LIMIT} if searching else {}
    messages = [message(action, number, url=url(number), **options) for number in numbers[::2]]
    bodies = [(search_body if searching else count_body)(number) for number in numbers[1::2]]
    address = f"{store.url}/{store.index}/{SEARCH_PATH if searching else COUNT_PATH}"
    async with connect(service.socket_url(), max_size=None) as socket, aiohttp.ClientSession() as session:
        return await in_turn(
            {
                "service, ms": lambda at: answered(socket, messages[at]),
                "bare, ms": lambda at: send(session, address, bodies[at]),
            },
            len(bodies) - warmup,
            warmup,
        )


BENCHMARK = Benchmark(
    words="One client that asks one thing after another, beside one that asks Elasticsearch itself",
    figures=(SEARCH, COUNT),
    run=run,
    seconds=40,
)
