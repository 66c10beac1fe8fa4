"""Nodes of a cluster that die and come back, while clients search and count, one exports all the time, and one loads.

Three servers on this machine, each contact on two of them. A fault begins when a node is killed, and is over when the
others have noticed, which they do at once: so recovery is counted from the kill, and where two die from their return.
"""

import http.client
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks import loads, stores
from benchmarks.beside import Beside
from benchmarks.callers import Callers
from indexing.cli.server_process import CONTACTS
from tests.harness.cluster import Cluster, ClusterNode, cluster_of_two
from tests.harness.loads import arguments, awkward_sample, elasticsearch_environment, live, loaded
from tests.harness.service import Service, running

EVERYBODY = "https://app.apollo.io/#/people"
ENGINE_TIMEOUT = 10
QUIET_SECONDS, AFTER_SECONDS = 2, 8


class Noticed(msgspec.Struct, frozen=True):
    """What clients noticed of one fault.

    Attributes:
        recovery: seconds from the end of the fault until the last request failed.
        partial: exports that were neither whole nor told to be broken off.
        exports: all that were made.
    """

    fault: str
    requests: int
    failed: int
    unanswered: int
    recovery: float
    partial: int
    exports: int


class Loaded(msgspec.Struct, frozen=True):
    """What came of a load during which a node died, beside the same without."""

    lost: int
    repeated: int
    expected: int


@contextmanager
def cluster_and_service(contacts: int) -> Iterator[tuple[Cluster, Service]]:
    """A service on so many contacts in a cluster of three nodes."""
    with cluster_of_two() as (cluster, third), tempfile.TemporaryDirectory(prefix="faults-") as name:
        cluster.grow(third)
        directory = Path(name)
        environment = elasticsearch_environment(directory, cluster.url, "faults")
        loads.load(environment, loads.sample(directory / "sample.csv", contacts), directory)
        settings = {"CONTACTS_ENGINE_TIMEOUT": str(ENGINE_TIMEOUT)}
        with running(stores.quiet(environment) | settings) as service:
            yield cluster, service


def deaths(cluster: Cluster, service: Service, contacts: int) -> Iterator[Noticed]:
    """A node that is not the master, the master, and two of three, each in turn."""
    master = cluster.master()
    victim = next(node for node in cluster.nodes if node is not master)
    yield _died("node of three killed", [victim], cluster, service, contacts)
    yield _died("elected master killed", [cluster.master()], cluster, service, contacts)
    master = cluster.master()
    yield _died(
        "two nodes of three killed", [node for node in cluster.nodes if node is not master], cluster, service, contacts
    )


def load(cluster: Cluster, service: Service, rows: int) -> Loaded:
    """A node dies in the middle of a load, and does not come back before its end."""
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        directory = Path(name)
        sample = awkward_sample(directory / "sample.csv", rows)
        environment = service.environment | {"CONTACTS_DATA_DIR": str(directory / "data")}
        loaded(environment, "csv", str(sample), "--allow-shrink")
        expected = Counter(str(contact) for contact in live(environment))
        victim = next(node for node in cluster.nodes if node is not cluster.master())
        before = cluster.ask("/faults-*/_alias")
        command = [*CONTACTS, *arguments(environment, "csv", str(sample))]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None and len(cluster.ask("/faults-*/_alias")) <= len(before):
                time.sleep(0.05)
            victim.kill()
        if process.returncode:
            raise SystemExit(f"the load failed with code {process.returncode}")
        found = Counter(str(contact) for contact in live(environment))
        cluster.revive(victim)
    return Loaded((expected - found).total(), (found - expected).total(), expected.total())


def _died(fault: str, victims: Sequence[ClusterNode], cluster: Cluster, service: Service, contacts: int) -> Noticed:
    with Callers(service) as callers, _Exporting(service, contacts) as exporting:
        time.sleep(QUIET_SECONDS)
        over = time.monotonic()
        for node in victims:
            node.kill()
        time.sleep(AFTER_SECONDS)
        if len(victims) > 1:
            cluster.revive(*victims)
            over = time.monotonic()
            time.sleep(AFTER_SECONDS)
    if len(victims) == 1:
        cluster.revive(*victims)
    calls = callers.calls
    failed = [call for call in calls if call.failed]
    return Noticed(
        fault=fault,
        requests=len(calls),
        failed=len(failed),
        unanswered=sum(not call.answered for call in calls),
        recovery=max(0.0, max((call.over - over for call in failed), default=0.0)),
        partial=exporting.partial,
        exports=exporting.number,
    )


class _Exporting(Beside):
    """Exports all contacts again and again, for as long as a block runs."""

    def __init__(self, service: Service, contacts: int) -> None:
        super().__init__(self._run)
        self.number = self.partial = 0
        self._service, self._contacts = service, contacts

    def _run(self) -> None:
        while not self._over.is_set():
            lines = _exported(
                lambda: self._service.post("/api/v2/apollo/contacts", {"url": EVERYBODY}, accept="application/x-ndjson")
            )
            self.number += 1
            self.partial += lines not in (None, self._contacts)


def _exported(ask: Callable[[], tuple[int, object, object]]) -> int | None:
    """The contacts of an export; `None` for one that says that it is not whole."""
    try:
        status, body, _ = ask()
    except (OSError, http.client.HTTPException):
        return None
    return body.count(b"\n") if status == 200 and isinstance(body, bytes) else None
