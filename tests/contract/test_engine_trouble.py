"""An engine that is down, empty or switched: the action's own error in plain words, and recovery without a restart."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import loaded
from tests.harness.service import Service, contacts, environment_of, free_port, running

URL = "https://app.apollo.io/#/people?personTitles[]=CEO"
CODES = {"search_contacts": "search_error", "count_contacts": "count_error", "get_uuids": "uuids_error"}


def check_trouble(service: Service, secret_words: tuple[str, ...]) -> None:
    for action, code in CODES.items():
        answer = service.ask({"action": action, "request_id": 1, "data": {"url": URL}})
        assert answer["status"] == "error", answer
        assert answer["error"]["code"] == code
        for word in ("Traceback", "Error(", "SELECT", "{", *secret_words):
            assert word not in answer["error"]["message"]
    assert service.data("analyze", url=URL)["statistics"]["total_parameters"] == 1


def test_duckdb_without_contacts_says_how_to_load_them_and_recovers(tmp_path: Path, sample_csv: Path) -> None:
    environment = environment_of(tmp_path / "data")
    with running(environment) as service:
        check_trouble(service, (str(tmp_path),))
        answer = service.ask({"action": "count_contacts", "request_id": 1, "data": {"url": URL}})
        assert "contacts index csv" in answer["error"]["message"]
        loaded(environment, sample_csv)
        assert service.data("count_contacts", url=URL)["count"] > 0


def test_a_damaged_file_is_told_without_its_name_and_mended_under_a_running_service(
    tmp_path: Path, sample_csv: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    environment = environment_of(tmp_path / "data")
    for _ in range(2):
        loaded(environment, sample_csv)
    file = tmp_path / "data" / (tmp_path / "data" / "contacts.current").read_text().strip()
    with running(environment) as service:
        found = service.data("count_contacts", url=URL)["count"]
        file.unlink()
        file.write_bytes(b"no longer a database")
        with running(environment) as second:
            check_trouble(second, (str(tmp_path), file.name))
            status, answer, _ = second.post("/api/v2/apollo/contacts/count", {"url": URL})
            assert (status, list(answer)) == (503, ["detail"])
            assert contacts(environment, "index", "rollback").returncode == 0
            assert second.data("count_contacts", url=URL)["count"] == found
        assert service.data("count_contacts", url=URL)["count"] == found
    logged = capfd.readouterr().err
    assert f"{file} is no DuckDB file, or its beginning was overwritten; `contacts index rollback`" in logged
    assert "Traceback" not in logged


def test_elasticsearch_down_is_said_in_plain_words(tmp_path: Path) -> None:
    port = free_port()
    settings = {"CONTACTS_ENGINE": "elasticsearch", "CONTACTS_ELASTICSEARCH_URL": f"http://127.0.0.1:{port}"}
    with running(environment_of(tmp_path, **settings)) as service:
        check_trouble(service, ("127.0.0.1", str(port)))


def test_elasticsearch_without_an_index_says_how_to_load_one(tmp_path: Path, elasticsearch_url: str) -> None:
    settings = {
        "CONTACTS_ENGINE": "elasticsearch",
        "CONTACTS_ELASTICSEARCH_URL": elasticsearch_url,
        "CONTACTS_INDEX": "never-loaded",
    }
    with running(environment_of(tmp_path, **settings)) as service:
        check_trouble(service, ("127.0.0.1", "never-loaded"))


@pytest.fixture(params=["duckdb", "elasticsearch"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    if request.param == "duckdb":
        return environment_of(tmp_path)
    settings = {
        "CONTACTS_ENGINE": "elasticsearch",
        "CONTACTS_ELASTICSEARCH_URL": request.getfixturevalue("elasticsearch_url"),
        "CONTACTS_INDEX": request.getfixturevalue("own_index")("switched"),
    }
    return environment_of(tmp_path, **settings)


def rows(number: int) -> str:
    return "Email,Title\n" + "".join(f"p{at}@acme.com,CEO\n" for at in range(number))


def index(environment: dict[str, str], text: str, *flags: str) -> Any:
    rejects = Path(environment["CONTACTS_DATA_DIR"]) / "rejects.ndjson"
    return contacts(environment, "index", "csv", "-", "--json", "--rejects", str(rejects), *flags, stdin=text)


def test_a_reload_is_seen_at_once_cursors_go_on_and_a_failed_one_changes_nothing(environment: dict[str, str]) -> None:
    assert index(environment, rows(10)).returncode == 0
    with running(environment) as service:
        first = service.data("search_contacts", url=URL, limit=4)
        assert service.data("count_contacts", url=URL)["count"] == 10

        done = index(environment, rows(12))
        assert json.loads(done.stdout)["indexed"] == 12
        assert service.data("count_contacts", url=URL)["count"] == 12
        rest = service.data("search_contacts", url=URL, cursor=first["next"])
        assert not {contact["uuid"] for contact in first["results"]} & {contact["uuid"] for contact in rest["results"]}

        shrunk = index(environment, rows(5))
        assert (shrunk.returncode, "--allow-shrink" in shrunk.stderr) == (1, True)
        bad = index(environment, "Email,# Employees\n" + ",5\n" * 20)
        assert (bad.returncode, "--max-rejects" in bad.stderr) == (1, True)
        assert service.data("count_contacts", url=URL)["count"] == 12
        assert index(environment, rows(5), "--allow-shrink").returncode == 0
        assert service.data("count_contacts", url=URL)["count"] == 5
