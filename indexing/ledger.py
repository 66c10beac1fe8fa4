"""Which contacts a load accepted: a fingerprint of each uuid in a file, counted at the end without knowing the engine.

It is what the guard before the swap compares an index with, so it must not take the engine's word for anything.
Eight bytes a row on disk, and a bounded share of them in memory while counting.
"""

from array import array
from hashlib import blake2b
from pathlib import Path

WIDTH = 8
"""Bytes of a fingerprint. Two uuids with the same one are counted as one; of ten million, one pair in 400,000 loads."""

_AT_ONCE = 1_000_000
_READ_BYTES = 8 * 65536


def fingerprint(uuid: str) -> bytes:
    """What stands in the ledger for `uuid`."""
    return blake2b(uuid.encode(), digest_size=WIDTH).digest()


class Ledger:
    """The fingerprints of one load, in a file at `path`, of which the first `size` bytes are kept."""

    def __init__(self, path: Path, size: int = 0) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = path.open("r+b" if size else "wb")
        self._stream.truncate(size)
        self._stream.seek(size)

    @property
    def size(self) -> int:
        """Bytes that are safe in the file after `flush`."""
        return self._stream.tell()

    def add(self, fingerprints: bytes) -> None:
        """Note accepted contacts."""
        self._stream.write(fingerprints)

    def flush(self) -> None:
        """Bring everything to the file."""
        self._stream.flush()

    def distinct(self, start: int = 0) -> int:
        """How many different contacts were accepted from byte `start` on."""
        self.flush()
        parts = max(1, -(-(self.size - start) // (WIDTH * _AT_ONCE)))
        return sum(self._distinct_in(start, part, parts) for part in range(parts))

    def _distinct_in(self, start: int, part: int, parts: int) -> int:
        """Different fingerprints among those of one part: as many passes over the file as memory asks for."""
        found: set[int] = set()
        with self._path.open("rb") as stream:
            stream.seek(start)
            while data := stream.read(_READ_BYTES):
                numbers = array("Q", data)
                found.update(numbers if parts == 1 else [number for number in numbers if number % parts == part])
        return len(found)

    def close(self) -> None:
        """Close the file and leave it, for a load that may be resumed."""
        self._stream.close()

    def remove(self) -> None:
        """Close and delete the file."""
        self._stream.close()
        self._path.unlink(missing_ok=True)
