"""The spool: every contact that a load accepted, as JSON, so that a later row of the same can be joined with it.

It only grows. What a crash leaves at its end is never cut off: the key table knows where each contact stands.
"""

import os
from collections.abc import Sequence
from pathlib import Path


class Spool:
    """Contacts in a file at `path`. Blocks: to be used in threads.

    Args:
        resumed: go on with the file of an interrupted load.
    """

    def __init__(self, path: Path, resumed: bool = False) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | (0 if resumed else os.O_TRUNC), 0o600)
        self._size = os.fstat(self._file).st_size

    def add(self, contacts: Sequence[bytes]) -> list[int]:
        """Keep `contacts`; where each of them stands."""
        places, at = [], self._size
        for contact in contacts:
            places.append(at)
            at += len(contact)
        os.pwrite(self._file, b"".join(contacts), self._size)
        self._size = at
        return places

    def read(self, place: int, size: int) -> bytes:
        """The contact of `size` bytes at `place`."""
        return os.pread(self._file, size, place)

    def close(self) -> None:
        """Close the file and leave it, for a load that may be resumed."""
        os.close(self._file)
