"""What tests of all engines share."""

import pytest

from search.engines import ENGINES
from tests.harness import naive_engine


@pytest.fixture
def naive(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of one more engine, the plainest, for as long as the test runs."""
    monkeypatch.setitem(ENGINES, "naive", naive_engine.__name__)
    return "naive"
