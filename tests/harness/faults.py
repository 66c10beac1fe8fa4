"""Things that break on purpose: an Elasticsearch that can be killed, and jobs that are."""

import json
import os
import random
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexing.cli.server_process import CONTACTS
from tests.harness.elasticsearch import LocalElasticsearch
from tests.harness.loads import arguments, interrupted, loaded
from tests.harness.processes import server_directory


class MortalElasticsearch(LocalElasticsearch):
    """One that can die or freeze, and come back with its data where it was."""

    def wait(self) -> str:
        url = super().wait()
        with urllib.request.urlopen(f"{url}/_nodes/_local/process", timeout=30) as response:
            (node,) = json.load(response)["nodes"].values()
        # What was started is a launcher; this is the server.
        self._server = int(node["process"]["id"])
        return url

    @property
    def runs(self) -> bool:
        """Whether it was started, and not ended here since."""
        return self._process is not None

    def kill(self) -> None:
        """End it at once, as a power cut would; `start` brings it back."""
        os.kill(self._server, signal.SIGKILL)
        self.stop()

    def freeze(self) -> None:
        """From now on it takes connections, as the kernel does that, and answers nothing; `thaw` ends it."""
        os.kill(self._server, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was frozen."""
        os.kill(self._server, signal.SIGCONT)


@contextmanager
def mortal_elasticsearch(java_options: str = "") -> Iterator[MortalElasticsearch]:
    """A server of its own that was started. Raises `ServerUnavailable`."""
    with server_directory("mortal-") as directory:
        server = MortalElasticsearch(directory, heap="512m")
        server.java_options = java_options
        try:
            server.start()
            yield server
        finally:
            server.stop()


def killed_load(environment: dict[str, str], *flags: str, kills: int, seed: int, log: Path) -> dict[str, Any]:
    """The summary of `contacts index csv FLAGS` that was killed `kills` times on the way, and resumed.

    A load that is over before it can be killed is begun anew. What the jobs say goes to `log`.
    """
    chance = random.Random(seed)
    with log.open("wb") as output:
        while kills:
            command = [*CONTACTS, *arguments(environment, "csv", *flags, *_resume(environment))]
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
            try:
                process.wait(chance.uniform(0.5, 2.0))
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                kills -= 1
                _wait_until_gone(process.pid)
            else:
                assert process.returncode == 0, log.read_text()[-2000:]
    return loaded(environment, "csv", *flags, *_resume(environment))


Moment = Callable[[dict[str, Any] | None, dict[str, Any], str], bool]
"""Tells of the state in which a load began, if it goes on with one, of the state that it is in, and of what it has said
whether it is to be killed now."""


def load_killed_at(environment: dict[str, str], *flags: str, moments: Sequence[Moment], log: Path) -> dict[str, Any]:
    """The summary of `contacts index csv FLAGS` that was killed at each of these moments, and resumed.

    A whole load that is over before it can be killed is begun anew, a few times; an update can't be. What the job says
    goes to `log`.
    """
    tries = 1 if "--update" in flags else 5
    for number, moment in enumerate(moments):
        killed = any(_killed(environment, flags, moment, log) for _ in range(tries))
        assert killed, f"it was over before it could be killed at moment {number}"
    return loaded(environment, "csv", *flags, *_resume(environment))


def _killed(environment: dict[str, str], flags: Sequence[str], moment: Moment, log: Path) -> bool:
    """Begin a load, or go on with the one that is there; whether it was killed before its end."""
    before = interrupted(environment)
    command = [*CONTACTS, *arguments(environment, "csv", *flags, *_resume(environment))]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    while process.poll() is None:
        state = interrupted(environment)
        if state is not None and moment(before, state, log.read_text()):
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            _wait_until_gone(process.pid)
            return interrupted(environment) is not None
        time.sleep(0.002)
    assert process.returncode == 0, log.read_text()[-2000:]
    return False


def _resume(environment: dict[str, str]) -> list[str]:
    return ["--resume"] if interrupted(environment) is not None else []


def _wait_until_gone(group: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError("a worker outlived the job")
