"""What servers that the tests start have in common: a directory, whom they run as, how they begin and end.

Only the standard library is imported here and in `tests.harness.distribution`: `.ci/run` uses them before the project
is set up.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

UNPRIVILEGED_USER = "nobody"
"""Whom a server runs as when we are root, which both Elasticsearch and PostgreSQL refuse to be."""

STOP_SECONDS = 10
"""How long a server has to shut down before it is killed."""

LOG_TAIL_LINES = 40


class ServerUnavailable(Exception):
    """No server can be had here. The message says what was tried and why each failed."""


def server_account() -> pwd.struct_passwd | None:
    """Whom the server must run as, or `None` for ourselves."""
    return pwd.getpwnam(UNPRIVILEGED_USER) if os.geteuid() == 0 else None


def open_to_all(path: Path) -> bool:
    """Whether every user gets to `path` and into it."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def require_open(path: Path) -> None:
    """Raises `ServerUnavailable` if the server's account is not ours and can't get into `path`."""
    if (account := server_account()) and not open_to_all(path):
        raise ServerUnavailable(f"{path} is closed to the user {account.pw_name}, whom the server runs as")


@contextmanager
def server_directory(prefix: str) -> Iterator[Path]:
    """A temporary directory that the server's account gets into. Raises `ServerUnavailable`."""
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        directory = Path(name)
        if server_account():
            # It was made 0700 and ours.
            directory.chmod(0o755)
        require_open(directory)
        yield directory


def hand_over(path: Path) -> None:
    """Give `path` and all in it to the server's account."""
    if account := server_account():
        for each in (path, *path.rglob("*")):
            os.chown(each, account.pw_uid, account.pw_gid)


def launch(
    command: Sequence[str],
    directory: Path,
    log: Path,
    environment: Mapping[str, str] | None = None,
    when_we_die: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a server as its account, in a process group of its own, with its output in `log`.

    Should we be killed without a chance to clean up, it is sent `when_we_die`. It is tied so to the thread that starts
    it, which should be the main one.
    """
    account = server_account()
    with log.open("wb") as output:
        return subprocess.Popen(
            tied(command, when_we_die),
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def tied(command: Sequence[str], when_we_die: signal.Signals = signal.SIGTERM) -> Sequence[str]:
    """`command`, which is sent `when_we_die` once the thread that starts it is gone, where util-linux can do that."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", when_we_die.name.removeprefix("SIG"), *command] if setpriv else command


def as_process_one() -> Sequence[str]:
    """What makes a command process 1 of a namespace of its own, to which the kernel sends only the signals that it has
    handlers for; nothing, where that is not allowed."""
    command = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
    if shutil.which("unshare") and not subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        return command
    return []


@contextmanager
def heeding_interrupts() -> Iterator[None]:
    """Processes that are started here heed SIGINT and SIGHUP even if this one, in the background, is to ignore them."""
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGHUP: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop(process: subprocess.Popen[bytes], gently: signal.Signals = signal.SIGTERM) -> None:
    """End the whole process group, a launcher and the server, and wait until it is gone."""
    for number in (gently, signal.SIGKILL):
        deadline = time.monotonic() + STOP_SECONDS
        try:
            os.killpg(process.pid, number)
            while time.monotonic() < deadline:
                process.poll()
                os.killpg(process.pid, 0)
                time.sleep(0.02)
        except ProcessLookupError:
            break
    process.wait()


def tail(text: str) -> str:
    """The last lines of a log, for a message."""
    return "\n".join(text.strip().splitlines()[-LOG_TAIL_LINES:])
