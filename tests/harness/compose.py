"""compose.yaml as a container engine would take it: the variables of a `.env` filled in."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import yaml

from api.dotenv import read_dotenv

ROOT = Path(__file__).parents[2]

_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class MissingVariable(Exception):
    """One that has to be set is not."""


class Deployment(msgspec.Struct, frozen=True):
    """What compose.yaml says of a service of ours.

    Attributes:
        environment: of its process, that of `.env` included.
    """

    command: list[str]
    environment: dict[str, str]
    health: list[str]


def example_filled_in(directory: Path, *lines: str) -> dict[str, str]:
    """A `.env` in `directory` as `.env.example` says that it is to be filled in, with further lines; what is in it."""
    text, made = (ROOT / ".env.example").read_text(), ""
    for line in text.splitlines():
        if found := re.search(r"Make one: +(.*)", line):
            made = subprocess.run(["sh", "-c", found[1]], capture_output=True, text=True, check=True).stdout
        elif line.endswith("=") and not line.startswith("#"):
            value = f"{os.getuid()}:{os.getgid()}" if line == "RUN_AS=" else made
            text = text.replace(f"\n{line}\n", f"\n{line}{value}\n")
    path = directory / ".env"
    path.write_text("\n".join([text, *lines, ""]))
    return read_dotenv(path)


def deployment(service: str, variables: dict[str, str]) -> Deployment:
    """A service of compose.yaml. Raises `MissingVariable`."""
    found = _filled(yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][service], variables)
    return Deployment(
        command=found["command"],
        environment=variables | found["environment"] if found.get("env_file") == ".env" else found["environment"],
        health=found["healthcheck"].get("test", []),
    )


def compose_command() -> list[str] | None:
    """The command that reads such files, if this machine has one. It needs no container engine for that."""
    plugin = ["docker", "compose"]
    if shutil.which("docker") and not subprocess.run([*plugin, "version"], capture_output=True, check=False).returncode:
        return plugin
    return ["docker-compose"] if shutil.which("docker-compose") else None


def _filled(value: Any, variables: dict[str, str]) -> Any:
    match value:
        case dict():
            return {name: _filled(each, variables) for name, each in value.items()}
        case list():
            return [_filled(each, variables) for each in value]
        case str():
            return _VARIABLE.sub(lambda found: _value(found, variables), value)
    return value


def _value(found: re.Match[str], variables: dict[str, str]) -> str:
    name, kind, rest = found.groups()
    if given := variables.get(name):
        return given
    if kind == "?":
        raise MissingVariable(rest)
    return rest or ""
