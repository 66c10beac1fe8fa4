"""What the data directory holds, contacts, users and what tokens hang on, is its owner's alone: 0600 and 0700.

Whatever a process makes gets its mode when it is made, from the mask of the process: so it holds for the files of
DuckDB and SQLite too, which ask nobody. What earlier versions left open is closed when a command finds it, and what
root makes in the directory of another user becomes that one's.
"""

import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

OWNER_ONLY = 0o077
"""The mask, and the bits of a mode that let others in."""

_OURS = re.compile(r"users\.sqlite3.*|.+-\d{8}T\d+Z\..+|.+\.(current|next|watermark|golden|job\..+)")
"""The names of what engines, loads and users keep in the data directory."""


class Closed(msgspec.Struct, frozen=True):
    """What others could read, by name.

    Attributes:
        mended: they can't any more.
        left: they still can: it is another user's, who alone may change that.
    """

    mended: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def make_directory(directory: Path) -> None:
    """Make the data directory if it is not there, for its owner alone. Raises `OSError`."""
    directory.mkdir(mode=0o777 & ~OWNER_ONLY, parents=True, exist_ok=True)


def open_private(path: Path) -> BinaryIO:
    """A new file at `path` to write to, for its owner alone, also where there was one that others could read.

    Raises `OSError`. A device or a pipe keeps its mode.
    """
    number = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666 & ~OWNER_ONLY)
    stream = os.fdopen(number, "wb")
    status = os.fstat(number)
    if stat.S_ISREG(status.st_mode):
        if status.st_mode & OWNER_ONLY:
            os.fchmod(number, stat.S_IMODE(status.st_mode) & ~OWNER_ONLY)
        stream.truncate()
    return stream


def open_to_others(path: Path) -> bool:
    """Whether others than its owner may do something with a file. A link is whoever's it leads to; what a load or a
    service beside us took away meanwhile is nobody's."""
    try:
        return not path.is_symlink() and bool(path.stat().st_mode & OWNER_ONLY)
    except OSError:
        return False


def keep_private(directory: Path) -> Closed:
    """From now on this process makes all files for their owner alone; and close what is open in the data `directory`.

    Only what has a name of ours is closed, and the directory itself if it holds nothing else: it may be one that others
    work in too.
    """
    os.umask(OWNER_ONLY)
    mended: list[str] = []
    left: list[str] = []
    try:
        entries = sorted(directory.iterdir())
    except OSError:
        return Closed()
    ours = [path for path in entries if _OURS.fullmatch(path.name)]
    for path in filter(open_to_others, ours):
        if _closed(path):
            mended.append(path.name)
        elif open_to_others(path):
            left.append(path.name)
    # Of a directory others learn names only: if it is another user's, as a mounted one may be, nothing is said of it.
    if len(ours) == len(entries) and open_to_others(directory) and _closed(directory) and ours:
        mended.append(directory.name)
    return Closed(tuple(mended), tuple(left))


def hand_over(directory: Path) -> None:
    """Give what root made in the data `directory` of another user to that one, as SQLite does with its own files.

    Otherwise a load by root would go live, and a service that runs as that user could not read it.
    """
    if os.geteuid() != 0:
        return
    with suppress(OSError):
        owner = directory.stat()
        if owner.st_uid != 0:
            for path in filter(lambda path: _OURS.fullmatch(path.name), directory.iterdir()):
                _give(path, owner)


def _give(path: Path, owner: os.stat_result) -> None:
    with suppress(OSError):
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            status = os.fstat(number)
            # Whoever owns the directory may have put a link to a file of root's there.
            if status.st_uid == 0 and status.st_nlink == 1 and stat.S_ISREG(status.st_mode):
                os.fchown(number, owner.st_uid, owner.st_gid)
        finally:
            os.close(number)


def _closed(path: Path) -> bool:
    """Whether it is closed to others now, which only its owner can do."""
    try:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OWNER_ONLY)
    except OSError:
        return False
    return True
