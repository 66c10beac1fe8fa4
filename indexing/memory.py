"""How a process that does nothing but load uses its memory: the job and its workers call `tune_memory` when they start.

Both were measured: a fifth of the time, and, of a load into Elasticsearch, a resident size that does not grow with
the number of rows.
"""

import ctypes
import gc
from contextlib import suppress

_M_ARENA_MAX = -8
"""`mallopt(3)` of glibc."""


def tune_memory() -> None:
    """Look for cycles a hundred times less often, and have one heap for all threads.

    Rows make no cycles, and each look goes through all caches again. glibc gives every thread a heap, which keeps the
    most it ever held: batches of megabytes that wander from thread to thread would fill one after the other.
    """
    gc.set_threshold(100_000, 20, 50)
    # Other C libraries have no such setting.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
