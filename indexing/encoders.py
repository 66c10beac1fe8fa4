"""The processes that encode: batches go to them as plain lists and come back as bytes."""

import asyncio
import atexit
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from threading import Thread, Timer
from typing import TypeVar

from indexing.memory import tune_memory
from mappings.errors import IndexingError
from search.loader import Encoder

Given = TypeVar("Given")
Result = TypeVar("Result")

_LAST_SECONDS = 5.0
"""How long a worker goes on after a SIGTERM."""

_INTERRUPTS = frozenset({signal.SIGINT, signal.SIGTERM})

_SMALL = 3
"""Batches that are encoded in this process before workers are started: a small file needs none."""


class Encoders:
    """Encodes batches, `workers` at a time; with 1 in a thread of this process, else in processes of their own."""

    def __init__(self, encoder: type[Encoder], workers: int) -> None:
        self._encoder, self.workers = encoder, workers
        self._pool: ProcessPoolExecutor | None = None
        self._batches = 0

    async def run(self, work: Callable[[type[Encoder], Given], Result], batch: Given) -> Result:
        """What `work`, a function of `encoding`, makes of `batch`.

        Raises:
            IndexingError: a worker process died.
        """
        self._batches += 1
        if self.workers == 1 or self._batches <= _SMALL:
            return await asyncio.to_thread(work, self._encoder, batch)
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_start_worker)
        with _interrupts_held_back():
            done = asyncio.get_running_loop().run_in_executor(self._pool, work, self._encoder, batch)
        try:
            return await done
        except BrokenProcessPool as error:
            raise WorkerDied("a worker process died, perhaps of too little memory; try --workers 1") from error

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
    is left of it, so they do not ignore it. A worker that is no more needed ends at once: to free all that it remembers
    takes a tenth of a second and more.
    """
    tune_memory()
    atexit.register(os._exit, 0)
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
