"""Blocks of the names of sets, as they lie in the file: neighbours in order of the alphabet, compressed together.

A look-up unpacks one block for each name. Of columns DuckDB unpacks two thousand rows to find one.
"""

import sys
from array import array
from collections.abc import Sequence

import msgspec
import zstandard

BLOCK = 128
"""Names of a full block. All of a block are of one space."""

FEW = 64
"""Numbers of a set that stand in its block; of more a bitmap is the shorter."""

NUMBER_BYTES = 4

_LEVEL = 3


class Block(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Some names of one space, in order.

    Attributes:
        texts: the names.
        sizes: how many numbers are in the set of each.
        few: those numbers, if they are no more than `FEW`; else nothing. Each has four bytes, the lowest first.
    """

    texts: list[str]
    sizes: list[int]
    few: list[bytes]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Block).decode


def pack(texts: Sequence[str], sizes: Sequence[int], few: Sequence[Sequence[int] | None]) -> bytes:
    """A block as it is stored."""
    block = Block(list(texts), list(sizes), [packed_numbers(numbers or ()) for numbers in few])
    return zstandard.ZstdCompressor(_LEVEL).compress(_encode(block))


def unpack(packed: bytes) -> Block:
    """A block as it was before `pack`."""
    return _decode(zstandard.ZstdDecompressor().decompress(packed))


def packed_numbers(numbers: Sequence[int]) -> bytes:
    """Numbers as they stand in a block."""
    packed = array("I", numbers)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def numbers(packed: bytes | bytearray) -> "array[int]":
    """The numbers of one set, or of several one after the other."""
    found = array("I")
    found.frombytes(packed)
    if sys.byteorder == "big":
        found.byteswap()
    return found
