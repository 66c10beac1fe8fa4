"""What the log says, and what it never does: a real server process, everything it writes is read."""

import asyncio
import json
import logging
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from api.actions.audit import Deed
from api.operations.logs import Label, configure_logging, is_request_id, label, redacted
from indexing.cli.server_process import CONTACTS, free_port, wait_until_ready
from tests.harness.clients import ask, receive, request
from tests.harness.service import Service, environment_of

SECRET_WORDS = "john.doe@example.com"


@contextmanager
def logged(directory: Path, **settings: str) -> Iterator[tuple[Service, Path]]:
    """A server process, and the file that everything it writes goes to."""
    port, path = free_port(), directory / "log"
    environment = environment_of(directory, **settings)
    with (
        path.open("wb") as log,
        subprocess.Popen([*CONTACTS, "serve", "--port", str(port)], env=environment, stderr=log, stdout=log) as process,
    ):
        try:
            wait_until_ready(process, port)
            yield Service(port, environment, process), path
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0


def raw(port: int, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(data)
        connection.settimeout(1)
        with suppress(OSError):
            connection.recv(10_000)


async def use_the_token_everywhere(service: Service) -> None:
    """In every place where one may stand, and in many where none belongs."""
    token, path = service.token, "/api/v2/apollo/ws"
    base = f"ws://127.0.0.1:{service.port}{path}"
    for options in (
        {"uri": f"{base}?token={token}"},
        {"uri": base, "additional_headers": {"Authorization": f"Bearer {token}"}},
        {"uri": base, "subprotocols": ["bearer", token]},
    ):
        async with connect(**options) as client:
            await ask(client, "analyze", request_id=token)
            await ask(client, "search_contacts", request_id=SECRET_WORDS, include_company_name=SECRET_WORDS)
            await ask(client, "authenticate", token=token)
            await ask(client, token)
            await client.send(token)
            await receive(client)
            await client.send(request("cancel", token, token=token))
            await receive(client)
    for uri in (f"{base}?token={token}x", f"{base}{token}?token={token}"):
        with pytest.raises(Exception, match="HTTP"):
            await connect(uri)


def break_the_protocol(service: Service) -> None:
    token, path = service.token, f"/api/v2/apollo/ws?token={service.token}"
    head = f"Host: x\r\nAuthorization: Bearer {token}\r\nX-Request-ID: {token}\r\n"
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    for start in (
        f"GET {path} HTTP/1.1\r\n{head}{upgrade}\r\n",
        f"GET {path} HTTP/1.1\r\n{head}{upgrade}Sec-WebSocket-Key: {token}\r\nSec-WebSocket-Version: 13\r\n\r\n",
        f"GET {path} HTTP/1.1\r\n{head}{upgrade}{key}Sec-WebSocket-Version: {token}\r\n\r\n",
        f"GET {path} HTTP/1.1\r\n{head}{upgrade}{key}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: ,;{token}"
        "\r\n\r\n",
        f"GET {path} HTTP/1.1\r\n{head}{upgrade}{key}Sec-WebSocket-Version: 13\r\n\r\n\xff\xff{token}",
        f"GET {path} HTTP/9.9\r\n{head}\r\n",
        f"{token} {path}\r\n\r\n",
        f"POST /api/v2/apollo/contacts?limit={token} HTTP/1.1\r\n{head}Content-Length: 5\r\n\r\n{{\xff\xff{token}",
    ):
        raw(service.port, start.encode("latin-1"))


def call(service: Service, path: str, **headers: str) -> None:
    address = f"{service.base}{path}"
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10).close()


@pytest.mark.parametrize("level", ["debug", "info"])
def test_no_token_and_no_contact_in_any_line(tmp_path, level):
    with logged(tmp_path, CONTACTS_LOG_LEVEL=level, CONTACTS_LOG_FORMAT="json", PYTHONASYNCIODEBUG="1") as (
        service,
        path,
    ):
        asyncio.run(use_the_token_everywhere(service))
        break_the_protocol(service)
        bearer = f"Bearer {service.token}"
        call(service, f"/{service.token}?token={service.token}", Authorization=bearer)
        call(service, f"/api/v2/auth/me?email={SECRET_WORDS}", Authorization=bearer)
        call(service, f"/{SECRET_WORDS}", Authorization=bearer, **{"X-Request-ID": "given-by-the-proxy"})
        token = service.token
    text = path.read_text()
    for part in token.split("."):
        assert part not in text
    assert SECRET_WORDS not in text
    assert "long enough" not in text
    # On a busy machine asyncio's debug mode finds something slow in the migration, whose process logs to nobody.
    lines = [json.loads(line) for line in text.splitlines() if not line.startswith("Executing <")]
    assert all(list(line)[:4] == ["time", "level", "logger", "message"] for line in lines)
    opened = [line for line in lines if line["message"].startswith("connection opened")]
    assert len(opened) >= 3
    assert len({line["connection"] for line in opened}) == len(opened)
    assert {line["level"] for line in lines if line["logger"] == "api.actions.service"} <= {"warning"}
    me = next(line for line in lines if line.get("action") == "me")
    assert (me["method"], me["status"], len(me["request"])) == ("GET", 200, 16)
    assert any(line.get("request") == "given-by-the-proxy" for line in lines)
    failed = [line for line in lines if "NothingIndexed" in line["message"]]
    assert failed, "the search without an index was not logged"
    assert all(line["connection"] for line in failed)


def test_the_readable_form(tmp_path):
    with logged(tmp_path) as (service, path):
        asyncio.run(use_the_token_everywhere(service))
    text = path.read_text()
    assert "secret made for this run only" in text
    assert re.search(
        r"^\d\d:\d\d:\d\d\.\d{3} INFO api\.socket\.gateway \[connection \w{8}\]: connection opened", text, re.M
    )
    assert service.token.split(".")[2] not in text


def test_what_looks_like_a_token_is_cut_out():
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl"
    for text in (token, f"GET /ws?token={token}&x=1", f"Authorization: Bearer {token}", "Bearer opaque-but-long"):
        cut = redacted(text)
        assert "[token]" in cut
        assert token not in cut
        assert "opaque" not in cut
    for text in ("token is invalid", "Bearer", "the eye of 1.2.3", "token expired or revoked"):
        assert redacted(text) == text


@pytest.fixture
def as_before() -> Iterator[None]:
    """What `configure_logging` changes is undone."""
    loggers = [logging.root, *(logging.getLogger(name) for name in ("audit", "api", "search", "mappings", "indexing"))]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    yield
    label.set(None)
    for logger, handlers, level, propagate in before:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.mark.usefixtures("as_before")
def test_an_error_of_others_is_logged_without_its_words(capsys):
    configure_logging("debug", as_json=True)
    label.set(Label("c1", "a b"))
    try:
        raise ValueError(SECRET_WORDS)
    except ValueError:
        logging.getLogger("api.test").exception("it broke")
    line = json.loads(capsys.readouterr().err)
    assert line["message"].startswith("it broke\n")
    assert line["message"].endswith("ValueError")
    assert SECRET_WORDS not in line["message"]
    assert line["connection"] == "c1"
    assert "request" not in line


@pytest.mark.usefixtures("as_before")
def test_lines_for_people_name_what_they_are_about(capsys):
    configure_logging("info")
    for about, shown in [
        (None, ""),
        (Label("c1"), " [connection c1]"),
        (Label("c1", 7), " [connection c1] [request 7]"),
        (Label(request="r.1"), " [request r.1]"),
    ]:
        label.set(about)
        logging.getLogger("api.test").info("a line")
        assert re.fullmatch(
            rf"\d\d:\d\d:\d\d\.\d{{3}} INFO api\.test{re.escape(shown)}: a line\n", capsys.readouterr().err
        )
    logging.getLogger("other").info("of another package")
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize("as_json", [True, False])
def test_the_audit_log_is_json_once_a_line_at_every_level(capsys, as_json):
    configure_logging("error", as_json=as_json)
    label.set(Label("c1", 7))
    Deed(door="websocket", action="count_contacts", user="u", contacts=5).end()
    line = json.loads(capsys.readouterr().err)
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "info", "logger": "audit", "message": "count_contacts success", "connection": "c1", "request": "7",
        "door": "websocket", "action": "count_contacts", "outcome": "success", "user": "u", "contacts": 5,
    }  # fmt: skip


@pytest.mark.usefixtures("as_before")
def test_the_audit_log_in_a_file_of_its_owner_that_may_be_moved_away(tmp_path, capsys):
    path, moved = tmp_path / "audit.log", tmp_path / "audit.log.1"
    configure_logging("info", audit_log=path)
    deed = Deed(door="rest", action="login")
    deed.end()
    path.rename(moved)
    deed.end()
    deed.end()
    logging.getLogger("audit").handlers[0].close()
    assert [len(file.read_text().splitlines()) for file in (moved, path)] == [1, 2]
    assert [file.stat().st_mode & 0o777 for file in (moved, path)] == [0o600, 0o600]
    assert capsys.readouterr().err == ""


def test_what_looks_like_a_request_id():
    assert all(map(is_request_id, ("7", "req-1", "a.b:c_d", "x" * 64)))
    assert not any(map(is_request_id, ("", "a b", "x" * 65, "a@b.com", "\ufffd", "eyJhbGciOi.eyJzdWIi.c2ln")))


@pytest.mark.usefixtures("as_before")
def test_an_audit_log_that_can_not_be_written_goes_on_elsewhere_and_stops_nobody(tmp_path, capsys):
    """As after a rotation into a directory where the service may make no file, or on a full disk."""
    path, moved = tmp_path / "log" / "audit.log", tmp_path / "moved"
    path.parent.mkdir()
    configure_logging("info", audit_log=path)
    deed = Deed(door="rest", action="login")
    deed.end()
    path.parent.rename(moved)
    for _ in range(2):
        deed.end()
    said, *lines = capsys.readouterr().err.splitlines()
    assert said.endswith(f"{path} can't be written (No such file or directory): the audit log goes on here")
    assert [json.loads(line)["action"] for line in lines] == ["login", "login"]
    path.parent.mkdir()
    deed.end()
    assert capsys.readouterr().err == ""
    assert [len((directory / "audit.log").read_text().splitlines()) for directory in (moved, path.parent)] == [1, 1]
    logging.getLogger("audit").handlers[0].close()


@pytest.mark.usefixtures("as_before")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_an_audit_log_on_a_full_disk(capsys):
    configure_logging("info", audit_log=Path("/dev/full"))
    for _ in range(3):
        Deed(door="rest", action="login").end()
    said, *lines = capsys.readouterr().err.splitlines()
    assert said.endswith("/dev/full can't be written (No space left on device): the audit log goes on here")
    assert len(lines) == 3
