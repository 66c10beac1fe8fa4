"""What a file was when a load over many hosts was planned, and whether it is the same on another host, or later.

A file is told by its size and by the digests of its blocks, so that who reads a part of it has to look at that part
alone. Neither its time nor its place matters: each host may have a copy of its own.
"""

import io
from collections.abc import Iterator
from hashlib import blake2b
from typing import BinaryIO

import msgspec

from mappings.errors import SourceError

_LEAST_BLOCK = 1024 * 1024
_MOST_BLOCKS = 2048
_DIGEST_BYTES = 16
_READ_BYTES = 256 * 1024


class Fingerprint(msgspec.Struct, frozen=True):
    """What tells a file.

    Attributes:
        size: its bytes.
        block: bytes of each block but the last.
        digests: of the blocks, BLAKE2b in hexadecimal digits.
    """

    size: int
    block: int
    digests: tuple[str, ...]

    def check(self, file: BinaryIO, name: str, begin: int = 0, end: int | None = None) -> None:
        """Return if `file`, which is read for that, is the one that was planned, as far as these bytes go.

        Raises:
            SourceChanged: it is not.
        """
        size = file.seek(0, io.SEEK_END)
        first, last = begin // self.block, -(-(size if end is None else end) // self.block)
        file.seek(first * self.block)
        if size != self.size or [*_digests(file, self.block, last - first)] != [*self.digests[first:last]]:
            raise changed(name)


class SourceChanged(SourceError):
    """A file is not the one that was planned, or that its reading began with."""


def changed(name: str) -> SourceChanged:
    """The error for a file that is not the one that was planned."""
    return SourceChanged(
        f"{name} is not what it was when the load was planned: its size or its bytes differ; put the same file "
        "there, or `contacts index abandon` the load and plan it anew"
    )


def _digests(file: BinaryIO, block: int, count: int) -> Iterator[str]:
    """The digests of the next blocks, at most `count`."""
    for _ in range(count):
        digest, left = blake2b(digest_size=_DIGEST_BYTES), block
        while left and (data := file.read(min(left, _READ_BYTES))):
            digest.update(data)
            left -= len(data)
        yield digest.hexdigest()


class Fingerprinted(io.RawIOBase):
    """A file that is read from its beginning to its end, perhaps some of it twice; its fingerprint is known then."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self._block = max(_LEAST_BLOCK, -(-self._size // _MOST_BLOCKS))
        self._digests: list[str] = []
        self._digest = blake2b(digest_size=_DIGEST_BYTES)
        self._seen = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of any raw stream."""
        return self._file.seek(offset, whence)

    def readinto(self, buffer: "memoryview", /) -> int:  # type: ignore[override]
        """As of any raw stream."""
        at = self._file.tell()
        count = self._file.readinto(buffer) or 0
        if at <= self._seen < at + count:
            self._see(buffer[self._seen - at : count])
        return count

    def fingerprint(self, name: str) -> Fingerprint:
        """What tells the file, of which the rest is read. Raises `SourceError` if it changed meanwhile."""
        self._file.seek(self._seen)
        while data := self._file.read(_READ_BYTES):
            self._see(memoryview(data))
        if self._seen != self._size:
            raise SourceError(f"{name} was changed while it was read; plan the load anew")
        digests = [*self._digests, self._digest.hexdigest()] if self._size % self._block else self._digests
        return Fingerprint(self._size, self._block, tuple(digests))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _see(self, data: memoryview) -> None:
        while data:
            some = data[: self._block - self._seen % self._block]
            self._digest.update(some)
            self._seen += len(some)
            data = data[len(some) :]
            if not self._seen % self._block:
                self._digests.append(self._digest.hexdigest())
                self._digest = blake2b(digest_size=_DIGEST_BYTES)
