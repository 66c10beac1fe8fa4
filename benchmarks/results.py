"""The results for people, made of the lines of JSON that runs leave: of each figure the latest that was measured."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from benchmarks.bench import Benchmark
from benchmarks.figures import Figure, Measured, Run, number
from search.engines import engine_module

Line = Run | Measured
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode

BUSY = 0.5
"""Processes for each processor that had something to do when a run began: with more, it was not alone."""

_HEAD = """\
# Results

What `make bench` measured, made from `results.ndjson` beside it (`python -m benchmarks --report`), never by hand. Each
figure stands beside its peer of the same run, which took turns with it. A row that the last run did not measure has the
date of when it was, and the letter of its run. Where a commit stands in a row, it is the one that was compared with.
What the figures mean for many more contacts is in [scale.md](../docs/scale.md).
"""

_COLUMNS = "| figure | engine | target | measured | | made of, or beside | contacts | when |\n|" + " --- |" * 8


class Results:
    """All that was measured.

    Args:
        lines: in the order in which they were written.
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self._runs: dict[str, Run] = {}
        self._latest: dict[tuple[str, str, str, str], Measured] = {}
        for line in lines:
            if isinstance(line, Run):
                self._runs[line.at] = line
            else:
                self._latest[line.benchmark, line.figure, line.engine, line.before] = line

    def report(self, benchmarks: Mapping[str, Benchmark]) -> str:
        """The page: a table for each benchmark, a row for each figure, also those that were never measured."""
        used = sorted({line.run for line in self._latest.values()} & self._runs.keys())
        letters = dict(zip(used, _letters(), strict=False))
        parts = [_HEAD, self._summary(benchmarks)]
        for name, benchmark in benchmarks.items():
            parts.append(f"## {benchmark.words}\n\n`--only {name}`\n\n{_COLUMNS}")
            rows = [self._rows(name, benchmark, figure, letters) for figure in benchmark.figures]
            parts[-1] += "".join(f"\n{row}" for each in rows for row in each) + "\n"
        return "\n".join([*parts, _machines([(letters[at], self._runs[at]) for at in used])])

    def _rows(self, name: str, benchmark: Benchmark, figure: Figure, letters: Mapping[str, str]) -> Iterator[str]:
        found = self._of(name, figure)
        engine = engine_module(figure.engine).TITLE if figure.engine else ""
        target = f"{figure.target}{_unit(figure)}" if figure.target else ""
        if figure.at and figure.target:
            target += f" with {figure.at:,} contacts"
        for line in found:
            text = figure.name.replace("the commit before", f"commit {line.before}" if line.before else "")
            beside = ", ".join(f"{key}: {number(value)}" for key, value in line.beside.items())
            contacts = f"{line.contacts:,}" if line.contacts else ""
            value = f"{number(line.value)}{_unit(figure)}"
            verdict = self._verdict(name, benchmark, figure, line)
            yield _row(text, engine, target, value, verdict, beside, contacts, self._when(line, letters))
        if not found:
            yield _row(figure.name, engine, target, "", "not measured", "", "", "")

    def _of(self, name: str, figure: Figure) -> list[Measured]:
        """The latest of a figure, one for each commit that was compared with."""
        key = name, figure.name, figure.engine
        return [line for (*of, _), line in self._latest.items() if (*of,) == key]

    def _verdict(self, name: str, benchmark: Benchmark, figure: Figure, line: Measured) -> str:
        if figure.target is None:
            return ""
        if line.contacts < figure.at:
            return "not judged: too few contacts"
        if figure.target.met(line.value):
            return "met"
        for other in benchmark.figures:
            if (other.name, other.engine) == (figure.instead, figure.engine) and self._is_met(name, other):
                return "met by the row of the commit before"
        return "**MISSED**"

    def _is_met(self, name: str, figure: Figure) -> bool:
        return any(figure.target is not None and figure.target.met(line.value) for line in self._of(name, figure))

    def _when(self, line: Measured, letters: Mapping[str, str]) -> str:
        day, letter = line.at[:10], letters.get(line.run, "?")
        return f"{day} {letter}" if line.run == max(self._runs, default="") else f"{day} {letter}, not in the last run"

    def _summary(self, benchmarks: Mapping[str, Benchmark]) -> str:
        verdicts = [
            self._verdict(name, benchmark, figure, line)
            for name, benchmark in benchmarks.items()
            for figure in benchmark.figures
            for line in self._of(name, figure)
        ]
        missed = sum("MISSED" in each for each in verdicts)
        met = sum(each.startswith("met") for each in verdicts)
        never = sum(not self._of(name, each) for name, of in benchmarks.items() for each in of.figures)
        return f"Targets met: {met}, missed: {missed}. Never measured: {never}.\n"


def read(text: bytes) -> list[Line]:
    """The lines of JSON in a file."""
    return [_decode(line) for line in whole(text).splitlines()]


def whole(text: bytes) -> bytes:
    """The lines that have an end: not what a run that was killed left of its last one."""
    return text[: text.rfind(b"\n") + 1]


def written(line: Line) -> bytes:
    """A line of JSON."""
    return _encode(line) + b"\n"


def _machines(runs: Sequence[tuple[str, Run]]) -> str:
    """The runs that rows name by a letter."""
    head = "## Runs\n\n| | began (UTC) | commit | machine | versions | |\n|" + " --- |" * 6
    rows = []
    for letter, run in runs:
        machine = f"{run.processors} × {run.processor}, {run.gibibytes} GiB"
        versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
        commit = f"{run.commit} with changes" if run.changed else run.commit
        load = f"load {number(run.load)}"
        busy = f"**busy**: {load}, so neither times nor ratios are to be relied on"
        quiet = run.load <= BUSY * run.processors
        rows.append(f"| {letter} | {run.at[:16]} | {commit} | {machine} | {versions} | {load if quiet else busy} |")
    return "\n".join([head, *rows, ""])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _unit(figure: Figure) -> str:
    return f" {figure.unit}" if figure.unit else ""


def _letters() -> Iterator[str]:
    """a, b, … z, aa, …"""
    for first in ("", *"abcdefghijklmnopqrstuvwxyz"):
        yield from (first + second for second in "abcdefghijklmnopqrstuvwxyz")
