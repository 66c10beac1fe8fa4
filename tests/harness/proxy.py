"""A proxy before a real server that makes trouble on demand."""

import random
import re
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Proxy(socketserver.ThreadingTCPServer):
    """Passes requests on to `upstream`, and spoils some on the way.

    Attributes:
        spoils: what is in the path of the requests that are spoiled; bulk requests by default.
        busy: the share of them that are answered with 429 or 503 and not passed on.
        lost: the share of them that are passed on, and whose answer never comes back.
        held: tells of the first line of a request whether it has to wait, for as long as it does.
        seen: how many were spoiled so, and how many were held.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, upstream: str, busy: float = 0.0, lost: float = 0.0, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.upstream, self.busy, self.lost = upstream, busy, lost
        self.held: Callable[[bytes], bool] = lambda head: False
        self.spoils = b"/_bulk"
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
        self.server.seen["held"] += self.server.held(head)
        while self.server.held(head):
            time.sleep(0.02)
        fate = self.server.chance.random() if self.server.spoils in head else 1.0
        if fate < self.server.busy:
            status = self.server.chance.choice((429, 503))
            self.server.seen[str(status)] += 1
            self.request.sendall(b"HTTP/1.1 %d Busy\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}" % status)
            return
        answer = self._ask(request)
        if fate < self.server.busy + self.server.lost:
            self.server.seen["lost"] += 1
            return
        # Whoever asked may have given up meanwhile.
        with suppress(OSError):
            self.request.sendall(answer or b"")

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
def proxy(upstream: str, busy: float = 0.0, lost: float = 0.0, port: int = 0) -> Iterator[Proxy]:
    with Proxy(upstream, busy, lost, port) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(10)
