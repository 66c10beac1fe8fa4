"""URLs in the forms in which they arrive, each asked of the same few contacts on both engines."""

from collections.abc import Callable

import pytest

from tests.harness.cases import FILES, UrlCase, url_cases
from tests.harness.loads import run_load
from tests.harness.service import contacts


@pytest.fixture(scope="module")
def few(new_store: Callable[[], dict[str, str]]) -> dict[str, str]:
    environment = new_store()
    outcome = run_load(environment, "csv", str(FILES / "people_small.csv"))
    assert outcome.returncode == 0, outcome.stderr
    return environment


@pytest.mark.parametrize("case", url_cases(), ids=lambda case: case.name)
def test_a_url_finds_whom_it_means(case: UrlCase, few: dict[str, str]) -> None:
    outcome = contacts(few, "count", case.url)
    if case.refused_or is not None and outcome.returncode == 1:
        assert outcome.stderr.startswith("error: ")
        return
    assert outcome.returncode == 0, outcome.stderr
    assert int(outcome.stdout) == (case.count if case.refused_or is None else case.refused_or)
