"""Where the contacts of an alias are: one file of its own a load, and a small pointer file that names the live one.

Replacing the pointer is atomic and is the whole swap: readers that have the old file open finish on it. (A rename
over an open DuckDB file would go on showing the old contacts to whoever opens it in the same process.)
"""

import os
from pathlib import Path

from mappings.errors import NothingIndexed
from search.stores import by_age, new_stamp

_ENDING = ".duckdb"

STAGED = (".documents", ".items", ".building", ".scratch")
"""Endings, in place of a file's own, of what is there while it is made: documents, items, tables, what was sorted."""


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
    """The live DuckDB file.

    Raises:
        NothingIndexed: nothing has been loaded yet.
    """
    try:
        return data_dir / pointer_path(data_dir, index).read_text().strip()
    except FileNotFoundError:
        raise NothingIndexed from None


def switch(data_dir: Path, index: str, name: str) -> None:
    """Make the file `name` of `data_dir` the live one, atomically and durably."""
    pointer = pointer_path(data_dir, index)
    draft = pointer.with_suffix(".next")
    with draft.open("w") as stream:
        stream.write(name + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(pointer)
