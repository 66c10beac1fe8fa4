"""How much memory the server needs to stream many contacts to a slow reader.

For each engine and each way to stream: by how many MiB the server's resident memory rose at most, from after a first
small request until the stream was over, or its reader had enough.
"""

import json
import socket
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import msgspec
from websockets.sync.client import connect

from benchmarks.asking import has_status, message
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.filters import PEOPLE
from benchmarks.memory import Memory
from benchmarks.stores import ENGINES, Loaded
from tests.harness.service import Service, running

MEGABYTE = 1_000_000
RATE = 25.0
"""Megabytes a second that the reader takes: some 18,000 contacts."""

SECONDS = 20.0
"""After which it leaves: what a stream holds it holds within the first of them."""


class Streamed(msgspec.Struct, frozen=True):
    """Megabytes of one stream, seconds to the first byte and to the last, MiB of the server before it and at most."""

    megabytes: float
    first: float
    seconds: float
    before: float
    most: float


def chunks_over_http(service: Service, accept: str) -> Generator[int]:
    """Bytes that arrive of `POST /contacts` without a limit, as a plain socket sees them."""
    body = json.dumps({"url": PEOPLE}).encode()
    address = urlsplit(service.base)
    head = (
        f"POST /api/v2/apollo/contacts HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {service.token}\r\n"
        f"Accept: {accept}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=120) as connection:
        connection.sendall(head.encode() + body)
        tail = b""
        while received := connection.recv(64 * 1024):
            tail = (tail + received)[-16:]
            yield len(received)
    if not tail.endswith(b"0\r\n\r\n"):
        raise SystemExit("the stream broke off")


def chunks_over_websocket(service: Service, action: str) -> Generator[int]:
    """Bytes of the messages of a streamed answer."""
    with connect(service.socket_url(), max_queue=1, compression=None) as connection:
        connection.send(message(action, url=PEOPLE, stream=True))
        while True:
            received = connection.recv(120, decode=False)
            yield len(received)
            if has_status(received, "success"):
                return
            if not has_status(received, "partial"):
                raise SystemExit(received[:500].decode(errors="replace"))


WAYS: dict[str, Callable[[Service], Generator[int]]] = {
    "REST, JSON": lambda service: chunks_over_http(service, "application/json"),
    "REST, NDJSON": lambda service: chunks_over_http(service, "application/x-ndjson"),
    "REST, CSV": lambda service: chunks_over_http(service, "text/csv"),
    "WebSocket, contacts": lambda service: chunks_over_websocket(service, "search_contacts"),
    "WebSocket, uuids": lambda service: chunks_over_websocket(service, "get_uuids"),
}


RISE = {
    (engine, way): Figure(name=f"memory that a stream adds: {way}", engine=engine, unit="MiB", target=at_most(64))
    for engine in ENGINES
    for way in WAYS
}


def run(bench: Bench) -> Iterator[Measured]:
    """Each way on a server of its own, so that none finds what another left."""
    for engine, store in bench.on_each_engine():
        for way in WAYS:
            bench.say(f"{engine}: {way}")
            streamed = _streamed(store, way)
            beside = msgspec.structs.asdict(streamed)
            yield RISE[engine, way].measured(streamed.most - streamed.before, store.contacts, beside=beside)


def _streamed(store: Loaded, way: str) -> Streamed:
    """Read a stream at `RATE`, for `SECONDS` at most, while looking at the server's memory."""
    with running(store.environment) as service:
        service.data("search_contacts", url=PEOPLE, limit=1)
        with Memory(service.process.pid) as memory, closing(WAYS[way](service)) as sizes:
            started, first, total = time.monotonic(), 0.0, 0
            for size in sizes:
                first = first or time.monotonic() - started
                total += size
                if time.monotonic() - started > SECONDS:
                    break
                time.sleep(max(0.0, started + total / MEGABYTE / RATE - time.monotonic()))
            seconds = time.monotonic() - started
        return Streamed(total / MEGABYTE, first, seconds, memory.before, memory.most)


BENCHMARK = Benchmark(
    words="Memory that a stream of contacts adds",
    figures=tuple(RISE.values()),
    run=run,
    seconds=240,
)
