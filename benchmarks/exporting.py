"""Everything that matches, beside a bare client that walks the same index itself.

On Elasticsearch: `get_uuids` without a limit over WebSocket beside a point in time walked in two slices, and an export
of the contacts as NDJSON beside a point in time walked in order with `_source`. The peers ask for pages of the same
size and decode no more of them than the uuids and what they need to go on. On both engines: how long the first part of
streamed uuids takes, from sending the request over an open connection. Every request has a filter of its own.
"""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
import msgspec
from websockets.asyncio.client import connect

from benchmarks.asking import ask, has_status, message
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_least, at_most
from benchmarks.filters import url_of
from benchmarks.measure import in_turn, median_ratio, medians
from benchmarks.stores import ENGINES, Loaded
from mappings.predicates import Order
from search.elasticsearch.compile import sort
from tests.harness.service import Service, running

_KEEP_ALIVE = "1m"
_UUIDS = {"sort": ["_shard_doc"], "stored_fields": "_none_", "docvalue_fields": ["uuid"]}
_UUID_PAGE = 10_000
_CONTACTS = {"sort": sort(Order()), "_source": True}
_CONTACT_PAGE = 1000
_ROUNDS, _WARMUP, _STREAMS = 6, 1, 30

UUIDS = Figure(name="get_uuids of all ÷ a bare sliced walk, speed", engine="elasticsearch", target=at_least(0.85))
CONTACTS = Figure(name="contacts as NDJSON ÷ a bare walk, speed", engine="elasticsearch", target=at_least(0.85))
FIRST = {
    engine: Figure(name="first part of streamed uuids", engine=engine, unit="ms", target=at_most(50))
    for engine in ENGINES
}


class _Hit(msgspec.Struct, gc=False):
    sort: msgspec.Raw
    source: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="_source")
    fields: msgspec.Raw = msgspec.Raw()


class _Fields(msgspec.Struct):
    uuid: tuple[str]


class _Hits(msgspec.Struct):
    hits: list[_Hit]


class _Page(msgspec.Struct):
    hits: _Hits
    pit_id: str


_decode = msgspec.json.Decoder(_Page).decode
_fields = msgspec.json.Decoder(_Fields).decode


def at_least_revenue(least: int) -> str:
    """The URL of all contacts with at least that revenue."""
    return url_of([f"revenueRange[min]={least}"])


class Peer:
    """Walks a point in time with nothing but an HTTP client."""

    def __init__(self, session: aiohttp.ClientSession, store: Loaded) -> None:
        self._session, self._url, self._index = session, store.url, store.index

    async def uuids(self, least: int) -> int:
        """The uuids of all contacts with at least that revenue, by two slices side by side; how many."""
        slices = [_UUIDS | {"slice": {"id": number, "max": 2}} for number in range(2)]
        async with self._point_in_time() as pit:
            halves = await asyncio.gather(*(self._walk(pit, least, _UUID_PAGE, part) for part in slices))
        return len([_fields(hit.fields).uuid[0] for hits in halves for hit in hits])

    async def contacts(self, least: int) -> int:
        """The same contacts, whole and in order; how many."""
        async with self._point_in_time() as pit:
            hits = await self._walk(pit, least, _CONTACT_PAGE, _CONTACTS)
        return b"".join([b"%b\n" % hit.source for hit in hits]).count(b"\n")

    async def _walk(self, pit: str, least: int, size: int, asked: Mapping[str, object]) -> list[_Hit]:
        """All hits, in pages of `size`; `asked` is what is to be had of each, and in which order."""
        query = {"range": {"search.annual_revenue": {"gte": least}}}
        pinned = {"query": query, "track_total_hits": False, "pit": {"id": pit, "keep_alive": _KEEP_ALIVE}}
        body: dict[str, object] = {**pinned, "size": size, **asked}
        hits: list[_Hit] = []
        while True:
            page = _decode(await self._request("POST", "/_search", body)).hits.hits
            hits += page
            if len(page) < size:
                return hits
            body["search_after"] = page[-1].sort

    @asynccontextmanager
    async def _point_in_time(self) -> AsyncGenerator[str]:
        opened = json.loads(await self._request("POST", f"/{self._index}/_pit?keep_alive={_KEEP_ALIVE}"))
        yield str(opened["id"])
        await self._request("DELETE", "/_pit", {"id": opened["id"]})

    async def _request(self, method: str, path: str, body: object = None) -> bytes:
        # Compressed answers, which the library would ask for by itself, cost both sides more than they save here.
        headers = {"accept-encoding": "identity"} | ({"content-type": "application/json"} if body else {})
        data = msgspec.json.encode(body) if body else None
        async with self._session.request(method, self._url + path, data=data, headers=headers) as response:
            assert response.status == 200, await response.text()
            return await response.read()


async def _compare(service: Service, store: Loaded, rounds: int) -> Mapping[str, dict[str, list[float]]]:
    """Milliseconds of both exports beside their peers'."""
    async with (
        aiohttp.ClientSession() as session,
        connect(service.socket_url(), max_size=None, compression=None) as socket,
    ):
        peer = Peer(session, store)

        async def uuids(number: int) -> int:
            return (await ask(socket, "get_uuids", url=at_least_revenue(2 * number))).count(b"-") // 4

        async def contacts(number: int) -> int:
            headers = {"authorization": f"Bearer {service.token}", "accept": "application/x-ndjson"}
            address, lines = f"{service.base}/api/v2/apollo/contacts", 0
            body = {"url": at_least_revenue(2 * number)}
            async with session.post(address, json=body, headers=headers | {"accept-encoding": "identity"}) as response:
                assert response.status == 200
                async for chunk in response.content.iter_any():
                    lines += chunk.count(b"\n")
            return lines

        assert await uuids(0) == await peer.uuids(0), "not the same uuids"
        assert await contacts(0) == await peer.contacts(0), "not the same contacts"
        times = {}
        for figure, ours, other in (
            (UUIDS, uuids, lambda number: peer.uuids(2 * number + 1)),
            (CONTACTS, contacts, lambda number: peer.contacts(2 * number + 1)),
        ):
            times[figure.name] = await in_turn({"service, ms": ours, "bare, ms": other}, rounds, _WARMUP)
        return times


async def _first_parts(service: Service, streams: int) -> list[float]:
    """Milliseconds from sending a request for streamed uuids to its first part."""
    times = []
    async with connect(service.socket_url(), max_size=None, compression=None) as socket:
        for number in range(streams + 1):
            request = message("get_uuids", url=at_least_revenue(number), stream=True)
            started = time.perf_counter()
            await socket.send(request)
            answer = await socket.recv(decode=False)
            times.append((time.perf_counter() - started) * 1000)
            while not has_status(answer, "success"):
                assert has_status(answer, "partial"), answer[:500]
                answer = await socket.recv(decode=False)
    return times


def run(bench: Bench) -> Iterator[Measured]:
    """On each engine: of a tenth of the contacts, since bare walks of all take minutes each."""
    for engine in bench.sizes.engines:
        store = bench.store(engine, bench.sizes.few)
        with running(store.environment) as service:
            first, *others = asyncio.run(_first_parts(service, bench.sizes.rounds(_STREAMS)))
            yield FIRST[engine].measured(
                statistics.median(others), store.contacts, beside={"the very first, ms": first}
            )
            if engine == "elasticsearch":
                compared = asyncio.run(_compare(service, store, bench.sizes.rounds(_ROUNDS)))
                for figure in (UUIDS, CONTACTS):
                    times = compared[figure.name]
                    # Of speeds, so the other way round than that of times.
                    speed = median_ratio(times["bare, ms"], times["service, ms"])
                    yield figure.measured(speed, store.contacts, beside=medians(times))


BENCHMARK = Benchmark(
    words="All that matches, beside a client that walks the index itself",
    figures=(UUIDS, CONTACTS, *FIRST.values()),
    run=run,
    seconds=180,
)
