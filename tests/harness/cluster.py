"""Several Elasticsearch servers that form one cluster, each of which can die and come back."""

import json
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from indexing.cli.server_process import free_port
from tests.harness.faults import MortalElasticsearch
from tests.harness.processes import server_directory

_SECONDS = 60.0


class ClusterNode(MortalElasticsearch):
    """One node of several.

    Args:
        name: its own.
        ports: name → the port at which the others talk to it, of all nodes.
    """

    # They start side by side on few processors, and are asked little.
    java_options = "-XX:TieredStopAtLevel=1 -XX:ActiveProcessorCount=1"

    def __init__(self, directory: Path, name: str, ports: Mapping[str, int]) -> None:
        self.name, self._ports = name, ports
        super().__init__(directory, heap="384m")

    def discovery(self) -> Mapping[str, object]:
        seeds = [f"127.0.0.1:{port}" for name, port in self._ports.items() if name != self.name]
        return {
            "node.name": self.name,
            "transport.port": self._ports[self.name],
            "discovery.seed_hosts": json.dumps(seeds),
            "cluster.initial_master_nodes": json.dumps(list(self._ports)[:2]),
        }


class Cluster:
    """Nodes that were started, and have found each other."""

    def __init__(self, nodes: Sequence[ClusterNode]) -> None:
        self.nodes: Sequence[ClusterNode] = nodes

    @property
    def url(self) -> str:
        """The addresses of all nodes, as the setting has them."""
        return ",".join(node.url for node in self.nodes)

    def ask(self, path: str, method: str = "GET", body: object = None, node: ClusterNode | None = None) -> Any:
        """The answer of a node, by default the first that answers."""
        data = None if body is None else json.dumps(body).encode()
        failure: OSError | None = None
        for each in self.nodes if node is None else [node]:
            request = urllib.request.Request(each.url + path, data, {"content-type": "application/json"}, method=method)
            try:
                with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
                    return json.load(answer)
            except ConnectionError as error:
                failure = error
            except urllib.error.URLError as error:
                if isinstance(error, urllib.error.HTTPError):
                    raise
                failure = error
        raise AssertionError("no node answers") from failure

    def settled(self, status: str = "green") -> None:
        """Return once all nodes are back, and every shard has all its copies."""
        path = f"/_cluster/health?wait_for_nodes={len(self.nodes)}&wait_for_status={status}&timeout={_SECONDS:.0f}s"
        assert not self.ask(path)["timed_out"]

    def grow(self, node: ClusterNode) -> None:
        """Take in one more node, which is started, and those that died; return once the cluster is whole."""
        dead = [each for each in self.nodes if not each.runs]
        self.nodes = (*self.nodes, node)
        self.revive(*dead, node)

    def holding_views(self) -> list[ClusterNode]:
        """The nodes that points in time are kept on."""
        nodes = self.ask("/_nodes/stats/indices/search")["nodes"].values()
        return [self.named(node["name"]) for node in nodes if node["indices"]["search"]["open_contexts"]]

    def holding_part_of(self, index: str) -> list[ClusterNode]:
        """The nodes with the copies of the first shard of an index, once none is on its way."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            copies = self.ask(f"/_cat/shards/{index}?format=json&h=shard,state,node")
            if all(copy["state"] == "STARTED" for copy in copies):
                return [self.named(copy["node"]) for copy in copies if copy["shard"] == "0"]
            time.sleep(0.1)
        raise AssertionError("the copies of an index do not come to rest")

    def named(self, name: str) -> ClusterNode:
        """The node of this name."""
        (node,) = (each for each in self.nodes if each.name == name)
        return node

    def master(self) -> ClusterNode:
        """The node that the others have elected."""
        return self.named(self.ask("/_cat/master?format=json")[0]["node"])

    def revive(self, *nodes: ClusterNode) -> None:
        """Start these again, and return once the cluster is whole."""
        for node in nodes:
            node.begin()
        for node in nodes:
            node.wait()
        self.settled()


@contextmanager
def cluster_of_two() -> Iterator[tuple[Cluster, ClusterNode]]:
    """An empty cluster of two nodes, and a third that it can `grow` by. Enter it from the main thread.

    Raises `ServerUnavailable`.
    """
    with ExitStack() as stack:
        ports = {f"node-{at}": free_port() for at in range(3)}
        nodes = []
        for name in ports:
            directory = stack.enter_context(server_directory(f"{name}-"))
            nodes.append(ClusterNode(directory, name, ports))
            stack.callback(nodes[-1].stop)
        *first, third = nodes
        for node in first:
            node.begin()
        for node in first:
            node.wait()
        cluster = Cluster(first)
        cluster.settled()
        yield cluster, third
