"""`make bench`: the performance figures, each beside its peer or its target.

Every figure is a line of JSON on standard output, and in results.ndjson as soon as it is there, so that a run that is
interrupted keeps what it has. RESULTS.md beside it is made of these lines. What goes on is told on standard error.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from benchmarks import (
    analysis,
    console,
    counting,
    embedded,
    explaining,
    exporting,
    faceting,
    growth,
    handling,
    identity,
    loading,
    messy,
    neighbour,
    search,
    starting,
    streaming,
    throughput,
)
from benchmarks.bench import Bench, Benchmark, Checkout, Sizes, checkout
from benchmarks.figures import MILLION, Run
from benchmarks.results import Line, Results, read, whole, written
from benchmarks.stores import ENGINES, Stores
from tests.harness.distribution import VERSION

BENCHMARKS: Mapping[str, Benchmark] = {
    "analysis": analysis.BENCHMARK,
    "starting": starting.BENCHMARK,
    "embedded": embedded.BENCHMARK,
    "search": search.BENCHMARK,
    "throughput": throughput.BENCHMARK,
    "handling": handling.BENCHMARK,
    "counting": counting.BENCHMARK,
    "explaining": explaining.BENCHMARK,
    "faceting": faceting.BENCHMARK,
    "growth": growth.BENCHMARK,
    "exporting": exporting.BENCHMARK,
    "loading": loading.BENCHMARK,
    "messy": messy.BENCHMARK,
    "identity": identity.BENCHMARK,
    "streaming": streaming.BENCHMARK,
    "console": console.BENCHMARK,
    "neighbour": neighbour.BENCHMARK,
}
"""All of them, in the order in which they run: those first that tell most in a short time."""

STORE_SECONDS = 300
"""About how long it takes to load the contacts of all engines, with a million."""

BEFORE_SECONDS = 500
"""And what each version before adds: its load of all contacts into DuckDB, and its turns."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run them in turn; the exit code is 0 whether or not a target is met: the results say which are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[], help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument(
        "--contacts", type=int, default=MILLION, help="to search; of loads a tenth (default %(default)s)"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="at most so many of anything")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default both")
    parser.add_argument(
        "--before", type=Path, action="append", default=[], metavar="CHECKOUT",
        help="an earlier version to compare with (git worktree add); can be given again",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent, metavar="DIRECTORY", help="where the results are kept"
    )
    parser.add_argument("--report", action="store_true", help="measure nothing, write RESULTS.md of what there is")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.only if name not in BENCHMARKS]:
        parser.error(f"no benchmark is named {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    names = [name for name in BENCHMARKS if name in (options.only or BENCHMARKS)]
    kept = Kept(options.out)
    if not options.report:
        sizes = Sizes(contacts=options.contacts, most_rounds=options.rounds, engines=tuple(options.engine or ENGINES))
        _say(f"{', '.join(names)}: some {estimate(names, sizes, len(options.before)) / 60:.0f} minutes")
        run(names, sizes, [checkout(path) for path in options.before], kept.add)
    kept.report()


def run(names: Sequence[str], sizes: Sizes, befores: Sequence[Checkout], note: Callable[[Line], object]) -> None:
    """Run benchmarks, each with the same stores; `note` every line as it comes."""
    this = this_run()
    note(this)
    with ExitStack() as stack:
        bench = Bench(sizes, Stores(stack), tuple(befores), _say)
        for name in names:
            started = time.monotonic()
            for line in BENCHMARKS[name].run(bench):
                note(msgspec.structs.replace(line, benchmark=name, run=this.at, at=now()))
            _say(f"{name}: {time.monotonic() - started:.0f} s")


def estimate(names: Sequence[str], sizes: Sizes, befores: int) -> float:
    """About how many seconds that takes on two processors."""
    chosen = [BENCHMARKS[name] for name in names]
    fixed = sum(each.fixed for each in chosen)
    stores = STORE_SECONDS * len(sizes.engines) / len(ENGINES)
    growing = stores + sum(each.seconds - each.fixed for each in chosen) + BEFORE_SECONDS * befores
    return fixed + growing * sizes.contacts / MILLION


class Kept:
    """The results in a directory: lines of JSON, and the page made of them."""

    def __init__(self, directory: Path) -> None:
        self._lines, self._page = directory / "results.ndjson", directory / "RESULTS.md"
        directory.mkdir(parents=True, exist_ok=True)
        if self._lines.exists():
            # A run that was killed in the middle of a line: what comes is not to be appended to that.
            os.truncate(self._lines, len(whole(self._lines.read_bytes())))

    def add(self, line: Line) -> None:
        """Keep a line, and print it. The page has it too, from then on."""
        with self._lines.open("ab") as file:
            file.write(written(line))
        sys.stdout.write(written(line).decode())
        sys.stdout.flush()
        self.report()

    def report(self) -> None:
        """Write the page."""
        lines = read(self._lines.read_bytes()) if self._lines.exists() else []
        self._page.write_text(Results(lines).report(BENCHMARKS), encoding="utf-8")


def this_run() -> Run:
    """Where and of what a run is that begins now."""
    return Run(
        at=now(),
        commit=_git("rev-parse", "--short", "HEAD"),
        changed=bool(_git("status", "--porcelain", "--untracked-files=no")),
        processors=os.cpu_count() or 1,
        gibibytes=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        processor=_processor(),
        load=round(os.getloadavg()[0], 2),
        versions={
            "Python": platform.python_version(),
            "DuckDB": version("duckdb"),
            "Elasticsearch": VERSION,
        },
    )


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def _processor() -> str:
    """What the system calls the kind of processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _git(*words: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _say(text: str) -> None:
    sys.stderr.write(f"{datetime.now():%H:%M:%S} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
