"""Which contacts a load accepted: the number of each (`identity.keys`) in a file, counted at the end without knowing
the engine.

It is what the guard before the swap compares an index with, so it must not take the engine's word for anything.
Eight bytes a row on disk. For counting they are dealt out to files small enough to be counted one by one in memory.
"""

from array import array
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

_WIDTH = 8
"""Bytes of a number."""

_AT_ONCE = 128 * 1024
_MOST_PARTS = 256
"""Numbers that are counted at once, up to the number of files that may be open: beyond, it is more of them."""

_READ_BYTES = _WIDTH * 64 * 1024


class Ledger:
    """The numbers of one load, in a file at `path`, of which the first `size` bytes are kept."""

    def __init__(self, path: Path, size: int = 0) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = path.open("r+b" if size else "wb")
        self._stream.truncate(size)
        self._stream.seek(size)
        self._counted: dict[tuple[int, int], int] = {}

    @property
    def size(self) -> int:
        """Bytes that are safe in the file after `flush`."""
        return self._stream.tell()

    def add(self, numbers: Iterable[int]) -> None:
        """Note these."""
        self._stream.write(array("q", numbers))

    def add_bytes(self, data: bytes) -> None:
        """Note the numbers of another ledger, as they stand in its file."""
        self._stream.write(data)

    def flush(self) -> None:
        """Bring everything to the file."""
        self._stream.flush()

    def distinct(self, start: int = 0) -> int:
        """How many different contacts were accepted from byte `start` on."""
        self.flush()
        span = (start, self.size)
        if span not in self._counted:
            # It is asked for several times at the end, and takes a second a million.
            self._counted = {span: self._count(start)}
        return self._counted[span]

    def _count(self, start: int) -> int:
        parts = min(_MOST_PARTS, 1 + (self.size - start) // (_WIDTH * _AT_ONCE))
        with self._path.open("rb") as stream, ExitStack() as stack:
            stream.seek(start)
            dealt = [stack.enter_context(TemporaryFile(dir=self._path.parent)) for _ in range(parts)]
            while data := stream.read(_READ_BYTES):
                hands: list[list[int]] = [[] for _ in dealt]
                for number in array("q", data):
                    # The numbers of contacts are all even.
                    hands[(number >> 1) % parts].append(number)
                for part, hand in zip(dealt, hands, strict=True):
                    part.write(array("q", hand))
            return sum(map(_distinct, dealt))

    def all(self) -> "array[int]":
        """All numbers, in order; for a ledger of few."""
        self.flush()
        return array("q", self._path.read_bytes())

    def close(self) -> None:
        """Close the file and leave it, for a load that may be resumed."""
        self._stream.close()


def _distinct(stream: IO[bytes]) -> int:
    stream.seek(0)
    return len(set(array("q", stream.read())))
