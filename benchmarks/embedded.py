"""DuckDB: the load of all contacts, its file, and searches and counts, beside the version before.

The version before loads the same file into a store of its own. Its engine and ours are then asked the same kinds of
questions in turn, each in a process of its own, without a service in front.
"""

import asyncio
import csv
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from websockets.asyncio.client import connect

from benchmarks import asker
from benchmarks.asking import LIMIT, ask
from benchmarks.bench import Bench, Benchmark, Checkout
from benchmarks.figures import MILLION, Figure, Measured, at_least, at_most
from benchmarks.filters import PEOPLE, url
from benchmarks.measure import in_turn, median_ratio, medians, rotated
from benchmarks.processes import environment_for
from benchmarks.stores import ENGINES, Loaded
from tests.harness.service import Service, running

_ROUNDS, _WARMUP = 100, 20
_ENGINE = "duckdb"
_NAMES = 20_000

_FASTER = "load, times faster than the commit before"
_SEARCH, _COUNT = "search 25 ÷ the commit before, in process", "count ÷ the commit before, in process"

LOAD = Figure(
    name="load from a CSV until it is live", engine=_ENGINE, unit="s", target=at_most(60), at=MILLION, instead=_FASTER
)
FASTER = Figure(name=_FASTER, engine=_ENGINE, target=at_least(2.5), beside_before=True)
WORK = Figure(name="CPU of a load ÷ the commit before", engine=_ENGINE, beside_before=True)
FILE = Figure(name="file of a million contacts", engine=_ENGINE, unit="MB")
FILE_BEFORE = Figure(name="file ÷ the commit before", engine=_ENGINE, target=at_most(1.10), beside_before=True)
MEMORY = {
    engine: Figure(name="memory of a load's largest process", engine=engine, unit="MiB", target=at_most(400))
    for engine in ENGINES
}
SEARCH = Figure(
    name="search 25 over a WebSocket", engine=_ENGINE, unit="ms", target=at_most(15), at=MILLION, instead=_SEARCH
)
COUNT = Figure(name="count over a WebSocket", engine=_ENGINE, unit="ms", target=at_most(10), at=MILLION, instead=_COUNT)
SUBSTRING = Figure(
    name="count of a substring of companies over a WebSocket", engine=_ENGINE, unit="ms", target=at_most(10), at=MILLION
)
SEARCH_BEFORE = Figure(name=_SEARCH, engine=_ENGINE, target=at_most(1 / 6), beside_before=True)
COUNT_BEFORE = Figure(name=_COUNT, engine=_ENGINE, target=at_most(1 / 4), beside_before=True)


def run(bench: Bench) -> Iterator[Measured]:
    """What loads came to, then searches and counts."""
    for engine, store in bench.on_each_engine():
        yield MEMORY[engine].measured(store.load.mebibytes, store.contacts)
    if _ENGINE not in bench.sizes.engines:
        return
    store = bench.store(_ENGINE)
    scale = MILLION / store.contacts
    million = {"a million, s": store.load.seconds * scale, "a million, CPU s": store.load.cpu * scale}
    yield LOAD.measured(store.load.seconds, store.contacts, beside=million)
    yield FILE.measured(_megabytes(store) * scale, store.contacts)
    yield from _asked(bench, store)
    for before in bench.befores:
        yield from _compared(bench, store, before)


def _megabytes(store: Loaded) -> float:
    (file,) = store.directory.glob("*.duckdb")
    return file.stat().st_size / 1e6


def _asked(bench: Bench, store: Loaded) -> Iterator[Measured]:
    """Searches and counts over one WebSocket, every one with a filter, or letters, of its own."""
    rounds, warmup = bench.sizes.rounds(_ROUNDS), bench.sizes.rounds(_WARMUP)
    numbers = bench.fresh(2 * (warmup + rounds))
    pieces = _pieces(bench.stores.sample(store.contacts), warmup + rounds)
    with running(store.environment) as service:
        times = medians(asyncio.run(_over_a_socket(service, numbers, pieces, warmup)))
    yield SEARCH.measured(times["search"], store.contacts)
    yield COUNT.measured(times["count"], store.contacts)
    yield SUBSTRING.measured(times["substring"], store.contacts)


async def _over_a_socket(
    service: Service, numbers: range, pieces: Sequence[str], warmup: int
) -> dict[str, list[float]]:
    async with connect(service.socket_url(), max_size=None) as socket:

        async def search(at: int) -> None:
            await ask(socket, "search_contacts", url=url(numbers[2 * at]), limit=LIMIT)

        async def count(at: int) -> None:
            await ask(socket, "count_contacts", url=url(numbers[2 * at + 1]))

        async def substring(at: int) -> None:
            await ask(socket, "count_contacts", url=PEOPLE, include_company_name=[pieces[at]])

        sides = {"search": search, "count": count, "substring": substring}
        return await in_turn(sides, len(pieces) - warmup, warmup)


def _pieces(path: Path, number: int) -> list[str]:
    """So many different pieces of four to eight letters of names of companies in a CSV, as far as there are."""
    with path.open(newline="", encoding="utf-8") as stream:
        names = [row["Company Name"].lower() for row, _ in zip(csv.DictReader(stream), range(_NAMES), strict=False)]
    chance, pieces = random.Random(number), dict[str, None]()
    while len(pieces) < number:
        name, length = chance.choice(names), chance.randint(4, 8)
        first = chance.randint(0, max(0, len(name) - length))
        pieces[name[first : first + length]] = None
    return list(pieces)


def _compared(bench: Bench, store: Loaded, before: Checkout) -> Iterator[Measured]:
    """This version beside that one, each on what it has loaded itself."""
    then = bench.store(_ENGINE, before=before)
    loads = {"now, s": store.load.seconds, "then, s": then.load.seconds}
    yield FASTER.measured(then.load.seconds / store.load.seconds, store.contacts, before.commit, loads)
    work = {"now, s": store.load.cpu, "then, s": then.load.cpu}
    yield WORK.measured(store.load.cpu / then.load.cpu, store.contacts, before.commit, work)
    files = {"now, MB": _megabytes(store), "then, MB": _megabytes(then)}
    yield FILE_BEFORE.measured(files["now, MB"] / files["then, MB"], store.contacts, before.commit, files)
    rounds, warmup = bench.sizes.rounds(_ROUNDS), bench.sizes.rounds(_WARMUP)
    with _asker(store) as now, _asker(then, before.path) as earlier:
        sides = {"now, ms": now, "then, ms": earlier}
        for figure, action in ((SEARCH_BEFORE, "search"), (COUNT_BEFORE, "count")):
            times: dict[str, list[float]] = {name: [] for name in sides}
            for at, number in enumerate(bench.fresh(warmup + rounds)):
                for name in rotated(list(sides), at):
                    milliseconds = sides[name](action, url(number))
                    if at >= warmup:
                        times[name].append(milliseconds)
            ratio = median_ratio(times["now, ms"], times["then, ms"])
            yield figure.measured(ratio, store.contacts, before.commit, medians(times))


@contextmanager
def _asker(store: Loaded, code: Path | None = None) -> Iterator[Callable[[str, str], float]]:
    """Asks the engine of a store, in a process with the modules of this checkout or of the one at `code`: an action and
    a URL → milliseconds."""
    command = [sys.executable, "-c", Path(asker.__file__).read_text()]
    environment = environment_for(store.environment, code)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, cwd=code, stdin=pipe, stdout=pipe, text=True, bufsize=1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        questions, answers = process.stdin, process.stdout

        def ask(action: str, asked: str) -> float:
            questions.write(json.dumps([action, asked]) + "\n")
            return float(answers.readline())

        yield ask
        questions.close()


BENCHMARK = Benchmark(
    words="DuckDB: a load and its file, searches and counts; of both engines, the memory of a load",
    figures=(
        LOAD,
        FASTER,
        WORK,
        FILE,
        FILE_BEFORE,
        *MEMORY.values(),
        SEARCH,
        SEARCH_BEFORE,
        COUNT,
        COUNT_BEFORE,
        SUBSTRING,
    ),
    run=run,
    seconds=30,
)
