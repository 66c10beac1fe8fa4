"""A connection with a socket of the tests: what a real client makes happen only now and then."""

import asyncio
import json
import time
from typing import Any

import pytest
from litestar.connection import WebSocket

from api.accounts.tokens import Claims
from api.actions.roles import Role
from api.actions.service import ContactService
from api.actions.traffic import Traffic
from api.operations.metrics import Metrics
from api.services import Services
from api.socket import limits
from api.socket.close import Close
from api.socket.connection import Connection
from api.socket.frames import EXTENSION
from mappings.errors import Unauthorized
from search.engine import Hit
from tests.harness.clients import eventually, request
from tests.harness.memory_engine import MemoryEngine

pytestmark = pytest.mark.anyio


class Accounts:
    """Knows one token."""

    async def identify(self, token: str) -> Claims:
        if token != "good":
            raise Unauthorized("Token is invalid.")
        return Claims("ada", "other login", int(time.time()) + 500, "t", Role.USER)


class Server:
    """The server's end of a socket: `incoming` is what the client sends; `sent` grows while `reading` is set."""

    def __init__(self, *, framed: bool = True) -> None:
        self.incoming: asyncio.Queue[dict[str, Any] | Exception] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.failure: Exception | None = None
        extensions = {EXTENSION: {}} if framed else {}
        self.socket: WebSocket[Any, Any, Any] = WebSocket(
            {"type": "websocket", "extensions": extensions}, self._receive, self._send
        )

    def say(self, text: str) -> None:
        self.incoming.put_nowait({"type": "websocket.receive", "text": text, "bytes": None})

    def leave(self) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1005})

    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(event.get("data") or event["text"]) for event in self.sent if "code" not in event]

    async def _receive(self) -> dict[str, Any]:
        event = await self.incoming.get()
        if isinstance(event, Exception):
            raise event
        return event

    async def _send(self, event: dict[str, Any]) -> None:
        if event["type"] != "websocket.close":
            await self.reading.wait()
        if self.failure is not None:
            raise self.failure
        self.sent.append(event)


def connected(server: Server, settings, engine: MemoryEngine, *, msgpack: bool = False, seconds: int = 500):
    traffic = Traffic(settings, Metrics(), engine.width)
    services = Services(ContactService(engine, settings), Accounts(), traffic, settings)
    claims = Claims("ada", "login", int(time.time()) + seconds, "t", Role.USER)
    return Connection(server.socket, services, claims, "c1", msgpack=msgpack)


async def test_a_failing_server_side_ends_it_with_1011(settings, engine, caplog):
    server = Server()
    server.incoming.put_nowait(ValueError("john@example.com"))
    assert await connected(server, settings, engine).run() is Close.FAILED
    assert server.sent == [{"type": "websocket.close", "code": 1011, "reason": "internal error"}]
    assert "unexpected ValueError" in caplog.text
    assert "john" not in caplog.text


async def test_a_client_that_left_is_told_nothing(settings, engine):
    engine.seconds = 60
    server = Server()
    server.say(request("count_contacts"))
    running = asyncio.create_task(connected(server, settings, engine).run())
    await eventually(lambda: engine.running == 1)
    server.leave()
    assert await running is Close.CLIENT_LEFT
    assert server.sent == []
    assert (engine.running, engine.cancelled) == (0, 1)


async def test_a_client_that_left_is_noticed_by_what_it_is_sent(settings, engine):
    server = Server()
    server.failure = ConnectionError()
    server.say(request("count_contacts"))
    assert await connected(server, settings, engine).run() is Close.CLIENT_LEFT


async def test_one_that_leaves_while_being_closed_does_no_harm(settings, engine):
    server = Server()
    server.failure = ConnectionError()
    assert await connected(server, settings, engine, seconds=0).run() is Close.TOKEN_EXPIRED


@pytest.mark.parametrize("msgpack", [False, True])
async def test_a_server_without_frames_gets_text_and_bytes(settings, engine, msgpack):
    server = Server(framed=False)
    server.say(request("count_contacts"))
    running = asyncio.create_task(connected(server, settings, engine, msgpack=msgpack).run())
    await eventually(lambda: server.sent)
    server.leave()
    await running
    [event] = server.sent
    assert event["type"] == "websocket.send"
    assert isinstance(event["bytes" if msgpack else "text"], bytes if msgpack else str)


async def test_being_cancelled_it_leaves_nothing_behind(settings, engine):
    engine.seconds = 60
    server = Server()
    server.say(request("count_contacts"))
    running = asyncio.create_task(connected(server, settings, engine).run())
    await eventually(lambda: engine.running == 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert engine.running == 0


async def test_a_stream_waits_for_its_reader_and_holds_no_slot_meanwhile(settings, engine, monkeypatch):
    monkeypatch.setattr(limits, "ANSWERS_BYTES", 1000)
    server = Server()
    server.reading.clear()
    connection = connected(server, settings, engine)
    engine.hits = [Hit(b'"%d"' % number + b" " * 400, 0, str(number)) for number in range(30)]
    server.say(request("search_contacts", stream=True))
    running = asyncio.create_task(connection.run())
    await eventually(lambda: engine.started == 1)
    await asyncio.sleep(0.05)
    assert engine.scans_closed == 0
    server.reading.set()
    await eventually(lambda: engine.scans_closed == 1)
    await eventually(lambda: server.answers()[-1]["status"] == "success")
    assert [answer["status"] for answer in server.answers()] == ["partial"] * 10 + ["success"]
    server.reading.clear()
    server.say(request("search_contacts", stream=True))
    await eventually(lambda: engine.started == 2)
    server.leave()
    await running
    assert engine.scans_closed == 2


async def test_requests_wait_for_room_before_they_take_a_slot(settings, engine, monkeypatch):
    monkeypatch.setattr(limits, "ANSWERS_BYTES", 50)
    engine.width = 1
    engine.seconds = 0.01
    server = Server()
    server.reading.clear()
    running = asyncio.create_task(connected(server, settings, engine).run())
    for number in range(10):
        server.say(request("count_contacts", number))
    await asyncio.sleep(0.2)
    assert engine.started <= 2, "the others gave their slots back"
    server.reading.set()
    await eventually(lambda: len(server.answers()) == 10)
    server.leave()
    await running


async def test_a_good_token_extends_it_but_its_session_stays(settings, engine):
    server = Server()
    connection = connected(server, settings, engine, seconds=100)
    assert connection.token_session == "login"
    running = asyncio.create_task(connection.run())
    for token in ("bad", "good"):
        server.say(json.dumps({"request_id": token, "action": "authenticate", "data": {"token": token}}))
    await eventually(lambda: len(server.sent) == 2)
    bad, good = server.answers()
    assert bad["error"] == {"message": "Token is invalid.", "code": "authentication_error"}
    assert 490 < good["data"]["expires_in"] <= 500
    assert connection.token_session == "other login"
    server.leave()
    await running
    assert connection.requests == 2
