"""Rows → encoded documents, a batch at a time: the work that is worth spreading over processes.

A batch goes to a worker as plain lists and comes back as bytes; both are what crosses between processes fastest.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import wait
from threading import Thread, Timer
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from indexing.items import contact_reader
from indexing.ledger import fingerprint
from indexing.memory import tune_memory
from indexing.sources.cells import Cell
from indexing.sources.columns import ColumnMapping
from mappings.errors import IndexingError, RowRejected
from search.fields import ContactCompleteItem, complete_json, contact_of
from search.loader import Document

Encode = Callable[[int, ContactCompleteItem], Document]

_SMALL = 3
"""Batches that are encoded in this process before workers are started: a small file needs none."""

_LAST_SECONDS = 5.0
"""How long a worker goes on after a SIGTERM."""

_INTERRUPTS = frozenset({signal.SIGINT, signal.SIGTERM})


class Batch(msgspec.Struct, frozen=True):
    """Rows to encode.

    Attributes:
        columns: what the cells mean; `None` when each row is one finished contact, its `complete_json`.
        numbers: of the rows, in the run.
    """

    columns: ColumnMapping | None
    numbers: list[int]
    rows: list[Sequence[Cell]]


class Encoded(msgspec.Struct, frozen=True):
    """What became of a batch.

    Attributes:
        documents: of the rows that were accepted, in order.
        fingerprints: of their uuids, one after the other, for the ledger.
        rejects: row number → reason.
    """

    documents: list[Document]
    fingerprints: bytes
    rejects: dict[int, str]


def encode_batch(encode: Encode, batch: Batch) -> Encoded:
    """Encode a batch in this process. Pure."""
    documents, fingerprints, rejects = _encode(encode, batch)
    return Encoded([Document(*document) for document in documents], fingerprints, rejects)


def _encode(encode: Encode, batch: Batch) -> tuple[list[tuple[int, bytes, bytes]], bytes, dict[int, str]]:
    read = _decoded if batch.columns is None else _contact(batch.columns)
    documents, fingerprints, rejects = [], [], {}
    for number, row in zip(batch.numbers, batch.rows, strict=True):
        try:
            item = read(row)
            document = encode(number, item)
        except RowRejected as rejected:
            rejects[number] = str(rejected)
            continue
        documents.append((number, document.body, document.item))
        fingerprints.append(fingerprint(item.uuid))
    return documents, b"".join(fingerprints), rejects


def _contact(columns: ColumnMapping) -> Callable[[Sequence[Cell]], ContactCompleteItem]:
    read = contact_reader(columns)

    def identified(cells: Sequence[Cell]) -> ContactCompleteItem:
        contact = read(cells).contact
        return contact if contact.uuid else msgspec.structs.replace(contact, uuid=derived_uuid(contact))

    return identified


def derived_uuid(contact: ContactCompleteItem) -> str:
    """The uuid of a contact that has none of its own: made from the e-mail, else from the LinkedIn URL, else from all
    of it, so that the same row has the same uuid in every load."""
    name = (contact.email or "").lower() or contact.person_linkedin_url or complete_json(contact).decode()
    return str(uuid5(NAMESPACE_URL, name))


def _decoded(row: Sequence[Any]) -> ContactCompleteItem:
    try:
        return contact_of(row[0])
    except msgspec.DecodeError as error:
        raise RowRejected(f"the stored contact is damaged: {error}") from error


class Encoders:
    """Encodes batches, `workers` at a time; with 1 in a thread of this process, else in processes of their own."""

    def __init__(self, encode: Encode, workers: int) -> None:
        self._encode, self.workers = encode, workers
        self._pool: ProcessPoolExecutor | None = None
        self._batches = 0

    async def run(self, batch: Batch) -> Encoded:
        """What became of `batch`.

        Raises:
            IndexingError: a worker process died.
        """
        self._batches += 1
        if self.workers == 1 or self._batches <= _SMALL:
            return await asyncio.to_thread(encode_batch, self._encode, batch)
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_start_worker)
        work = partial(_encode, self._encode, batch)
        with _interrupts_held_back():
            encoding = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            documents, fingerprints, rejects = await encoding
        except BrokenProcessPool as error:
            raise WorkerDied("a worker process died, perhaps of too little memory; try --workers 1") from error
        return Encoded([Document(*document) for document in documents], fingerprints, rejects)

    def close(self) -> None:
        """End the workers, when they are done with what they have."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


class WorkerDied(IndexingError):
    """A worker process ended by itself. The load can be resumed."""


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A process that is started meanwhile gets no interrupt before `_start_worker` says what to do with it.

    To this process none is lost: it gets it afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    """Interrupts are for the job to handle, and a worker never outlives it, even if the job is killed.

    A SIGTERM that is sent to all processes gives the job a while to end the workers. That is also how a pool ends what
    is left of it, so they do not ignore it.
    """
    tune_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: _end_soon())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_soon() -> None:
    last = Timer(_LAST_SECONDS, os._exit, (1,))
    last.daemon = True
    last.start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
