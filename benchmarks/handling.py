"""What the service's process works for a search, beside a plain handler of the same messages.

The plain one is `benchmarks.plain_handler`. Both are asked the same kind of search over one WebSocket, every one with a
filter of its own, and take turns of many; processor time is that of the whole process.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from websockets.asyncio.client import connect

from benchmarks.asking import LIMIT, message
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.filters import url
from benchmarks.measure import median_ratio, medians, rotated
from benchmarks.processes import worked
from benchmarks.stores import Loaded
from tests.harness.service import running

_TURNS, _EACH = 5, 200

SEARCH = Figure(name="CPU of the service for a search ÷ a plain handler", engine="elasticsearch", target=at_most(0.4))


def run(bench: Bench) -> Iterator[Measured]:
    """Both in turn."""
    if "elasticsearch" not in bench.sizes.engines:
        return
    # Of all contacts, so that pages are full: what a handler does with them is most of its work.
    store, turns = bench.store("elasticsearch"), bench.sizes.rounds(_TURNS)
    with running(store.environment) as service, _plain(store) as (process, port):
        sides = {
            "service, ms": (service.process.pid, service.socket_url()),
            "plain, ms": (process, f"ws://127.0.0.1:{port}"),
        }
        times: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(turns + 1):
            for name in rotated(list(sides), turn):
                spent = _spent(*sides[name], bench.fresh(_EACH))
                if turn:
                    times[name].append(spent * 1000 / _EACH)
    yield SEARCH.measured(median_ratio(times["service, ms"], times["plain, ms"]), store.contacts, beside=medians(times))


def _spent(process: int, address: str, numbers: range) -> float:
    """Seconds that a process is at work for searches with these filters."""
    before = worked(process)
    asyncio.run(_ask(address, numbers))
    return worked(process) - before


async def _ask(address: str, numbers: range) -> None:
    async with connect(address, max_size=None, compression=None) as socket:
        for number in numbers:
            await socket.send(message("search_contacts", number, url=url(number), limit=LIMIT))
            answer = await socket.recv(decode=False)
            # The plain one writes JSON with blanks in it.
            assert b'"success"' in answer[:120], answer[:500]


@contextmanager
def _plain(store: Loaded) -> Iterator[tuple[int, int]]:
    """The plain handler: its process, and its port."""
    command = [sys.executable, "-m", "benchmarks.plain_handler", store.url, store.index]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.pid, int(process.stdout.readline())
        finally:
            process.terminate()


BENCHMARK = Benchmark(
    words="What the service works for a search, beside a handler as one would write it in an afternoon",
    figures=(SEARCH,),
    run=run,
    seconds=40,
    fixed=40,
)
