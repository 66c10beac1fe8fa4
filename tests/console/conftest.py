"""The console in a real browser, in front of a real service with sample contacts.

A test that asks for `page` runs on DuckDB; one that is marked with `both_engines`, on both.
"""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from indexing.sample.contacts import write_sample
from tests.console import hostile
from tests.harness import loads
from tests.harness.browser import Watch, chromium, watched
from tests.harness.service import Service, contacts_process, running

SAMPLE = 2000
ENGINES = ("duckdb", "elasticsearch")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them share a browser and services, so they go to one process.

    They are left out of coverage, which sees nothing of services in processes of their own but slows the tests down.
    """
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("console"))
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="package")
def sample_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("console") / "sample.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        write_sample(SAMPLE, stream)
    hostile.append(path)
    return path


@pytest.fixture(scope="package")
def duckdb_service(tmp_path_factory: pytest.TempPathFactory, sample_csv: Path) -> Iterator[Service]:
    yield from _served(loads.duckdb_environment(tmp_path_factory.mktemp("duckdb")), sample_csv)


@pytest.fixture(scope="package")
def elasticsearch_service(
    tmp_path_factory: pytest.TempPathFactory,
    sample_csv: Path,
    elasticsearch_url: str,
    own_index: Callable[[str], str],
) -> Iterator[Service]:
    directory = tmp_path_factory.mktemp("elasticsearch")
    environment = loads.elasticsearch_environment(directory, elasticsearch_url, own_index("console"))
    yield from _served(environment, sample_csv)


def _served(environment: dict[str, str], sample: Path) -> Iterator[Service]:
    rejects = Path(environment["CONTACTS_DATA_DIR"]) / "rejects.ndjson"
    # In a process of its own: Playwright has an event loop in this one.
    outcome = contacts_process(environment, "index", "csv", str(sample), "--rejects", str(rejects))
    assert outcome.returncode == 0, outcome.stderr
    with running(environment) as service:
        yield service


@pytest.fixture(scope="package")
def administrator(duckdb_service: Service) -> str:
    """The e-mail of somebody with the role `admin` on DuckDB, whose password is `long enough`."""
    email = "admin@example.com"
    flags = ("--role", "admin", "--password-stdin")
    outcome = contacts_process(duckdb_service.environment, "users", "create", email, *flags, stdin="long enough")
    assert outcome.returncode == 0, outcome.stderr
    return email


@pytest.fixture(scope="package")
def counter(duckdb_service: Service, administrator: str) -> str:
    """The e-mail of somebody with the role `counter` there, with the same password."""
    login = {"email": administrator, "password": "long enough"}
    token = duckdb_service.post("/api/v2/auth/login", login)[1]["access_token"]
    user = {"email": "counter@example.com", "password": "long enough", "role": "counter"}
    assert duckdb_service.post("/api/v2/auth/users", user, token)[0] == 201
    return user["email"]


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Service:
    """The service on the engine that the test is for."""
    found: Service = request.getfixturevalue(f"{getattr(request, 'param', 'duckdb')}_service")
    return found


both_engines = pytest.mark.parametrize("service", ENGINES, indirect=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Not for the session: as long as it is there, no other test of this process could run an event loop.
    with chromium() as started:
        yield started


@pytest.fixture
def browsing(
    request: pytest.FixtureRequest, browser: Browser, service: Service
) -> Iterator[tuple[BrowserContext, Watch]]:
    """A fresh profile and what it complains of. `pytest.mark.browsing(color_scheme="dark")` says what it is like."""
    mark = request.node.get_closest_marker("browsing")
    with watched(browser, service.base, **(mark.kwargs if mark else {})) as found:
        yield found


@pytest.fixture
def context(browsing: tuple[BrowserContext, Watch]) -> BrowserContext:
    return browsing[0]


@pytest.fixture
def watch(browsing: tuple[BrowserContext, Watch]) -> Watch:
    return browsing[1]


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab; the test fails if anything goes wrong in it (`watch.expect` says what should)."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def signed_in(context: BrowserContext, service: Service) -> BrowserContext:
    """The profile of a fresh user, who is signed in on every page of it that is opened."""
    body = {"email": f"user-{secrets.token_hex(4)}@example.com", "password": "long enough", "name": "U"}
    asked = {"X-Console-Path": "/", "Origin": service.base}
    answer = context.request.post(f"{service.base}/api/v2/auth/register", data=body, headers=asked)
    assert answer.status == 201, answer.text()
    return context
