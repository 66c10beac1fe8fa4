"""The container files, as far as they can be checked without a container engine: all that they name exists and runs."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import TABLE, load_settings
from indexing.cli.server_process import CONTACTS, free_port, wait_until_ready
from tests.harness.compose import ROOT, MissingVariable, compose_command, deployment, example_filled_in

OURS = ("service", "index")
RAW = (ROOT / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(RAW)
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
VARIABLES = {setting.variable for setting in TABLE}


def stages() -> list[list[str]]:
    """The instructions of each stage."""
    lines = [line for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]
    starts = [at for at, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


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


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """What a `.env` holds that was filled in as the example says."""
    return example_filled_in(tmp_path)


@pytest.mark.parametrize("name", OURS)
def test_compose_gives_settings_that_the_service_accepts(name: str, variables: dict[str, str]) -> None:
    environment = deployment(name, variables).environment
    assert {variable for variable in environment if variable.startswith("CONTACTS_")} <= VARIABLES
    settings = load_settings(environment)
    assert settings.unknown == ()
    assert settings.engine.engine == "elasticsearch"
    assert settings.database_url == f"postgresql://contacts:{variables['POSTGRES_PASSWORD']}@postgres/contacts"
    assert settings.engine.data_dir == Path("/data")
    assert "172.16.0.0/12" in settings.trusted_proxies


@pytest.mark.parametrize("name", OURS)
def test_what_is_set_in_the_env_file_reaches_the_service_and_the_job(name: str, tmp_path: Path) -> None:
    own = ("CONTACTS_ELASTICSEARCH_URL=https://es.example:9200", "CONTACTS_ELASTICSEARCH_API_KEY=k", "CONTACTS_PORT=9")
    environment = deployment(name, example_filled_in(tmp_path, *own)).environment
    assert set(own) <= {f"{variable}={value}" for variable, value in environment.items()}


@pytest.mark.parametrize("variable", ["RUN_AS", "CONTACTS_JWT_SECRET", "POSTGRES_PASSWORD"])
def test_compose_says_which_secret_is_missing(variable: str, variables: dict[str, str]) -> None:
    with pytest.raises(MissingVariable, match=rf"{variable} in \.env"):
        deployment("service", variables | {variable: ""})


def test_every_line_of_the_example_is_of_compose_or_a_setting() -> None:
    named = set(re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {name for name in named if name.startswith("CONTACTS_")} <= VARIABLES
    own = {name for name in named if not name.startswith("CONTACTS_")}
    assert own == {name for name in re.findall(r"\$\{(\w+)", RAW) if not name.startswith("CONTACTS_")}


def test_the_job_and_the_service_are_one_image_and_bounded() -> None:
    services = COMPOSE["services"]
    assert services["index"]["image"] == services["service"]["image"]
    for name, service in services.items():
        assert {"image", "mem_limit", "stop_grace_period", "logging"} <= set(service), name
        assert "max-size" in service["logging"]["options"]
    for name in OURS:
        assert {"cap_drop", "security_opt", "user", "env_file"} <= set(services[name]), name


def test_the_service_has_longer_to_stop_than_it_takes() -> None:
    grace = int(COMPOSE["services"]["service"]["stop_grace_period"].removesuffix("s"))
    assert grace > load_settings({}, need_secret=False).shutdown_seconds * 2


def test_the_job_and_the_service_run_as_compose_starts_them(
    tmp_path: Path, elasticsearch_url: str, postgres_database: str, own_index: Callable[[str], str]
) -> None:
    """With the addresses of the tests' servers in place of those in the network of compose."""
    port = free_port()
    mine = (f"CONTACTS_ELASTICSEARCH_URL={elasticsearch_url}", f"CONTACTS_INDEX={own_index('composed')}")
    variables = example_filled_in(tmp_path, *mine, f"CONTACTS_PORT={port}")
    here = {"CONTACTS_DATABASE_URL": postgres_database, "CONTACTS_DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    job, service = (deployment(name, variables) for name in ("index", "service"))
    (tmp_path / "contacts.csv").write_text("Email,Title\nann@one.example,CEO\n")
    command = [word.replace("/import", str(tmp_path)) for word in job.command]
    with subprocess.Popen([*CONTACTS, *service.command], env=service.environment | here, cwd=tmp_path) as process:
        try:
            wait_until_ready(process, port)
            assert checked(image_health(), port) == 0
            assert checked(service.health[1:], port) == 1
            loaded = subprocess.run(
                [*CONTACTS, *command], env=job.environment | here, cwd=tmp_path, capture_output=True, check=False
            )
            assert loaded.returncode == 0, loaded.stderr
            assert checked(service.health[1:], port) == 0
        finally:
            process.terminate()
    assert process.returncode == 0
    assert checked(image_health(), port) == 1


def test_services_wait_for_what_they_need() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert services[needed]["healthcheck"]["test"]
    assert services["index"]["profiles"] == ["index"]
    assert "8.19" in services["elasticsearch"]["image"]


def test_all_that_is_mounted_is_made_beforehand() -> None:
    """A directory that the container engine makes is root's, and neither the job nor the service is."""
    mounts = [mount for name in OURS for mount in COMPOSE["services"][name]["volumes"]]
    made = re.findall(r"mkdir -p (.*)", RAW)[0].split()
    assert {mount["source"] for mount in mounts} == {f"./{name}" for name in made}
    assert {mount["type"] for mount in mounts} == {"bind"}


def test_compose_reads_it_as_we_do(tmp_path: Path) -> None:
    """`docker compose config` needs no engine."""
    command = compose_command()
    if command is None:
        assert not os.environ.get("REQUIRE_COMPOSE"), "neither `docker compose` nor `docker-compose` is there"
        pytest.skip("neither `docker compose` nor `docker-compose` is there")
    variables = example_filled_in(tmp_path)
    for path in ("compose.yaml", "Dockerfile"):
        shutil.copy(ROOT / path, tmp_path)
    # What the tests run with is no part of it.
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    config = subprocess.run(
        [*command, "--profile", "index", "config"], env=environment, cwd=tmp_path, capture_output=True, check=False
    )
    assert config.returncode == 0, config.stderr
    services = yaml.safe_load(config.stdout)["services"]
    assert set(services) == set(COMPOSE["services"])
    for name in OURS:
        ours = deployment(name, variables)
        assert services[name]["environment"] == ours.environment
        assert services[name]["command"] == ours.command


def image_health() -> list[str]:
    """The check of the image, for whoever runs it without compose."""
    [check] = re.findall(r"HEALTHCHECK .*CMD (\[.*\])", DOCKERFILE)
    return json.loads(check)


def checked(command: list[str], port: int) -> int:
    """The exit code of a health check inside the container of a service on `port`."""
    assert command[0] == "python"
    run = [sys.executable, *command[1:]]
    done = subprocess.run(run, env={"CONTACTS_PORT": str(port)}, capture_output=True, check=False, timeout=30)
    return done.returncode
