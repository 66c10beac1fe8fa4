"""What a client notices of strangers without a token who say nothing, half of something, or something without an end.

The strangers are a process of their own with low priority, where the machine has no core for them: in earnest they
would come from other machines.
"""

import asyncio
import contextlib
import multiprocessing
import os
import resource
import time
from collections.abc import Awaitable, Iterator
from multiprocessing.connection import Connection

import msgspec
from websockets.asyncio.client import connect

from benchmarks.asking import search_calmly
from benchmarks.measure import p99
from benchmarks.memory import Memory
from tests.harness.raw import HANDSHAKE
from tests.harness.service import Service

SOCKETS = 1000
FLOODS = 8
FLOOD_SECONDS = 12.0
MOST_SECONDS = 60.0
"""How long a connection that says nothing may stay open."""

QUIET_REQUESTS = 300
BLOCK = b"x" * 65_536

TARGET_MEBIBYTES = 256.0

LOGIN = b"POST /api/v2/auth/login HTTP/1.1\r\nHost: a\r\n"
WAITING = {
    "silent sockets": b"",
    "half heads": LOGIN + b"X: ",
    "large half heads": LOGIN + b"X: " + b"x" * 60_000,
    "half handshakes": b"GET /api/v2/apollo/ws HTTP/1.1\r\nHost: a\r\n" + HANDSHAKE,
    "half bodies": LOGIN + b"Content-Length: 10000\r\n\r\n{",
}
"""What is sent, before nothing more is."""

ENDLESS = {"endless header": LOGIN + b"X: ", "endless body": LOGIN + b"Content-Length: 1000000000000\r\n\r\n"}
"""How it begins, before there is no end of it."""


class Noticed(msgspec.Struct, frozen=True):
    """Milliseconds of the client's searches at p99, quiet and beside the strangers; MiB that the service grew by; the
    seconds that the strangers' connection lasted that was open for longest."""

    quiet: float
    beside: float
    mebibytes: float
    seconds: float

    @property
    def ratio(self) -> float:
        """Beside them ÷ quiet."""
        return self.beside / self.quiet

    @property
    def note(self) -> str:
        """The two sides of it."""
        return f"{self.beside:.1f} / {self.quiet:.1f} ms"


def run(service: Service) -> Iterator[tuple[str, Noticed]]:
    """Each kind of stranger, one after the other."""
    for number, name in enumerate((*WAITING, *ENDLESS)):
        yield name, asyncio.run(_beside(service, name, number))


async def _beside(service: Service, name: str, number: int) -> Noticed:
    own = service.socket_url(service.registered(f"host{number}@example.com"))
    numbers = iter(range(number * 1_000_000, (number + 1) * 1_000_000))
    async with connect(own, max_size=None) as socket:
        for _ in range(30):
            await search_calmly(socket, next(numbers))
        quiet = [await search_calmly(socket, next(numbers)) for _ in range(QUIET_REQUESTS)]
        with _strangers(name, service.port) as (strangers, result), Memory(service.process.pid) as memory:
            beside = []
            while strangers.is_alive():
                beside.append(await search_calmly(socket, next(numbers)))
            seconds = result.recv()
    return Noticed(p99(quiet), p99(beside), memory.most - memory.before, seconds)


@contextlib.contextmanager
def _strangers(name: str, port: int) -> Iterator[tuple[multiprocessing.process.BaseProcess, Connection]]:
    """Their process, which begins at once, and where it will say how long a connection lasted at most."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_attack, args=(name, port, theirs))
    process.start()
    # Or its end would not be noticed, should it say nothing.
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()


def _attack(name: str, port: int, result: Connection) -> None:
    if (os.cpu_count() or 1) < 4:
        os.nice(10)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    result.send(asyncio.run(_attacked(name, port)))


async def _attacked(name: str, port: int) -> float:
    """Seconds that the connection lasted that was open for longest."""
    if name in WAITING:
        kinds: list[Awaitable[float]] = [_wait(port, WAITING[name]) for _ in range(SOCKETS)]
    else:
        until = time.monotonic() + FLOOD_SECONDS
        kinds = [_flood(port, ENDLESS[name], until) for _ in range(FLOODS)]
    return max(await asyncio.gather(*kinds))


async def _wait(port: int, half: bytes) -> float:
    """Send `half` of something and wait to be closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    opened = time.monotonic()
    writer.write(half)
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(MOST_SECONDS * 1.1):
            await reader.read()
    writer.close()
    return time.monotonic() - opened


async def _flood(port: int, start: bytes, until: float) -> float:
    """Send `start` and no end of more; begin again whenever it is closed."""
    longest = 0.0
    while time.monotonic() < until:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        opened = time.monotonic()
        writer.write(start)
        with contextlib.suppress(OSError):
            while time.monotonic() < until:
                writer.write(BLOCK)
                await writer.drain()
        longest = max(longest, time.monotonic() - opened)
        writer.close()
        await asyncio.sleep(0)
    return longest
