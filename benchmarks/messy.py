"""`python -m benchmarks.messy`: what it costs to load a file as people have them.

The same made-up contacts twice: a clean file, and one with every kind of mess on 1 % of them. Both are loaded into
empty stores, in turn, and compared by the processor time of the command and its workers for each row of the file. With
Elasticsearch that is the client alone, with DuckDB all. The start of the process is in it: the fewer contacts, the
closer the ratio to 1. `--before CHECKOUT` adds the clean file loaded by another version of this software, which must
run in the same environment, and compares with that.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.indexing import Load, ours, sample
from benchmarks.measure import at_most, median_ratio, rotated, show
from benchmarks.stores import ENGINES, INDEX, emptied_elasticsearch
from indexing.sample.mess.files import Manifest, write_messy
from tests.harness.service import environment_of
from tests.harness.stores import delete_loads

TARGET_RATIO = 1.15


class Side(msgspec.Struct, frozen=True):
    """A file, how many rows it has, and who loads it: this checkout or the one at `code`."""

    path: Path
    rows: int
    code: Path | None = None


def messy(path: Path, number: int) -> Manifest:
    """A messy CSV of so many made-up contacts, and what is in it."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        return write_messy(number, stream)


def load(side: Side, url: str | None) -> Load:
    """Load the file of a side into a store of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, _emptied_after(url):
        settings = {"CONTACTS_INDEX": INDEX}
        if url is not None:
            settings |= {"CONTACTS_ENGINE": "elasticsearch", "CONTACTS_ELASTICSEARCH_URL": url}
        directory = Path(name)
        return ours(environment_of(directory, **settings), side.path, directory, code=side.code)


def compare(directory: Path, number: int, rounds: int, url: str | None, before: Path | None) -> dict[str, object]:
    """All sides in turn; which goes first changes with every round."""
    manifest = messy(directory / "messy.csv", number)
    clean = Side(sample(directory / "clean.csv", number), number)
    sides = {"messy": Side(directory / "messy.csv", manifest.rows), "clean": clean}
    if before is not None:
        sides["before"] = msgspec.structs.replace(clean, code=before)
    loads: dict[str, list[Load]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name in rotated(list(sides), turn):
            loads[name].append(load(sides[name], url))
    cpu = {name: [each.cpu / sides[name].rows for each in done] for name, done in loads.items()}
    against = "clean" if before is None else "before"
    ratio = median_ratio(cpu["messy"], cpu[against])
    engine = "DuckDB" if url is None else "Elasticsearch"
    return {
        "figure": f"contacts index csv into {engine}, CPU a row, {number:,} contacts, messy / {against}",
        **{f"{name}, microseconds": round(statistics.median(times) * 1e6, 1) for name, times in cpu.items()},
        "ratio": round(ratio, 2),
        **at_most(ratio, TARGET_RATIO),
        **{f"messy / {name}": round(median_ratio(cpu["messy"], cpu[name]), 2) for name in cpu if name != "messy"},
        "people": manifest.people,
        "found": loads["messy"][-1].live,
    }


@contextmanager
def _emptied_after(url: str | None) -> Iterator[None]:
    try:
        yield
    finally:
        if url is not None:
            delete_loads(url, INDEX)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it; the exit code is 0 whether or not a target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.messy", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000, help="made-up contacts (default 100000)")
    parser.add_argument("--rounds", type=int, default=3, help="loads of each side (default 3)")
    parser.add_argument("--engine", choices=ENGINES, help="only this one")
    parser.add_argument("--before", type=Path, help="a checkout of the version to compare with")
    options = parser.parse_args(arguments)
    before = options.before and options.before.resolve()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        directory = Path(name)
        if options.engine != "duckdb":
            with emptied_elasticsearch() as url:
                show(compare(directory, options.contacts, options.rounds, url, before))
        if options.engine != "elasticsearch":
            show(compare(directory, options.contacts, options.rounds, None, before))


if __name__ == "__main__":
    main()
