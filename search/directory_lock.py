"""The lock of a data directory: of all processes on its host one at a time loads from there, or goes back a load.

Whoever does the same from other directories and hosts is kept out where the contacts live, if that is somewhere else
(`Loader.exclusively`).
"""

import fcntl
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self
from uuid import uuid4

import msgspec

from mappings.errors import LoadRunning
from search.loader import Holder
from search.private import make_directory


class DirectoryLock:
    """The lock of the loads of `index` from `data_dir`; a context manager. The directory is made if it is not there.

    Attributes:
        holder: who has it, to be asked for within the block.
    """

    def __init__(self, data_dir: Path, index: str) -> None:
        self._path = data_dir / f"{index}.job.lock"
        self._index = index
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Take it.

        Raises:
            LoadRunning: another process has it.
            OSError: the directory can't be written, or its file system has no locks.
        """
        make_directory(self._path.parent)
        self._file = file = self._path.open("ab+")
        try:
            self._take(file)
        except BaseException:
            file.close()
            raise
        return self

    def _take(self, file: BinaryIO) -> None:
        try:
            # The kernel gives it back when the process ends, however it ends.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(file)
            who = f": {holder}" if holder else ""
            raise LoadRunning(
                f"another load into {self._index} is running{who}; wait for it or stop it there"
            ) from None
        before = _holder(file)
        # What tells this directory from all others is made up by its first load.
        directory, now = before.directory if before else uuid4().hex, datetime.now(UTC)
        since = now.isoformat(sep=" ", timespec="seconds")
        self.holder = Holder(directory, socket.gethostname(), os.getpid(), since)
        file.truncate(0)
        file.write(msgspec.json.encode(self.holder))
        file.flush()

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        if self._file is not None:
            self._file.close()


def _holder(lock: BinaryIO) -> Holder | None:
    """Who had the lock last, or has it, as that has written into it."""
    lock.seek(0)
    try:
        return msgspec.json.decode(lock.read(), type=Holder)
    except (msgspec.DecodeError, UnicodeError):
        return None
