"""`python -m benchmarks.filling --before CHECKOUT`: what a load costs Elasticsearch's server, and what it leaves there.

The same file is loaded by this checkout and by another one, in turn, into the same server: seconds that the server's
process was at work and bytes on its disk, for each contact, with the merge before the swap and without. Then both
indices are read by this checkout: a page of 25, a count and an export, each beside the same on the other one's.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.filters import url as filter_url
from benchmarks.indexing import ours, sample
from benchmarks.measure import at_most, in_turn, median_ratio, rotated, show
from benchmarks.stores import emptied_elasticsearch
from mappings.contact_filter import map_url
from mappings.predicates import ContactFilter
from mappings.url import parse
from search.engine import Engine
from tests.harness.service import environment_of
from tests.harness.stores import cluster, delete_loads, engine_of

TARGET_CPU, TARGET_BYTES, TARGET_READS = 1.0, 0.6, 1.05
_INDEX = "benchmark-filling"
_TICKS = os.sysconf("SC_CLK_TCK")
_WARMUP = 20
_EXPORTED = 20_000


class Side(msgspec.Struct):
    """A checkout, the flags of its loads, and what each of them came to: microseconds and bytes a contact."""

    name: str
    code: Path | None = None
    flags: tuple[str, ...] = ()
    microseconds: list[float] = []
    bytes: list[float] = []

    @property
    def index(self) -> str:
        """The alias that it loads into."""
        return f"{_INDEX}-{self.name}"


def _asked(url: str, method: str = "GET") -> Any:
    request = urllib.request.Request(url, method=method)
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


def _worked(url: str) -> float:
    """Seconds that the server's process, which runs on this machine, has been at work."""
    [node] = _asked(f"{url}/_nodes/_local/process")["nodes"].values()
    fields = Path(f"/proc/{node['process']['id']}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _load(side: Side, url: str, path: Path, directory: Path) -> None:
    """One load, up to when the server has nothing left to do for it."""
    environment = environment_of(
        directory, CONTACTS_INDEX=side.index, CONTACTS_ENGINE="elasticsearch", CONTACTS_ELASTICSEARCH_URL=url
    )
    delete_loads(url, side.index)
    started = _worked(url)
    contacts = ours(environment, path, directory, side.code, side.flags).live
    _asked(f"{url}/{side.index}/_flush?force=true", "POST")
    while (stats := _asked(f"{url}/{side.index}/_stats/merge,store"))["_all"]["primaries"]["merges"]["current"]:
        time.sleep(0.5)
    side.microseconds.append((_worked(url) - started) / contacts * 1e6)
    side.bytes.append(stats["_all"]["primaries"]["store"]["size_in_bytes"] / contacts)


async def _read(sides: Sequence[Side], url: str, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each kind of reading, for each side; a different filter every time."""
    today = datetime.now(UTC).date()

    def compiled(engine: Engine[Any], number: int) -> Any:
        return engine.compile(map_url(parse(filter_url(number)), today).filter)

    async def page(engine: Engine[Any], number: int) -> None:
        await engine.search(compiled(engine, number), 25)

    async def count(engine: Engine[Any], number: int) -> None:
        await engine.count(compiled(engine, number))

    async def export(engine: Engine[Any], _number: int) -> None:
        left = _EXPORTED
        async with aclosing(engine.scan(engine.compile(ContactFilter()))) as batches:
            async for batch in batches:
                left -= len(batch)
                if left <= 0:
                    break

    times = {}
    async with engine_of(cluster(url, sides[0].index)) as one, engine_of(cluster(url, sides[1].index)) as other:
        engines = dict(zip((side.name for side in sides), (one, other), strict=True))
        for name, kind, turns in (("page of 25", page, rounds), ("count", count, rounds), ("export", export, 5)):
            calls = {
                side: (lambda number, engine=engine, kind=kind: kind(engine, number))
                for side, engine in engines.items()
            }
            times[name] = await in_turn(calls, turns, min(_WARMUP, turns))
    return times


def fill(sides: Sequence[Side], directory: Path, url: str, number: int, loads: int) -> None:
    """Load the same file so many times for each side; which one is first changes with every turn."""
    path = sample(directory / "sample.csv", number)
    # The first load of a server that has just been started takes it twice the time.
    _load(Side("warm"), url, path, directory)
    for turn in range(loads):
        for side in rotated(sides, turn):
            _load(side, url, path, directory)


def report(now: Side, before: Side, unmerged: Side, contacts: int) -> None:
    """A line for each figure of the loads."""
    for figure, measured, target in (
        ("server CPU a contact, us", "microseconds", TARGET_CPU),
        ("bytes a contact after the load", "bytes", TARGET_BYTES),
    ):
        times = {side.name: getattr(side, measured) for side in (now, before, unmerged)}
        ratio = round(median_ratio(times[now.name], times[before.name]), 2)
        medians = {name: round(statistics.median(each)) for name, each in times.items()}
        show({"figure": figure, **medians, "contacts": contacts, "ratio": ratio, **at_most(ratio, target)})


def report_reads(now: Side, before: Side, url: str, rounds: int) -> None:
    """A line for each kind of reading."""
    for figure, times in asyncio.run(_read((now, before), url, rounds)).items():
        ratio = round(median_ratio(times[now.name], times[before.name]), 2)
        medians = {name: round(statistics.median(each), 1) for name, each in times.items()}
        show({"figure": f"{figure}, ms", **medians, "ratio": ratio, **at_most(ratio, TARGET_READS)})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it; the exit code is 0 whether or not a target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.filling", description=__doc__)
    parser.add_argument("--before", type=Path, required=True, help="a checkout to compare with (git worktree add)")
    parser.add_argument("--contacts", type=int, default=200_000, help="sample contacts (default 200000)")
    parser.add_argument("--loads", type=int, default=3, help="loads of each side (default 3)")
    parser.add_argument("--rounds", type=int, default=100, help="readings of each kind (default 100)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, emptied_elasticsearch() as url:
        now, before = Side("now"), Side("before", options.before.resolve())
        unmerged = Side("unmerged", flags=("--no-merge",))
        fill((now, before, unmerged), Path(name), url, options.contacts, options.loads)
        report(now, before, unmerged, options.contacts)
        report_reads(now, before, url, options.rounds)


if __name__ == "__main__":
    main()
