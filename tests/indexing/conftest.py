"""Both engines for tests of the job: the environment that the command line sees."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.harness.loads import duckdb_environment, elasticsearch_environment


@pytest.fixture
def fresh_index(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of an alias that nobody has used; everything behind it is removed afterwards."""
    alias = f"job-{uuid4().hex}"
    yield alias
    if "elasticsearch" in request.node.name:
        url = request.getfixturevalue("elasticsearch_url")
        with urllib.request.urlopen(f"{url}/_alias", timeout=30) as response:
            names = [name for name in json.load(response) if name.startswith(alias)]
        for name in names:
            urllib.request.urlopen(urllib.request.Request(f"{url}/{name}", method="DELETE"), timeout=30).close()


@pytest.fixture(params=["duckdb", "elasticsearch"])
def environment(request: pytest.FixtureRequest, tmp_path: Path, fresh_index: str) -> dict[str, str]:
    if request.param == "duckdb":
        return duckdb_environment(tmp_path)
    return elasticsearch_environment(tmp_path, request.getfixturevalue("elasticsearch_url"), fresh_index)
