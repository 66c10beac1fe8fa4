"""How the process of the service begins and ends: by processes, with an engine of the tests."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from indexing.cli.server_process import free_port, wait_until_ready
from tests.api.conftest import SECRET
from tests.harness.processes import heeding_interrupts
from tests.harness.raw import RawClient
from tests.harness.service import Service, environment_of

SECONDS = 5.0

SERVER = """
import signal, sys, time
import api.server
from indexing.cli.entry import main
from tests.harness.memory_engine import MemoryEngine

engine = MemoryEngine()
engine.seconds = {engine_seconds}
create_app = api.server.create_app
api.server.create_app = lambda settings: create_app(settings, engine)
{more}
sys.argv = ["contacts", "serve"]
main()
"""

HANGS = """
async def hangs(self):
    time.sleep(60)
from api.accounts.accounts import Accounts
Accounts.close = hangs
"""

IGNORES_HANGUP = "signal.signal(signal.SIGHUP, signal.SIG_IGN)"

Started = Callable[..., Service]


@pytest.fixture(autouse=True)
def _as_in_the_foreground() -> Iterator[None]:
    with heeding_interrupts():
        yield


@pytest.fixture
def start(tmp_path: Path, settings) -> Iterator[Started]:
    """Starts a process of the service whose log is in the file `log`."""
    processes: list[subprocess.Popen[bytes]] = []

    def started(*, more: str = "", engine_seconds: float = 60, open_files: tuple[int, int] | None = None) -> Service:
        port = free_port()
        environment = environment_of(
            tmp_path,
            CONTACTS_JWT_SECRET=SECRET,
            CONTACTS_PORT=str(port),
            CONTACTS_SHUTDOWN_SECONDS=str(SECONDS),
        )
        if open_files is not None:
            more += f"\nimport resource; resource.setrlimit(resource.RLIMIT_NOFILE, {open_files})"
        code = SERVER.format(engine_seconds=engine_seconds, more=more)

        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code], env=environment, stderr=log
            )  # fmt: skip
        processes.append(process)
        wait_until_ready(process, port)
        return Service(port, environment, process)

    yield started
    for process in processes:
        process.kill()
        process.wait()


def ended(service: Service, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
    """The exit code, and the seconds it took to end."""
    began = time.monotonic()
    service.process.send_signal(number)
    code = service.process.wait(30)
    return code, time.monotonic() - began


COUNT = {
    "action": "count_contacts",
    "request_id": "r",
    "data": {"url": "https://app.apollo.io/#/people?personTitles[]=CEO"},
}


@contextmanager
def _everything_under_way(service: Service) -> Iterator[tuple[ClientConnection, RawClient]]:
    """Requests that never end at both doors, and clients who say nothing, half a request, and close nothing."""
    body = json.dumps(COUNT["data"]).encode()
    head = b"POST /api/v2/apollo/contacts/count HTTP/1.1\r\nAuthorization: Bearer %b\r\nContent-Length: %d\r\n\r\n"
    with (
        connect(service.socket_url()) as socket,
        RawClient(service.port) as http,
        RawClient(service.port),
        RawClient(service.port) as half,
        RawClient(service.port) as dead,
    ):
        socket.send(json.dumps(COUNT))
        http.send(head % (service.token.encode(), len(body)) + body)
        half.send(b"POST /api/v2/auth/login HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
        dead.send(
            b"GET /api/v2/apollo/ws?token=" + service.token.encode() + b" HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert dead.answer().status == 101
        time.sleep(0.3)
        yield socket, http


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_ends_in_time_whatever_is_under_way(start, tmp_path, number):
    service = start()
    with _everything_under_way(service) as (socket, http):
        code, seconds = ended(service, number)
        assert (code, seconds < SECONDS) == (0, True), seconds
        assert seconds > SECONDS / 2, "nobody had time to finish"
        answer: dict[str, Any] = json.loads(socket.recv(5))
        assert answer["error"]["code"] == "count_error"
        with pytest.raises(Exception, match="1001"):
            socket.recv(5)
        refused = http.answer()
        assert (refused.status, refused.detail) == (503, "The service is stopping; try again")
    assert "rror" not in (tmp_path / "log").read_text(), "what is broken off is no fault"


def test_what_can_finish_does(start):
    service = start(engine_seconds=1)
    with _everything_under_way(service) as (socket, http):
        service.process.send_signal(signal.SIGTERM)
        assert json.loads(socket.recv(5))["status"] == "success"
        assert http.answer().status == 200


def test_with_nothing_under_way_it_ends_at_once_and_says_so(start, tmp_path):
    code, seconds = ended(start())
    assert (code, seconds < SECONDS / 2) == (0, True)
    *_, stopping, stopped = (tmp_path / "log").read_text().splitlines()
    assert "stopping: requests that run have " in stopping
    assert stopped.endswith("stopped")


def test_what_hangs_is_left_as_it_is(start, tmp_path):
    service = start(more=HANGS)
    code, seconds = ended(service)
    assert (code, seconds < SECONDS + 1) == (1, True), seconds
    assert "stopping took longer than CONTACTS_SHUTDOWN_SECONDS" in (tmp_path / "log").read_text()


def test_nohup_is_obeyed(start):
    service = start(more=IGNORES_HANGUP)
    service.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    with RawClient(service.port) as client:
        assert client.send(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n").answer().status == 200


def test_it_takes_as_many_descriptors_as_it_may(start, tmp_path):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    service = start(open_files=(256, min(hard, 20_000)))
    limits = Path(f"/proc/{service.process.pid}/limits").read_text()
    [line] = [line for line in limits.splitlines() if line.startswith("Max open files")]
    assert line.split()[3] == str(min(hard, 20_000))
    assert "ulimit" not in (tmp_path / "log").read_text()


def test_it_says_if_they_are_too_few_and_lives_with_it(start, tmp_path):
    service = start(open_files=(300, 300))
    log = (tmp_path / "log").read_text()
    assert "300 files open (ulimit -n), which is enough for 44 connections and not for the 11024 promised" in log
    silent = [RawClient(service.port) for _ in range(500)]
    try:
        with RawClient(service.port) as client:
            assert client.send(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n").answer().status == 200
    finally:
        for each in silent:
            each.close()
