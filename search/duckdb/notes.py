"""What is noted beside the loads of an alias: a small file beside them, which outlives them all. Blocks."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from search.private import hand_over, make_directory


class Notes:
    """The note of the alias `index` in `data_dir`."""

    def __init__(self, data_dir: Path, index: str) -> None:
        self._directory, self._path = data_dir, data_dir / f"{index}.golden"

    def read(self) -> bytes:
        """What is noted; empty where nothing is."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""

    def change(self, change: Callable[[bytes], bytes]) -> None:
        """Have it be what `change` makes of it, in one step. Of several processes one at a time does so."""
        make_directory(self._directory)
        with self._locked():
            draft = self._path.with_suffix(".golden.next")
            draft.write_bytes(change(self.read()))
            hand_over(self._directory)
            draft.replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # The directory itself: the file is replaced, and a lock would stay with the old one.
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
