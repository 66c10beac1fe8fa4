"""Loads that another version of the software made: they are told apart, and a rebuild renews them."""

import asyncio
import json
import urllib.request
from pathlib import Path

import duckdb
import pytest

from mappings.errors import EngineUnavailable
from search.duckdb.meta import MAPPING
from tests.harness.loads import live, loaded, run_load, settings_of, status
from tests.harness.service import contacts
from tests.harness.stores import engine_of

PEOPLE = "uuid,Title\n1,CEO\n2,CTO\n"


def outdate(environment: dict[str, str]) -> None:
    """Make the only load there is one of another version."""
    [store] = status(environment)["stores"]
    if environment.get("CONTACTS_ENGINE") == "elasticsearch":
        url = f"{environment['CONTACTS_ELASTICSEARCH_URL']}/{store['name']}/_mapping"
        body = json.dumps({"_meta": {"complete": True}}).encode()
        request = urllib.request.Request(url, body, {"content-type": "application/json"}, method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        return
    with duckdb.connect(Path(environment["CONTACTS_DATA_DIR"]) / store["name"]) as database:
        database.execute("DELETE FROM meta WHERE name = ?", (MAPPING,))


async def ready(environment: dict[str, str]) -> None:
    async with engine_of(settings_of(environment)) as engine:
        await engine.ready()


def test_an_outdated_load_is_told_and_renewed(environment: dict[str, str]) -> None:
    loaded(environment, "csv", "-", stdin=PEOPLE)
    asyncio.run(ready(environment))
    before = live(environment)
    outdate(environment)
    assert [store["mapping"] for store in status(environment)["stores"]] == [0]
    told = contacts(environment, "index", "status").stdout
    assert ("live, outdated" in told, "contacts index rebuild" in told) == (True, True)
    with pytest.raises(EngineUnavailable, match="contacts index rebuild"):
        asyncio.run(ready(environment))
    loaded(environment, "rebuild", "--keep", "0")
    asyncio.run(ready(environment))
    assert live(environment) == before
    assert "outdated" not in contacts(environment, "index", "status").stdout


def test_an_update_of_an_outdated_load(environment: dict[str, str]) -> None:
    """In place it would mix two versions and is refused; a DuckDB update makes a new file and renews it."""
    loaded(environment, "csv", "-", stdin=PEOPLE)
    outdate(environment)
    outcome = run_load(environment, "csv", "-", "--update", stdin="uuid,Title\n3,COO\n")
    if environment.get("CONTACTS_ENGINE") == "elasticsearch":
        assert (outcome.returncode, "contacts index rebuild" in outcome.stderr) == (1, True)
        assert len(live(environment)) == 2
    else:
        assert outcome.returncode == 0, outcome.stderr
        assert len(live(environment)) == 3
        asyncio.run(ready(environment))
