"""An Elasticsearch that can be killed and started again on its data, and a proxy that makes trouble before it."""

import json
import os
import random
import re
import signal
import socket
import socketserver
import tempfile
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests import servers

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Proxy(socketserver.ThreadingTCPServer):
    """Passes requests on to `upstream`, and spoils a share of the bulk requests in each of these ways.

    busy: answered with 429 or 503 and not passed on. lost: passed on, and the answer never comes back.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, upstream: str, busy: float = 0.0, lost: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream, self.busy, self.lost = upstream, busy, lost
        self.chance = random.Random(7)
        self.seen: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        request = self._request()
        if request is None:
            return
        head = request.partition(b"\r\n")[0]
        fate = self.server.chance.random() if b"/_bulk" in head else 1.0
        if fate < self.server.busy:
            status = self.server.chance.choice((429, 503))
            self.server.seen[str(status)] += 1
            self.request.sendall(b"HTTP/1.1 %d Busy\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}" % status)
            return
        answer = self._ask(request)
        if fate < self.server.busy + self.server.lost:
            self.server.seen["lost"] += 1
            return
        if answer:
            self.request.sendall(answer)

    def _request(self) -> bytes | None:
        received = b""
        while b"\r\n\r\n" not in received:
            part = self.request.recv(65536)
            if not part:
                return None
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        length = int(found[1]) if (found := _LENGTH.search(head)) else 0
        parts = [body]
        left = length - len(body)
        while left > 0 and (part := self.request.recv(65536)):
            parts.append(part)
            left -= len(part)
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*kept, b"connection: close", b"", b""]) + b"".join(parts)

    def _ask(self, request: bytes) -> bytes | None:
        parts = urlsplit(self.server.upstream)
        try:
            with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60) as connection:
                connection.sendall(request)
                received = []
                while part := connection.recv(65536):
                    received.append(part)
                return b"".join(received)
        except OSError:
            return None


@contextmanager
def proxy(upstream: str, busy: float = 0.0, lost: float = 0.0) -> Iterator[Proxy]:
    with Proxy(upstream, busy, lost) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(10)


class MortalElasticsearch:
    """One server, on the same data in every life. Its port changes with each."""

    def __init__(self, directory: Path) -> None:
        self._java = servers._java_home()
        self._home = servers.fetch_elasticsearch()
        self._account = servers.server_account()
        if self._account and not servers.open_to_all(self._home):
            raise servers.ServerUnavailable(f"{self._home} is closed to the user whom the server runs as")
        servers._configure(self._home, directory)
        self._run = directory / "run"
        for path in (self._run, *self._run.rglob("*")) if self._account else ():
            os.chown(path, self._account.pw_uid, self._account.pw_gid)
        self._life = ExitStack()
        self.url = ""

    def start(self) -> str:
        (self._run / "logs" / "http.ports").unlink(missing_ok=True)
        running = servers._running(self._home, self._run, self._java, "512m", self._account)
        self.url = self._life.enter_context(running)
        return self.url

    def kill(self) -> None:
        with urllib.request.urlopen(f"{self.url}/_nodes/_local/process", timeout=30) as response:
            (node,) = json.load(response)["nodes"].values()
        os.kill(node["process"]["id"], signal.SIGKILL)
        self.close()

    def close(self) -> None:
        self._life.close()


@contextmanager
def mortal_elasticsearch() -> Iterator[MortalElasticsearch]:
    with tempfile.TemporaryDirectory(prefix="mortal-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        directory.chmod(0o755)
        server = MortalElasticsearch(directory)
        try:
            server.start()
            yield server
        finally:
            server.close()
