"""A client that sends bytes, whatever they are, and tells what comes back: for what no HTTP library would send."""

import json
import socket
import time
from types import TracebackType
from typing import Self

import msgspec

PATIENCE_SECONDS = 20.0

HANDSHAKE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
"""The headers of one, without the blank line."""


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def detail(self) -> str:
        """Of an error of ours; fails for another body."""
        assert self.headers["content-type"] == "application/json", self
        found: dict[str, str] = json.loads(self.body)
        assert list(found) == ["detail"], self
        return found["detail"]


SMALL_SEGMENT = 536
"""Bytes: the least that every host takes at once (RFC 9293, 3.7.1)."""


class RawClient:
    """One connection to `port` of this machine. `narrow`: neither system keeps more of an answer than it must."""

    def __init__(self, port: int, patience: float = PATIENCE_SECONDS, *, narrow: bool = False) -> None:
        self._socket = socket.socket()
        if narrow:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SMALL_SEGMENT)
        self._socket.settimeout(patience)
        self._socket.connect(("127.0.0.1", port))
        self._file = self._socket.makefile("rb")
        self.opened = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._file.close()
        self._socket.close()

    def send(self, data: bytes) -> Self:
        """Send all of it."""
        self._socket.sendall(data)
        return self

    def send_while_taken(self, data: bytes) -> bool:
        """Send all of it, unless the other side hangs up meanwhile."""
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def answer(self, *, of_head: bool = False) -> Answer:
        """The next answer; `of_head`: of a `HEAD`, which has no content."""
        line = self._file.readline()
        assert line.startswith(b"HTTP/1.1 "), line
        headers: dict[str, str] = {}
        while (header := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = header.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = 0 if of_head else int(headers.get("content-length", 0))
        return Answer(int(line.split()[1]), headers, self._file.read(length))

    def read(self, size: int) -> bytes:
        """So many further bytes."""
        return self._file.read(size)

    def sip(self, size: int = 1) -> bytes:
        """At most so many further bytes, and no more in advance."""
        return self._socket.recv(size)

    def closed(self) -> float:
        """Seconds from the beginning to the end of the connection, at which nothing more has come."""
        try:
            more = self._file.read(1)
        except ConnectionResetError:
            more = b""
        assert more == b"", "there is an answer"
        return time.monotonic() - self.opened
