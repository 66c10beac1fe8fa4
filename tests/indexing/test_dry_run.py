"""What a load would do, without doing it."""

import asyncio
import json

import pytest

from indexing import progress
from indexing.dry_run import dry_run
from indexing.sources.base import Row
from mappings.errors import SourceError
from tests.harness.memory_source import MemorySource, contact_rows


def test_every_row_is_accounted_for() -> None:
    bad = [Row(1, ("x", "", "a\0b")), Row(2, (), "it is cut off"), Row(3, ("", "", ""))]
    rows = [*contact_rows(3000), *contact_rows(5), *bad]
    outcome = asyncio.run(dry_run([MemorySource(rows=rows), MemorySource(rows=contact_rows(10))], 1))
    assert (outcome.rows, outcome.accepted, outcome.duplicates, outcome.rejected) == (3018, 3000, 15, 3)
    assert outcome.rejects_by_reason == {"title": 1, "it is cut off": 1, "the row names nobody": 1}
    assert outcome.columns == {"memory": {"uuid": "uuid", "Other": None, "Title": "title"}}
    assert [example["uuid"] for example in outcome.examples] == ["id-000000", "id-000001", "id-000002"]


def test_columns_are_told_of_a_source_without_rows() -> None:
    outcome = asyncio.run(dry_run([MemorySource(headers=["uuid", "Note"], rows=[])], 1))
    assert (outcome.rows, outcome.columns, outcome.examples) == (0, {"memory": {"uuid": "uuid", "Note": None}}, [])


def test_what_can_not_be_read_is_raised() -> None:
    with pytest.raises(SourceError, match="the rest"):
        asyncio.run(dry_run([MemorySource(rows=contact_rows(1), fails=True)], 1))


def test_it_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "_LINE_SECONDS", 0.0)
    asyncio.run(dry_run([MemorySource(rows=contact_rows(2000))], 1))
    assert [json.loads(line)["rows"] for line in capsys.readouterr().err.splitlines()] == [1500, 2000]
