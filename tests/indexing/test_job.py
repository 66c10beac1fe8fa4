"""The guard before the swap, and what a failed or interrupted load leaves behind, with a loader that misbehaves."""

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from indexing.guard import LoadRefused
from indexing.job import Job, Summary, new_state
from indexing.progress import ProgressBar
from indexing.request import MERGE_SECONDS, Limits, LoadRequest
from indexing.sources.csv import CsvSource
from indexing.state import StateFile
from mappings.errors import EngineUnavailable, LoadRunning, RowRejected, SourceError
from search.engine import Engine
from search.fields import ContactCompleteItem
from search.loader import Document, Encoder, Holder, Refusal, unheard
from search.stores import LoadFigures, Store
from tests.harness.encoders import OneByOne
from tests.harness.live_contacts import LiveMemory
from tests.harness.loads import people
from tests.harness.memory_source import MemorySource, contact_rows


class Uuids(OneByOne):
    """Documents that are the uuid alone."""

    @staticmethod
    def encode(row: int, item: ContactCompleteItem, _complete: bytes | None = None) -> Document:
        if item.title == "unencodable":
            raise RowRejected("title: can't be encoded")
        return Document(row, item.uuid.encode())


class MemoryLoader(LiveMemory):
    """Keeps documents in a dictionary; `losing` uuids vanish, `refusing` rows are refused."""

    encoder: ClassVar[type[Encoder]] = Uuids
    in_place: ClassVar[bool] = False
    in_flight: ClassVar[int] = 2
    name = "fresh"

    def __init__(self, live: int = 0, losing: int = 0, refusing: Sequence[int] = (), fail_after: int = -1) -> None:
        super().__init__()
        self._live, self._losing, self._refusing, self._fail_after = live, losing, refusing, fail_after
        self.written: dict[str, int] = {}
        self.calls: list[str] = []
        self.merged = True

    def exclusively(self, holder: Holder) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def clear(self, abandoned: str | None = None) -> list[str]:
        return []

    async def base(self) -> int:
        return 0

    async def start(self, contacts: int = 0) -> None:
        self.calls.append("start")

    async def resume(self, mark: str) -> None:
        self.calls.append(f"resume {mark}")

    async def write(self, documents: Sequence[Document]) -> list[Refusal]:
        if self._fail_after == 0:
            raise EngineUnavailable("gone")
        self._fail_after -= 1
        for document in documents:
            if document.row not in self._refusing:
                self.written[document.body.decode()] = document.row
        return [Refusal(each.row, "refused by the engine: x") for each in documents if each.row in self._refusing]

    async def mark(self) -> str:
        return str(len(self.written))

    async def finish(self, figures: LoadFigures | None = None) -> int:
        self.figures = figures
        return len(self.written) - self._losing

    async def merge(self, seconds: float) -> bool:
        self.calls.append(f"merge {seconds}")
        return self.merged

    def reader(self) -> Engine[Any]:
        raise NotImplementedError

    async def noted(self) -> bytes:
        return b""

    async def note(self, change: Callable[[bytes], bytes]) -> None:
        raise NotImplementedError

    async def live(self) -> Store | None:
        return Store("old", self._live, live=True) if self._live else None

    async def swap(self, stage: Callable[[str], None] = unheard) -> None:
        self.calls.append("swap")

    async def abort(self) -> None:
        self.calls.append("abort")

    async def stores(self) -> list[Store]:
        return []

    async def rollback(self) -> Store:
        raise NotImplementedError

    async def close(self) -> None:
        pass


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Summary]:
    def run_job(
        loader: MemoryLoader,
        text: str,
        limits: Limits | None = None,
        resume: bool = False,
        merge_seconds: float = MERGE_SECONDS,
    ) -> Summary:
        source = CsvSource(path=str(tmp_path / "people.csv"))
        Path(source.path).write_text(text)
        with StateFile(tmp_path, "contacts") as file, ProgressBar(None) as progress:
            rejects = tmp_path / "rejects.ndjson"
            request = LoadRequest(
                sources=[source],
                rejects=rejects,
                limits=limits or Limits(),
                resume=resume,
                merge_seconds=merge_seconds,
            )
            state = file.load() if resume else new_state(loader, request, 0)
            assert state is not None
            return asyncio.run(Job(request, loader, state, file, progress).run())

    return run_job


def leftovers(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()} - {"people.csv", "contacts.job.lock"}


def test_the_engine_may_give_back_room_before_the_swap(run: Any, caplog: pytest.LogCaptureFixture) -> None:
    loader = MemoryLoader()
    loader.merged = False
    assert run(loader, people(3), merge_seconds=90).live == 3
    assert loader.calls == ["start", "merge 90", "swap"]
    assert "Not all is merged within 90 s" in caplog.text


def test_a_load_can_go_live_at_once(run: Any, caplog: pytest.LogCaptureFixture) -> None:
    loader = MemoryLoader()
    run(loader, people(3), merge_seconds=0)
    assert (loader.calls, caplog.text) == (["start", "swap"], "")


def test_every_row_is_accounted_for(run: Any, tmp_path: Path) -> None:
    loader = MemoryLoader(refusing=[3])
    text = people(10) + people(4).split("\n", 1)[1] + "id-x,x@acme.com,unencodable\nid-y,,,more\n"
    summary = run(loader, text, Limits(max_rejects=0.5))
    assert (summary.rows, summary.indexed, summary.repeated, summary.rejected) == (16, 10, 3, 3)
    assert summary.rejects_by_reason == {
        "refused by the engine": 1,
        "title": 1,
        "the row has 4 cells where the header has 3": 1,
    }
    assert loader.written["id-000001"] == 12
    assert loader.calls == ["start", "merge 3600", "swap"]
    assert leftovers(tmp_path) == {"rejects.ndjson"}
    told = loader.figures
    assert told is not None
    assert (told.rows, told.repeated, told.rejected, told.repaired) == (16, 3, 3, 0)
    assert told.filled == {name: filled.now for name, filled in summary.filled.items()} | {
        name: 0 for name, count in told.filled.items() if not count
    }


@pytest.mark.parametrize(
    ("loader", "text", "limits", "said"),
    [
        (MemoryLoader(losing=1), people(10), Limits(), "9 contacts where 10 were accepted"),
        (MemoryLoader(live=21), people(10), Limits(), "10 contacts would replace 21.*--allow-shrink"),
        (MemoryLoader(), people(10) + "x,y,z,more\n", Limits(), "1 of 11 rows were rejected.*--max-rejects"),
        (MemoryLoader(), "uuid\n", Limits(), "no rows"),
        (MemoryLoader(), "uuid,Title\nx,y,z\n", Limits(max_rejects=1), "no row became a contact"),
    ],
)
def test_a_wrong_load_is_never_swapped_in(
    run: Any, tmp_path: Path, loader: MemoryLoader, text: str, limits: Limits, said: str
) -> None:
    with pytest.raises(LoadRefused, match=said):
        run(loader, text, limits)
    assert loader.calls == ["start", "abort"]
    assert leftovers(tmp_path) <= {"rejects.ndjson"}


def test_shrinking_may_be_allowed(run: Any) -> None:
    assert run(MemoryLoader(live=21), people(10), Limits(allow_shrink=True)).indexed == 10
    assert run(MemoryLoader(live=20), people(10)).indexed == 10


def test_a_failure_before_the_first_batch_leaves_nothing(run: Any, tmp_path: Path) -> None:
    for loader, text in ((MemoryLoader(fail_after=0), people(10)), (MemoryLoader(), "no,column\n1,2\n")):
        with pytest.raises((EngineUnavailable, SourceError)):
            run(loader, text)
        assert loader.calls[-1] == "abort"
        assert leftovers(tmp_path) == set()


def test_a_load_that_stopped_goes_on_where_it_was(run: Any, tmp_path: Path) -> None:
    loader = MemoryLoader(fail_after=2)
    text = people(5000) + "broken,by,a,comma\n" + people(5000, first=5000).split("\n", 1)[1]
    with pytest.raises(EngineUnavailable):
        run(loader, text)
    assert loader.calls == ["start"]
    assert {"contacts.job.json", "contacts.job.ledger"} <= leftovers(tmp_path)
    loader._fail_after = -1
    summary = run(loader, text, resume=True)
    assert (summary.rows, summary.indexed, summary.repeated, summary.rejected) == (10_001, 10_000, 0, 1)
    assert loader.calls == ["start", "resume 3000", "merge 3600", "swap"]
    assert leftovers(tmp_path) == {"rejects.ndjson"}


class SwapsAndStops(MemoryLoader):
    """The first swap is made, and then it is as if the process ended."""

    def reader(self) -> Engine[Any]:
        raise NotImplementedError

    async def noted(self) -> bytes:
        return b""

    async def note(self, change: Callable[[bytes], bytes]) -> None:
        raise NotImplementedError

    async def live(self) -> Store | None:
        return Store(self.name, len(self.written), live=True) if "swap" in self.calls else None

    async def swap(self, stage: Callable[[str], None] = unheard) -> None:
        await super().swap()
        raise EngineUnavailable("gone")


def test_a_load_that_stopped_after_its_swap_tells_the_same(run: Any, tmp_path: Path) -> None:
    loader, text = SwapsAndStops(), people(2000) + ",,\n"
    with pytest.raises(EngineUnavailable):
        run(loader, text)
    summary = run(loader, text, resume=True)
    whole = run(MemoryLoader(), text)
    assert summary.lines.read == 2002
    assert msgspec.structs.replace(summary, seconds=0) == msgspec.structs.replace(whole, seconds=0)
    assert loader.calls == ["start", "merge 3600", "swap"]
    assert leftovers(tmp_path) == set()


def test_a_write_under_way_is_cancelled_with_its_load(tmp_path: Path) -> None:
    class Stuck(MemoryLoader):
        async def write(self, documents: Sequence[Document]) -> list[Refusal]:
            self.calls.append("write")
            writing.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.calls.append("write ended")
            return []

    async def run() -> None:
        request = LoadRequest(sources=[MemorySource(rows=contact_rows(10))], rejects=tmp_path / "rejects.ndjson")
        with StateFile(tmp_path, "contacts") as file, ProgressBar(None) as progress:
            job = asyncio.create_task(Job(request, loader, new_state(loader, request, 0), file, progress).run())
            await writing.wait()
            job.cancel()
            with pytest.raises(asyncio.CancelledError):
                await job

    loader, writing = Stuck(), asyncio.Event()
    asyncio.run(run())
    # Nothing was acknowledged, so nothing stays to be resumed.
    assert loader.calls == ["start", "write", "write ended", "abort"]
    assert leftovers(tmp_path) == set()


def test_two_loads_into_one_index_exclude_each_other(tmp_path: Path) -> None:
    with (
        StateFile(tmp_path, "contacts"),
        pytest.raises(
            LoadRunning,
            match=rf"into contacts is running: process {os.getpid()} on .*, since 20.*; wait for",
        ),
        StateFile(tmp_path, "contacts"),
    ):
        pass
