"""One user who takes all there is: floods for `benchmarks.neighbour` beside its own, what is left unread, or half."""

import base64
import os
import socket
import struct
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.sync.client import ClientConnection, connect

from benchmarks.asking import message
from benchmarks.filters import PEOPLE
from benchmarks.memory import Memory
from benchmarks.neighbour import Flood
from tests.harness.service import Service

SECONDS = 10.0
"""How long a flood lasts."""

URL_BYTES = 57_000
AHEAD = 64
"""Analyses that are asked for ahead of their answers."""

Opens = Callable[[Service, ExitStack], str]

TEXT, CONTINUATION, PING = 0x01, 0x00, 0x89
"""Of frames; the first two are of a message that goes on."""

UNREAD_CONTACTS = 60_000
"""Contacts in each answer that nobody reads: some 50 MB."""

UNREAD_SOCKETS, UNREAD_MESSAGES = 3, 60
UNREAD_PAGES = 300
"""HTTP connections that each ask for a page of the largest size, and as many for all contacts."""

HALF_MESSAGES, HALF_BYTES = 300, 1_000_000
HELD_SECONDS = 20.0
MOST_MEBIBYTES = 256


def analyses(uri: str, _seed: int) -> None:
    """Have long URLs explained over one WebSocket, as fast as that is done."""
    titles = "&".join(f"personTitles[]=Chief%20Officer%20{number}" for number in range(URL_BYTES // 38))
    _ask(uri, message("analyze", url=f"https://app.apollo.io/#/people?{titles}"))


def continuations(uri: str, _seed: int) -> None:
    """Send one message that never ends: frames of it without anything in them, as fast as they are read."""
    _send(uri, _frame(TEXT, b"{"), _frame(CONTINUATION, b"") * 10_000)


def pings(uri: str, _seed: int) -> None:
    """Send pings, and read none of the pongs."""
    _send(uri, b"", _frame(PING, b"x" * 8) * 10_000)


def renewals(uri: str, _seed: int) -> None:
    """Renew the token of one WebSocket, as fast as that is done."""
    [token] = parse_qs(urlsplit(uri).query)["token"]
    _ask(uri, message("authenticate", token=token))


def _ask(uri: str, asked: str) -> None:
    """Send the same message again and again over one WebSocket, some ahead of their answers."""
    ends = time.monotonic() + SECONDS
    with connect(uri, max_size=None, compression=None) as connection:
        for _ in range(AHEAD):
            connection.send(asked)
        while time.monotonic() < ends:
            connection.recv()
            connection.send(asked)


FLOODS: Mapping[str, Flood] = {
    "analyses": Flood(analyses, 1),
    "empty continuation frames": Flood(continuations, 1),
    "pings": Flood(pings, 1),
    "renewals": Flood(renewals, 1),
}
"""Name → what another user does while the neighbour is watched."""


def _send(uri: str, begin: bytes, again: bytes) -> None:
    """Open a WebSocket, send `begin`, then `again` for as long as a flood lasts."""
    ends = time.monotonic() + SECONDS
    with closing(_opened(uri)) as connection:
        connection.sendall(begin)
        try:
            while time.monotonic() < ends:
                connection.sendall(again)
        except OSError:
            # Whoever is closed for it has ended the flood.
            time.sleep(max(0.0, ends - time.monotonic()))


def _opened(uri: str) -> socket.socket:
    """A connection that has become a WebSocket."""
    address = urlsplit(uri)
    connection = socket.create_connection((address.hostname, address.port), timeout=SECONDS)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET {address.path}?{address.query} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    answer = connection.recv(4096)
    assert b" 101 " in answer, answer
    return connection


def _frame(opcode: int, data: bytes) -> bytes:
    """A frame of a client, whose mask is nothing but zeros. `opcode` has the bit that says that it is the last."""
    return struct.pack("!BB4x", opcode, 0x80 | len(data)) + data


def unread(service: Service, stack: ExitStack) -> str:
    """Ask for all contacts again and again over WebSockets, and read nothing."""
    for _ in range(UNREAD_SOCKETS):
        connection = stack.enter_context(closing(_deaf(service.socket_url())))
        for number in range(UNREAD_MESSAGES):
            connection.send(message("search_contacts", number, url=PEOPLE))
    return f"{UNREAD_SOCKETS * UNREAD_MESSAGES} messages of {UNREAD_CONTACTS:,} contacts"


def unread_over_http(service: Service, stack: ExitStack) -> str:
    """Ask for pages and for all contacts over HTTP, and read nothing."""
    address, token = urlsplit(service.base), service.token
    body = msgspec.json.encode({"url": PEOPLE})
    for query in ("?limit=1000&view=complete", "") * UNREAD_PAGES:
        connection = socket.create_connection((address.hostname, address.port), timeout=SECONDS)
        stack.enter_context(closing(connection)).sendall(
            f"POST /api/v2/apollo/contacts{query} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    return f"{2 * UNREAD_PAGES} requests, half of them for {UNREAD_CONTACTS:,} contacts"


def half_messages(service: Service, stack: ExitStack) -> str:
    """Send nearly all of a message on each of many WebSockets."""
    uri = service.socket_url()
    for _ in range(HALF_MESSAGES):
        connection = stack.enter_context(closing(_opened(uri)))
        connection.sendall(struct.pack("!BBQ4x", 0x80 | TEXT, 0xFF, 2**20) + b" " * HALF_BYTES)
    return f"{HALF_MESSAGES} messages of which {HALF_BYTES:,} bytes came"


HELD: Mapping[str, Opens] = {
    "unread answers": unread,
    "unread answers over HTTP": unread_over_http,
}
"""Name → what opens connections, left open, that the service holds answers for; it answers how much was tried."""


def held(service: Service, opens: Opens) -> tuple[float, str]:
    """How many MiB the process grows at most while those connections are open, and a note."""
    service.data("search_contacts", url=PEOPLE, limit=1)
    with ExitStack() as stack, Memory(service.process.pid) as memory:
        tried = opens(service, stack)
        time.sleep(HELD_SECONDS)
    return memory.most - memory.before, f"from {memory.before:.0f}, {tried}"


def _deaf(uri: str) -> ClientConnection:
    """A client that reads nothing, with little room where what comes unread would wait."""
    return connect(uri, max_size=None, max_queue=1, compression=None, ping_interval=None, close_timeout=0.1)
