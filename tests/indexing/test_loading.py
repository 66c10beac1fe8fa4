"""What a load refuses to go on with, and how many processes encode when nobody says."""

import asyncio
import os
from pathlib import Path

import pytest

from indexing.loading import default_workers, load
from indexing.request import LoadRequest
from indexing.state import JobState, StateFile
from mappings.errors import IndexingError
from search.engine import EngineSettings


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


def test_a_load_of_another_version_is_not_resumed(tmp_path: Path) -> None:
    settings = EngineSettings(data_dir=tmp_path)
    with StateFile(tmp_path, settings.index) as file:
        file.save(JobState(store="contacts-1", in_place=False, base=0, inputs=[], reject_path="rejects.ndjson"))
    with pytest.raises(IndexingError, match="another version"):
        asyncio.run(load(settings, LoadRequest(rejects=tmp_path / "rejects.ndjson", resume=True)))
