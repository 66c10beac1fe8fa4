"""Loads into a real DuckDB file: whole ones, updates, and what is gone on with after an interruption."""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from indexing.job import Summary
from indexing.loading import Interrupted, default_workers, load
from indexing.request import Limits, LoadRequest
from indexing.sources import base
from indexing.sources.base import Reading, RowBatch, Start
from indexing.sources.fingerprints import SourceChanged
from indexing.state import JobState, StateFile
from mappings.errors import EngineUnavailable, IndexingError, Superseded
from mappings.predicates import ContactFilter
from search.engine import EngineSettings
from tests.harness.memory_source import MemorySource, contact_rows
from tests.harness.stores import engine_of


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


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    return EngineSettings(data_dir=tmp_path / "data")


def loaded(settings: EngineSettings, *sources: MemorySource, **rest: Any) -> Summary:
    request = LoadRequest(sources=sources, rejects=settings.data_dir / "rejects.ndjson", workers=1, **rest)
    return asyncio.run(load(settings, request))


def titles(settings: EngineSettings) -> dict[str, str]:
    """uuid → title of all that is live."""

    async def read() -> dict[str, str]:
        async with engine_of(settings) as engine:
            compiled = engine.compile(ContactFilter())
            items = [msgspec.json.decode(item) async for batch in engine.scan(compiled) for item in batch]
            return {item["uuid"]: item["title"] for item in items}

    return asyncio.run(read())


def test_several_sources_as_one_load(settings: EngineSettings) -> None:
    first, second = MemorySource(rows=contact_rows(2000)), MemorySource(rows=contact_rows(10, first=1995, title="CTO"))
    summary = loaded(settings, first, second)
    assert (summary.rows, summary.indexed, summary.repeated, summary.live) == (2010, 2005, 5, 2005)
    assert summary.unknown_columns == ("Other",)
    assert (summary.watermark, first.closed, second.closed) == ("2000", [True], [True])
    assert [title for uuid, title in sorted(titles(settings).items()) if uuid > "id-001994"] == ["CTO"] * 10


def test_an_update_and_a_rebuild_begin_with_what_is_live(settings: EngineSettings) -> None:
    with pytest.raises(EngineUnavailable, match="without --update first"):
        loaded(settings, MemorySource(rows=contact_rows(1)), update=True)
    loaded(settings, MemorySource(rows=contact_rows(1600)))
    summary = loaded(settings, MemorySource(rows=contact_rows(2, first=1599, title="CTO")), update=True)
    assert (summary.rows, summary.indexed, summary.repeated, summary.live) == (2, 2, 0, 1601)
    before = titles(settings)
    assert sum(title == "CTO" for title in before.values()) == 2
    summary = loaded(settings, rebuild=True)
    assert (summary.rows, summary.indexed, summary.live) == (1601, 1601, 1601)
    assert titles(settings) == before


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many batches of few rows, so that some are acknowledged before a source breaks."""
    monkeypatch.setattr(base, "BATCH_ROWS", 300)


@pytest.mark.usefixtures("small_batches")
def test_an_interrupted_load_is_gone_on_with(settings: EngineSettings) -> None:
    rows = contact_rows(4000)
    with pytest.raises(Interrupted, match="the rest can't be read; nothing was swapped; --resume continues"):
        loaded(settings, MemorySource(rows=rows[:2500], fails=True))
    source = MemorySource(rows=rows)
    summary = loaded(settings, source, resume=True)
    assert (summary.rows, summary.indexed, summary.repeated) == (4000, 4000, 0)
    assert 0 < len(source.read) < 4000
    assert len(titles(settings)) == 4000
    with pytest.raises(IndexingError, match="no interrupted load"):
        loaded(settings, source, resume=True)


def test_a_load_whose_file_was_written_meanwhile_is_none_to_go_on_with(settings: EngineSettings) -> None:
    class Written(MemorySource, frozen=True, kw_only=True):
        @asynccontextmanager
        async def open(self, start: Start) -> AsyncGenerator[Reading]:
            async with super().open(start) as reading:
                yield reading
                raise SourceChanged("it was changed while it was read")

    assert loaded(settings, MemorySource(rows=contact_rows(1))).indexed == 1
    with pytest.raises(Interrupted, match=r"^it was changed while it was read; nothing was swapped$"):
        loaded(settings, Written(rows=contact_rows(2)))
    assert len(titles(settings)) == 1


def test_the_second_source_is_gone_on_with(settings: EngineSettings) -> None:
    first, second = MemorySource(rows=contact_rows(2000)), contact_rows(3000, first=2000)
    with pytest.raises(Interrupted):
        loaded(settings, first, MemorySource(rows=second[:2000], fails=True))
    again = MemorySource(rows=first.rows), MemorySource(rows=second)
    assert loaded(settings, *again, resume=True).indexed == 5000
    assert (again[0].read, len(titles(settings))) == ([], 5000)


@pytest.mark.usefixtures("small_batches")
def test_other_sources_or_flags_are_not_resumed(settings: EngineSettings) -> None:
    class Renamed(MemorySource, frozen=True, kw_only=True):
        identity = "another"

    loaded(settings, MemorySource(rows=contact_rows(1)))
    broken = MemorySource(rows=contact_rows(2000), fails=True)
    with pytest.raises(Interrupted):
        loaded(settings, broken)
    with pytest.raises(IndexingError, match=r"have changed since; load anew without --resume$"):
        loaded(settings, Renamed(rows=contact_rows(2000)), resume=True)
    # Without --resume what was left is removed, and nothing of it is live.
    assert loaded(settings, MemorySource(rows=contact_rows(3)), keep=0).live == 3
    assert len([path for path in settings.data_dir.iterdir() if path.suffix == ".duckdb"]) == 1


@pytest.mark.usefixtures("small_batches")
def test_a_cancelled_load_is_gone_on_with(settings: EngineSettings) -> None:
    class Endless(MemorySource, frozen=True, kw_only=True):
        """Waits after its rows for more that never come."""

        async def _batches(self, start: Start) -> AsyncGenerator[RowBatch]:
            async for batch in MemorySource._batches(self, start):
                yield batch
            interrupted.set()
            await asyncio.Event().wait()

    async def run() -> None:
        request = LoadRequest(sources=[source], rejects=settings.data_dir / "rejects.ndjson", workers=1)
        loading = asyncio.create_task(load(settings, request))
        await interrupted.wait()
        loading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loading

    interrupted = asyncio.Event()
    source = Endless(rows=contact_rows(2500))
    asyncio.run(run())
    assert source.closed == [True]
    assert loaded(settings, MemorySource(rows=contact_rows(3000)), resume=True).indexed == 3000


def test_a_crash_after_the_swap_needs_no_second_load(settings: EngineSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    source = MemorySource(rows=contact_rows(2000))
    with monkeypatch.context() as patched:
        # The state file stays, as after a crash between the swap and its removal.
        patched.setattr(StateFile, "remove", lambda _file: None)
        loaded(settings, source)
    summary = loaded(settings, source, resume=True)
    assert (summary.rows, summary.indexed, summary.live) == (2000, 2000, 2000)
    assert len(source.read) == 2000
    with StateFile(settings.data_dir, settings.index) as file:
        assert file.load() is None


def test_a_crash_after_the_swap_leaves_what_is_live_alone(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(StateFile, "remove", lambda _file: None)
        loaded(settings, MemorySource(rows=contact_rows(2000)))
    with pytest.raises(IndexingError, match="--max-rejects"):
        loaded(settings, MemorySource(headers=("", "Other", "Email", "More"), rows=contact_rows(5)))
    assert len(titles(settings)) == 2000
    summary = loaded(settings, MemorySource(rows=contact_rows(5)), limits=Limits(allow_shrink=True))
    assert summary.live == 5


@pytest.mark.parametrize("name", ["save", "__enter__"])
def test_a_disk_that_is_full_is_told_with_the_cure(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = MemorySource(rows=contact_rows(3))
    loaded(settings, source)
    saved = StateFile.save

    def full(file: StateFile, *state: JobState) -> None:
        if not state or state[0].numbered:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        saved(file, *state)

    monkeypatch.setattr(StateFile, name, full)
    with pytest.raises(IndexingError) as caught:
        loaded(settings, source)
    told = "a file of the load in CONTACTS_DATA_DIR, or its rejects or repairs, can't be read or written: No space left"
    assert str(caught.value).startswith(told)
    assert str(caught.value).endswith("; --resume continues where it stopped") == (name == "save")
    monkeypatch.undo()
    if name == "save":
        loaded(settings, source, resume=True)
    assert len(titles(settings)) == 3


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("ending", ["*.documents", "*.shared", "*.items", "*.ledger", "*.keys"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_load_whose_files_lost_their_end_is_begun_anew(settings: EngineSettings, ending: str, whole: bool) -> None:
    """What a machine that goes down may cost: the state says more than is there."""
    rows = contact_rows(2000)
    with pytest.raises(Interrupted):
        loaded(settings, MemorySource(rows=rows, fails=True))
    [path] = settings.data_dir.glob(ending)
    if whole:
        path.unlink()
    else:
        os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(Superseded, match=r"is not what that left.*; load anew without --resume$"):
        loaded(settings, MemorySource(rows=rows), resume=True)
    assert loaded(settings, MemorySource(rows=rows)).live == 2000
