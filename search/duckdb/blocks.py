"""Blocks of the names of sets, as they lie in the file: neighbours in order of the alphabet, compressed together.

A look-up unpacks one block for each name; of columns DuckDB would unpack two thousand rows to find one. Whatever is
sought in the names of a block is sought in all of them at once: they are one text.
"""

import sys
from array import array
from collections.abc import Iterator, Sequence

import msgspec
import zstandard

BLOCK = 128
"""Names of a full block. All of a block are of one space."""

FEW = 64
"""Numbers of a set that stand in its block; of more a bitmap is the shorter."""

NUMBER_BYTES = 4

_LEVEL = 3

_END = "\n"
"""Before and after each name. In a name it is escaped; where parts of names are sought they are normalised text, which
has nothing to escape."""

ESCAPED = r"replace(replace(text, '\', '\\'), chr(10), '\n')"
"""The `escaped` names in SQL, of the column `text`."""

_BORDERS = (_END, " ")


class Block(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Some names of one space, in order.

    Attributes:
        texts: the names, an `_END` before and after each.
        sizes: how many numbers are in the set of each; four bytes each, the lowest first.
        listed: how many of them stand in `few`, a byte each: all, or none.
        few: those of all sets, one after the other, like `sizes`.
    """

    texts: str
    sizes: bytes
    listed: bytes
    few: bytes

    def names(self) -> list[str]:
        """The names, in order."""
        return [unescaped(name) for name in self.texts.split(_END)[1:-1]]

    def place(self, text: str) -> int | None:
        """Where a name stands, if it is here."""
        at = self.texts.find(f"{_END}{escaped(text)}{_END}")
        return None if at < 0 else self.texts.count(_END, 0, at)

    def containing(self, text: str) -> Iterator[int]:
        """The places of the names that have `text`, which is not empty, anywhere in them."""
        place, passed, at = 0, 0, self.texts.find(text)
        while at >= 0:
            place += self.texts.count(_END, passed, at)
            yield place - 1
            passed = self.texts.index(_END, at)
            at = self.texts.find(text, passed)

    def phrasing(self, words: str) -> Iterator[int]:
        """The places of the names that have these words, whole and consecutive."""
        place, passed, at = 0, 0, self.texts.find(words)
        while at >= 0:
            place += self.texts.count(_END, passed, at)
            passed = at
            if self.texts[at - 1] in _BORDERS and self.texts[at + len(words)] in _BORDERS:
                yield place - 1
                passed = self.texts.index(_END, at)
            at = self.texts.find(words, passed + 1)

    def size(self, place: int) -> int:
        """How many numbers are in the set of the name at this place."""
        return int.from_bytes(self.sizes[NUMBER_BYTES * place : NUMBER_BYTES * (place + 1)], "little")

    def numbers(self, place: int) -> bytes | None:
        """The numbers in the set of the name at this place, packed; `None` if they do not stand here."""
        listed = self.listed[place]
        if not listed and self.size(place):
            return None
        start = sum(self.listed[:place])
        return self.few[NUMBER_BYTES * start : NUMBER_BYTES * (start + listed)]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Block).decode


class Packer:
    """Packs blocks, one at a time."""

    def __init__(self) -> None:
        self._compress = zstandard.ZstdCompressor(_LEVEL).compress

    def __call__(self, names: Sequence[str], sizes: Sequence[int], listed: bytes, few: bytes) -> bytes:
        """A block as it is stored, of names that are `escaped`; the others are attributes of `Block`."""
        texts = f"{_END}{_END.join(names)}{_END}"
        return self._compress(_encode(Block(texts, packed(sizes), listed, few)))


def unpack(block: bytes) -> Block:
    """A block as it was before it was packed."""
    return _decode(zstandard.ZstdDecompressor().decompress(block))


def escaped(name: str) -> str:
    """A name without an `_END`."""
    return name.replace("\\", "\\\\").replace(_END, "\\n")


def unescaped(name: str) -> str:
    """The name before it was `escaped`."""
    return "\\".join([part.replace("\\n", _END) for part in name.split("\\\\")]) if "\\" in name else name


def packed(numbers: Sequence[int]) -> bytes:
    """Numbers of four bytes each, the lowest first."""
    found = array("I", numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


def unpacked(numbers: bytes | bytearray) -> "array[int]":
    """The same numbers."""
    found = array("I")
    found.frombytes(numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return found
