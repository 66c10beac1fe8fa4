"""The recipes of docs/extending.md are all that it takes.

They are carried out on a copy of the packages, and what they add is asked for the way a client does: of the copy's
command line and of servers that run from it.
"""

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.harness.loads import elasticsearch_environment, loaded, status
from tests.harness.recipes import apply
from tests.harness.service import Service, contacts, environment_of, running

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "indexing", "mappings", "search")
ADDED = ("first_contact", "FirstData", "nickname", "Nickname", "naive", "sqlite_table", "SqliteSource")
"""What only the page speaks of."""

APOLLO = "/api/v2/apollo"
EVERYONE = "https://app.apollo.io/#/people"
BOBBY = f"{EVERYONE}?personNicknames[]=bobby"
NICKNAMED = f"{EVERYONE}?existFields[]=person_nickname"

PEOPLE = [
    ("1", "Robert", "2024-01-01", "Bobby Tables"),
    ("2", "Elizabeth", "2024-01-02", "Lilibet"),
    ("3", "Ann", "2024-01-03", ""),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages, extended as the page says, with `make docs` done."""
    copy = tmp_path_factory.mktemp("extended")
    for package in (*PACKAGES, "docs"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    apply((ROOT / "docs" / "extending.md").read_text(), ROOT, copy)
    subprocess.run([sys.executable, "-m", "docs.generate"], env=of(copy, dict(os.environ)), check=True, timeout=60)
    return copy


def of(copy: Path, environment: dict[str, str]) -> dict[str, str]:
    """The same environment for processes that run from the copy, whatever the working directory is."""
    path = os.pathsep.join(filter(None, (str(copy), environment.get("PYTHONPATH"))))
    return environment | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1"}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A CSV whose header calls the made-up field by its alias."""
    path = tmp_path_factory.mktemp("people") / "people.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([("uuid", "First Name", "Created At", "Known As"), *PEOPLE])
    return str(path)


@pytest.fixture(scope="module")
def environment(copy: Path, tmp_path_factory: pytest.TempPathFactory, people: str) -> dict[str, str]:
    """That of the copy with the people in it."""
    made = of(copy, environment_of(tmp_path_factory.mktemp("data")))
    loaded(made, "csv", people)
    return made


@pytest.fixture(scope="module")
def service(environment: dict[str, str]) -> Iterator[Service]:
    with running(environment) as started:
        yield started


def told(environment: dict[str, str], *arguments: str) -> Any:
    """What a command prints as JSON."""
    outcome = contacts(environment, *arguments, "--json")
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)


def text_of(service: Service, path: str) -> str:
    """What the service answers to a `GET`."""
    with urllib.request.urlopen(service.base + path, timeout=60) as response:
        return str(response.read(), "utf-8")


def got(service: Service, path: str) -> Any:
    """The same, decoded."""
    return json.loads(text_of(service, path))


def test_the_packages_know_nothing_of_what_is_added() -> None:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.suffix in (".py", ".json")]
    assert len(files) > 100
    assert [(path, name) for path in files for name in ADDED if name in path.read_text()] == []
    page = (ROOT / "docs" / "extending.md").read_text()
    assert [name for name in ADDED if name not in page] == []


# An action


def test_the_action_answers_at_both_doors_and_is_in_the_figures(service: Service) -> None:
    assert service.data("first_contact", url=EVERYONE) == {"uuid": "3"}
    told = service.data("first_contact", url=f"{EVERYONE}?tour=1", ledger=True)
    assert (told["uuid"], [entry["status"] for entry in told["ledger"]]) == ("3", ["ignored"])
    assert service.data("first_contact", url=BOBBY, exclude_company_name=["Acme"]) == {"uuid": "1"}
    assert service.post(f"{APOLLO}/contacts/first", {"url": NICKNAMED})[:2] == (200, {"uuid": "2"})
    assert service.post(f"{APOLLO}/contacts/first", {"url": "https://example.com"})[0] == 400
    assert service.ask({"action": "first_contact", "request_id": "r", "data": {}})["error"]["code"] == "missing_field"
    figures = text_of(service, "/metrics")
    assert 'contacts_requests_total{action="first_contact",door="websocket",outcome="success"} 3.0' in figures
    assert 'contacts_requests_total{action="first_contact",door="websocket",outcome="missing_field"} 1.0' in figures
    assert 'contacts_requests_total{action="first_contact",door="rest",outcome="200"} 1.0' in figures


def test_the_action_is_in_the_documents(copy: Path, service: Service) -> None:
    openapi = got(service, "/docs/openapi.json")
    operation = openapi["paths"][f"{APOLLO}/contacts/first"]["post"]
    assert (operation["operationId"], operation["summary"]) == ("first", "First contact")
    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "ledger",
        "strict",
        *(f"{which}_{what}" for which in ("include", "exclude") for what in ("company_name", "domain_list")),
    }
    first = openapi["components"]["schemas"]["FirstData"]
    assert first["required"] == ["uuid"]
    assert first["properties"]["uuid"]["description"] == "Which contact it is"
    components = got(service, "/asyncapi.json")["components"]
    assert {"first_contactRequest", "first_contactSuccess"} <= set(components["messages"])
    assert "FirstData" in components["schemas"]
    assert "first_error" in components["schemas"]["ErrorDetail"]["properties"]["code"]["enum"]
    assert "| `first_contact` | The uuid of the first contact in the order" in (copy / "docs" / "api.md").read_text()


def test_the_action_is_a_command(environment: dict[str, str]) -> None:
    assert told(environment, "first", EVERYONE) == {"uuid": "3"}
    assert "First contact." in contacts(environment, "--help").stdout
    shown = contacts(environment, "first", "--help").stdout
    assert "The uuid of the first contact in the order that the URL asks for." in shown
    assert "--include-company-name" in shown


# A contact field, and a parameter that asks for it


def test_the_field_is_read_from_a_column(environment: dict[str, str], people: str) -> None:
    outcome = told(environment, "index", "csv", "--dry-run", people)
    assert outcome["columns"]["people.csv"]["Known As"] == "nickname"
    assert outcome["examples"][0]["nickname"] == "Bobby Tables"


def test_the_field_is_sent_in_every_form_of_an_answer(service: Service) -> None:
    expected = ["", "Lilibet", "Bobby Tables"]
    over_socket = service.data("search_contacts", url=EVERYONE)["results"]
    assert [contact["nickname"] or "" for contact in over_socket] == expected

    def over_rest(accept: str) -> Any:
        return service.post(f"{APOLLO}/contacts", {"url": EVERYONE}, accept=accept)[1]

    assert over_rest("application/json")["results"] == over_socket
    assert [json.loads(line) for line in over_rest("application/x-ndjson").splitlines()] == over_socket
    rows = list(csv.DictReader(io.StringIO(over_rest("text/csv").decode())))
    assert [row["nickname"] for row in rows] == expected
    schema = got(service, "/docs/openapi.json")["components"]["schemas"]["ContactListItem"]
    assert list(schema["properties"])[-1] == "nickname"


@pytest.mark.parametrize("url", [f"{EVERYONE}?personNicknames[]=TABLES", BOBBY])
def test_contacts_are_found_by_the_field(service: Service, url: str) -> None:
    assert service.data("get_uuids", url=url)["uuids"] == ["1"]
    assert service.post(f"{APOLLO}/contacts/count", {"url": url})[1] == {"count": 1}
    assert service.data("analyze", url=url)["categories"][0]["parameters"][0]["description"] == (
        "What the person is called by friends"
    )


def test_the_field_is_there_or_not_by_the_name_that_apollo_has_for_it(service: Service) -> None:
    assert service.data("count_contacts", url=NICKNAMED) == {"count": 2}
    assert service.data("get_uuids", url=NICKNAMED.replace("existFields", "notExistFields"))["uuids"] == ["3"]
    counted = service.data("count_by_filter", url=NICKNAMED)["categories"][0]["parameters"][0]
    assert (counted["values"], counted["count"]) == ([{"value": "person_nickname", "count": 2}], 2)


def test_the_field_is_in_the_other_engine_too(
    copy: Path, tmp_path: Path, people: str, elasticsearch_url: str, own_index: Callable[[str], str]
) -> None:
    environment = of(copy, elasticsearch_environment(tmp_path, elasticsearch_url, own_index("extending")))
    assert loaded(environment, "csv", people)["live"] == 3
    assert told(environment, "uuids", BOBBY)["uuids"] == ["1"]
    assert told(environment, "count", NICKNAMED) == {"count": 2}
    assert told(environment, "first", NICKNAMED) == {"uuid": "2"}
    assert [contact["nickname"] for contact in told(environment, "search", BOBBY)["results"]] == ["Bobby Tables"]


def test_the_field_is_a_column_of_the_stock_schema(environment: dict[str, str], stock: str) -> None:
    with psycopg.connect(stock) as connection:
        connection.execute("ALTER TABLE contacts_metadata ADD nickname text")
        connection.execute("UPDATE contacts_metadata SET nickname = 'Annie'")
    outcome = told(environment, "index", "postgres", "--dsn", stock, "--dry-run")
    assert outcome["columns"]["postgres"]["nickname"] == "nickname"
    assert outcome["examples"][0]["nickname"] == "Annie"


def test_contacts_that_were_loaded_before_are_renewed_first(copy: Path, tmp_path: Path, people: str) -> None:
    before = environment_of(tmp_path / "data")
    loaded(before, "csv", people)
    after = of(copy, before)
    told_of_it = "The live load was made by another version of this software: `contacts index rebuild` renews it."
    assert told_of_it in contacts(after, "index", "status").stdout
    assert loaded(after, "rebuild")["live"] == 3
    assert told(after, "count", BOBBY) == {"count": 0}
    assert told_of_it not in contacts(after, "index", "status").stdout


# An engine


@pytest.fixture(scope="module")
def naive_environment(copy: Path, tmp_path_factory: pytest.TempPathFactory, people: str) -> dict[str, str]:
    """That of the copy with the people in the made-up engine, which a flag chose for the load."""
    made = of(copy, environment_of(tmp_path_factory.mktemp("naive")))
    assert loaded(made, "csv", people, "--engine", "naive")["live"] == 3
    return made | {"CONTACTS_ENGINE": "naive"}


def test_the_engine_answers(naive_environment: dict[str, str]) -> None:
    with running(naive_environment) as service:
        assert service.data("count_contacts", url=NICKNAMED) == {"count": 2}
        assert service.data("get_uuids", url=EVERYONE, limit=2)["uuids"] == ["3", "2"]
        assert service.data("first_contact", url=BOBBY) == {"uuid": "1"}
        page = service.data("search_contacts", url=EVERYONE, limit=2)
        assert [contact["nickname"] for contact in page["results"]] == [None, "Lilibet"]
        rest = service.post(f"{APOLLO}/contacts?limit=2&cursor={page['next']}", {"url": EVERYONE})[1]
        assert [contact["uuid"] for contact in rest["results"]] == ["1"]
        assert got(service, "/health/ready")["status"] == "ready"


def test_loads_of_the_engine_are_listed_and_undone(naive_environment: dict[str, str], tmp_path: Path) -> None:
    one = tmp_path / "one.csv"
    one.write_text("uuid,First Name,Known As\n4,Bob,Bobby\n")
    loaded(naive_environment, "csv", str(one), "--allow-shrink", "--allow-loss", "created_at")
    assert told(naive_environment, "uuids", BOBBY)["uuids"] == ["4"]
    assert [(store["contacts"], store["live"]) for store in status(naive_environment)["stores"]] == [
        (3, False),
        (1, True),
    ]
    assert told(naive_environment, "index", "rollback")["contacts"] == 3
    assert told(naive_environment, "uuids", BOBBY)["uuids"] == ["1"]


def test_the_engine_is_explained(environment: dict[str, str]) -> None:
    assert told(environment, "explain", BOBBY)["naive"]["filter"]["predicate"] == {
        "type": "phrase",
        "field": "nickname",
        "words": "bobby",
    }


def test_the_settings_of_the_engine_are_settings(copy: Path, environment: dict[str, str]) -> None:
    page = (copy / "docs" / "settings.md").read_text()
    assert "| `CONTACTS_NAIVE_BATCH` | `1000` |" in page
    assert "duckdb or elasticsearch or naive" in page
    outcome = contacts(environment | {"CONTACTS_NAIVE_BATCH": "many"}, "count", EVERYONE)
    assert (outcome.returncode, "CONTACTS_NAIVE_BATCH: 'many' can't be used" in outcome.stderr) == (1, True)


# A source


@pytest.fixture
def database(tmp_path: Path) -> str:
    """An SQLite file with the people in it."""
    path = tmp_path / "people.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE people(uuid INT, first_name TEXT, created_at TEXT, known_as TEXT, notes TEXT)")
    connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?, 'none')", PEOPLE)
    connection.commit()
    connection.close()
    return str(path)


def test_the_source_is_a_command_with_every_flag_of_a_load(environment: dict[str, str], database: str) -> None:
    assert "Load a table of an SQLite file" in contacts(environment, "index", "--help").stdout
    shown = contacts(environment, "index", "sqlite", "--help").stdout
    assert all(flag in shown for flag in ("--table", "--dry-run", "--update", "--resume", "--engine"))
    outcome = told(environment, "index", "sqlite", database, "--table", "people", "--dry-run")
    assert (outcome["rows"], outcome["accepted"]) == (3, 3)
    columns = outcome["columns"]["people.sqlite:people"]
    assert (columns["known_as"], columns["notes"]) == ("nickname", "custom")


def test_the_source_is_loaded(environment: dict[str, str], database: str) -> None:
    own = environment | {"CONTACTS_INDEX": "from-sqlite"}
    assert loaded(own, "sqlite", database, "--table", "people")["live"] == 3
    assert loaded(own, "sqlite", database, "--table", "people", "--update")["live"] == 3
    assert told(own, "uuids", BOBBY)["uuids"] == ["1"]
    refused = contacts(own, "index", "sqlite", database, "--table", "nobody")
    assert (refused.returncode, "people.sqlite:nobody can't be read: no such table" in refused.stderr) == (1, True)
