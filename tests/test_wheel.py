"""The wheel, which is all that people have who only use this: whole, and at work away from the checkout."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from indexing.cli.server_process import free_port, wait_until_ready

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "indexing", "mappings", "search")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
URL = "https://app.apollo.io/#/people?personTitles[]=CEO"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `pip install .` makes of this checkout. Nothing is fetched for it."""
    directory = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in (*PACKAGES, "pyproject.toml", "README.md"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, directory / name, **({"ignore": ignored} if (ROOT / name).is_dir() else {}))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    made = subprocess.run([*pip, "--wheel-dir", directory / "dist", directory], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr
    [path] = (directory / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the programs of a venv in which the wheel is. What it stands on is that of the tests."""
    directory = tmp_path_factory.mktemp("installed")
    venv.create(directory, symlinks=True)
    scheme = sysconfig.get_path("purelib", vars={"base": str(directory), "platbase": str(directory)})
    Path(scheme, "packages_of_the_tests.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    python = directory / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    done = subprocess.run(pip, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return directory / "bin"


@pytest.fixture
def environment(installed: Path, tmp_path: Path) -> dict[str, str]:
    """That of somebody who has installed it and nothing else."""
    secret = "CONTACTS_JWT_SECRET", "only-for-the-test-and-long-enough-for-it"
    return dict(
        [("PATH", f"{installed}{os.pathsep}{os.defpath}"), ("CONTACTS_DATA_DIR", str(tmp_path / "data")), secret]
    )


@pytest.fixture
def served(environment: dict[str, str], tmp_path: Path) -> Iterator[int]:
    """The port of `contacts serve`."""
    port = free_port()
    with subprocess.Popen(["contacts", "serve", "--port", str(port)], env=environment, cwd=tmp_path) as process:
        try:
            wait_until_ready(process, port)
            yield port
        finally:
            process.terminate()
    assert process.returncode == 0


def run(environment: dict[str, str], directory: Path, *arguments: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        ["contacts", *arguments],
        env=environment,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_works_away_from_the_checkout(environment: dict[str, str], tmp_path: Path) -> None:
    where = subprocess.run(
        ["python", "-c", "import api, search; print(api.__file__, search.__file__)"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert str(ROOT) not in where
    assert run(environment, tmp_path, "--version") == f"contacts {PROJECT['version']}\n"
    run(environment, tmp_path, "sample", "200", "--out", "people.csv")
    assert json.loads(run(environment, tmp_path, "index", "csv", "people.csv", "--json"))["rows"] == 200
    count = int(run(environment, tmp_path, "count", URL))
    found = json.loads(run(environment, tmp_path, "search", URL, "--all", "--format", "json"))["results"]
    assert len(found) == count > 0


def test_it_serves_with_its_pages_and_makes_its_tables(
    environment: dict[str, str], tmp_path: Path, served: int
) -> None:
    base = f"http://127.0.0.1:{served}"
    token = run(environment, tmp_path, "token", "--email", "ada@example.com").strip()
    request = urllib.request.Request(f"{base}/api/v2/auth/me", headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)["email"] == "ada@example.com"
    with urllib.request.urlopen(f"{base}/docs", timeout=30) as page:
        scripts = re.findall(rb'"(/[^"]+\.js)"', page.read())
    assert scripts
    for script in scripts:
        with urllib.request.urlopen(base + script.decode(), timeout=30) as answer:
            assert answer.status == 200


def test_all_files_of_the_packages_are_in_it(wheel: Path) -> None:
    files = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == files


def test_what_it_imports_is_what_it_asks_for() -> None:
    imported = {
        name.partition(".")[0]
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _modules(node)
    }
    foreign = imported - set(PACKAGES) - sys.stdlib_module_names
    distributions = packages_distributions()
    needed = {_normal(distributions[name][0]) for name in foreign}
    asked = {_normal(re.split(r"[\[<>=;! ]", line)[0]) for line in PROJECT["dependencies"]}
    assert needed - asked == {"cryptography", "elastic-transport"}, "pyjwt[crypto] and elasticsearch bring these"
    assert asked - needed == {"aiosqlite", "tldextract"}, (
        "SQLAlchemy imports the one by its name in a URL; of the other a file is read"
    )


def _modules(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [name.name for name in node.names]
        case ast.ImportFrom(level=0):
            return [str(node.module)]
    return []


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
