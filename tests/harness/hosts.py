"""Loads over many hosts through the command line: plans, parts and what comes of them."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.harness.loads import elasticsearch_environment
from tests.harness.service import contacts

UNTIMED = ("seconds",)
"""What is another number in each run."""


def host(environment: dict[str, str], directory: Path, url: str | None = None) -> dict[str, str]:
    """Another host of the same cluster, with a data directory of its own, perhaps through a proxy at `url`."""
    way = url or environment["CONTACTS_ELASTICSEARCH_URL"]
    return elasticsearch_environment(directory, way, environment["CONTACTS_INDEX"])


def planned(environment: dict[str, str], kind: str, *flags: str) -> dict[str, Any]:
    """The outcome of `contacts index plan KIND FLAGS`, which worked."""
    return _done(environment, "plan", kind, *flags)


def did_part(environment: dict[str, str], number: int, *flags: str) -> dict[str, Any]:
    """What came of a part."""
    summary = _done(environment, "part", str(number), "--workers", "1", *flags)
    assert summary["rows"] == summary["accepted"] + summary["rejected"]
    return summary


def finished(environment: dict[str, str], *flags: str) -> dict[str, Any]:
    """The summary of the load, which is live now."""
    summary = _done(environment, "finish", *files_of(environment), *flags)
    assert summary["rows"] == summary["indexed"] + summary["repeated"] + summary["rejected"]
    return summary


def files_of(environment: dict[str, str]) -> list[str]:
    directory = Path(environment["CONTACTS_DATA_DIR"]).parent
    return ["--rejects", str(directory / "rejects.ndjson"), "--repairs", str(directory / "repairs.ndjson")]


def refused(environment: dict[str, str], *arguments: str, code: int = 1) -> str:
    """What is said of a command that must not work."""
    outcome = contacts(environment, "index", *arguments)
    assert outcome.returncode == code, outcome
    return outcome.stderr


def indices(environment: dict[str, str]) -> set[str]:
    """All indices of the alias, hidden ones too, but for that of the lock; and the other aliases that lead to them."""
    alias = environment["CONTACTS_INDEX"]
    address = f"{environment['CONTACTS_ELASTICSEARCH_URL']}/_alias?expand_wildcards=all"
    with urllib.request.urlopen(address, timeout=60) as response:
        found: dict[str, Any] = json.load(response)
    names = {name: entry["aliases"] for name, entry in found.items() if name.startswith(f"{alias}-")}
    return {*names, *(other for aliases in names.values() for other in aliases)} - {f"{alias}-lock", alias}


def timeless(summary: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in summary.items() if name not in UNTIMED}


def _done(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    outcome = contacts(environment, "index", *arguments, "--json")
    assert outcome.returncode == 0, outcome.stderr
    summary: dict[str, Any] = json.loads(outcome.stdout)
    return summary
