"""What large answers look like on the wire, and what they cost. The client here knows frames, not messages."""

import asyncio
import codecs
import hashlib
import struct
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from uvicorn.protocols.utils import ClientDisconnected
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidState

from api.socket.frames import FRAME_BYTES, frames
from api.socket.wire import FramedWebSocket
from search.engine import Hit
from tests.harness.clients import eventually, receive, request

TEXT, BINARY, PING, CONTINUATION = 1, 2, 9, 0
MEBIBYTE = 2**20

pytestmark = pytest.mark.anyio


def large(mebibytes: int) -> list[Hit]:
    """Contacts of a MiB each; one character in all of them is past U+FFFF."""
    items = [b'{"uuid":"%d","title":"' % number + b"x" * MEBIBYTE + b'"}' for number in range(mebibytes)]
    items[0] = '{"uuid":"0","title":"😀"}'.encode()
    return [Hit(item, 0, str(number)) for number, item in enumerate(items)]


@asynccontextmanager
async def raw(url: str, path_more: str = "") -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection after its handshake."""
    host, _, rest = url.removeprefix("ws://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port), limit=64 * 1024)
    writer.write(
        f"GET /{rest} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{path_more}"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader, writer
    finally:
        writer.close()


def piece(first: int, data: bytes = b"") -> bytes:
    """A short frame of a client, with a mask that changes nothing; `first` says whether it is the last."""
    return struct.pack("!BB", first, 0x80 | len(data)) + bytes(4) + data


def masked(text: str) -> bytes:
    """One frame of a client, with a mask that changes nothing."""
    data = text.encode()
    return struct.pack("!BBH", 0x80 | TEXT, 0x80 | 126, len(data)) + bytes(4) + data


async def frame(reader: asyncio.StreamReader) -> tuple[int, bool, int]:
    """The head of the next frame: its opcode, whether it is the last of its message, and its length."""
    first, length = await reader.readexactly(2)
    if length == 126:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", await reader.readexactly(8))
    return first & 0x0F, bool(first & 0x80), length


async def test_a_large_answer_with_a_wide_character_is_never_widened(service, engine):
    engine.hits = large(64)
    digest, decoder, characters, opcodes = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 0, []
    async with asyncio.timeout(60), raw(service.url) as (reader, writer):
        tracemalloc.start()
        try:
            writer.write(masked(request("search_contacts", "r")))
            last = False
            while not last:
                opcode, last, left = await frame(reader)
                opcodes.append(opcode)
                assert left <= FRAME_BYTES
                while left:
                    data = await reader.read(min(left, 64 * 1024))
                    left -= len(data)
                    digest.update(data)
                    characters += len(decoder.decode(data))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert opcodes == [TEXT, *[CONTINUATION] * 63]
    assert 62 * MEBIBYTE < characters < 64 * MEBIBYTE
    # Twice: the `data`, and the message around it. As a `str` alone it would be 256 MiB.
    assert peak < 2.5 * 64 * MEBIBYTE


async def test_it_is_one_message_to_a_client(service, engine):
    engine.hits = large(3)
    async with connect(service.url, max_size=None) as socket:
        await socket.send(request("search_contacts"))
        answer = await receive(socket)
    assert [len(result["title"]) for result in answer["data"]["results"]] == [1, MEBIBYTE, MEBIBYTE]
    async with connect(service.url, max_size=None, subprotocols=["msgpack"]) as socket:
        await socket.send(request("search_contacts"))
        assert len(await socket.recv()) > 2 * MEBIBYTE


async def test_pings_come_between_the_frames(serve, engine):
    service = serve(ping_seconds=1.0)
    engine.hits = large(40)
    opcodes = []
    async with asyncio.timeout(60), raw(service.url) as (reader, writer):
        writer.write(masked(request("search_contacts", "r")))
        last = False
        while not last or opcodes[-1] == PING:
            opcode, last, length = await frame(reader)
            opcodes.append(opcode)
            data = await reader.readexactly(length)
            if opcode == PING:
                writer.write(struct.pack("!BB", 0x8A, 0x80 | length) + bytes(4) + data)
            else:
                await asyncio.sleep(0.05)
    assert PING in opcodes[:-1]
    assert [opcode for opcode in opcodes if opcode != PING] == [TEXT, *[CONTINUATION] * 39]


async def test_for_a_client_that_does_not_read_nothing_more_is_made(serve, engine):
    service = serve(max_running=2)
    engine.hits = large(20)
    async with raw(service.url) as (_, idle), connect(service.url, max_size=None) as busy:
        for number in range(30):
            idle.write(masked(request("search_contacts", number)))
        await eventually(lambda: engine.started > 0, 30)
        for _ in range(20):
            await busy.send(request("count_contacts"))
            assert (await receive(busy))["status"] == "success"
        assert engine.started - 20 <= 4, "two that were under way, and two that had their turn before it was full"


class Closing:
    """uvicorn's half of a connection that is closing."""

    def send_text(self, data: bytes, fin: bool) -> None:
        raise InvalidState("connection is closing")

    send_binary = send_continuation = send_text


@pytest.mark.parametrize("disconnected", [True, False])
async def test_a_frame_for_a_client_that_left_says_so(disconnected):
    protocol = FramedWebSocket.__new__(FramedWebSocket)
    protocol.writable, protocol.disconnected, protocol.conn = asyncio.Event(), disconnected, Closing()
    protocol.loop = asyncio.get_running_loop()
    protocol.writable.set()
    [frame_event] = frames(b"{}", text=True)
    with pytest.raises(ClientDisconnected):
        await protocol.send(frame_event)


async def test_a_message_may_come_in_any_number_of_pieces(service):
    text = request("count_contacts", "pieces").encode()
    async with asyncio.timeout(60), raw(service.url) as (reader, writer):
        writer.write(piece(TEXT, text[:1]))
        writer.write(
            b"".join(piece(CONTINUATION, text[at : at + 1]) + piece(CONTINUATION) for at in range(1, len(text)))
        )
        writer.write(piece(0x80 | CONTINUATION))
        _, _, length = await frame(reader)
        assert b'"pieces"' in await reader.readexactly(length)


@pytest.mark.parametrize("filling", [piece(CONTINUATION), piece(0x80 | PING)])
async def test_others_are_answered_while_one_client_sends_frames_with_nothing_in_them(service, filling):
    other = service.registered("bob@example.com")["access_token"]
    async with (
        asyncio.timeout(60),
        raw(service.url) as (reader, writer),
        connect(f"{service.bare_url}?token={other}") as neighbour,
    ):
        answered = bytearray()
        reading = asyncio.create_task(read_all(reader, answered))
        writer.write(piece(TEXT, b"{") + filling * 300_000 + piece(0x80 | CONTINUATION, b"}"))
        writer.write(masked(request("analyze", "x" * 10)))
        for _ in range(20):
            await neighbour.send(request("count_contacts"))
            assert (await receive(neighbour))["status"] == "success"
        assert not reading.done()
        assert b"xxxxxxxxxx" not in answered, "all of it was looked at before others had their turns"
        await eventually(lambda: b"xxxxxxxxxx" in answered, 50)
        reading.cancel()


async def read_all(reader: asyncio.StreamReader, into: bytearray) -> None:
    while data := await reader.read(64 * 1024):
        into.extend(data)


class Transport:
    """What was written to it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)


class Pongs:
    """uvicorn's half of a connection that has a pong to send."""

    def __init__(self) -> None:
        self.number = 0

    def data_to_send(self) -> list[bytes]:
        self.number += 1
        return [b"pong %d" % self.number]


def test_a_client_that_reads_nothing_has_one_pong_waiting():
    protocol = FramedWebSocket.__new__(FramedWebSocket)
    protocol.transport, protocol.conn, protocol.writable = Transport(), Pongs(), asyncio.Event()
    protocol._pong = b""
    protocol.writable.set()
    protocol.handle_ping()
    protocol.pause_writing()
    for _ in range(1000):
        protocol.handle_ping()
    assert protocol.transport.written == [b"pong 1"]
    protocol.resume_writing()
    protocol.resume_writing()
    assert protocol.transport.written == [b"pong 1", b"pong 1001"]
