"""The container files, as far as they can be checked without a container engine: all that they name exists and runs."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from api.settings import TABLE, load_settings
from indexing.cli.main import contacts

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
VARIABLES = {setting.variable for setting in TABLE}


def stages() -> list[list[str]]:
    """The instructions of each stage."""
    lines = [line for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]
    starts = [at for at, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def filled(value: str) -> str:
    """A value of compose.yaml with its variables filled in."""
    return re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda found: f"{found[1]}-".ljust(48, "x"), value)


def test_every_file_that_the_image_copies_exists_and_is_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [
        source
        for line in DOCKERFILE.splitlines()
        if line.startswith("COPY ") and "--from=" not in line
        for source in shlex.split(line)[1:-1]
    ]
    assert {"api", "constraints.txt"} <= set(copied)
    for source in copied:
        assert (ROOT / source).exists(), source
        assert source in kept, source


def test_the_last_stage_runs_unprivileged_and_has_no_build_tools() -> None:
    last = stages()[-1]
    assert [line for line in last if line.startswith("USER ")] == ["USER contacts"]
    assert last.index("USER contacts") < next(at for at, line in enumerate(last) if line.startswith("ENTRYPOINT"))
    assert not re.search(r"\b(pip|gcc|apt-get|make)\b", "\n".join(last))
    assert last[0].endswith("-slim")


def test_the_settings_of_the_image_are_settings() -> None:
    named = set(re.findall(r"\b(CONTACTS_\w+)=", DOCKERFILE))
    assert named
    assert named <= VARIABLES


@pytest.mark.parametrize("name", ["service", "index"])
def test_compose_gives_settings_that_the_service_accepts(name: str) -> None:
    environment = {key: filled(value) for key, value in COMPOSE["services"][name]["environment"].items()}
    assert set(environment) <= VARIABLES
    settings = load_settings(environment)
    assert settings.engine.engine == "elasticsearch"
    assert settings.database_url is not None


@pytest.mark.parametrize("name", ["service", "index"])
def test_commands_exist_and_run(name: str) -> None:
    command = COMPOSE["services"][name]["command"]
    assert command[0] in contacts.list_commands(click.Context(contacts))
    words = [word for word in command if not word.startswith("/")]
    outcome = subprocess.run(
        [sys.executable, "-m", "indexing.cli", *words, "--help"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert outcome.returncode == 0, outcome.stderr


def test_the_health_check_of_the_image_asks_a_route_that_exists() -> None:
    [check] = re.findall(r'CMD \["python", "-c", "(.*?)"\]', DOCKERFILE)
    compile(check, "health check", "exec")
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/[\w/]+)", check)
    assert path == "/health/live"


def test_services_wait_for_what_they_need() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert services[needed]["healthcheck"]["test"]
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"]
    assert services["index"]["profiles"] == ["index"]
    assert "8.19" in services["elasticsearch"]["image"]


def test_compose_is_valid_where_the_command_is_there() -> None:
    """`docker compose config` needs no engine; a machine without the plug-in has only the checks above."""
    known = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False) if _docker() else None
    if known is None or known.returncode:
        assert set(COMPOSE) == {"services", "volumes"}
        return
    secrets = {"CONTACTS_JWT_SECRET": "x" * 48, "POSTGRES_PASSWORD": "secret"}
    outcome = subprocess.run(
        ["docker", "compose", "config", "--quiet"], env=os.environ | secrets, capture_output=True, cwd=ROOT, check=False
    )
    assert outcome.returncode == 0, outcome.stderr


def _docker() -> bool:
    return any((Path(directory) / "docker").exists() for directory in os.environ.get("PATH", "").split(os.pathsep))
