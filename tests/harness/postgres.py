"""A PostgreSQL started here, from the programs of this machine or in a container. `tests.harness.servers` picks one."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.harness.containers import running_container
from tests.harness.processes import ServerUnavailable, hand_over, launch, server_account, server_directory, stop, tail

IMAGE = "postgres:16"
# Seconds until a server that was started must be ready. A quiet laptop needs about two.
BOOT_SECONDS = 60
# Somebody else may take the port that was free a moment ago.
ATTEMPTS = 3
USER, DATABASE = "contacts", "postgres"

_DEBIAN = Path("/usr/lib/postgresql")
_PROGRAMS = ("initdb", "postgres", "pg_isready")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # The data is thrown away afterwards: nothing needs to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@contextmanager
def from_programs() -> Iterator[str]:
    """The URL of an empty database, on a server from the programs on the path or where Debian puts them.

    Raises `ServerUnavailable`.
    """
    programs = _programs()
    with server_directory("postgres-") as directory:
        run = directory / "run"
        run.mkdir()
        hand_over(run)
        _initialise(programs, run)
        process, port = _started(programs, run)
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/{DATABASE}"
        finally:
            # It waits for its clients at SIGTERM.
            stop(process, signal.SIGINT)


@contextmanager
def from_container() -> Iterator[str]:
    """The URL of an empty database on a server in a container. Raises `ServerUnavailable`."""

    def make() -> Any:
        from testcontainers.postgres import PostgresContainer  # noqa: PLC0415

        return PostgresContainer(IMAGE, username=USER, dbname=DATABASE, driver=None)

    with running_container(make) as container:
        yield container.get_connection_url()


def _programs() -> Path:
    """Return the directory that holds the programs, the newest of several."""
    found = [Path(path).resolve().parent] if (path := shutil.which("postgres")) else []
    versions = [entry for entry in _DEBIAN.glob("*/bin") if entry.parent.name.isdigit()]
    found += sorted(versions, key=lambda entry: int(entry.parent.name), reverse=True)
    for directory in found:
        if all((directory / program).is_file() for program in _PROGRAMS):
            return directory
    raise ServerUnavailable(f"no {', '.join(_PROGRAMS)} on the path or in {_DEBIAN}")


def _initialise(programs: Path, run: Path) -> None:
    command = [
        str(programs / "initdb"),
        "-D",
        str(run / "data"),
        "-U",
        USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
    ]
    account = server_account()
    identity: Any = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    try:
        answer = subprocess.run(
            command, cwd=run, capture_output=True, text=True, timeout=BOOT_SECONDS, check=False, **identity
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerUnavailable(f"initdb: {error}") from error
    if answer.returncode:
        raise ServerUnavailable("initdb failed: " + tail(answer.stdout + answer.stderr))


def _started(programs: Path, run: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Return a server that answers, and its port."""
    log = run / "console.log"
    for _ in range(ATTEMPTS):
        port = _free_port()
        settings = _SETTINGS | {"port": str(port), "unix_socket_directories": str(run)}
        command = [str(programs / "postgres"), "-D", str(run / "data")]
        command += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        process = launch(command, run, log, when_we_die=signal.SIGQUIT)
        if _ready(programs, process, port):
            return process, port
        stop(process)
    raise ServerUnavailable(f"not ready\n{tail(log.read_text(errors='replace'))}")


def _ready(programs: Path, process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server takes queries; `False` if it ended or took too long."""
    command = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-d", DATABASE]
    deadline = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run(command, check=False, timeout=30).returncode == 0:
            return True
        time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
