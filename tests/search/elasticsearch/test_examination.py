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
from search.engine import EngineSettings
from tests.harness.stores import cluster


class _Cluster(BaseHTTPRequestHandler):
    """A cluster with security, as far as it is asked about itself."""

    version = "8.19.7"
    status = 200
    """Of the answer about the version, which takes a privilege."""
    denied: frozenset[str] = frozenset()

    def do_GET(self) -> None:
        self._answer({"version": {"number": self.version}}, self.status)

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
        version, privileges = asyncio.run(examine(settings))
    assert (version.subject, privileges.subject) == ("engine version", "engine privileges")
    assert [version.level, privileges.level] == levels
    assert words in privileges.found


def test_one_without_security(elasticsearch_url: str) -> None:
    found = asyncio.run(examine(cluster(elasticsearch_url, "people")))
    assert [(finding.subject, finding.level) for finding in found][-1] == ("engine security", "ok")
    elsewhere = _without_security(cluster("http://es-1.example:9200", "people"))
    assert elsewhere.level == "warning"
