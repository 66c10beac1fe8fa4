"""Real servers for tests and benchmarks: found where they run, started where they do not.

Elasticsearch comes from the first of these that works:

1. `ELASTICSEARCH_URL`, a server somebody else runs. If it is set and silent, nothing else is tried.
2. The zip that Elastic publishes on Maven Central, kept in `~/.m2` and unpacked once into `.cache/`. It needs Java 17
   or later, and Maven if the zip is not there yet. It holds the core only (no `wildcard` fields, no painless).
3. A container, where a container engine answers.

Only the standard library is imported at the top, so that any Python 3.11 runs this file before the project is set up:

    python3 -m tests.servers fetch    # download and unpack, start nothing
    python3 -m tests.servers run      # start one, print its URL, stop it at Ctrl-C or `kill`
"""

import hashlib
import http.client
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ELASTICSEARCH_VERSION = "8.19.7"
# Of that version's zip, checked when it is unpacked: Maven itself goes on without a checksum or with a wrong one.
ELASTICSEARCH_SHA256 = "cb7f86fb6e68e85ef6f531ae5c68458ecfe42371150403b22b2ed21381581cbb"
MINIMUM_JAVA = 17
# The user a server runs as when we are root, which Elasticsearch refuses to be.
UNPRIVILEGED_USER = "nobody"
# Seconds until a server that was started must be ready. A quiet laptop needs about ten.
BOOT_SECONDS = 120
# Seconds for the 93 MiB zip. Below the time limit of a single test, whose fixture may be what fetches it.
FETCH_SECONDS = 200
# Seconds a server has to shut down before it is killed.
STOP_SECONDS = 10
LOG_TAIL_LINES = 40

_PROJECT = Path(__file__).resolve().parent.parent
_HOME = _PROJECT / ".cache" / f"elasticsearch-{ELASTICSEARCH_VERSION}"
_MAVEN_REPOSITORY = Path.home() / ".m2" / "repository"
_MAVEN_GROUP = "org.elasticsearch.distribution.integ-test-zip"
_MAVEN_ZIP = (
    _MAVEN_REPOSITORY.joinpath(*_MAVEN_GROUP.split("."))
    / "elasticsearch"
    / ELASTICSEARCH_VERSION
    / f"elasticsearch-{ELASTICSEARCH_VERSION}.zip"
)


class ServerUnavailable(Exception):
    """No server can be had here. The message says what was tried and why each failed."""


@contextmanager
def elasticsearch_server(heap: str = "1g") -> Iterator[str]:
    """Yield the base URL of an Elasticsearch, such as `http://127.0.0.1:43211`; stop it afterwards if we started it.

    `heap` is the Java heap of a server started here, in Java's notation. A server that was started is empty and its
    data is gone afterwards; one from `ELASTICSEARCH_URL` may hold anything. Enter it from the main thread: the server
    is tied to the life of the thread that starts it. Raises `ServerUnavailable`.
    """
    with ExitStack() as stack:
        yield _first_available(stack, heap)


def fetch_elasticsearch() -> Path:
    """Return the unpacked distribution, downloading and unpacking it where needed. Raises `ServerUnavailable`."""
    if not _HOME.is_dir():
        if not _MAVEN_ZIP.is_file():
            _download()
        _unpack(_MAVEN_ZIP, _HOME)
    return _HOME


def _first_available(stack: ExitStack, heap: str) -> str:
    if url := os.environ.get("ELASTICSEARCH_URL"):
        return _given(url.rstrip("/"))
    reasons = []
    sources: tuple[tuple[str, AbstractContextManager[str]], ...] = (
        ("from Maven", _from_distribution(heap)),
        ("in a container", _from_container(heap)),
    )
    for name, source in sources:
        try:
            return stack.enter_context(source)
        except ServerUnavailable as error:
            reasons.append(f"{name}: {error}")
    raise ServerUnavailable("; ".join(["ELASTICSEARCH_URL is not set", *reasons]))


# A server somebody else runs


def _given(url: str) -> str:
    """Return `url` if its port takes connections. Who may log in there is left to the client."""
    try:
        parts = urlsplit(url)
        address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        with socket.create_connection(address, timeout=5):
            return url
    except (OSError, ValueError) as error:
        raise ServerUnavailable(f"ELASTICSEARCH_URL does not answer: {error}") from error


# The distribution from Maven Central


@contextmanager
def _from_distribution(heap: str) -> Iterator[str]:
    java_home = _java_home()
    home = fetch_elasticsearch()
    with tempfile.TemporaryDirectory(prefix="elasticsearch-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        account = server_account()
        if account:
            # mkdtemp makes it 0700 and ours: let the other user through.
            directory.chmod(0o755)
            if not open_to_all(home):
                home = _unpack(_MAVEN_ZIP, directory / "home")
            for path in (java_home, directory):
                if not open_to_all(path):
                    raise ServerUnavailable(f"{path} is closed to the user {account.pw_name}, whom the server runs as")
        _configure(home, directory)
        if account:
            for path in (directory / "run", *(directory / "run").rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid)
        with _running(home, directory / "run", java_home, heap, account) as url:
            yield url


def _java_home() -> Path:
    """Return the home of a Java that is new enough, from `ES_JAVA_HOME`, `JAVA_HOME` or the `java` on the path."""
    homes = [Path(value) for name in ("ES_JAVA_HOME", "JAVA_HOME") if (value := os.environ.get(name))]
    if java := shutil.which("java"):
        homes.append(Path(java).resolve().parent.parent)
    for home in homes:
        try:
            answer = subprocess.run(
                [home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=30, check=True
            )
        except (OSError, subprocess.SubprocessError):
            continue
        version = re.search(r'version "(\d+)', answer.stderr)
        if version and int(version[1]) >= MINIMUM_JAVA:
            return home.resolve()
    raise ServerUnavailable(f"no Java {MINIMUM_JAVA} or later in ES_JAVA_HOME, JAVA_HOME or on the path")


def _download() -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise ServerUnavailable(f"no Maven to fetch Elasticsearch {ELASTICSEARCH_VERSION} with")
    command = [
        maven,
        "--batch-mode",
        "--quiet",
        f"-Dmaven.repo.local={_MAVEN_REPOSITORY}",
        "dependency:get",
        "-Dtransitive=false",
        f"-Dartifact={_MAVEN_GROUP}:elasticsearch:{ELASTICSEARCH_VERSION}:zip",
    ]
    try:
        answer = subprocess.run(
            command, cwd=tempfile.gettempdir(), capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ServerUnavailable(f"Maven was not done after {FETCH_SECONDS} s") from error
    if answer.returncode or not _MAVEN_ZIP.is_file():
        raise ServerUnavailable("Maven failed: " + tail(answer.stdout + answer.stderr))


def _unpack(archive: Path, home: Path) -> Path:
    """Check `archive` and unpack the one folder in it as `home`, readable for every user.

    Two processes may do it at once: the first to finish wins, and `home` is never half there.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".unpacking-") as name:
        try:
            with archive.open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != ELASTICSEARCH_SHA256:
                    raise ServerUnavailable(f"{archive} has another SHA-256: delete it to fetch it again")
            with zipfile.ZipFile(archive) as files:
                files.extractall(name)
        except (OSError, zipfile.BadZipFile) as error:
            raise ServerUnavailable(f"cannot unpack {archive}: {error}") from error
        (top,) = Path(name).iterdir()
        for path in (top, *top.rglob("*")):
            # zipfile drops the modes; the only programs are those in bin.
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        try:
            top.rename(home)
        except OSError:
            if not home.is_dir():
                raise
    return home


def server_account() -> pwd.struct_passwd | None:
    """Return whom the server must run as, or None for ourselves."""
    return pwd.getpwnam(UNPRIVILEGED_USER) if os.geteuid() == 0 else None


def open_to_all(path: Path) -> bool:
    """Tell whether every user gets to `path` and into it."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _configure(home: Path, directory: Path) -> None:
    """Lay out `run/` in `directory`: all that the server writes, and its settings."""
    run = directory / "run"
    for name in ("data", "logs", "tmp"):
        (run / name).mkdir(parents=True)
    shutil.copytree(home / "config", run / "config")
    settings = {
        "cluster.name": "contacts-tests",
        "node.name": "contacts-tests",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        # The server picks free ports itself and writes them to logs/*.ports: nobody can take them in between.
        "http.port": "0",
        "transport.port": "0",
        "node.portsfile": "true",
        "path.data": run / "data",
        "path.logs": run / "logs",
        # A nearly full disk must not make indices read-only.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    if (home / "modules" / "x-pack-core").is_dir():
        # On by default, with TLS and a password. Without the module the setting is unknown and would stop the boot.
        settings["xpack.security.enabled"] = "false"
    (run / "config" / "elasticsearch.yml").write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))


@contextmanager
def _running(home: Path, run: Path, java_home: Path, heap: str, account: pwd.struct_passwd | None) -> Iterator[str]:
    command = [str(home / "bin" / "elasticsearch")]
    if setpriv := shutil.which("setpriv"):
        # Should we be killed without a chance to clean up, the launcher dies with us, and the server with it.
        command = [setpriv, "--pdeathsig", "KILL", *command]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(run),
        "ES_JAVA_HOME": str(java_home),
        "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        "ES_PATH_CONF": str(run / "config"),
        "ES_TMPDIR": str(run / "tmp"),
    }
    log = run / "logs" / "console.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=run,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    try:
        yield _ready(process, run / "logs" / "http.ports", log)
    finally:
        stop(process)


def _ready(process: subprocess.Popen[bytes], ports: Path, log: Path) -> str:
    """Wait until the server answers and return its URL."""
    deadline = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerUnavailable(f"it ended with code {process.returncode}\n{tail(log.read_text())}")
        if ports.is_file() and (found := re.search(r"127\.0\.0\.1:(\d+)", ports.read_text())):
            port = int(found[1])
            if _healthy("127.0.0.1", port, deadline - time.monotonic()):
                return f"http://127.0.0.1:{port}"
        time.sleep(0.05)
    raise ServerUnavailable(f"not ready after {BOOT_SECONDS} s\n{tail(log.read_text())}")


def stop(process: subprocess.Popen[bytes], gently: signal.Signals = signal.SIGTERM) -> None:
    """End the whole process group, the launcher and the server, and wait until it is gone."""
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


# A container


@contextmanager
def _from_container(heap: str) -> Iterator[str]:
    if not container_engine_answers():
        raise ServerUnavailable("no container engine answers")
    try:
        # Here, because it is a development dependency and everything above works without.
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415
    except ImportError as error:
        raise ServerUnavailable("testcontainers is not installed") from error
    with ExitStack() as stack:
        try:
            container = DockerContainer(f"elasticsearch:{ELASTICSEARCH_VERSION}").with_exposed_ports(9200)
            settings = {
                "discovery.type": "single-node",
                "xpack.security.enabled": "false",
                "xpack.ml.enabled": "false",
                "ingest.geoip.downloader.enabled": "false",
                "cluster.routing.allocation.disk.threshold_enabled": "false",
                "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
            }
            for key, value in settings.items():
                container.with_env(key, value)
            stack.enter_context(container)
            host, port = container.get_container_host_ip(), int(container.get_exposed_port(9200))
        except Exception as error:  # the client library has no common error
            raise ServerUnavailable(str(error)) from error
        deadline = time.monotonic() + BOOT_SECONDS
        while not _healthy(host, port, deadline - time.monotonic()):
            if time.monotonic() > deadline:
                output = b"\n".join(container.get_logs())
                raise ServerUnavailable(f"not ready after {BOOT_SECONDS} s\n{tail(output.decode(errors='replace'))}")
            time.sleep(0.25)
        yield f"http://{host}:{port}"


def container_engine_answers() -> bool:
    """Tell whether something listens where `DOCKER_HOST` or the default says. Cheaper than asking the client."""
    address = urlsplit(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock")
    try:
        if address.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(address.path)
        else:
            with socket.create_connection((address.hostname or "", address.port or 2375), timeout=5):
                pass
    except (OSError, ValueError):
        return False
    return True


# Used by several


def _healthy(host: str, port: int, seconds: float) -> bool:
    """Tell whether the cluster there is at least yellow within `seconds`. Goes around any HTTP proxy."""
    wait = max(1, int(seconds))
    connection = http.client.HTTPConnection(host, port, timeout=wait + 5)
    try:
        connection.request("GET", f"/_cluster/health?wait_for_status=yellow&timeout={wait}s")
        answer = connection.getresponse()
        answer.read()
        return answer.status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tail(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-LOG_TAIL_LINES:])


def _main(arguments: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        # Both clean up. A shell starts its background jobs with Ctrl-C ignored, so that one is set as well.
        signal.signal(number, signal.default_int_handler)
    try:
        match arguments:
            case ["fetch"]:
                print(fetch_elasticsearch())
            case ["run"]:
                with elasticsearch_server() as url:
                    print(url, flush=True)
                    signal.pause()
            case _:
                print("usage: python3 -m tests.servers fetch|run", file=sys.stderr)
                return 2
    except ServerUnavailable as error:
        print(f"no Elasticsearch: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
