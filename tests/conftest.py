"""Fixtures that all tests share."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

from tests.postgres import postgres_server
from tests.servers import ServerUnavailable, elasticsearch_server


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The base URL of a real Elasticsearch, one for the whole run: a test must use index names of its own.

    Without one the test is skipped, or fails where `REQUIRE_ELASTICSEARCH=1`.
    """
    yield from _server("Elasticsearch", elasticsearch_server())


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a real PostgreSQL database, one for the whole run: a test must use tables or databases of its own.

    Without one the test is skipped, or fails where `REQUIRE_POSTGRES=1`.
    """
    yield from _server("Postgres", postgres_server())


def _server(name: str, server: AbstractContextManager[str]) -> Iterator[str]:
    variable = f"REQUIRE_{name.upper()}"
    with ExitStack() as stack:
        try:
            url = stack.enter_context(server)
        except ServerUnavailable as error:
            if os.environ.get(variable) == "1":
                pytest.fail(f"{variable}=1, and there is none: {error}", pytrace=False)
            pytest.skip(f"NOT TESTED, no {name} here: {error}")
        yield url
