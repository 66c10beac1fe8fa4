"""How glibc's allocator keeps memory: what loads and services, which differ in what they allocate, set when they start.

Other C libraries have no such options, and nothing is set there.
"""

import ctypes
from collections.abc import Mapping
from contextlib import suppress
from enum import IntEnum


class Option(IntEnum):
    """Options of `mallopt(3)`."""

    MMAP_THRESHOLD = -3
    """Bytes from which on a piece of memory is mapped by itself, and given back to the system as soon as it is free; 32
    MiB at most. Once set it stays: by itself it grows to the largest such piece that is freed."""

    TRIM_THRESHOLD = -1
    """Bytes at the end of a heap that are kept though they are free."""

    ARENA_MAX = -8
    """Heaps at most. By itself each thread has one, which keeps the most it ever held."""


def set_options(options: Mapping[Option, int]) -> None:
    """Set options for the whole process."""
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        for option, value in options.items():
            library.mallopt(int(option), value)


def give_back() -> None:
    """Give what is free back to the system, whatever the options say: before something else needs the room."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
