"""An Elasticsearch started here, from the distribution or in a container. `tests.harness.servers` picks one."""

import http.client
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.harness.containers import running_container
from tests.harness.distribution import CURRENT, VERSION, Release, has_module, home_for_server, java_for_server
from tests.harness.processes import ServerUnavailable, hand_over, launch, require_open, server_directory, stop, tail

_VECTORS = "jdk.incubator.vector"
"""A module that the server asks Java for, and can do without."""

ASKED_LITTLE = "-XX:TieredStopAtLevel=1"
"""Options of Java for a server that is asked so little that what the better compiler costs would never come back."""

BOOT_SECONDS = 120
"""How long a server that was started has to become ready. A quiet laptop needs about ten."""


class LocalElasticsearch:
    """A server from the distribution that keeps all it writes in `directory`.

    However often it is started, it has the same data and the same URL.

    Args:
        directory: one that its account gets into, see `server_directory`.
        heap: the Java heap, in Java's notation.
        release: which version it is.
    """

    def __init__(self, directory: Path, heap: str = "1g", release: Release = CURRENT) -> None:
        self._java, self._heap = java_for_server(directory, release), heap
        require_open(self._java)
        self._home = home_for_server(directory, release)
        self._run = directory / "run"
        self._configure()
        self._process: subprocess.Popen[bytes] | None = None
        # The first time the server picks a free port itself: nobody can take it in between.
        self._port = 0

    @property
    def url(self) -> str:
        """Where it answers, once it was started."""
        return f"http://127.0.0.1:{self._port}"

    def connection(self, port: int, seconds: float) -> http.client.HTTPConnection:
        """A way to ask the server at `port`, which has so many seconds to answer."""
        return _plain("127.0.0.1", port, seconds)

    def security(self) -> Mapping[str, object]:
        """The settings about who may do what. Security is on by default, with TLS and a password."""
        return {"xpack.security.enabled": "false"}

    def discovery(self) -> Mapping[str, object]:
        """The settings about other nodes. By itself it is a cluster of one."""
        # It writes the ports it took to logs/*.ports.
        return {"node.name": "contacts-tests", "discovery.type": "single-node", "transport.port": "0"}

    java_options = ""
    headers: Mapping[str, str] = {}
    """What whoever asks it says of themselves."""

    def start(self) -> str:
        """Return the URL as soon as all contacts can be searched. Raises `ServerUnavailable`."""
        self.begin()
        return self.wait()

    def begin(self) -> None:
        """Start it, and wait for nothing."""
        (self._run / "logs" / "http.ports").unlink(missing_ok=True)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._run),
            "ES_JAVA_HOME": str(self._java),
            "ES_JAVA_OPTS": f"-Xms{self._heap} -Xmx{self._heap} {self.java_options}",
            "ES_PATH_CONF": str(self._run / "config"),
            "ES_TMPDIR": str(self._run / "tmp"),
        }
        command = [str(self._home / "bin" / "elasticsearch"), f"-Ehttp.port={self._port}"]
        self._process = launch(command, self._run, self._log, environment)

    def wait(self) -> str:
        """The URL of one that begins to start, as soon as all contacts can be searched. Raises `ServerUnavailable`."""
        assert self._process is not None
        try:
            self._port = self._port_when_ready(self._process)
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """End it, if it runs, however it is doing."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def _configure(self) -> None:
        for name in ("data", "logs", "tmp"):
            (self._run / name).mkdir(parents=True)
        shutil.copytree(self._home / "config", self._run / "config")
        settings: dict[str, object] = {
            "cluster.name": "contacts-tests",
            "network.host": "127.0.0.1",
            "node.portsfile": "true",
            "path.data": self._run / "data",
            "path.logs": self._run / "logs",
            # A nearly full disk must not make indices read-only.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        lines = [f"{key}: {value}\n" for key, value in {**settings, **self.discovery(), **self.security()}.items()]
        (self._run / "config" / "elasticsearch.yml").write_text("".join(lines))
        if not has_module(self._java, _VECTORS):
            options = self._run / "config" / "jvm.options"
            kept = [line for line in options.read_text().splitlines() if _VECTORS not in line]
            options.write_text("\n".join([*kept, ""]))
        hand_over(self._run)

    @property
    def _log(self) -> Path:
        return self._run / "logs" / "console.log"

    def _port_when_ready(self, process: subprocess.Popen[bytes]) -> int:
        """Wait until the server answers and return its port."""
        ports, log = self._run / "logs" / "http.ports", self._log
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ServerUnavailable(f"it ended with code {process.returncode}\n{tail(log.read_text())}")
            if ports.is_file() and (found := re.search(r"127\.0\.0\.1:(\d+)", ports.read_text())):
                port = int(found[1])
                if _healthy(partial(self.connection, port), deadline - time.monotonic(), self.headers):
                    return port
            time.sleep(0.05)
        raise ServerUnavailable(f"not ready after {BOOT_SECONDS} s\n{tail(log.read_text())}")


@contextmanager
def from_distribution(heap: str) -> Iterator[str]:
    """The URL of an empty server from Maven Central. Raises `ServerUnavailable`."""
    with server_directory("elasticsearch-") as directory:
        server = LocalElasticsearch(directory, heap)
        try:
            yield server.start()
        finally:
            server.stop()


@contextmanager
def from_container(heap: str) -> Iterator[str]:
    """The URL of an empty server in a container. Raises `ServerUnavailable`."""

    def make() -> Any:
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415

        container = DockerContainer(f"elasticsearch:{VERSION}").with_exposed_ports(9200)
        settings = {
            "discovery.type": "single-node",
            "xpack.security.enabled": "false",
            "xpack.ml.enabled": "false",
            "ingest.geoip.downloader.enabled": "false",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        }
        for key, value in settings.items():
            container.with_env(key, value)
        return container

    with running_container(make) as container:
        host, port = container.get_container_host_ip(), int(container.get_exposed_port(9200))
        deadline = time.monotonic() + BOOT_SECONDS
        reach = partial(_plain, host, port)
        while not _healthy(reach, deadline - time.monotonic()):
            if time.monotonic() > deadline:
                output = b"\n".join(container.get_logs())
                raise ServerUnavailable(f"not ready after {BOOT_SECONDS} s\n{tail(output.decode(errors='replace'))}")
            time.sleep(0.25)
        yield f"http://{host}:{port}"


def _plain(host: str, port: int, seconds: float) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(host, port, timeout=seconds)


def _healthy(
    reach: Callable[[float], http.client.HTTPConnection], seconds: float, headers: Mapping[str, str] | None = None
) -> bool:
    """Tell whether the cluster there is at least yellow within `seconds`. Goes around any HTTP proxy."""
    wait = max(1, int(seconds))
    connection = reach(wait + 5)
    try:
        connection.request("GET", f"/_cluster/health?wait_for_status=yellow&timeout={wait}s", headers=headers or {})
        answer = connection.getresponse()
        answer.read()
        return answer.status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
