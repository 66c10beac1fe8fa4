"""URLs that are short and ask for much: what another user notices of them, and what they hold; see `benchmarks.faults`.

Each kind was seen to stop everybody. One user sends them over two WebSockets, a different URL each time so that nothing
is remembered, and sixteen ahead of their answers, while another searches as ever.
"""

import asyncio
import itertools
import json
import multiprocessing
import os
import secrets
import time
import urllib.request
from collections.abc import Callable, Mapping

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.asking import PATIENCE_SECONDS, message, search_calmly
from benchmarks.filters import PEOPLE
from benchmarks.measure import p99
from benchmarks.memory import resident_of_all
from mappings.regions import region_rows
from tests.harness.service import Service

SECONDS = 6.0
"""How long each kind is sent, and before that how long the neighbour is watched alone."""

CONNECTIONS, AHEAD = 2, 16
MOST_MEBIBYTES = 256
MOST_READY_MILLISECONDS = 1000.0


class Noticed(msgspec.Struct, frozen=True):
    """What came of one kind.

    Attributes:
        quiet: milliseconds of the neighbour's searches at p99, alone.
        beside: the same beside the costly URLs.
        slowest: seconds that the slowest answer to a costly URL took.
        answered: how many of those were answered.
        ready: milliseconds that readiness took at most.
        rose: MiB by which the process grew at most, with those that it starts for large filters.
    """

    quiet: float
    beside: float
    slowest: float
    answered: int
    ready: float
    rose: float

    @property
    def ratio(self) -> float:
        """How many times as long the neighbour's searches took."""
        return self.beside / self.quiet


def _free_text(number: int) -> str:
    return "q=" + "+".join(f"{number}w{at}" for at in range(8000 // 8))


def _negated(number: int) -> str:
    return "qOrganizationName=" + "+OR+".join(f"-{number}a{at}" for at in range(3000 // 11))


def _negated_names(number: int) -> str:
    return "qPersonName=" + "+OR+".join(f"-{number}a{at}+b{at}" for at in range(8000 // 16))


def _pairs(number: int) -> str:
    return "&".join(f"personLocations[]=c{number}x{at},s{at // 2}" for at in range(1100))


def _triples(number: int) -> str:
    return "&".join(f"personLocations[]=c{number}x{at},s{at // 2},n{at // 8}" for at in range(1100))


def _regions(number: int) -> str:
    names = itertools.cycle([row.name for row in region_rows()])
    return "&".join(f"personLocations[]={name},c{number}x{at}" for at, name in zip(range(400), names, strict=False))


def _unknown_names(number: int) -> str:
    return "&".join(f"a{number}x{at}=1" for at in range(4000))


def _in_words(number: int) -> str:
    return f"page={number}" + "<see" * 15_000


KINDS: Mapping[str, Callable[[int], str]] = {
    "free text": _free_text,
    "negated alternatives": _negated,
    "negated names": _negated_names,
    "city,state": _pairs,
    "city,state,country": _triples,
    "region,city": _regions,
    "unknown names": _unknown_names,
    "a long text": _in_words,
}
"""Name → the query of the URL with a number."""


def run(service: Service, kind: str) -> Noticed:
    """One kind, on a service that others may have used before."""
    return asyncio.run(_run(service, kind))


async def _run(service: Service, kind: str) -> Noticed:
    own = service.socket_url(service.registered(f"neighbour-{secrets.token_hex(4)}@example.com"))
    async with connect(own, max_size=None) as socket:
        numbers = itertools.count(secrets.randbelow(10**9))
        for _ in range(20):
            await search_calmly(socket, next(numbers))
        quiet = await _watched(socket, numbers)
        before = resident_of_all(service.process.pid)
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            attack = pool.apply_async(_attack, (service.socket_url(), kind, SECONDS))
            ready, most, beside = 0.0, before, []
            while not attack.ready():
                started = time.perf_counter()
                await asyncio.to_thread(_ready, service)
                ready = max(ready, (time.perf_counter() - started) * 1000)
                for _ in range(20):
                    beside.append(await search_calmly(socket, next(numbers)))
                    most = max(most, resident_of_all(service.process.pid))
            slowest, answered = attack.get()
    return Noticed(p99(quiet), p99(beside), slowest, answered, ready, most - before)


def _ready(service: Service) -> None:
    """Ask whether it is, and wait for the answer."""
    with urllib.request.urlopen(f"{service.base}/health/ready", timeout=PATIENCE_SECONDS) as response:
        assert response.status == 200


async def _watched(socket: ClientConnection, numbers: "itertools.count[int]") -> list[float]:
    ends, times = time.monotonic() + SECONDS, []
    while time.monotonic() < ends:
        times.append(await search_calmly(socket, next(numbers)))
    return times


def _attack(uri: str, kind: str, seconds: float) -> tuple[float, int]:
    """Send URLs of a kind for so long; seconds of the slowest answer, and how many there were."""
    if (os.cpu_count() or 1) < 4:
        os.nice(10)
    times = asyncio.run(_sent(uri, KINDS[kind], seconds))
    return max(times), len(times)


async def _sent(uri: str, query: Callable[[int], str], seconds: float) -> list[float]:
    numbers, ends, times = itertools.count(secrets.randbelow(10**6)), time.monotonic() + seconds, list[float]()

    async def lane(socket: ClientConnection) -> None:
        sent: dict[int, float] = {}
        while sent or time.monotonic() < ends:
            while len(sent) < AHEAD and time.monotonic() < ends:
                number = next(numbers)
                sent[number] = time.monotonic()
                await socket.send(message("count_contacts", number, url=f"{PEOPLE}?{query(number)}"))
            answer = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
            times.append(time.monotonic() - sent.pop(answer["request_id"]))

    async with connect(uri, max_size=None) as one, connect(uri, max_size=None) as other:
        await asyncio.gather(lane(one), lane(other))
    return times
