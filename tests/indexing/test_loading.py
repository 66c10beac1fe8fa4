"""How many processes encode when nobody says."""

import os

import pytest

from indexing.loading import default_workers


@pytest.mark.parametrize(
    ("processors", "engine", "workers"),
    [
        (None, "duckdb", 1),
        (1, "duckdb", 1),
        (2, "duckdb", 2),
        (8, "duckdb", 2),
        (1, "elasticsearch", 1),
        (2, "elasticsearch", 1),
        (3, "elasticsearch", 2),
    ],
)
def test_one_processor_is_left_to_elasticsearch(
    monkeypatch: pytest.MonkeyPatch, processors: int | None, engine: str, workers: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert default_workers(engine) == workers
