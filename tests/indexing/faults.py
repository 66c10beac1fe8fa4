"""An Elasticsearch that can be killed and started again on its data, and a proxy that makes trouble before it."""

import json
import os
import random
import re
import signal
import socket
import socketserver
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.elasticsearch import LocalElasticsearch
from tests.processes import server_directory

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


class MortalElasticsearch(LocalElasticsearch):
    """One that can die or freeze, and come back with its data where it was."""

    def start(self) -> str:
        url = super().start()
        with urllib.request.urlopen(f"{url}/_nodes/_local/process", timeout=30) as response:
            (node,) = json.load(response)["nodes"].values()
        # What was started is a launcher; this is the server.
        self._server = int(node["process"]["id"])
        return url

    def kill(self) -> None:
        """End it at once, as a power cut would; `start` brings it back."""
        os.kill(self._server, signal.SIGKILL)
        self.stop()

    def freeze(self) -> None:
        """From now on it takes connections, as the kernel does that, and answers nothing; `thaw` ends it."""
        os.kill(self._server, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was frozen."""
        os.kill(self._server, signal.SIGCONT)


@contextmanager
def mortal_elasticsearch() -> Iterator[MortalElasticsearch]:
    """A server of its own that was started. Raises `ServerUnavailable`."""
    with server_directory("mortal-") as directory:
        server = MortalElasticsearch(directory, heap="512m")
        try:
            server.start()
            yield server
        finally:
            server.stop()
