"""A real PostgreSQL for tests and benchmarks: the one given, one started from the programs here, or a container.

`postgres_server` tries, in this order:

1. `POSTGRES_URL`, a server somebody else runs. If it is set and silent, nothing else is tried.
2. The programs of PostgreSQL on the path or where Debian's `postgresql` puts them.
3. A container, where a container engine answers.

    python3 -m tests.postgres    # start one, print its URL, stop it at Ctrl-C or `kill`
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import ServerUnavailable, container_engine_answers, open_to_all, server_account, stop, tail

POSTGRES_IMAGE = "postgres:16"
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
def postgres_server() -> Iterator[str]:
    """Yield the URL of a database, such as `postgresql://contacts@127.0.0.1:43211/postgres`.

    A server that was started is empty and its data is gone afterwards; one from `POSTGRES_URL` may hold anything.
    Whoever is named in the URL may create tables and databases. Raises `ServerUnavailable`.
    """
    with ExitStack() as stack:
        yield _first_available(stack)


def _first_available(stack: ExitStack) -> str:
    if url := os.environ.get("POSTGRES_URL"):
        return _given(url)
    reasons = []
    sources: tuple[tuple[str, AbstractContextManager[str]], ...] = (
        ("from the programs here", _from_programs()),
        ("in a container", _from_container()),
    )
    for name, source in sources:
        try:
            return stack.enter_context(source)
        except ServerUnavailable as error:
            reasons.append(f"{name}: {error}")
    raise ServerUnavailable("; ".join(["POSTGRES_URL is not set", *reasons]))


def _given(url: str) -> str:
    """Return `url` if its port takes connections. Who may log in there is left to the client."""
    try:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), timeout=5):
            return url
    except (OSError, ValueError) as error:
        raise ServerUnavailable(f"POSTGRES_URL does not answer: {error}") from error


@contextmanager
def _from_programs() -> Iterator[str]:
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        account = server_account()
        if account:
            # PostgreSQL refuses to run as root, and mkdtemp makes the directory 0700 and ours.
            directory.chmod(0o755)
            if not open_to_all(directory):
                raise ServerUnavailable(f"{directory} is closed to the user {account.pw_name}, whom it runs as")
        run = directory / "run"
        run.mkdir()
        if account:
            os.chown(run, account.pw_uid, account.pw_gid)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        _initialise(programs, run, identity)
        process, port = _started(programs, run, identity)
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/{DATABASE}"
        finally:
            # It waits for its clients at SIGTERM.
            stop(process, signal.SIGINT)


def _programs() -> Path:
    """Return the directory that holds the programs, the newest of several."""
    found = [Path(path).resolve().parent] if (path := shutil.which("postgres")) else []
    versions = [entry for entry in _DEBIAN.glob("*/bin") if entry.parent.name.isdigit()]
    found += sorted(versions, key=lambda entry: int(entry.parent.name), reverse=True)
    for directory in found:
        if all((directory / program).is_file() for program in _PROGRAMS):
            return directory
    raise ServerUnavailable(f"no {', '.join(_PROGRAMS)} on the path or in {_DEBIAN}")


def _initialise(programs: Path, run: Path, identity: dict[str, object]) -> None:
    command = [programs / "initdb", "-D", run / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    try:
        answer = subprocess.run(
            command, cwd=run, capture_output=True, text=True, timeout=BOOT_SECONDS, check=False, **identity
        )  # type: ignore[call-overload]
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerUnavailable(f"initdb: {error}") from error
    if answer.returncode:
        raise ServerUnavailable("initdb failed: " + tail(answer.stdout + answer.stderr))


def _started(programs: Path, run: Path, identity: dict[str, object]) -> tuple[subprocess.Popen[bytes], int]:
    """Return a server that answers, and its port."""
    log = run / "console.log"
    for _ in range(ATTEMPTS):
        port = _free_port()
        settings = _SETTINGS | {"port": str(port), "unix_socket_directories": str(run)}
        command = [str(programs / "postgres"), "-D", str(run / "data")]
        command += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        if setpriv := shutil.which("setpriv"):
            # Should we be killed without a chance to clean up, the server dies with us.
            command = [setpriv, "--pdeathsig", "QUIT", *command]
        with log.open("wb") as output:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command,
                cwd=run,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **identity,
            )  # type: ignore[call-overload]
        if _ready(programs, process, port):
            return process, port
        stop(process)
    raise ServerUnavailable(f"not ready\n{tail(log.read_text(errors='replace'))}")


def _ready(programs: Path, process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server takes queries; `False` if it ended or took too long."""
    command = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-d", DATABASE]
    deadline = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if subprocess.run(command, check=False, timeout=30).returncode == 0:
            return True
        time.sleep(0.05)
    return False


@contextmanager
def _from_container() -> Iterator[str]:
    if not container_engine_answers():
        raise ServerUnavailable("no container engine answers")
    try:
        # Here, because it is a development dependency and everything above works without.
        from testcontainers.postgres import PostgresContainer  # noqa: PLC0415
    except ImportError as error:
        raise ServerUnavailable("testcontainers is not installed") from error
    with ExitStack() as stack:
        try:
            container = PostgresContainer(POSTGRES_IMAGE, username=USER, dbname=DATABASE, driver=None)
            stack.enter_context(container)
            url = container.get_connection_url()
        except Exception as error:  # the client library has no common error
            raise ServerUnavailable(str(error)) from error
        yield url


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with postgres_server() as url:
            print(url, flush=True)
            signal.pause()
    except ServerUnavailable as error:
        print(f"no PostgreSQL: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(_main())
