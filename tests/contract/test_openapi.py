"""schemathesis makes requests from the OpenAPI document, good and bad, and holds every answer against it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.harness.service import contacts, running

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")
EMAIL, PASSWORD = "schemathesis@example.com", "long enough"


@pytest.fixture(scope="module")
def report(duckdb_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What schemathesis says of a service whose users are its own, and as many as it likes."""
    directory = tmp_path_factory.mktemp("schemathesis")
    settings = {
        "CONTACTS_DATABASE_URL": f"sqlite+aiosqlite:///{directory / 'users.sqlite3'}",
        "CONTACTS_LOGIN_RATE_LIMIT": "0",
    }
    with running(duckdb_environment | settings) as service:
        service.registered(EMAIL)
        made = contacts(service.environment, "users", "role", EMAIL, "admin")
        assert made.returncode == 0, made.stderr
        command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(CONFIG), "run"]
        found = directory / "report.json"
        outcome = subprocess.run(
            [*command, f"{service.base}/docs/openapi.json", "--report=json", f"--report-json-path={found}"],
            env=os.environ | {"SCHEMATHESIS_EMAIL": EMAIL, "SCHEMATHESIS_PASSWORD": PASSWORD},
            cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return json.loads(found.read_text())


def test_every_answer_is_as_the_document_says(report: dict[str, Any]) -> None:
    assert (report["failures"], report["errors"]) == ([], [])
    assert not any(report["warnings"].values()), report["warnings"]
    assert set(report["phases"]) == {"examples", "coverage", "fuzzing", "stateful"}
    assert {phase["status"] for phase in report["phases"].values()} == {"success"}
    assert report["test_cases"]["generated"] > 1000


def test_every_operation_succeeded_at_times(report: dict[str, Any]) -> None:
    """But for those that schemathesis.toml has a word about: they succeed in tests of their own."""
    rates = report["valid_rates"]
    operations = {name for name, phases in rates.items() if any(phase["accepted"] for phase in phases.values())}
    never = {"POST /api/v2/auth/password", "GET /api/v2/apollo/downloads"}
    assert all(name in never or "{" in name for name in set(rates) - operations), operations
    assert len(operations) >= report["operations"]["total"] - 5 >= 17, operations


def test_the_exceptions_are_needed(report: dict[str, Any]) -> None:
    """See `tests.contract.unsaid`."""
    assert report["filtered"] > 0
