"""The processes that encode: batches go to them as plain lists and come back as bytes."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from threading import Thread
from typing import TypeVar

from indexing.encoding import Encode
from indexing.memory import tune_memory
from mappings.errors import IndexingError

Given = TypeVar("Given")
Result = TypeVar("Result")

_SMALL = 3
"""Batches that are encoded in this process before workers are started: a small file needs none."""


class Encoders:
    """Encodes batches, `workers` at a time; with 1 in a thread of this process, else in processes of their own."""

    def __init__(self, encode: Encode, workers: int) -> None:
        self._encode, self.workers = encode, workers
        self._pool: ProcessPoolExecutor | None = None
        self._batches = 0

    async def run(self, work: Callable[[Encode, Given], Result], batch: Given) -> Result:
        """What `work`, a function of `encoding`, makes of `batch`.

        Raises:
            IndexingError: a worker process died.
        """
        self._batches += 1
        if self.workers == 1 or self._batches <= _SMALL:
            return await asyncio.to_thread(work, self._encode, batch)
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_start_worker)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, self._encode, batch)
        except BrokenProcessPool as error:
            raise WorkerDied("a worker process died, perhaps of too little memory; try --workers 1") from error

    def close(self) -> None:
        """End the workers, when they are done with what they have."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


class WorkerDied(IndexingError):
    """A worker process ended by itself. The load can be resumed."""


def _start_worker() -> None:
    """Ctrl-C is for the job to handle, and a worker never outlives it, even if the job is killed."""
    tune_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
