"""What is wrong with a file of an alias, and the cure: the error that both `files` and `reading` raise."""

import os
from pathlib import Path

from mappings.errors import StoreUnreadable

_LET_READ = "let the user that runs this read it (chown, chmod)"


def unreadable(path: Path, trouble: str, cure: str) -> StoreUnreadable:
    """The file at `path` `trouble`, e.g. `is empty`."""
    return StoreUnreadable(f"{path.resolve()} {trouble}", cure)


def refused(path: Path, error: OSError, cure: str) -> StoreUnreadable:
    """The system does not let us read the file at `path`; `cure` is for one that is of another kind."""
    trouble = f"can't be read: {os.strerror(error.errno) if error.errno else type(error).__name__}"
    if isinstance(error, PermissionError):
        return unreadable(path, trouble, _LET_READ)
    return unreadable(path, trouble, cure if isinstance(error, IsADirectoryError) else "mend that")
