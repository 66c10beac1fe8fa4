"""Fixtures that all tests share."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import hypothesis
import psycopg
import pytest

from tests.harness.processes import ServerUnavailable
from tests.harness.servers import elasticsearch_server, postgres_server
from tests.harness.shared import shared_servers, shared_url
from tests.harness.stock import fill
from tests.harness.stores import delete_loads

Server = TypeVar("Server")


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers if this process hands the tests to others, which then share them."""
    # How long an example takes says how busy the machine is, and no more.
    untimed = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    hypothesis.settings.register_profile("untimed", untimed)
    hypothesis.settings.load_profile("untimed")
    if config.getoption("dist", "no") != "no":
        stack = ExitStack()
        stack.enter_context(shared_servers())
        config.add_cleanup(stack.close)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave tests of made-up examples out of coverage: it must not hang on chance, and would double what they take.

    Tests of a module that share a fixture of it go to the same process, so that it is made once. Those that take long
    come first: pytest-xdist hands out tests that belong to no group in their order, after those that do.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if hypothesis.is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.no_cover)
        if item.get_closest_marker("xdist_group") is None and _shares_a_fixture(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def _shares_a_fixture(item: pytest.Item) -> bool:
    """Whether it asks for a fixture that its module has for all its tests."""
    information = getattr(item, "_fixtureinfo", None)
    if information is None or not isinstance(item, pytest.Function):
        return False
    fixtures = [each[-1] for each in information.name2fixturedefs.values()]
    return any(each.scope == "module" and each.func.__module__ == item.module.__name__ for each in fixtures)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run if tests that share what is dear would be handed out one by one, which nobody would notice.

    The tests themselves stay for good: no garbage collection need go through them.
    """
    gc.collect()
    gc.freeze()
    if session.config.getoption("loadgroup", False):
        strays = [
            item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
        ]
        if strays:
            raise pytest.UsageError(f"pytest-xdist does not group tests with pytest {pytest.__version__}: {strays[0]}")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Packed bytes hold the time at which they were packed, and all processes must call a test the same."""
    return argname if isinstance(val, bytes) and not val.isascii() else None


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The base URL of a real Elasticsearch, one for the whole run: a test must use index names of its own.

    Without one the test is skipped, or fails where `REQUIRE_ELASTICSEARCH=1`.
    """
    yield from _server("Elasticsearch", elasticsearch_server)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a real PostgreSQL database, one for the whole run: a test must use tables or databases of its own.

    Without one the test is skipped, or fails where `REQUIRE_POSTGRES=1`.
    """
    yield from _server("Postgres", postgres_server)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def stock(postgres_database: str) -> str:
    """The URL of a database in the stock schema; see `tests.harness.stock`."""
    fill(postgres_database)
    return postgres_database


def _server(name: str, own: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    with server_or_skip(name, lambda: _shared(name) or own()) as url:
        yield url


def _shared(name: str) -> AbstractContextManager[str] | None:
    url = shared_url(name.lower())
    return None if url is None else nullcontext(url)


@contextmanager
def server_or_skip(name: str, own: Callable[[], AbstractContextManager[Server]]) -> Iterator[Server]:
    """The server that `own` starts. Without one the test is skipped, or fails where `REQUIRE_<NAME>=1`."""
    variable = f"REQUIRE_{name.upper()}"
    with ExitStack() as stack:
        try:
            server = stack.enter_context(own())
        except ServerUnavailable as error:
            if os.environ.get(variable) == "1":
                pytest.fail(f"{variable}=1, and there is none: {error}", pytrace=False)
            pytest.skip(f"NOT TESTED, no {name} here: {error}")
        yield server


@pytest.fixture(scope="session")
def own_index(elasticsearch_url: str) -> Iterator[Callable[[str], str]]:
    """Makes an alias of this run alone from a name, so that runs may share a server. What they stood for is deleted."""
    aliases: list[str] = []

    def own(name: str) -> str:
        aliases.append(f"{name}-{uuid4().hex}")
        return aliases[-1]

    yield own
    for alias in aliases:
        delete_loads(elasticsearch_url, alias)
