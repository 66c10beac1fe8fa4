"""`python -m benchmarks.faults`: what clients notice while things break, against the reliability targets.

An Elasticsearch of its own is killed and started again on its data, then frozen and thawed, each while clients search
and count all the time. A loading job is killed again and again and resumed, on both engines. Nodes of a cluster die and
come back. One user floods the service, or sends URLs that cost much, while another is watched, and strangers take up
its connections. Real servers, a real service process, real sockets.
"""

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from benchmarks import costly, floods, loads, neighbour, nodes, stores, strangers
from benchmarks.callers import Call, Callers
from benchmarks.measure import p99
from tests.harness.faults import MortalElasticsearch, killed_load, mortal_elasticsearch
from tests.harness.loads import awkward_sample, duckdb_environment, elasticsearch_environment, live, loaded
from tests.harness.service import Service, running

CONTACTS = 10_000
ENGINE_TIMEOUT = 2
COSTLY_TIMEOUT = 10
QUIET_SECONDS, DEAD_SECONDS, AFTER_SECONDS = 3, 8, 7
"""Of an outage: before it, the least it takes, and how long recovery is watched."""

ROWS, KILLS, SEED = 20_000, 5, 11
MOST_RECOVERY_SECONDS = 5.0
MOST_DEAD_MILLISECONDS = 100.0


class Result(msgspec.Struct, frozen=True):
    """One figure and the most it may be. `vital` ones, where something was lost, fail the run."""

    figure: str
    value: float
    most: float
    vital: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.most

    def line(self) -> str:
        """The figure for people."""
        note = f" ({self.note})" if self.note else ""
        return f"{self.figure}: {self.value:.5g}{note}, target <= {self.most:g}, {'met' if self.met else 'MISSED'}"


def engine_killed(options: argparse.Namespace) -> Generator[Result]:
    """Elasticsearch dies as in a power cut and is started again on the same port and data."""
    with _on_mortal(options.contacts) as (service, server):
        yield from _outage("engine killed", service, server.kill, server.start)


def engine_frozen(options: argparse.Namespace) -> Generator[Result]:
    """Elasticsearch takes connections and answers nothing, until it goes on."""
    with _on_mortal(options.contacts) as (service, server):
        yield from _outage("engine frozen", service, server.freeze, server.thaw)


def load_killed(options: argparse.Namespace) -> Generator[Result]:
    """A loading job is killed and resumed; what is live then beside the outcome of an undisturbed load."""
    with mortal_elasticsearch() as server, tempfile.TemporaryDirectory(prefix="faults-") as name:
        directory = Path(name)
        sample = awkward_sample(directory / "sample.csv", options.rows)
        for engine, environment in (
            ("duckdb", duckdb_environment(directory)),
            ("elasticsearch", elasticsearch_environment(directory, server.url, "faults")),
        ):
            killed_load(environment, str(sample), kills=KILLS, seed=SEED, log=directory / "log")
            resumed = Counter(json.dumps(contact) for contact in live(environment))
            loaded(environment, "csv", str(sample))
            expected = Counter(json.dumps(contact) for contact in live(environment))
            note = f"of {expected.total():,} live, {KILLS} kills"
            fault = f"load killed, {engine}"
            yield Result(f"{fault}: rows lost", (expected - resumed).total(), 0, vital=True, note=note)
            yield Result(f"{fault}: rows duplicated", (resumed - expected).total(), 0, vital=True, note=note)


def flood(options: argparse.Namespace) -> Generator[Result]:
    """What one user notices of another who sends nonsense as fast as it is answered; DuckDB."""
    with (
        stores.loaded("duckdb", options.contacts) as store,
        running(stores.quiet(store.environment)) as service,
    ):
        noticed = neighbour.run(service, neighbour.NONSENSE, options.rounds)
        frames = neighbour.CONNECTIONS * neighbour.FRAMES / noticed.seconds
        note = f"{noticed.flood_p99:.1f} / {noticed.quiet_p99:.1f} ms, {frames:.0f} frames/s"
        yield Result("flood: neighbour's p99 / quiet p99", noticed.ratio, neighbour.TARGET_RATIO, note=note)
        yield _down("flood", service)


def greed(options: argparse.Namespace) -> Generator[Result]:
    """What the process holds, and another user notices, of one who takes all there is; DuckDB."""
    with (
        stores.loaded("duckdb", options.contacts) as store,
        running(stores.quiet(store.environment)) as service,
    ):
        for name, taken in floods.FLOODS.items():
            noticed = neighbour.run(service, taken, options.rounds)
            note = f"{noticed.flood_p99:.1f} / {noticed.quiet_p99:.1f} ms"
            yield Result(f"{name}: neighbour's p99 / quiet p99", noticed.ratio, neighbour.TARGET_RATIO, note=note)
        yield _held("half messages", service, floods.half_messages)
        yield _down("greed", service)
    with (
        stores.loaded("duckdb", floods.UNREAD_CONTACTS) as store,
        running(stores.quiet(store.environment)) as service,
    ):
        for name, opens in floods.HELD.items():
            yield _held(name, service, opens)
            yield _down(name, service)


def strangers_come(options: argparse.Namespace) -> Generator[Result]:
    """What one user notices of strangers who take up connections, each kind in turn; DuckDB."""
    with (
        stores.loaded("duckdb", options.contacts) as store,
        running(stores.quiet(store.environment)) as service,
    ):
        for name, noticed in strangers.run(service):
            fault = f"strangers, {name}"
            target = neighbour.TARGET_RATIO
            yield Result(f"{fault}: neighbour's p99 / quiet p99", noticed.ratio, target, note=noticed.note)
            yield Result(f"{fault}: MiB more of memory", noticed.mebibytes, strangers.TARGET_MEBIBYTES)
            yield Result(f"{fault}: s that a connection stayed open", noticed.seconds, strangers.MOST_SECONDS)
        yield _down("strangers", service)


def costly_urls(options: argparse.Namespace) -> Generator[Result]:
    """What one user notices of another's URLs that are short and ask for much, and what they hold; DuckDB."""
    settings = {"CONTACTS_ENGINE_TIMEOUT": str(COSTLY_TIMEOUT)}
    with (
        stores.loaded("duckdb", options.contacts) as store,
        running(stores.quiet(store.environment) | settings) as service,
    ):
        slowest, ready, rose = 0.0, 0.0, 0.0
        for kind in costly.KINDS:
            noticed = costly.run(service, kind)
            slowest, ready = max(slowest, noticed.slowest), max(ready, noticed.ready)
            rose = max(rose, noticed.rose)
            note = f"{noticed.beside:.1f} / {noticed.quiet:.1f} ms, {noticed.answered} answered"
            yield Result(f"{kind}: neighbour's p99 / quiet p99", noticed.ratio, neighbour.TARGET_RATIO, note=note)
        yield Result("costly URLs: s to the slowest answer", slowest, COSTLY_TIMEOUT + 1)
        yield Result("costly URLs: ms until it says that it is ready", ready, costly.MOST_READY_MILLISECONDS)
        yield Result("costly URLs: MiB more", rose, costly.MOST_MEBIBYTES)
        yield _down("costly URLs", service)


def nodes_killed(options: argparse.Namespace) -> Generator[Result]:
    """Of three nodes of a cluster one dies, then the elected master, then two, then one in the middle of a load."""
    with nodes.cluster_and_service(options.contacts) as (cluster, service):
        for noticed in nodes.deaths(cluster, service, options.contacts):
            note = f"of {noticed.requests:,}, {noticed.failed:,} failed"
            yield Result(f"{noticed.fault}: requests unanswered", noticed.unanswered, 0, vital=True, note=note)
            recovery = f"{noticed.fault}: s from its end to the last failure"
            yield Result(recovery, noticed.recovery, MOST_RECOVERY_SECONDS)
            partial = f"{noticed.fault}: exports cut off in silence"
            yield Result(partial, noticed.partial, 0, vital=True, note=f"of {noticed.exports:,}")
        loaded = nodes.load(cluster, service, options.rows)
        note = f"of {loaded.expected:,} live"
        yield Result("node killed during a load: rows lost", loaded.lost, 0, vital=True, note=note)
        yield Result("node killed during a load: rows duplicated", loaded.repeated, 0, vital=True, note=note)
        yield _down("nodes killed", service)


SCENARIOS = {
    "killed": engine_killed,
    "frozen": engine_frozen,
    "load": load_killed,
    "nodes": nodes_killed,
    "flood": flood,
    "greed": greed,
    "strangers": strangers_come,
    "costly": costly_urls,
}


@contextmanager
def _on_mortal(contacts: int) -> Iterator[tuple[Service, MortalElasticsearch]]:
    """A service on a loaded Elasticsearch that can be harmed, and gives up on it soon."""
    with mortal_elasticsearch() as server, tempfile.TemporaryDirectory(prefix="faults-") as name:
        directory = Path(name)
        environment = elasticsearch_environment(directory, server.url, "faults")
        loads.load(environment, loads.sample(directory / "sample.csv", contacts), directory)
        settings = {"CONTACTS_ENGINE_TIMEOUT": str(ENGINE_TIMEOUT)}
        with running(stores.quiet(environment) | settings) as service:
            yield service, server


def _outage(fault: str, service: Service, begin: Callable[[], object], end: Callable[[], object]) -> Generator[Result]:
    """`begin` a fault of the engine and `end` it, which returns once it is over, while clients ask all the time."""
    with Callers(service) as callers:
        time.sleep(QUIET_SECONDS)
        began = time.monotonic()
        begin()
        time.sleep(DEAD_SECONDS)
        ending = time.monotonic()
        end()
        over = time.monotonic()
        time.sleep(AFTER_SECONDS)
    calls = callers.calls
    failed = [call for call in calls if call.failed and call.over > began]
    note = f"of {len(calls):,}, {len(failed):,} failed"
    yield Result(f"{fault}: requests unanswered", sum(not call.answered for call in calls), 0, vital=True, note=note)
    recovery = max(0.0, max((call.over - over for call in failed), default=0.0))
    yield Result(f"{fault}: s from its end to the last failure", recovery, MOST_RECOVERY_SECONDS)
    known = min((call.over for call in failed), default=over)
    # From `ending` on the engine is on its way up: successes are not those of a dead one.
    dead = [call for call in calls if known < call.sent < ending or (call.failed and ending <= call.sent < over)]
    yield _slowest(fault, dead, ending)
    yield _down(fault, service)


def _slowest(fault: str, dead: list[Call], ending: float) -> Result:
    """The slowest answer while the engine was known to be dead, and what the others were like.

    A server that starts again takes all the cores of a small machine, which clients notice though nothing waits for it.
    """
    if len(dead) < 2:
        raise SystemExit(f"{fault}: hardly a request failed, so there was no such fault to measure")
    times = [(call.over - call.sent) * 1000 for call in dead]
    before = max(((call.over - call.sent) * 1000 for call in dead if call.over < ending), default=0.0)
    usual = f"p50 {statistics.median(times):.1f}, p99 {p99(times):.1f} of {len(times):,}"
    note = f"{usual}; before it came back {before:.1f}"
    return Result(f"{fault}: slowest answer once it was noticed, ms", max(times), MOST_DEAD_MILLISECONDS, note=note)


def _held(fault: str, service: Service, opens: floods.Opens) -> Result:
    rose, note = floods.held(service, opens)
    return Result(f"{fault}: MiB held", rose, floods.MOST_MEBIBYTES, note=note)


def _down(fault: str, service: Service) -> Result:
    return Result(f"{fault}: processes down", int(service.process.poll() is not None), 0, vital=True)


def summary(results: list[Result]) -> str:
    """How many targets were missed, and which."""
    missed = [result.figure for result in results if not result.met]
    if not missed:
        return f"all {len(results)} figures meet their targets"
    return f"{len(missed)} of {len(results)} figures MISSED their targets: {'; '.join(missed)}"


def main() -> int:
    """Run the scenarios. A missed target alone is no failure: its line says it, and the last how many. A loss is."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--contacts", type=int, default=CONTACTS, help=f"contacts to search (default {CONTACTS})")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows of the load that is killed (default {ROWS})")
    parser.add_argument("--rounds", type=int, default=neighbour.ROUNDS, help="floods (default %(default)s)")
    parser.add_argument("--scenario", choices=list(SCENARIOS), action="append", help="default all")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    # Clean up at `kill` as at Ctrl-C: a frozen server can't end by itself.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    results = []
    for name in options.scenario or SCENARIOS:
        with closing(SCENARIOS[name](options)) as figures:
            for result in figures:
                results.append(result)
                if not options.json:
                    print(result.line(), flush=True)
    if options.json:
        lines = [msgspec.to_builtins(result) | {"met": result.met} for result in results]
        print(json.dumps({"cpus": os.cpu_count(), "figures": lines}, indent=2))
    print(summary(results), file=sys.stderr if options.json else sys.stdout)
    return int(any(result.vital and not result.met for result in results))


if __name__ == "__main__":
    sys.exit(main())
