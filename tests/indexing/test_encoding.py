"""Batches of rows → documents, in this process and in others."""

import asyncio
import os
import signal

import pytest

from indexing.encoding import Batch, Encoded, Encoders, WorkerDied, encode_batch
from indexing.ledger import fingerprint
from indexing.sources.columns import map_columns
from mappings.errors import RowRejected
from search.fields import ContactCompleteItem
from search.loader import Document

COLUMNS = map_columns(["uuid", "title"])


def encode(row: int, item: ContactCompleteItem) -> Document:
    if item.title == "unencodable":
        raise RowRejected("title: can't be encoded")
    return Document(row, item.uuid.encode(), f"{os.getpid()}".encode())


def end(_row: int, _item: ContactCompleteItem) -> Document:
    os._exit(1)


def batch(first: int, *titles: str | None) -> Batch:
    numbers = list(range(first, first + len(titles)))
    return Batch(COLUMNS, numbers, [(str(number), title) for number, title in zip(numbers, titles, strict=True)])


def test_what_becomes_of_a_batch() -> None:
    encoded = encode_batch(encode, batch(7, "CEO", "unencodable", "a\0b", None))
    assert [(document.row, document.body) for document in encoded.documents] == [(7, b"7"), (10, b"10")]
    assert encoded.fingerprints == fingerprint("7") + fingerprint("10")
    assert set(encoded.rejects) == {8, 9}


def test_rows_that_are_contacts_already() -> None:
    encoded = encode_batch(encode, Batch(None, [1, 2, 3], [('{"uuid":"a"}',), ('{"uuid":5}',), ("{",)]))
    assert [document.body for document in encoded.documents] == [b"a"]
    assert [reason.startswith("the stored contact is damaged: ") for reason in encoded.rejects.values()] == [True] * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_many_batches_are_spread_over_processes(workers: int) -> None:
    async def run() -> list[Encoded]:
        return await asyncio.gather(*[encoders.run(batch(at, "CEO", "unencodable")) for at in range(10)])

    encoders = Encoders(encode, workers)
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


def test_a_worker_that_dies_is_told() -> None:
    async def run() -> None:
        for _ in range(3):
            await encoders.run(Batch(COLUMNS, [], []))
        with pytest.raises(WorkerDied, match="try --workers 1"):
            await encoders.run(batch(1, "CEO"))

    encoders = Encoders(end, 2)
    try:
        asyncio.run(run())
    finally:
        encoders.close()


def test_workers_go_on_when_all_processes_are_told_to_end() -> None:
    """It is for the job to end them, which may still need them."""

    async def run() -> set[int]:
        for _ in range(3):
            await encoders.run(Batch(COLUMNS, [], []))
        first = await asyncio.gather(*[encoders.run(batch(at, "CEO")) for at in range(10)])
        workers = {int(encoded.documents[0].item) for encoded in first}
        for worker in workers:
            os.kill(worker, signal.SIGINT)
            os.kill(worker, signal.SIGTERM)
        again = await asyncio.gather(*[encoders.run(batch(at, "CEO")) for at in range(10)])
        assert {int(encoded.documents[0].item) for encoded in again} <= workers
        return workers

    encoders = Encoders(encode, 2)
    try:
        assert asyncio.run(run())
    finally:
        encoders.close()
