"""A server process that is there when it is said to be, and gone afterwards."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexing.cli import server_process as module
from indexing.cli.server_process import CONTACTS, ServerFailed, free_port, server_process, wait_until_ready
from tests.harness.service import environment_of


def test_it_answers_until_it_is_left_whatever_proxy_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with server_process(environment_of(tmp_path), port) as process:
        with module.ask(f"http://127.0.0.1:{port}/health/live", timeout=10) as response:
            assert response.status == 200
        with pytest.raises(ServerFailed, match=rf"^port {port} can't be had"), server_process({}, port):
            pass
        assert process.poll() is None
    assert process.returncode == 0


def test_one_that_does_not_start_is_told(tmp_path: Path) -> None:
    environment = environment_of(tmp_path, CONTACTS_ENGINE="klingon")
    with pytest.raises(ServerFailed, match="ended before it was ready"), server_process(environment, free_port()):
        pass


def test_one_that_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READY_SECONDS", 0.2)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        with pytest.raises(ServerFailed, match=r"not ready after 0\.2 s"):
            wait_until_ready(process, free_port())
        process.kill()


def test_one_that_does_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deaf = tmp_path / "deaf"
    ignoring = "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    ignoring += f"pathlib.Path({str(deaf)!r}).touch(); time.sleep(60)"

    def wait_until_deaf(process: subprocess.Popen[bytes], _port: int) -> None:
        while not deaf.exists():
            assert process.poll() is None
            time.sleep(0.01)

    monkeypatch.setattr(module, "CONTACTS", (sys.executable, "-c", ignoring))
    monkeypatch.setattr(module, "STOP_SECONDS", 0.5)
    monkeypatch.setattr(module, "wait_until_ready", wait_until_deaf)
    with server_process({}, free_port()) as process:
        pass
    assert process.returncode == -signal.SIGKILL


def test_the_command_is_this_program_whatever_stands_in_the_directory(tmp_path: Path) -> None:
    (tmp_path / "indexing").mkdir()
    (tmp_path / "indexing" / "__init__.py").write_text("raise SystemExit('another program')")
    done = subprocess.run([*CONTACTS, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
