"""Where the contacts of an alias are: one file of its own a load, and a small pointer file that names the live one.

Replacing the pointer is atomic and is the whole swap: readers that have the old file open finish on it. (A rename
over an open DuckDB file would go on showing the old contacts to whoever opens it in the same process.)
"""

import os
import re
import shlex
from contextlib import suppress
from pathlib import Path

from mappings.errors import NothingIndexed
from search.duckdb.unreadable import refused, unreadable
from search.private import hand_over
from search.stores import by_age, new_stamp

_ENDING = ".duckdb"

_NAME = re.compile(r"[^/\\\0\n]+\.duckdb")

STAGED = (".documents", ".shared", ".items", ".building", ".scratch")
"""Endings, in place of a file's own, of what is there while it is made: what is staged (`search.duckdb.staging`), the
tables, what has no room in the memory."""


def new_name(index: str) -> str:
    """The name of a new file for the alias `index`."""
    return f"{index}-{new_stamp()}{_ENDING}"


def complete_files(data_dir: Path, index: str) -> list[str]:
    """The names of the complete files of the alias `index`, the oldest first.

    A file that is being built has another ending.
    """
    return by_age((path.name for path in data_dir.glob(f"*{_ENDING}")), index, _ENDING)


def staged(data_dir: Path, index: str) -> set[str]:
    """The names of the files of the alias `index` that something is staged for."""
    found = [(ending, [path.name for path in data_dir.glob(f"*{ending}")]) for ending in STAGED]
    return {name.removesuffix(ending) + _ENDING for ending, names in found for name in by_age(names, index, ending)}


def pointer_path(data_dir: Path, index: str) -> Path:
    """The pointer file of the alias `index`."""
    return data_dir / f"{index}.current"


def live_path(data_dir: Path, index: str) -> Path:
    """The live DuckDB file, which may be missing.

    Raises:
        NothingIndexed: nothing has been loaded yet.
        StoreUnreadable: the pointer file can't be read, or is damaged.
    """
    pointer = pointer_path(data_dir, index)
    try:
        name = pointer.read_bytes().decode("utf-8", "replace").strip()
    except FileNotFoundError:
        raise NothingIndexed from None
    except OSError as error:
        raise refused(pointer, error, f"remove it; then {_cure(data_dir, index)}") from error
    if not _NAME.fullmatch(name):
        raise unreadable(pointer, "is damaged: it does not name the live load", _cure(data_dir, index))
    return data_dir / name


def _cure(data_dir: Path, index: str) -> str:
    """What to do about a pointer file that does not name the live file."""
    pointer, names = pointer_path(data_dir, index), complete_files(data_dir, index)
    if not names:
        return f"there is no load that it could mean: delete {pointer.name} and load anew"
    return f"`echo {shlex.quote(names[-1])} > {shlex.quote(str(pointer.resolve()))}` makes the newest load live again"


def switch(data_dir: Path, index: str, name: str) -> None:
    """Make the file `name` of `data_dir` the live one, atomically, and so that it stays so when the power fails."""
    pointer = pointer_path(data_dir, index)
    draft = pointer.with_suffix(".next")
    with draft.open("w") as stream:
        stream.write(name + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    # Before anybody looks for it there.
    hand_over(data_dir)
    draft.replace(pointer)
    # What stands where is the directory's own matter. A file system that has no such thing has written it.
    directory = os.open(data_dir, os.O_RDONLY)
    with suppress(OSError):
        os.fsync(directory)
    os.close(directory)
