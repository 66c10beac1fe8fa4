"""The Elasticsearch that Elastic publishes on Maven Central, fetched once, and a Java to run it.

The zip is kept in `~/.m2` and unpacked into `.cache/`. It holds the core only (no `wildcard` fields, no painless).
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from tests.harness.processes import ServerUnavailable, open_to_all, server_account, tail

VERSION = "8.19.7"
# Of that version's zip, checked when it is unpacked: Maven itself goes on without a checksum or with a wrong one.
SHA256 = "cb7f86fb6e68e85ef6f531ae5c68458ecfe42371150403b22b2ed21381581cbb"
MINIMUM_JAVA = 17
# Seconds for the 93 MiB zip. Below the time limit of a single test, whose fixture may be what fetches it.
FETCH_SECONDS = 200

_HOME = Path(__file__).resolve().parents[2] / ".cache" / f"elasticsearch-{VERSION}"
_REPOSITORY = Path.home() / ".m2" / "repository"
_GROUP = "org.elasticsearch.distribution.integ-test-zip"
_ZIP = _REPOSITORY.joinpath(*_GROUP.split("."), "elasticsearch", VERSION, f"elasticsearch-{VERSION}.zip")


def fetch() -> Path:
    """The unpacked distribution, downloaded and unpacked where needed. Raises `ServerUnavailable`."""
    if not _HOME.is_dir():
        if not _ZIP.is_file():
            _download()
        _unpack(_ZIP, _HOME)
    return _HOME


def home_for_server(directory: Path) -> Path:
    """The distribution where the server's account can read it: if need be, unpacked once more into `directory`."""
    home = fetch()
    return home if server_account() is None or open_to_all(home) else _unpack(_ZIP, directory / "home")


def java_home() -> Path:
    """The home of a Java that is new enough, from `ES_JAVA_HOME`, `JAVA_HOME` or the `java` on the path."""
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
        raise ServerUnavailable(f"no Maven to fetch Elasticsearch {VERSION} with")
    command = [
        maven,
        "--batch-mode",
        "--quiet",
        f"-Dmaven.repo.local={_REPOSITORY}",
        "dependency:get",
        "-Dtransitive=false",
        f"-Dartifact={_GROUP}:elasticsearch:{VERSION}:zip",
    ]
    try:
        answer = subprocess.run(
            command, cwd=tempfile.gettempdir(), capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ServerUnavailable(f"Maven was not done after {FETCH_SECONDS} s") from error
    if answer.returncode or not _ZIP.is_file():
        raise ServerUnavailable("Maven failed: " + tail(answer.stdout + answer.stderr))


def _unpack(archive: Path, home: Path) -> Path:
    """Check `archive` and unpack the one folder in it as `home`, readable for every user.

    Two processes may do it at once: the first to finish wins, and `home` is never half there.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".unpacking-") as name:
        try:
            with archive.open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != SHA256:
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
