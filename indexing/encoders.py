"""The processes that encode: batches go to them as plain lists and come back as bytes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from mappings.errors import IndexingError
from search.children import children, interrupts_held_back
from search.loader import Encoder

Given = TypeVar("Given")
Result = TypeVar("Result")

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
            self._pool = children(self.workers)
        with interrupts_held_back():
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
