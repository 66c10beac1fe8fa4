"""What the log and the figures say of a request over HTTP, and of a handshake that is refused."""

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from api.actions.audit import LOGGER
from mappings.errors import EngineUnavailable
from tests.api.conftest import Service
from tests.harness.clients import URL
from tests.harness.memory_engine import MemoryEngine

BODY = json.dumps({"url": URL}).encode()

pytestmark = pytest.mark.anyio


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def requests(self) -> list[tuple[str, str, str, str]]:
        """Level, action, outcome and address of each."""
        fields = [(record.levelname, record.__dict__["fields"]) for record in self.records
                  if record.name == "api.operations.observer"]  # fmt: skip
        return [(level, line["action"], line["outcome"], line["address"]) for level, line in fields]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, loggers = Lines(), [logging.getLogger(name) for name in ("api", "uvicorn.error", LOGGER)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
    loggers[0].setLevel(logging.INFO)
    loggers[2].setLevel(logging.INFO)
    yield handler
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def logged_in(service: Service, lines: Lines) -> None:
    """Have the service's token, and nothing in the log yet: its line comes after the answer."""
    assert service.token
    until(lambda: lines.requests)
    lines.records.clear()


def sent(service: Service, path: str, body: bytes, length: int | None = None) -> socket.socket:
    address = urlsplit(service.address)
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.token}\r\n"
    connection.sendall(f"{head}Content-Length: {length or len(body)}\r\n\r\n".encode() + body)
    return connection


def outcomes(service: Service, action: str) -> list[str]:
    text = service.get("/metrics")[1]
    found = [line for line in text.splitlines() if line.startswith(f'contacts_requests_total{{action="{action}"')]
    return [line.partition('outcome="')[2].partition('"')[0] for line in found]


def test_a_login_that_fails_has_its_address(service, lines):
    service.post("/api/v2/auth/login", {"email": "ada@example.com", "password": "not analytical"})
    until(lambda: lines.requests)
    assert lines.requests == [("INFO", "login", "401", "127.0.0.1")]
    assert "POST login 401 in" in lines.records[-1].getMessage()


@pytest.mark.parametrize("path", ["/api/v2/auth/login", "/api/v2/apollo/contacts", "/api/v2/apollo/contacts/count"])
def test_a_client_that_leaves_in_its_body_is_no_fault(service, lines, path):
    logged_in(service, lines)
    sent(service, path, b'{"url', 100).close()
    until(lambda: lines.requests)
    [(level, action, outcome, _)] = lines.requests
    assert (level, outcome) == ("INFO", "cancelled")
    assert outcomes(service, action) == ["cancelled"]
    assert {record.levelname for record in lines.records} == {"INFO"}
    audited = [record.__dict__["fields"]["outcome"] for record in lines.records if record.name == LOGGER]
    assert audited == ["cancelled"]


@pytest.mark.parametrize("path", ["/contacts", "/contacts?limit=5", "/contacts/count", "/contacts/count/uuids"])
def test_a_client_that_leaves_before_its_answer_is_no_fault(service, engine, lines, path):
    logged_in(service, lines)
    engine.seconds = 30
    with sent(service, f"/api/v2/apollo{path}", BODY):
        until(lambda: engine.running == 1)
    until(lambda: lines.requests)
    assert [(level, outcome) for level, _, outcome, _ in lines.requests] == [("INFO", "cancelled")]
    assert {record.levelname for record in lines.records} == {"INFO"}


def breaking(engine: MemoryEngine) -> Any:
    async def scan(*_arguments: Any, **_named: Any) -> Any:
        yield [hit.item for hit in engine.hits[:3]]
        raise EngineUnavailable("It is away.")

    return scan


@pytest.mark.parametrize("form", ["application/json", "application/x-ndjson", "text/csv"])
def test_an_export_that_breaks_off_is_told_as_such(service, engine, lines, monkeypatch, form):
    logged_in(service, lines)
    monkeypatch.setattr(engine, "scan", breaking(engine))
    with sent(service, "/api/v2/apollo/contacts", BODY) as connection:
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b"200 OK" in answer
    assert not answer.endswith(b"0\r\n\r\n")
    until(lambda: lines.requests)
    assert [(level, outcome) for level, _, outcome, _ in lines.requests] == [("WARNING", "broken")]
    assert outcomes(service, "search_contacts") == ["broken"]
    [audited] = [record.__dict__["fields"] for record in lines.records if record.name == LOGGER]
    assert (audited["outcome"], audited["contacts"]) == ("EngineUnavailable", 3)
    assert [record for record in lines.records if record.levelname == "ERROR"] == []


def received(connection: socket.socket) -> bytes:
    """All that comes, until the other side ends it. Raises `ConnectionResetError` if it was cut off."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def asked_in_http_1_0(service: Service, accept: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    head = f"POST /api/v2/apollo/contacts HTTP/1.0\r\nAuthorization: Bearer {service.token}\r\nAccept: {accept}\r\n"
    connection.sendall(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
    return connection


@pytest.mark.parametrize("form", ["application/json", "application/x-ndjson", "text/csv"])
def test_a_client_of_http_1_0_tells_a_whole_export_from_a_part(service, engine, lines, monkeypatch, form):
    with asked_in_http_1_0(service, form) as connection:
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower()
    assert b"content-length" not in head.lower()
    _, whole, _ = service.open("/api/v2/apollo/contacts", BODY, service.token, accept=form)
    assert body.decode() == (
        whole if isinstance(whole, str) else json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    )
    monkeypatch.setattr(engine, "scan", breaking(engine))
    with asked_in_http_1_0(service, form) as connection, pytest.raises(ConnectionResetError):
        received(connection)


def test_a_client_of_http_1_0_gets_all_of_a_large_export_and_knows_if_the_service_leaves(service, engine, monkeypatch):
    async def large(*_arguments: Any, **_named: Any) -> Any:
        for _ in range(300):
            yield [hit.item for hit in engine.hits] * 30

    monkeypatch.setattr(engine, "scan", large)
    with asked_in_http_1_0(service, "application/x-ndjson") as connection:
        assert connection.recv(1000)
        time.sleep(0.5)
        assert len(received(connection).splitlines()) >= 90_000 - 10
    with asked_in_http_1_0(service, "application/x-ndjson") as connection:
        assert connection.recv(1000)
        service.server.should_exit = True
        until(lambda: service.ended)
        with pytest.raises(ConnectionResetError):
            received(connection)


def test_a_reader_who_leaves_an_export_is_no_fault(service, engine, lines, monkeypatch):
    async def endless(*_arguments: Any, **_named: Any) -> Any:
        while True:
            yield [hit.item for hit in engine.hits] * 300

    logged_in(service, lines)
    monkeypatch.setattr(engine, "scan", endless)
    with sent(service, "/api/v2/apollo/contacts", BODY) as connection:
        assert connection.recv(100)
    until(lambda: lines.requests)
    assert [(level, outcome) for level, _, outcome, _ in lines.requests] == [("INFO", "cancelled")]
    assert {record.levelname for record in lines.records} == {"INFO"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "handshake refused: 401, from 127.0.0.1: Authentication credentials were not provided."),
        ("?token=x", "handshake refused: 401, from 127.0.0.1: Token is invalid."),
    ],
)
async def test_a_refused_handshake_is_one_line_with_its_reason(service, lines, query, words):
    with pytest.raises(InvalidStatus):
        await connect(service.bare_url + query)
    assert [(record.levelname, record.getMessage()) for record in lines.records] == [("INFO", words)]


async def test_a_handshake_at_a_path_without_a_websocket_is_told(service, lines):
    with pytest.raises(InvalidStatus):
        await connect(f"{service.bare_url}x?token=secret")
    told = [(record.levelname, record.getMessage()) for record in lines.records]
    assert told == [("INFO", "handshake refused: 404, from 127.0.0.1: Not Found")]


async def test_a_full_service_is_told(serve, lines):
    service = serve(max_connections=1)
    async with connect(service.url):
        with pytest.raises(InvalidStatus):
            await connect(service.url)
    words = [record.getMessage() for record in lines.records if "refused" in record.getMessage()]
    assert words == ["handshake refused: 503, from 127.0.0.1: Too many connections; try again later"]
    assert {record.levelname for record in lines.records} == {"INFO"}
