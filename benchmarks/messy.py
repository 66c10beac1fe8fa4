"""What it costs to load a file as people have them.

The same made-up contacts twice: a clean file, and one with every kind of mess on 1 % of them. Both are loaded into
empty stores, in turn, and compared by the processor time of the command and its workers for each row of the file. With
Elasticsearch that is the client alone, with DuckDB all. The start of the process is in it: the fewer contacts, the
closer the ratio to 1. The clean file is loaded by each version before as well.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec

from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.loads import load
from benchmarks.measure import median_ratio, medians, rotated
from benchmarks.stores import ENGINES, INDEX
from indexing.sample.mess.files import Manifest, write_messy
from tests.harness.service import environment_of
from tests.harness.stores import delete_loads

_ROUNDS = 3

CLEAN = {
    engine: Figure(name="CPU a row of a messy file ÷ a clean one", engine=engine, target=at_most(1.15))
    for engine in ENGINES
}
BEFORE = {
    engine: Figure(
        name="CPU a row of a messy file ÷ a clean one, the commit before",
        engine=engine,
        target=at_most(1.15),
        beside_before=True,
    )
    for engine in ENGINES
}


class Side(msgspec.Struct, frozen=True):
    """A file, how many rows it has, and who loads it: this checkout or the one at `code`."""

    path: Path
    rows: int
    code: Path | None = None


def run(bench: Bench) -> Iterator[Measured]:
    """On each engine, all sides in turn; which goes first changes with every round."""
    contacts = bench.sizes.few
    manifest = messy(bench.stores.directory / "messy.csv", contacts)
    clean = bench.stores.sample(contacts)
    sides = {"messy": Side(bench.stores.directory / "messy.csv", manifest.rows), "clean": Side(clean, contacts)}
    sides |= {before.commit: Side(clean, contacts, before.path) for before in bench.befores}
    for engine in bench.sizes.engines:
        cpu: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(bench.sizes.rounds(_ROUNDS)):
            for name in rotated(list(sides), turn):
                bench.say(f"{engine}, round {turn + 1}: {name}")
                cpu[name].append(_worked(bench, engine, sides[name]))
        beside = {f"{name}, µs": value for name, value in medians(cpu).items()}
        yield CLEAN[engine].measured(median_ratio(cpu["messy"], cpu["clean"]), contacts, beside=beside)
        for before in bench.befores:
            ratio = median_ratio(cpu["messy"], cpu[before.commit])
            yield BEFORE[engine].measured(ratio, contacts, before.commit, beside)


def messy(path: Path, number: int) -> Manifest:
    """A messy CSV of so many made-up contacts, and what is in it."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        return write_messy(number, stream)


def _worked(bench: Bench, engine: str, side: Side) -> float:
    """Microseconds a row to load the file of a side into a store of its own, which is gone afterwards."""
    index = f"{INDEX}-messy"
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        if engine == "elasticsearch":
            stack.callback(delete_loads, bench.stores.url, index)
        environment = environment_of(directory, **bench.stores.settings(engine, index))
        return load(environment, side.path, directory, side.code, _flags(engine, side)).cpu / side.rows * 1e6


def _flags(engine: str, side: Side) -> list[str]:
    """The merge is the server's work, and waited for; versions before have no word for it, and no merge."""
    return ["--no-merge"] if engine == "elasticsearch" and side.code is None else []


BENCHMARK = Benchmark(
    words="A load of a file as people have them, beside a clean one",
    figures=(*CLEAN.values(), *BEFORE.values()),
    run=run,
    seconds=170,
)
