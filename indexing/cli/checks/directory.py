"""The data directory: whether it can be written, by whom, how much room there is, and what loads left in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from api.settings import Settings
from indexing.cli.checks.told import quoted
from indexing.state import StateFile
from mappings.errors import IndexingError
from search.findings import Finding, fault, ok, warning

LEAST_FREE = 512 * 2**20
"""Bytes: with less, the next load of some size or the log of the users' database may find no room."""

ROOM_FOR_A_LOAD = 3
"""What a load needs for a while, as many times the size of the files that are there."""

_SUBJECT, _DISK, _LOAD = "data directory", "disk", "interrupted load"
_OTHERS = 0o077
_ALL = os.R_OK | os.W_OK | os.X_OK


def directory(settings: Settings) -> Iterator[Finding]:
    """What there is to say of `CONTACTS_DATA_DIR`."""
    path = settings.engine.data_dir.resolve()
    if not path.exists():
        if not os.access(above := _nearest(path), _ALL, effective_ids=os.access in os.supports_effective_ids):
            cure = f"make it, and let the user that runs this have it: chown {os.geteuid()} {quoted(path)}"
            yield fault(_SUBJECT, f"{path} is not there, and user {os.geteuid()} can't make it in {above}", cure)
            return
        yield warning(_SUBJECT, f"{path} is not there yet", "a first load or start makes it; is it the right one?")
        return
    if not path.is_dir():
        yield fault(_SUBJECT, f"{path} is no directory", "name another one in CONTACTS_DATA_DIR")
        return
    if not os.access(path, _ALL, effective_ids=os.access in os.supports_effective_ids):
        cure = f"let the user that runs this have it: chown {os.geteuid()} {quoted(path)}"
        yield fault(_SUBJECT, f"{path} can't be read and written by user {os.geteuid()}", cure)
        return
    if path.stat().st_mode & _OTHERS:
        yield warning(_SUBJECT, f"others on this machine get into {path}", f"chmod 700 {quoted(path)}")
    else:
        yield ok(_SUBJECT, str(path))
    yield _disk(settings)
    yield from _interrupted(settings)


def _nearest(path: Path) -> Path:
    """The nearest directory above `path` that is there."""
    return next(above for above in path.parents if above.exists())


def _disk(settings: Settings) -> Finding:
    path = settings.engine.data_dir
    free = shutil.disk_usage(path).free
    largest = max(map(_size, path.iterdir()), default=0)
    found = f"{_gigabytes(free)} free in {path.resolve()}"
    if free < LEAST_FREE:
        return fault(
            _DISK,
            found,
            "make room: `contacts index status` lists loads; files of those that are not live can be deleted",
        )
    if free < ROOM_FOR_A_LOAD * largest:
        needed = _gigabytes(ROOM_FOR_A_LOAD * largest)
        return warning(_DISK, found, f"make room: the next load of this size may need {needed} for a while")
    return ok(_DISK, found)


def _interrupted(settings: Settings) -> Iterator[Finding]:
    try:
        state = StateFile(settings.engine.data_dir, settings.engine.index).load()
    except IndexingError as error:
        yield fault(_LOAD, str(error), "no load can begin before that")
        return
    if state is not None:
        cure = "if it is not running, go on with --resume; the next load without it removes what is left"
        yield warning(_LOAD, f"a load into {state.store} has {state.reading.rows:,} rows and is not finished", cure)


def _size(path: Path) -> int:
    """Bytes of a file; none of one that a load took away meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _gigabytes(size: int) -> str:
    return f"{size / 2**30:,.1f} GiB"
