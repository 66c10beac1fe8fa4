"""`contacts serve` as a process of its own, ready to answer: for the demo, and for the tests' harness."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from mappings.errors import ContactsError

CONTACTS = (sys.executable, "-P", "-m", "indexing.cli")
"""The command, whatever is on the path, and whatever stands in the directory that it is started in."""

READY_SECONDS = 60
STOP_SECONDS = 30
"""How long a server has to start, and to end before it is killed."""


ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
"""Asks a server of this machine: not by way of a proxy, which the environment may have for all others."""


class ServerFailed(ContactsError):
    """The server did not start; the message says what is known of it."""


@contextmanager
def server_process(
    environment: Mapping[str, str], port: int, log: BinaryIO | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server on `port` of this machine that answers; stopped afterwards. Raises `ServerFailed`.

    It is on that port alone: where another listens there, that is said, and not taken for it.

    `log` takes what it says, which otherwise goes where this process writes.
    """
    require_free(port)
    command = [*CONTACTS, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:  # noqa: S603 - our own command
        try:
            wait_until_ready(process, port)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    """Return when the server `process` answers on `port`. Raises `ServerFailed` when it ends before, or takes long."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerFailed("the server ended before it was ready; is the port taken?")
        try:
            with ask(f"http://127.0.0.1:{port}/health/live", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise ServerFailed(f"the server was not ready after {READY_SECONDS} s")


def require_free(port: int) -> None:
    """Return if nobody listens on `port`. Raises `ServerFailed`."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise ServerFailed(f"port {port} can't be had: {why}; end what listens there, or take another") from error


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
