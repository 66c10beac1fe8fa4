"""Items, and what more there is of them, as they lie in the file: compressed one by one, so that a page unpacks its
own few and nothing else.

DuckDB compresses whole blocks of texts; 26 items scattered over a million cost it ten times the search. Alone, an
item is too short to be compressed well, so zstandard gets a dictionary of made-up items, which share their keys and
many values with all others. The dictionary is in each file, in `meta`: a later version may ship another one.
"""

import threading
from collections.abc import Iterable
from functools import cache
from importlib import resources

import zstandard

from search.fields import joined

_LEVEL = 3
_local = threading.local()


@cache
def dictionary() -> bytes:
    """What new files are packed with."""
    package = resources.files("search.duckdb")
    return b"".join(package.joinpath(name).read_bytes() for name in ("more.ndjson", "items.ndjson"))


def pack(json: bytes) -> bytes:
    """An item, or its further fields, as it is stored."""
    compressor = getattr(_local, "compressor", None)
    if compressor is None:
        # One for each thread: they are not made to be shared.
        shared = zstandard.ZstdCompressionDict(dictionary(), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        compressor = _local.compressor = zstandard.ZstdCompressor(_LEVEL, dict_data=shared)
    packed: bytes = compressor.compress(json)
    return packed


class Unpacker:
    """Unpacks the items of one file. Threads may share it."""

    def __init__(self, content: bytes) -> None:
        """`content` is the dictionary in the file."""
        self._shared = zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        # The first one digests the dictionary, for all that follow.
        zstandard.ZstdDecompressor(dict_data=self._shared)

    def __call__(self, packed: Iterable[bytes]) -> list[bytes]:
        """The items as they were before `pack`."""
        decompress = zstandard.ZstdDecompressor(dict_data=self._shared).decompress
        return [decompress(item) for item in packed]

    def whole(self, packed: Iterable[tuple[bytes, bytes | None]]) -> list[bytes]:
        """The contacts, whole, of their items and further fields."""
        decompress = zstandard.ZstdDecompressor(dict_data=self._shared).decompress
        return [joined(decompress(item), decompress(more) if more else None) for item, more in packed]
