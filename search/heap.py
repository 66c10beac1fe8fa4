"""How glibc's allocator keeps memory: what loads and services, which differ in what they allocate, set when they start.

Other C libraries have no such options, and nothing is set there.
"""

import ctypes
from contextlib import suppress
from enum import IntEnum


class Option(IntEnum):
    """Options of `mallopt(3)`."""

    MMAP_THRESHOLD = -3
    """Bytes from which on a piece of memory is mapped by itself, and given back to the system as soon as it is free.
    Once set it stays: by itself it grows with each such piece that is freed, to 32 MiB."""

    ARENA_MAX = -8
    """Heaps at most. By itself each thread has one, which keeps the most it ever held."""


def set_option(option: Option, value: int) -> None:
    """Set an option for the whole process."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(int(option), value)
