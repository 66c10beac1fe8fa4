"""Servers that the processes of one test run share: whoever hands out the tests starts them, the others wait for URLs.

Each runs under `python -m tests.harness.servers run` in the background, so that it boots while the tests are collected.
What that says is kept in a directory, whose name the processes find in their environment.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harness.distribution import FETCH_SECONDS
from tests.harness.elasticsearch import BOOT_SECONDS
from tests.harness.processes import ServerUnavailable, tail, tied

SERVERS = ("elasticsearch", "postgres")

_VARIABLE = "SHARED_TEST_SERVERS"
_ROOT = Path(__file__).parents[2]
_STOP_SECONDS = 30


@contextmanager
def shared_servers() -> Iterator[None]:
    """Start one of each for all processes that are started meanwhile. Waits for none; enter it from the main thread."""
    with tempfile.TemporaryDirectory(prefix="shared-servers-") as name:
        processes = [_started(server, Path(name)) for server in SERVERS]
        os.environ[_VARIABLE] = name
        try:
            yield
        finally:
            del os.environ[_VARIABLE]
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(_STOP_SECONDS)


def shared_url(server: str) -> str | None:
    """The URL of the shared `server`, one of `SERVERS`, as soon as it is ready; `None` if none is shared.

    Raises `ServerUnavailable`.
    """
    if not (directory := os.environ.get(_VARIABLE)):
        return None
    url, reason = (Path(directory) / f"{server}.{kind}" for kind in ("url", "reason"))
    deadline = time.monotonic() + FETCH_SECONDS + BOOT_SECONDS
    while not (said := url.read_text()).endswith("\n"):
        complaint = reason.read_text()
        if complaint.startswith("no server: ") or time.monotonic() > deadline:
            raise ServerUnavailable(tail(complaint) or "it was never ready")
        time.sleep(0.05)
    return said.strip()


def _started(server: str, directory: Path) -> subprocess.Popen[bytes]:
    command = tied([sys.executable, "-m", "tests.harness.servers", "run", server])
    with (directory / f"{server}.url").open("wb") as url, (directory / f"{server}.reason").open("wb") as reason:
        return subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=url, stderr=reason)
