"""Which contacts a load accepted: a fingerprint of each uuid in a file, counted at the end without knowing the engine.

It is what the guard before the swap compares an index with, so it must not take the engine's word for anything.
Eight bytes a row on disk. For counting they are dealt out to files small enough to be counted one by one in memory.
"""

from array import array
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

WIDTH = 8
"""Bytes of a fingerprint. Two uuids with the same one are counted as one; of ten million, one pair in 400,000 loads."""

_AT_ONCE = 128 * 1024
_MOST_PARTS = 256
"""Fingerprints that are counted at once, up to the number of files that may be open: beyond, it is more of them."""

_READ_BYTES = WIDTH * 64 * 1024


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
        parts = min(_MOST_PARTS, 1 + (self.size - start) // (WIDTH * _AT_ONCE))
        with self._path.open("rb") as stream, ExitStack() as stack:
            stream.seek(start)
            dealt = [stack.enter_context(TemporaryFile(dir=self._path.parent)) for _ in range(parts)]
            while data := stream.read(_READ_BYTES):
                hands: list[list[int]] = [[] for _ in dealt]
                for number in array("Q", data):
                    hands[number % parts].append(number)
                for part, hand in zip(dealt, hands, strict=True):
                    part.write(array("Q", hand))
            return sum(map(_distinct, dealt))

    def close(self) -> None:
        """Close the file and leave it, for a load that may be resumed."""
        self._stream.close()


def _distinct(stream: IO[bytes]) -> int:
    stream.seek(0)
    return len(set(array("Q", stream.read())))
