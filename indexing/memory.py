"""How a process that does nothing but load uses its memory: the job and its workers call `tune_memory` when they start.

All were measured: a fifth of the time, of a load into Elasticsearch a resident size that does not grow with the number
of rows, and half of the pages that the system has to hand out, which are a twentieth of the time.
"""

import ctypes
import gc
from contextlib import suppress

_MEBIBYTE = 1024 * 1024

_MALLOPT = {
    -8: 1,  # M_ARENA_MAX
    -3: 32 * _MEBIBYTE,  # M_MMAP_THRESHOLD, the most that is taken
    -1: 128 * _MEBIBYTE,  # M_TRIM_THRESHOLD
}
"""`mallopt(3)` of glibc."""


def tune_memory() -> None:
    """Look for cycles a hundred times less often, have one heap for all threads, and keep what it holds.

    Rows make no cycles, and each look goes through all caches again. glibc gives every thread a heap, which keeps the
    most it ever held: batches of megabytes that wander from thread to thread would fill one after the other. What a
    batch held it gives back to the system, for the next one to ask for again, page by page.
    """
    gc.set_threshold(100_000, 20, 50)
    # Other C libraries have no such setting.
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        for parameter, value in _MALLOPT.items():
            library.mallopt(parameter, value)
