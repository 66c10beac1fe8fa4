"""Batches in this process and in others."""

import asyncio
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from indexing.encoders import Encoders, WorkerDied
from indexing.encoding import Batch, Encoded, encode_batch
from mappings.errors import RowRejected
from search.fields import ContactCompleteItem
from search.loader import Document
from tests.harness.encoders import OneByOne
from tests.indexing.test_encoding import COLUMNS, batch


class Remembered:
    """Says in the file of `FREED` that it was freed."""

    def __init__(self) -> None:
        self._file, self._write = os.open(os.environ["FREED"], os.O_WRONLY | os.O_APPEND), os.write

    def __del__(self) -> None:
        self._write(self._file, b"freed")


REMEMBERED: list[Remembered] = []


class Processes(OneByOne):
    """Documents that tell where they were made; workers remember something where `FREED` is set."""

    @staticmethod
    def encode(row: int, contact: ContactCompleteItem, _complete: bytes | None = None) -> Document:
        if multiprocessing.parent_process() is not None and "FREED" in os.environ and not REMEMBERED:
            REMEMBERED.append(Remembered())
        if contact.title == "unencodable":
            raise RowRejected("title: can't be encoded")
        return Document(row, contact.uuid.encode(), f"{os.getpid()}".encode())


class End(OneByOne):
    """The process ends with the first document."""

    @staticmethod
    def encode(_row: int, _contact: ContactCompleteItem, _complete: bytes | None = None) -> Document:
        os._exit(1)


@pytest.mark.parametrize("workers", [1, 2])
def test_many_batches_are_spread_over_processes(workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freed = tmp_path / "freed"
    freed.touch()
    monkeypatch.setenv("FREED", str(freed))

    async def run() -> list[Encoded]:
        batches = [batch(at, "CEO", "unencodable") for at in range(10)]
        return await asyncio.gather(*[encoders.run(encode_batch, each) for each in batches])

    encoders = Encoders(Processes, workers)
    try:
        done = asyncio.run(run())
    finally:
        encoders.close()
    assert [[document.body for document in encoded.documents] for encoded in done] == [[b"%d" % at] for at in range(10)]
    assert [list(encoded.rejects) for encoded in done] == [[at + 1] for at in range(10)]
    processes = [int(document.item) for encoded in done for document in encoded.documents]
    # A few are done here before others are started.
    assert processes[:3] == [os.getpid()] * 3
    assert (os.getpid() in processes[3:]) == (workers == 1)
    # Workers end at once, with all that they remember.
    assert freed.read_bytes() == b""


def test_a_worker_that_dies_is_told() -> None:
    async def run() -> None:
        for _ in range(3):
            await encoders.run(encode_batch, Batch(COLUMNS, [], []))
        with pytest.raises(WorkerDied, match="try --workers 1"):
            await encoders.run(encode_batch, batch(1, "CEO"))

    encoders = Encoders(End, 2)
    try:
        asyncio.run(run())
    finally:
        encoders.close()


def test_workers_go_on_when_all_processes_are_told_to_end() -> None:
    """It is for the job to end them, which may still need them."""

    async def run() -> None:
        for _ in range(3):
            await encoders.run(encode_batch, Batch(COLUMNS, [], []))
        others = set(multiprocessing.active_children())
        await asyncio.gather(*[encoders.run(encode_batch, batch(at, "CEO")) for at in range(10)])
        # A slow machine may have let one of them do everything so far.
        workers = {worker.pid for worker in multiprocessing.active_children() if worker not in others}
        assert len(workers) == 2
        for worker in filter(None, workers):
            os.kill(worker, signal.SIGINT)
            os.kill(worker, signal.SIGTERM)
        again = await asyncio.gather(*[encoders.run(encode_batch, batch(at, "CEO")) for at in range(10)])
        assert {int(encoded.documents[0].item) for encoded in again} <= workers

    encoders = Encoders(Processes, 2)
    try:
        asyncio.run(run())
    finally:
        encoders.close()
