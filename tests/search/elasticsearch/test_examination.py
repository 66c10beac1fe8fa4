"""What a cluster with security is asked about itself, and what is made of its answers."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from search.elasticsearch import examine
from search.elasticsearch.examination import _without_security
from search.elasticsearch.settings import ElasticsearchSettings
from search.engine import EngineSettings
from tests.harness.stores import cluster


class _Cluster(BaseHTTPRequestHandler):
    """A cluster with security, as far as it is asked about itself."""

    version = "8.19.7"
    status = 200
    """Of the answer about the version, which takes a privilege."""
    denied: frozenset[str] = frozenset()

    copies: tuple[tuple[str, ...], ...] = (("a", "b"), ("b", "c"))
    """Of each shard, the nodes that have it."""
    replicas = 1
    health = 200
    """Of the answer about the cluster's health, which takes a privilege, too."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        settings = {"index.number_of_shards": str(len(self.copies)), "index.number_of_replicas": str(self.replicas)}
        shards = [[{"state": "STARTED", "node": node} for node in nodes] for nodes in self.copies]
        answers: dict[str, tuple[object, int]] = {
            "/": ({"version": {"number": self.version}}, self.status),
            "/people/_search_shards": ({"shards": shards}, 200),
            "/people/_settings": ({"people-2": {"settings": settings}}, 200),
            "/_cluster/health": ({"number_of_data_nodes": 3}, self.health),
        }
        self._answer(*answers[path])

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))["index"]
        index: dict[str, dict[str, bool]] = {}
        for entry in asked:
            for name in entry["names"]:
                index.setdefault(name, {}).update({each: each not in self.denied for each in entry["privileges"]})
        self._answer({"index": index})

    def _answer(self, body: object, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (("content-type", "application/json"), ("x-elastic-product", "Elasticsearch")):
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """It says nothing."""


@contextmanager
def answering(**attributes: object) -> Iterator[EngineSettings]:
    """The settings for one that answers so."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Cluster", (_Cluster,), attributes))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield cluster(f"http://127.0.0.1:{server.server_port}", "people")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("attributes", "levels", "words"),
    [
        ({}, ["ok", "ok"], "those of the service and of loads"),
        ({"version": "9.2.0"}, ["ok", "ok"], "those of the service and of loads"),
        ({"version": "7.17.0"}, ["fault", "ok"], "those of the service and of loads"),
        ({"version": "8.18.1"}, ["fault", "ok"], "those of the service and of loads"),
        ({"denied": {"manage", "index"}}, ["ok", "ok"], "with index on people, manage on people, index on people-2*, "),
        ({"denied": {"read"}}, ["ok", "fault"], "lacking: read on people, read on people-2*"),
        ({"status": 403}, ["ok", "ok"], "those of the service and of loads"),
    ],
)
def test_versions_and_privileges_of_a_cluster(attributes: dict[str, object], levels: list[str], words: str) -> None:
    with answering(**attributes) as settings:
        version, copies, privileges = asyncio.run(examine(settings))
    assert (version.subject, privileges.subject) == ("engine version", "engine privileges")
    assert (copies.level, copies.found) == ("ok", "shards 2, copies 4, nodes 3 of 3")
    assert [version.level, privileges.level] == levels
    assert words in privileges.found


@pytest.mark.parametrize(
    ("attributes", "level", "found"),
    [
        ({"health": 403}, "ok", "shards 2, copies 4, nodes 3"),
        ({"copies": (("a",), ("a",)), "replicas": 0}, "warning", "shards 2, copies 2, nodes 1 of 3"),
        ({"copies": (("a",), ("a",)), "replicas": 0, "health": 403}, "ok", "shards 2, copies 2, nodes 1"),
        ({"copies": (("a", "b"), ("b",))}, "warning", "shards 2, copies 3 (1 missing), nodes 2 of 3"),
        ({"copies": (("a", "b"), ())}, "fault", "shards 2 (1 lost), copies 2 (2 missing), nodes 2 of 3"),
    ],
)
def test_the_copies_of_the_live_contacts(attributes: dict[str, object], level: str, found: str) -> None:
    with answering(**attributes) as settings:
        _, copies, _ = asyncio.run(examine(settings))
    assert (copies.subject, copies.level, copies.found) == ("engine copies", level, found)


def test_a_node_that_is_away_is_named_while_another_answers() -> None:
    with answering() as settings:
        url = f"{settings.own_as(ElasticsearchSettings).nodes[0]},http://me:secret@127.0.0.1:9"
        node, version, *_ = asyncio.run(examine(cluster(url, "people")))
    assert (node.subject, node.level, version.level) == ("engine node", "warning", "ok")
    assert node.found.startswith("http://127.0.0.1:9 does not answer: ")
    assert "secret" not in node.found


def test_one_without_security(elasticsearch_url: str) -> None:
    found = asyncio.run(examine(cluster(elasticsearch_url, "people")))
    assert [(finding.subject, finding.level) for finding in found][-1] == ("engine security", "ok")
    elsewhere = _without_security(cluster("http://es-1.example:9200", "people"))
    assert elsewhere.level == "warning"
