"""`python -m benchmarks.streaming`: how much memory the server needs to stream many contacts to a slow reader.

For each engine and each way to stream: by how many MiB the server's resident memory rose at most, from after a first
small request to the end of the stream, and how long first byte and all took.
"""

import argparse
import json
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

import msgspec
from websockets.sync.client import connect

from benchmarks.asking import has_status, message
from benchmarks.filters import PEOPLE
from benchmarks.measure import at_most, show
from benchmarks.memory import Memory
from benchmarks.stores import ENGINES, loaded
from tests.harness.service import Service, running

TARGET_MEBIBYTES = 64
MEGABYTE = 1_000_000


class Streamed(msgspec.Struct, frozen=True):
    """Megabytes of one stream, seconds to the first byte and to the last, MiB of the server before it and at most."""

    megabytes: float
    first: float
    seconds: float
    before: float
    most: float


def chunks_over_http(service: Service, accept: str) -> Iterator[int]:
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


def chunks_over_websocket(service: Service, action: str) -> Iterator[int]:
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


WAYS: dict[str, Callable[[Service], Iterator[int]]] = {
    "REST, JSON": lambda service: chunks_over_http(service, "application/json"),
    "REST, NDJSON": lambda service: chunks_over_http(service, "application/x-ndjson"),
    "REST, CSV": lambda service: chunks_over_http(service, "text/csv"),
    "WebSocket, contacts": lambda service: chunks_over_websocket(service, "search_contacts"),
    "WebSocket, uuids": lambda service: chunks_over_websocket(service, "get_uuids"),
}


def measure(service: Service, way: Callable[[Service], Iterator[int]], rate: float) -> Streamed:
    """Read the stream at `rate` megabytes a second while looking at the server's memory."""
    service.data("search_contacts", url=PEOPLE, limit=1)
    with Memory(service.process.pid) as memory:
        started, first, total = time.monotonic(), 0.0, 0
        for size in way(service):
            first = first or time.monotonic() - started
            total += size
            time.sleep(max(0.0, started + total / MEGABYTE / rate - time.monotonic()))
    return Streamed(total / MEGABYTE, first, time.monotonic() - started, memory.before, memory.most)


def report(engine: str, environment: dict[str, str], ways: list[str], rate: float) -> None:
    """Each way on a server of its own, so that none finds what another left."""
    for name in ways:
        with running(environment) as service:
            streamed = measure(service, WAYS[name], rate)
        rose = streamed.most - streamed.before
        line = {"figure": f"memory that a stream adds, MiB, {engine}, {name}", "rose": round(rose)}
        rounded = {key: round(value, 3) for key, value in msgspec.structs.asdict(streamed).items()}
        show(line | at_most(rose, TARGET_MEBIBYTES) | rounded)


def main(arguments: Sequence[str] | None = None) -> None:
    """Load, stream, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming", description=__doc__)
    parser.add_argument("--contacts", type=int, default=300_000, help="sample contacts to load (default 300000)")
    parser.add_argument("--rate", type=float, default=1.0, help="megabytes a second that the reader takes (default 1)")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default both")
    parser.add_argument("--way", choices=list(WAYS), action="append", help="default all")
    options = parser.parse_args(arguments)
    for engine in options.engine or ENGINES:
        with loaded(engine, options.contacts) as store:
            report(engine, store.environment, options.way or list(WAYS), options.rate)


if __name__ == "__main__":
    main()
