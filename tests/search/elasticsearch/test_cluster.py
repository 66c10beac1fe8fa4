"""A real cluster of two nodes, then of three, of which some die while it is searched, streamed from and loaded into.

The tests stand in the order in which they run: the cluster is dear, and all share it.
"""

import asyncio
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks.callers import Call, Callers
from indexing.cli.server_process import CONTACTS
from mappings.errors import EngineUnavailable
from mappings.predicates import ContactFilter
from search.engine import Engine
from search.stores import Spread
from tests.conftest import server_or_skip
from tests.harness.cluster import Cluster, ClusterNode, cluster_of_two
from tests.harness.loads import arguments, elasticsearch_environment, loaded, people, settings_of
from tests.harness.service import Service, contacts, running
from tests.harness.stores import delete_loads, engine_of, uuids_of

pytestmark = pytest.mark.xdist_group("cluster")

CONTACTS_LIVE, LOADED = 4_000, 20_000
ENGINE_TIMEOUT = 10
EVERYBODY = "https://app.apollo.io/#/people"


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[Cluster, ClusterNode]]:
    with server_or_skip("Elasticsearch", cluster_of_two) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def three(two: tuple[Cluster, ClusterNode]) -> Cluster:
    cluster, third = two
    cluster.grow(third)
    return cluster


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


def environment_of(cluster: Cluster, directory: Path) -> dict[str, str]:
    environment = elasticsearch_environment(directory, cluster.url, "people")
    settings = {"CONTACTS_ENGINE_TIMEOUT": str(ENGINE_TIMEOUT), "CONTACTS_LOG_LEVEL": "error"}
    return environment | settings | {"CONTACTS_AUDIT_LOG": str(directory / "audit.log")}


@pytest.fixture(scope="module")
def environment(three: Cluster, directory: Path) -> dict[str, str]:
    """That of a service and of loads, with contacts that are live on three nodes."""
    environment = environment_of(three, directory)
    assert loaded(environment, "csv", "-", stdin=people(CONTACTS_LIVE))["live"] == CONTACTS_LIVE
    return environment


@pytest.fixture(scope="module")
def service(environment: dict[str, str]) -> Iterator[Service]:
    """One process, which no test starts again."""
    with running(environment) as service:
        yield service
        assert service.process.poll() is None


async def spread(environment: dict[str, str]) -> Spread | None:
    async with engine_of(settings_of(environment)) as engine:
        return (await engine.store()).spread


def test_each_node_has_a_shard_and_each_shard_a_copy(two: tuple[Cluster, ClusterNode], directory: Path) -> None:
    """Of two nodes one may be lost, once nothing hangs on its vote."""
    cluster, _ = two
    environment = environment_of(cluster, directory)
    assert loaded(environment, "csv", "-", stdin=people(50))["live"] == 50
    assert asyncio.run(spread(environment)) == Spread(shards=2, nodes=2, copies=4)
    assert cluster.ask("/people-lock/_settings")["people-lock"]["settings"]["index"]["number_of_replicas"] == "1"
    doctor = contacts(environment, "doctor").stdout
    assert "ok       engine copies: shards 2, copies 4, nodes 2 of 2" in doctor
    (victim,) = (node for node in cluster.nodes if node is not cluster.master())
    victim.kill()
    assert contacts(environment, "count", EVERYBODY).stdout == "50\n"
    doctor = contacts(environment, "doctor").stdout
    assert f"warning  engine node: {victim.url} does not answer: " in doctor


def test_more_copies_are_made_once_a_load_is_complete(three: Cluster, directory: Path) -> None:
    """Of more copies than there are nodes for, those that there are nodes for."""
    environment = environment_of(three, directory) | {"CONTACTS_SHARDS": "1", "CONTACTS_REPLICAS": "7"}
    summary = contacts(environment, *arguments(environment, "csv", "-"), stdin=people(50))
    assert summary.returncode == 0, summary.stderr
    assert '"stage":"copying to other nodes: ' in summary.stderr
    assert asyncio.run(spread(environment)) == Spread(shards=1, nodes=3, copies=3, missing=5)
    # A cluster with it is never whole.
    delete_loads(three.nodes[0].url, "people")


class _Streams:
    """Streams of all contacts and of all uuids, of which the first part was read."""

    def __init__(self, engine: Engine[Any]) -> None:
        everybody = engine.compile(ContactFilter())
        self._streams = {"contacts": engine.scan(everybody), "uuids": engine.scan_uuids(everybody)}
        self._read: dict[str, list[Any]] = {}

    async def begin(self) -> None:
        self._read = {kind: list(await anext(stream)) for kind, stream in self._streams.items()}

    async def end(self, kind: str) -> list[str]:
        """All uuids of one of them, in the order in which they came."""
        async with aclosing(self._streams[kind]) as stream:
            async for batch in stream:
                self._read[kind] += batch
        return self._read[kind] if kind == "uuids" else uuids_of(self._read[kind])


async def streamed(environment: dict[str, str], three: Cluster, victim: ClusterNode) -> None:
    """Streams outlive `victim`, which dies while it has a part of what they are read from.

    They have all contacts, in order, each once; those of the fastest way through all uuids may end in an error instead.
    """
    async with engine_of(settings_of(environment)) as engine:
        expected = await engine.uuids(engine.compile(ContactFilter()), 10_000)
        assert len(expected) == CONTACTS_LIVE
        opened: list[_Streams] = []
        while len(opened) < 3 or victim not in await asyncio.to_thread(three.holding_views):
            opened.append(_Streams(engine))
            await opened[-1].begin()
        await asyncio.to_thread(victim.kill)
        for streams in opened:
            assert await streams.end("contacts") == expected
            with suppress(EngineUnavailable):
                assert sorted(await streams.end("uuids")) == sorted(expected)


def check(calls: list[Call], killed: float) -> None:
    """Nothing is left unanswered, hardly anything fails, and nothing after a moment."""
    outcomes = Counter(call.outcome for call in calls)
    assert outcomes["unanswered"] == 0, outcomes
    assert outcomes["success"] > 30, outcomes
    late = [call for call in calls if call.failed and call.sent > killed + 5]
    assert not late, late[:5]


def exported(service: Service) -> int:
    """How many contacts an export has, which is complete."""
    status, body, _ = service.post("/api/v2/apollo/contacts", {"url": EVERYBODY}, accept="application/x-ndjson")
    assert status == 200, body
    return int(body.count(b"\n"))


def test_the_master_dies_while_it_is_searched(three: Cluster, service: Service, environment: dict[str, str]) -> None:
    victim = three.master()
    with Callers(service, pause=0.2) as callers:
        killed = time.monotonic()
        asyncio.run(streamed(environment, three, victim))
        for _ in range(3):
            assert exported(service) == CONTACTS_LIVE
        time.sleep(max(0.0, killed + 7 - time.monotonic()))
    check(callers.calls, killed)
    three.revive(victim)


def test_a_node_dies_while_contacts_are_loaded(three: Cluster, service: Service, directory: Path) -> None:
    """The load comes to its end without the node, and nothing of it is missing."""
    file = directory / "more.csv"
    file.write_text(people(LOADED, title="CTO"))
    victim = next(node for node in three.nodes if node is not three.master())
    command = [*CONTACTS, *arguments(service.environment, "csv", str(file))]
    with (
        Callers(service, pause=0.2) as callers,
        subprocess.Popen(
            command, env=service.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as load,
    ):
        _wait_until_loading(three)
        killed = time.monotonic()
        victim.kill()
        said, complaint = load.communicate(timeout=120)
    assert load.returncode == 0, complaint
    assert json.loads(said)["live"] == LOADED
    check(callers.calls, killed)
    assert service.data("count_contacts", url=f"{EVERYBODY}?personTitles[]=CTO")["count"] == LOADED
    three.revive(victim)


def _wait_until_loading(three: Cluster) -> None:
    """Return once there is an index that is being filled."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        # The lock of loads is hidden.
        if len(three.ask("/people-*/_alias")) > 1:
            return
        time.sleep(0.05)
    raise AssertionError("nothing is loaded")


def ready(service: Service) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{service.base}/health/ready", timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_two_of_three_die_and_come_back(three: Cluster, service: Service) -> None:
    """What is left has no master and not all contacts: it says so, and never answers with less than all."""
    number = service.data("count_contacts", url=EVERYBODY)["count"]
    victims = three.holding_part_of("people")
    for victim in victims:
        victim.kill()
    for action in ("count_contacts", "search_contacts"):
        answer = service.ask({"action": action, "request_id": "r", "data": {"url": EVERYBODY}})
        assert answer["status"] == "error", answer
        assert answer["error"]["message"].endswith(
            "A part of the contacts is out of reach at the moment; try again later."
        )
    status, said = ready(service)
    assert status == 503
    assert "a part of its contacts is missing" in said or "did not answer" in said
    three.revive(*victims)
    deadline = time.monotonic() + 5
    while (now := ready(service))[0] != 200:
        assert time.monotonic() < deadline, now
        time.sleep(0.1)
    assert service.data("count_contacts", url=EVERYBODY)["count"] == number
