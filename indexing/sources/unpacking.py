"""The bytes of a file, unpacked: gzip and zstandard, told by how they begin. Standard input has no name to tell by."""

import gzip
import io
from typing import BinaryIO, cast

import zstandard

_GZIP, _ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BUFFER = 256 * 1024


def buffered(raw: BinaryIO) -> io.BufferedReader:
    """`raw`, or a stream of it that can be looked into without reading on, and closes `raw` when it is collected."""
    return raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", raw), _BUFFER)


def is_packed(begin: bytes) -> bool:
    """A file that begins so is packed."""
    return begin.startswith((_GZIP, _ZSTANDARD))


def unpacked(stream: io.BufferedReader) -> io.BufferedReader:
    """What the open file `stream` holds. `stream` stays open when that is collected, unless it is the same."""
    begin = stream.peek(4)[:4]
    if begin.startswith(_GZIP):
        return io.BufferedReader(gzip.GzipFile(fileobj=stream, mode="rb"), _BUFFER)
    if begin.startswith(_ZSTANDARD):
        unpacking = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True, closefd=False)
        return io.BufferedReader(unpacking, _BUFFER)
    return stream


class Resumed(io.RawIOBase):
    """A stream of which `head` has been read, from its beginning."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview", /) -> int:  # type: ignore[override]
        """As of any raw stream."""
        part = self._head[: len(buffer)] if self._head else memoryview(self._rest.read(len(buffer)))
        self._head = self._head[len(part) :]
        buffer[: len(part)] = part
        return len(part)
