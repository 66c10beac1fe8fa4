"""The same service on both engines, each loaded with the same 10,000 sample contacts through the command line.

Ask for `service` to run on both engines, for `door` to run on both engines over WebSocket and REST.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexing.sample.contacts import write_sample
from indexing.sources.csv import CsvSource
from mappings.contact_filter import map_url
from mappings.url import parse
from search.fields import ContactCompleteItem
from tests.contract.doors import Door, RestDoor, WebSocketDoor
from tests.harness import loads
from tests.harness.loads import items_of
from tests.harness.oracle import Oracle
from tests.harness.service import Service, contacts, environment_of, running

SAMPLE = 10_000
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()
REFUSED = {
    # Another product's host.
    "https://app.dropleads.io/": "URL must be from apollo.io domain",
}
ENGINES = ("duckdb", "elasticsearch")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the same 10,000 contacts go to the same process, so that they are loaded once and served once.

    They are left out of coverage, which sees nothing of a service in a process of its own but slows its clients down.
    """
    for item in items:
        if not item.path.is_relative_to(Path(__file__).parent):
            continue
        engine = getattr(item, "callspec", None) and item.callspec.params.get("service")
        for name in ENGINES:
            if name == engine or f"{name}_environment" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))
                item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session")
def sample_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        write_sample(SAMPLE, stream)
    return path


def refusal(url: str) -> str | None:
    return next((message for start, message in REFUSED.items() if url.startswith(start)), None)


@pytest.fixture(scope="session")
def people(sample_csv: Path) -> list[ContactCompleteItem]:
    return items_of(CsvSource(path=str(sample_csv)))


@pytest.fixture(scope="session")
def found(people: list[ContactCompleteItem]) -> dict[str, frozenset[str]]:
    """URL → the uuids of the contacts that it finds, found without an engine."""
    oracle, today = Oracle(people), datetime.now(UTC).date()
    return {url: frozenset(oracle.uuids(map_url(parse(url), today).filter)) for url in URLS if refusal(url) is None}


def loaded(environment: dict[str, str], sample: Path) -> dict[str, str]:
    rejects = Path(environment["CONTACTS_DATA_DIR"]) / "rejects.ndjson"
    outcome = contacts(environment, "index", "csv", str(sample), "--rejects", str(rejects))
    assert outcome.returncode == 0, outcome.stderr
    return environment


@pytest.fixture(scope="session")
def duckdb_environment(tmp_path_factory: pytest.TempPathFactory, sample_csv: Path) -> dict[str, str]:
    return loaded(environment_of(tmp_path_factory.mktemp("duckdb")), sample_csv)


@pytest.fixture(scope="session")
def elasticsearch_environment(
    tmp_path_factory: pytest.TempPathFactory,
    sample_csv: Path,
    elasticsearch_url: str,
    own_index: Callable[[str], str],
) -> dict[str, str]:
    settings = {
        "CONTACTS_ENGINE": "elasticsearch",
        "CONTACTS_ELASTICSEARCH_URL": elasticsearch_url,
        "CONTACTS_INDEX": own_index("contract"),
    }
    return loaded(environment_of(tmp_path_factory.mktemp("elasticsearch"), **settings), sample_csv)


@pytest.fixture(scope="session", params=ENGINES)
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    with running(request.getfixturevalue(f"{request.param}_environment")) as started:
        yield started


@pytest.fixture(params=[WebSocketDoor, RestDoor], ids=["websocket", "rest"])
def door(request: pytest.FixtureRequest, service: Service) -> Door:
    found: Door = request.param(service)
    return found


@pytest.fixture(scope="module", params=ENGINES)
def new_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], dict[str, str]]:
    """Makes environments of a command line that has no contacts yet, all of one engine."""

    def make() -> dict[str, str]:
        directory = tmp_path_factory.mktemp(request.param)
        if request.param == "duckdb":
            return loads.duckdb_environment(directory)
        url, index = request.getfixturevalue("elasticsearch_url"), request.getfixturevalue("own_index")("case")
        return loads.elasticsearch_environment(directory, url, index)

    return make


@pytest.fixture
def empty_store(new_store: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Such an environment for one test."""
    return new_store()
