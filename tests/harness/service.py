"""A real service for tests: contacts loaded by the command line, answered by a server process on a socket."""

import gc
import json
import logging
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from websockets.sync.client import ClientConnection, connect

from api.actions.audit import LOGGER
from indexing.cli.main import main
from indexing.cli.server_process import CONTACTS, READY_SECONDS, free_port, server_process

ANSWER_SECONDS = 60


class Service:
    """A running server. `environment` is what its process and the command line see."""

    def __init__(self, port: int, environment: dict[str, str], process: subprocess.Popen[bytes]) -> None:
        self.port, self.environment, self.process = port, environment, process
        self.base = f"http://127.0.0.1:{port}"
        self.token = self.registered(f"tester-{secrets.token_hex(4)}@example.com")

    def registered(self, email: str) -> str:
        answer = post(f"{self.base}/api/v2/auth/register", {"email": email, "password": "long enough", "name": "T"})
        return str(answer["access_token"])

    def socket_url(self, token: str | None = None) -> str:
        """The WebSocket's address, with the service's own token or another."""
        return f"ws://127.0.0.1:{self.port}/api/v2/apollo/ws?token={token or self.token}"

    def connect(self, token: str | None = None, **options: Any) -> ClientConnection:
        options = {"max_size": None, "open_timeout": READY_SECONDS} | options
        return connect(self.socket_url(token), **options)

    def ask(self, message: object) -> dict[str, Any]:
        """The answer to one message on a connection of its own; a str or bytes is sent as it is."""
        with self.connect() as connection:
            connection.send(message if isinstance(message, str | bytes) else json.dumps(message))
            answer: dict[str, Any] = json.loads(connection.recv(ANSWER_SECONDS))
            return answer

    def post(
        self, path: str, body: object, token: str | None = None, *, method: str = "POST", **headers: str
    ) -> tuple[int, Any, Message]:
        """Status, body (decoded, if it is JSON) and headers of a `POST` with the service's own token or another; what
        is sent by another method has no body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"content-type": "application/json", "authorization": f"Bearer {token or self.token}"} | named
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = path if path.startswith("http") else self.base + path
        request = urllib.request.Request(url, data if method == "POST" else None, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
                return response.status, _decoded(response.read(), response.headers), response.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _decoded(error.read(), error.headers), error.headers

    def data(self, action: str, **data: Any) -> Any:
        """The `data` of a successful answer."""
        answer = self.ask({"action": action, "request_id": "r", "data": data})
        assert answer["status"] == "success", answer
        return answer["data"]


def environment_of(directory: Path, **settings: str) -> dict[str, str]:
    """The environment of a service that keeps everything in `directory`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONTACTS_")}
    return inherited | {"CONTACTS_DATA_DIR": str(directory), "CONTACTS_ENV": "development"} | settings


def contacts(
    environment: dict[str, str], *arguments: str, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """The outcome of `contacts ARGUMENTS`, run in this process: to start another costs more than most commands do.

    An environment that finds its packages elsewhere gets a process that does.
    """
    if environment.get("PYTHONPATH") != os.environ.get("PYTHONPATH"):
        return contacts_process(environment, *arguments, stdin=stdin)
    command = ["contacts", *arguments]
    with CliRunner().isolation(stdin, environment) as (stdout, stderr, _), _as_a_program(command):
        try:
            main()
            code = 0
        except SystemExit as error:
            code = int(str(error.code))
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    return subprocess.CompletedProcess(command, code, stdout.getvalue().decode(), stderr.getvalue().decode())


@contextmanager
def _as_a_program(command: list[str]) -> Iterator[None]:
    """What the program would have to itself: its arguments, its warnings, the modes of the files that it makes, and how
    often it collects garbage, and the audit log."""
    arguments, threshold, mask = sys.argv, gc.get_threshold(), os.umask(0o022)
    audit = logging.getLogger(LOGGER)
    handlers, propagate = audit.handlers, audit.propagate
    sys.argv = command
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            yield
    finally:
        sys.argv = arguments
        os.umask(mask)
        for handler in set(audit.handlers) - set(handlers):
            handler.close()
        audit.handlers, audit.propagate = handlers, propagate
        gc.set_threshold(*threshold)


def contacts_process(
    environment: dict[str, str], *arguments: str, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, for where it matters that it is one."""
    return subprocess.run(
        [*CONTACTS, *arguments], env=environment, input=stdin, capture_output=True, text=True, check=False, timeout=300
    )


@contextmanager
def running(environment: dict[str, str]) -> Iterator[Service]:
    """A server process, ready; stopped afterwards."""
    port = free_port()
    with server_process(environment, port) as process:
        yield Service(port, environment, process)
    assert process.returncode == 0


def post(url: str, body: object) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
        answer: dict[str, Any] = json.loads(response.read())
        return answer


def _decoded(body: bytes, headers: Message) -> Any:
    return json.loads(body) if headers.get_content_type() == "application/json" else body
