"""Processes that a load starts to do a piece of its work: they end with it, and leave interrupts to it."""

import atexit
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from threading import Thread, Timer
from typing import TypeVar

from search.memory import tune_memory

Result = TypeVar("Result")

_CONTEXT = multiprocessing.get_context("spawn")

_LAST_SECONDS = 5.0
"""How long a child goes on after a SIGTERM."""

_INTERRUPTS = frozenset({signal.SIGINT, signal.SIGTERM})


class ChildDied(Exception):
    """A child ended by itself, perhaps of too little memory."""


def children(number: int) -> ProcessPoolExecutor:
    """A pool of so many children, which start with nothing of what is in this process; hand them work within
    `interrupts_held_back`."""
    return ProcessPoolExecutor(number, _CONTEXT, _begin)


def in_child(work: Callable[[], Result]) -> Result:
    """What `work` returns, or raises, in a process of its own, whose memory is all its. Blocks.

    Raises:
        ChildDied: it did neither.
    """
    # Of a pipe nothing is left where this process ends at once.
    receiving, sending = _CONTEXT.Pipe(duplex=False)
    child = _CONTEXT.Process(target=_tell, args=(sending, work), daemon=True)
    with receiving:
        with sending, interrupts_held_back():
            child.start()
        try:
            result, error = receiving.recv()
        except EOFError:
            raise ChildDied from None
        finally:
            child.join()
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return] # it is what `work` made


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """A child that is started meanwhile gets no interrupt before it knows what to do with it.

    To this process none is lost: it gets it afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _tell(sending: Connection, work: Callable[[], object]) -> None:
    _begin()
    try:
        told: tuple[object, Exception | None] = work(), None
    except Exception as error:
        # It is raised where it is received.
        told = None, error
    sending.send(told)


def _begin() -> None:
    """Interrupts are for who started it to handle, and a child never outlives that, even if it is killed.

    A SIGTERM that is sent to all processes gives that one a while to end the children. It is also how a pool ends what
    is left of it, so they do not ignore it. A child that is no more needed ends at once: to free all that it remembers
    takes a tenth of a second and more, and DuckDB complains on standard error of what Python frees too late.
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
