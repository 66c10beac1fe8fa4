"""One user who takes all there is: floods for `benchmarks.neighbour` beside its own, and answers that nobody reads."""

import base64
import os
import socket
import struct
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

from benchmarks.asking import message
from benchmarks.filters import PEOPLE
from benchmarks.memory import resident
from benchmarks.neighbour import Flood
from tests.harness.service import Service

SECONDS = 10.0
"""How long a flood lasts."""

URL_BYTES = 57_000
AHEAD = 64
"""Analyses that are asked for ahead of their answers."""

TEXT, CONTINUATION, PING = 0x01, 0x00, 0x89
"""Of frames; the first two are of a message that goes on."""

UNREAD_CONTACTS = 60_000
"""Contacts in each answer that nobody reads: some 50 MB."""

UNREAD_SOCKETS, UNREAD_MESSAGES, UNREAD_SECONDS = 3, 60, 20.0
MOST_MEBIBYTES = 256


def analyses(uri: str, _seed: int) -> None:
    """Have long URLs explained over one WebSocket, as fast as that is done."""
    titles = "&".join(f"personTitles[]=Chief%20Officer%20{number}" for number in range(URL_BYTES // 38))
    asked, ends = message("analyze", url=f"https://app.apollo.io/#/people?{titles}"), time.monotonic() + SECONDS
    with connect(uri, max_size=None, compression=None) as connection:
        for _ in range(AHEAD):
            connection.send(asked)
        while time.monotonic() < ends:
            connection.recv()
            connection.send(asked)


def continuations(uri: str, _seed: int) -> None:
    """Send one message that never ends: frames of it without anything in them, as fast as they are read."""
    _send(uri, _frame(TEXT, b"{"), _frame(CONTINUATION, b"") * 10_000)


def pings(uri: str, _seed: int) -> None:
    """Send pings, and read none of the pongs."""
    _send(uri, b"", _frame(PING, b"x" * 8) * 10_000)


FLOODS: Mapping[str, Flood] = {
    "analyses": Flood(analyses, 1),
    "empty continuation frames": Flood(continuations, 1),
    "pings": Flood(pings, 1),
}
"""Name → what another user does while the neighbour is watched."""


def _send(uri: str, begin: bytes, again: bytes) -> None:
    """Open a WebSocket, send `begin`, then `again` for as long as a flood lasts."""
    address = urlsplit(uri)
    ends = time.monotonic() + SECONDS
    with closing(socket.create_connection((address.hostname, address.port), timeout=SECONDS)) as connection:
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall(
            f"GET {address.path}?{address.query} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = connection.recv(4096)
        assert b" 101 " in answer, answer
        connection.sendall(begin)
        try:
            while time.monotonic() < ends:
                connection.sendall(again)
        except OSError:
            # Whoever is closed for it has ended the flood.
            time.sleep(max(0.0, ends - time.monotonic()))


def _frame(opcode: int, data: bytes) -> bytes:
    """A frame of a client, whose mask is nothing but zeros. `opcode` has the bit that says that it is the last."""
    return struct.pack("!BB4x", opcode, 0x80 | len(data)) + data


def unread(service: Service) -> tuple[float, str]:
    """How many MiB the process grows at most while sockets ask for all contacts again and again and read nothing."""
    service.data("search_contacts", url=PEOPLE, limit=1)
    before = most = resident(service.process.pid)
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(_deaf(service.socket_url()))) for _ in range(UNREAD_SOCKETS)]
        for connection in sockets:
            for number in range(UNREAD_MESSAGES):
                connection.send(message("search_contacts", number, url=PEOPLE))
        ends = time.monotonic() + UNREAD_SECONDS
        while time.monotonic() < ends:
            most = max(most, resident(service.process.pid))
            time.sleep(0.02)
    note = f"from {before:.0f}, {UNREAD_SOCKETS * UNREAD_MESSAGES} messages of {UNREAD_CONTACTS:,} contacts"
    return most - before, note


def _deaf(uri: str) -> ClientConnection:
    """A client that reads nothing, with little room where what comes unread would wait."""
    return connect(uri, max_size=None, max_queue=1, compression=None, ping_interval=None, close_timeout=0.1)
