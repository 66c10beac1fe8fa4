"""What it takes to know whose each row is: the key table of a load, by how many rows are in it.

Rows are of different people, each with a profile and an e-mail, so that all are new: what most rows of a first load
are. Their keys are numbers at random, as digests are. Measured are the last rows, once all others are in: with them
the table grows as it does at that size.
"""

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import MILLION, Figure, Measured
from indexing.identity.key_table import KeyTable, Record
from indexing.identity.keys import Claim
from indexing.identity.resolver import Resolver
from indexing.sources.base import BATCH_ROWS

_LAST = 100_000

ROW = {
    part: Figure(name=f"whose a row is, in a table of {words} as many rows as there are contacts", unit="µs")
    for part, words in ((1, "twice"), (10, "a fifth of"))
}
ROOM = Figure(name="key table on disk, a row", unit="bytes")


def run(bench: Bench) -> Iterator[Measured]:
    """In a small table, then in a large one."""
    for part, figure in sorted(ROW.items(), reverse=True):
        rows = max(2, 2 * bench.sizes.contacts // part)
        bench.say(f"{rows:,} rows")
        path = bench.stores.directory / f"keys-{rows}"
        path.mkdir()
        elapsed, worked = _last_rows(path / "table", rows)
        yield figure.measured(elapsed, rows, beside={"CPU, µs": worked})
        if part == 1:
            yield ROOM.measured(sum(file.stat().st_size for file in path.iterdir()) / rows, rows)


def _last_rows(path: Path, rows: int) -> tuple[float, float]:
    """Microseconds for each of the last rows of a table, and of the processor."""
    table = KeyTable(path)
    resolver, chance = Resolver(table), random.Random(rows)
    measured, elapsed, worked = 0, 0.0, 0.0
    try:
        for first in range(1, rows + 1, BATCH_ROWS):
            claims = [_claim(row, chance) for row in range(first, min(first + BATCH_ROWS, rows + 1))]
            started, begun = time.perf_counter(), time.process_time()
            _know(resolver, table, claims)
            if first + BATCH_ROWS > rows - _LAST:
                measured += len(claims)
                elapsed += time.perf_counter() - started
                worked += time.process_time() - begun
    finally:
        table.close()
    return elapsed / measured * MILLION, worked / measured * MILLION


def _claim(row: int, chance: random.Random) -> Claim:
    """Somebody new."""
    contact, profile, mail = (chance.getrandbits(63) & ~1 for _ in range(3))
    return Claim(row, f"{contact:032x}", contact, False, profile, mail, (), f"Ann\tNumber {row}")


def _know(resolver: Resolver, table: KeyTable, claims: Sequence[Claim]) -> None:
    """Decide, and put what comes of it into the table, as a load does."""
    table.add([Record(decision.known, decision.keys, decision.marked) for decision in resolver.decide(claims)])


BENCHMARK = Benchmark(
    words="What it takes to know whose each row is, beside reading it",
    figures=(*ROW.values(), ROOM),
    run=run,
    seconds=60,
)
