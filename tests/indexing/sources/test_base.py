"""What every source has, and rows in batches."""

import asyncio

import pytest

from indexing.sources import base
from indexing.sources.base import Row, Source, Start, batched, total_size
from indexing.sources.csv import CsvSource
from mappings.errors import SourceError
from tests.harness.loads import rows_of
from tests.harness.memory_source import MemorySource, contact_rows


class Made(Source, frozen=True):
    name = "made"


def test_a_source_says_only_what_is_its_own() -> None:
    source = Made()
    assert (source.name, source.size, source.identity, source.carried) == ("made", None, "made", False)
    with pytest.raises(NotImplementedError):
        source.open(Start())
    with pytest.raises(NotImplementedError):
        Source().name  # noqa: B018


def test_the_size_of_several_is_known_when_each_is(tmp_path) -> None:
    file = CsvSource(path=str(tmp_path / "x.csv"))
    (tmp_path / "x.csv").write_text("Id\n1\n")
    assert [total_size(sources) for sources in ([], [file], [file, file], [file, Made()])] == [0, 5, 10, None]


def test_a_batch_is_full_at_either_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "BATCH_ROWS", 3)
    monkeypatch.setattr(base, "BATCH_CHARACTERS", 100)
    assert [len(batch) for batch in batched(contact_rows(7))] == [3, 3, 1]
    assert [len(batch) for batch in batched([Row(at, ("x" * 60, None, 5)) for at in range(5)])] == [2, 2, 1]
    assert list(batched([])) == []


def test_rows_are_taken_only_as_a_batch_needs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "BATCH_ROWS", 3)
    rows = iter(contact_rows(7))
    next(batched(rows))
    assert len(list(rows)) == 4


def test_a_source_is_closed_whatever_happens() -> None:
    source = MemorySource(rows=contact_rows(2), fails=True)
    with pytest.raises(SourceError, match="the rest"):
        rows_of(source)
    assert (source.read, source.closed) == ([1, 2], [True])

    async def leave() -> None:
        async with source.open(Start()):
            raise KeyError

    with pytest.raises(KeyError):
        asyncio.run(leave())
    assert source.closed == [True, True]
