"""A database for many hosts: ranges of uuids, whose rows say themselves who they are, also while they change."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from indexing.sources.postgres import PostgresSource
from indexing.sources.watermark import Watermark
from mappings.errors import SourceError
from tests.harness.hosts import did_part, finished, planned, refused, timeless
from tests.harness.loads import duckdb_environment, elasticsearch_environment, live, loaded, settings_of
from tests.harness.memory_source import MemorySource
from tests.harness.service import contacts


@pytest.fixture
def environment(tmp_path: Path, elasticsearch_url: str, own_index: Callable[[str], str]) -> dict[str, str]:
    return elasticsearch_environment(tmp_path, elasticsearch_url, own_index("hosts-database"))


def test_the_parts_of_a_database_are_the_load_of_one_host(
    environment: dict[str, str], stock: str, own_index: Callable[[str], str]
) -> None:
    alone = environment | {"CONTACTS_INDEX": own_index("hosts-database-alone")}
    whole = timeless(loaded(alone, "postgres", "--dsn", stock))
    plan = planned(environment, "postgres", "--parts", "3", "--dsn", stock)
    assert (plan["parts"], plan["rows"]) == (3, 50)
    assert stock not in str(plan)
    shown = [(each["stretch"].get("after"), each["stretch"].get("until")) for each in plan["stretches"]]
    last = [f"00000000-0000-0000-0000-{number:012}" for number in (16, 33)]
    assert shown == [(None, last[0]), (last[0], last[1]), (last[1], None)]
    assert "give its --dsn" in refused(environment, "part", "0")
    assert [did_part(environment, number, "--dsn", stock)["rows"] for number in (2, 0, 1)] == [16, 17, 17]
    # Meanwhile one is gone, one has come, and one has another title: who is done again after that finds them so.
    with psycopg.connect(stock) as database:
        database.execute("DELETE FROM contacts WHERE uuid = '00000000-0000-0000-0000-000000000049'")
        database.execute("UPDATE contacts SET title = 'CTO' WHERE uuid = '00000000-0000-0000-0000-000000000001'")
        database.execute(
            "INSERT INTO contacts(uuid, email) VALUES ('00000000-0000-0000-0000-000000000099', 'z@z.example')"
        )
    assert timeless(finished(environment)) == whole
    assert live(environment) == live(alone)
    # What the next update reads begins before the parts were read.
    assert Watermark(settings_of(environment).data_dir, environment["CONTACTS_INDEX"]).since() is not None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT email FROM contacts", "the query needs a column uuid"),
        ("SELECT nullif(last_name, 'Lee7') AS uuid, email FROM contacts", "1 of 50 rows have no uuid"),
    ],
)
def test_rows_without_a_uuid_can_not_be_divided(stock: str, query: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        asyncio.run(PostgresSource(dsn=stock, query=query).keys(2))


def test_other_sources_have_no_keys() -> None:
    with pytest.raises(SourceError, match="memory has no keys to divide it by"):
        asyncio.run(MemorySource(rows=[]).keys(2))


def test_a_row_that_has_lost_its_uuid_since_is_noticed(environment: dict[str, str], stock: str) -> None:
    query = "SELECT nullif(last_name, 'nobody') AS uuid, email FROM contacts"
    planned(environment, "postgres", "--parts", "2", "--dsn", stock, "--query", query)
    with psycopg.connect(stock) as database:
        database.execute("UPDATE contacts SET last_name = 'nobody' WHERE last_name = 'Lee49'")
    assert "rows without a uuid now" in refused(environment, "part", "1", "--dsn", stock)
    assert "2 of 2 parts are not done" in refused(environment, "finish")
    assert contacts(environment, "index", "abandon", "--json").stdout.startswith('{"removed":["')


def test_duckdb_is_for_one_host(tmp_path: Path) -> None:
    environment = duckdb_environment(tmp_path)
    for command in (["plan", "csv", "--parts", "2", "x.csv"], ["part", "0"], ["finish"], ["abandon"]):
        said = refused(environment, *command)
        assert said.startswith("error: DuckDB keeps all contacts in one file, which one process writes")
        assert "--engine elasticsearch (CONTACTS_ENGINE)" in said
