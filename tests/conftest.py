"""Fixtures that all tests share."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.servers import ServerUnavailable, elasticsearch_server


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The base URL of a real Elasticsearch, one for the whole run: a test must use index names of its own.

    Without one the test is skipped, or fails where `REQUIRE_ELASTICSEARCH=1`.
    """
    with ExitStack() as stack:
        try:
            url = stack.enter_context(elasticsearch_server())
        except ServerUnavailable as error:
            if os.environ.get("REQUIRE_ELASTICSEARCH") == "1":
                pytest.fail(f"REQUIRE_ELASTICSEARCH=1, and there is none: {error}", pytrace=False)
            pytest.skip(f"NOT TESTED, no Elasticsearch here: {error}")
        yield url
