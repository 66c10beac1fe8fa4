"""How much memory a process has, and has had at most."""

import os
from contextlib import suppress
from pathlib import Path

from benchmarks.beside import Beside
from benchmarks.processes import children

_PAUSE_SECONDS = 0.05


class Memory(Beside):
    """Looks at the memory of a process for as long as a block runs.

    Attributes:
        before: MiB that it had at the beginning.
        most: MiB that it has had at most since.
    """

    def __init__(self, process: int) -> None:
        super().__init__(self._watch)
        self._process = process
        self.before = self.most = resident(process)

    def _watch(self) -> None:
        while not self._over.wait(_PAUSE_SECONDS):
            self.most = max(self.most, resident(self._process))


def resident_of_all(process: int) -> float:
    """MiB of memory that a process has, and those that it started. What several of them share counts for each."""
    total = resident(process)
    for child in children(process):
        with suppress(FileNotFoundError, ProcessLookupError):
            total += resident(child)
    return total


def resident(process: int) -> float:
    """MiB of memory that a process has."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
