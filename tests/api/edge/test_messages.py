"""WebSockets of which half a message comes, or nothing is taken, on a real server."""

import asyncio
import contextlib
import struct
import time

import pytest
from websockets.asyncio.client import connect

from api.edge import limits
from search.engine import Hit
from tests.api.socket.test_wire import TEXT, frame, masked, piece, raw
from tests.harness.clients import ask, eventually, receive, request
from tests.harness.raw import HANDSHAKE, RawClient

CLOSE, CONTINUATION = 8, 0

pytestmark = pytest.mark.anyio


def begun(size: int, sent: int) -> bytes:
    """A frame of `size` bytes, of which only so many come."""
    return struct.pack("!BBQ", 0x80 | TEXT, 0xFF, size) + bytes(4) + b" " * sent


async def closed_with(reader: asyncio.StreamReader) -> int:
    """The code of the close frame that comes next."""
    opcode, _, length = await frame(reader)
    assert opcode == CLOSE
    (code,) = struct.unpack("!H", (await reader.readexactly(length))[:2])
    return code


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("BODY_SECONDS", 0.6), ("BODY_GRACE_SECONDS", 0.3), ("LOOK_SECONDS", 0.1)):
        monkeypatch.setattr(limits, name, seconds)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("half", [begun(1000, 10), piece(TEXT, b"{"), b"\x81", begun(90_000, 60_000)])
async def test_half_a_message_is_not_waited_for(service, half):
    arriving = service.server.config.app.state.services.traffic.arriving
    before = arriving.left
    async with asyncio.timeout(20), raw(service.url) as (reader, writer):
        writer.write(masked(request("analyze", 1)))
        await frame(reader)
    async with asyncio.timeout(20), raw(service.url) as (reader, writer):
        writer.write(half)
        assert await closed_with(reader) == 1008
    await eventually(lambda: arriving.left == before)


@pytest.mark.usefixtures("impatient")
async def test_messages_that_come_on_have_their_time_each(service):
    message = masked(request("analyze", "on"))
    async with asyncio.timeout(20), raw(service.url) as (reader, writer):
        writer.write(message[:5])
        for _ in range(8):
            await asyncio.sleep(0.15)
            writer.write(message[5:] + message[:5])
            opcode, _, length = await frame(reader)
            assert opcode == TEXT
            await reader.readexactly(length)


async def test_half_messages_have_a_budget_together_of_which_other_users_have_a_part(serve):
    service = serve(max_held_bytes=2**21, max_message_bytes=200_000)
    arriving = service.server.config.app.state.services.traffic.arriving
    whole = arriving.left
    other = service.registered("bob@example.com")["access_token"]
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(raw(service.url)) for _ in range(10)]
        for _, writer in clients:
            writer.write(begun(190_000, 150_000))
        # Some are closed, and not all: half of what there is is for the first who comes.
        await eventually(lambda: len(service.server.server_state.connections) in (3, 4))
        assert whole / 3 < whole - arriving.left <= whole / 2
        async with connect(f"{service.bare_url}?token={other}") as neighbour:
            await neighbour.send(request("analyze", 1) + " " * 150_000)
            assert (await receive(neighbour))["status"] == "success"
            assert (await ask(neighbour, "count_contacts"))["status"] == "success"
    await eventually(lambda: arriving.left == whole)


@pytest.mark.parametrize("changes", [{"ping_seconds": 0.3}, {"access_token_seconds": 1}], ids=["no pong", "expired"])
async def test_who_takes_next_to_nothing_is_gone_soon_after_the_end(serve, engine, monkeypatch, changes):
    for name in ("CLOSE_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(limits, name, 0.3)
    service = serve(**changes)
    engine.hits = [Hit(b'{"uuid":"0","title":"%b"}' % (b"x" * 3_000_000), 0, "0")]
    path = service.url.partition("/api")
    with RawClient(service.port, narrow=True) as client:
        client.send(b"GET /api" + path[2].encode() + b" HTTP/1.1\r\nHost: a\r\n" + HANDSHAKE + b"\r\n")
        client.send(masked(request("search_contacts", 1)))
        client.answer()
        while service.server.server_state.connections:
            assert time.monotonic() - client.opened < 15
            with contextlib.suppress(OSError):
                client.sip()
            await asyncio.sleep(0.05)
