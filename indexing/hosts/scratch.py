"""Room in the data directory for one run of a part alone, so that several may go on beside each other."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from search.private import make_directory


@contextmanager
def scratch(data_dir: Path, index: str) -> Iterator[Path]:
    """An empty directory, which is removed at the end of the block, and with it those that killed runs have left.

    Whether one is still somebody's is told by a lock on it, which the kernel gives back when a process ends.
    """
    make_directory(data_dir)
    prefix = f"{index}.job.part-"
    with _locked(data_dir / f"{index}.job.parts", os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX):
        for left in data_dir.glob(f"{prefix}*"):
            try:
                with _locked(left, os.O_RDONLY, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    shutil.rmtree(left)
            except OSError:
                # Somebody works there, or has just removed it.
                continue
        directory = Path(mkdtemp(prefix=prefix, dir=data_dir))
        mine = os.open(directory, os.O_RDONLY)
        fcntl.flock(mine, fcntl.LOCK_EX)
    try:
        yield directory
    finally:
        os.close(mine)
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _locked(path: Path, flags: int, how: int) -> Iterator[None]:
    number = os.open(path, flags, 0o600)
    try:
        fcntl.flock(number, how)
        yield
    finally:
        os.close(number)
