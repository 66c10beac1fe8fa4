"""Where nothing is found, the place is named."""

from pathlib import Path

import pytest

from api.settings import load_settings
from indexing.cli.places import contacts_place, files_place, users_place
from tests.harness.clients import URL
from tests.harness.loads import duckdb_environment, elasticsearch_environment, run_load, settings_of
from tests.harness.service import contacts


def test_what_is_kept_in_files_is_in_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environment = duckdb_environment(tmp_path) | {"CONTACTS_DATA_DIR": "here"}
    place = contacts_place(settings_of(environment | {"CONTACTS_INDEX": "people"}))
    assert place == f"the index people (CONTACTS_INDEX) in {tmp_path.resolve()}/here (CONTACTS_DATA_DIR)"


@pytest.mark.parametrize("command", ["count", "search", "search --all", "uuids", "count --by-filter"])
def test_questions_to_no_contacts(tmp_path: Path, command: str) -> None:
    environment = duckdb_environment(tmp_path)
    outcome = contacts(environment, *command.split(), URL)
    place = contacts_place(settings_of(environment))
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr == f"error: no contacts in {place} yet; load some with `contacts index csv FILE`\n"


def test_no_contacts_in_an_index(tmp_path: Path, elasticsearch_url: str, fresh_index: str) -> None:
    environment = elasticsearch_environment(tmp_path, elasticsearch_url, fresh_index)
    said = contacts(environment, "count", URL).stderr
    assert said.startswith(f"error: no contacts in the index {fresh_index} (CONTACTS_INDEX) of Elasticsearch yet; load")


def test_loads_into_no_contacts(tmp_path: Path) -> None:
    environment = duckdb_environment(tmp_path)
    place = contacts_place(settings_of(environment))
    for outcome in (
        run_load(environment, "csv", "-", "--update", stdin="Id,Title\n1,CEO\n"),
        run_load(environment, "rebuild"),
    ):
        assert (outcome.returncode, f"no contacts in {place} yet" in outcome.stderr) == (1, True)
    assert contacts(environment, "index", "status").stdout == f"Nothing has been loaded into {place} yet.\n"


def test_no_users(tmp_path: Path) -> None:
    environment = duckdb_environment(tmp_path)
    place = files_place(settings_of(environment))
    assert contacts(environment, "users", "list").stdout == f"There are no users in {place} yet.\n"
    said = contacts(environment, "users", "enable", "ada@example.com").stderr
    assert said == f"error: There is no user with the email ada@example.com in {place}\n"


def test_the_address_of_a_database_is_no_place_to_name() -> None:
    settings = load_settings({"CONTACTS_DATABASE_URL": "postgresql://ada:secret@db/users"}, need_secret=False)
    assert users_place(settings) == "the database of CONTACTS_DATABASE_URL"
