"""Sets of rows between DuckDB and roaring bitmaps: a `BIT` that DuckDB aggregated becomes a `BitMap` without a Python
number for each row.

A roaring bitmap consists of containers for 65,536 rows each. One with more than 4,096 rows is a plain bitmap in the
serialised form, which is public (https://github.com/RoaringBitmap/RoaringFormatSpec), and so is DuckDB's, only that it
begins with the highest bit of each byte.
"""

import struct
from collections.abc import Iterator, Sequence

from pyroaring import BitMap

CONTAINER = 65_536
"""Rows of a container."""

_BYTES = CONTAINER // 8
_MOST_LISTED = 4096
"""Rows of a container that are listed in the serialised form; more are a bitmap."""

_COOKIE, _COOKIE_OF_RUNS = 12346, 12347
"""Of the serialised form without runs, and of that in which containers may be lists of them."""

_WITH_OFFSETS = 4
"""Containers of the latter from which on it says where they begin."""

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_DIGITS = [bytes(b"01"[byte >> bit & 1] for byte in range(256)) for bit in range(8)]
_INVERTED = bytes(255 - byte for byte in range(256))


def width(rows: int) -> int:
    """How many bits `from_bits` wants of sets of so many rows: those of whole containers."""
    return -(-max(rows, 1) // CONTAINER) * CONTAINER


def longest(rows: int) -> int:
    """Bytes that a serialised set of so many rows has at most: each container, and what is said of it."""
    return width(rows) // CONTAINER * (_BYTES + 16) + 64


def bits_of(column: str, rows: int) -> str:
    """The aggregate that makes such a `BIT` of a column; NULL of no rows."""
    return f"bitstring_agg({column}, 0, {width(rows) - 1})"


def from_bits(bits: bytes) -> BitMap:
    """The set in a `BIT` of `width` bits that was cast to `BLOB`."""
    return _from_words(bits.translate(_REVERSED))


def of_numbers(numbers: bytes, size: int) -> Iterator[BitMap]:
    """Of numbers of `size` bytes each, the lowest first: of each bit, from the lowest, the places of those that have a
    one there. No Python number is made of any."""
    count = len(numbers) // size
    for at in range(size):
        # The last number comes first, as in a number that is written.
        plane = numbers[at::size][::-1]
        empty = plane.count(0) == count
        for digits in _DIGITS:
            if empty:
                yield BitMap()
            else:
                yield _from_words(int(plane.translate(digits), 2).to_bytes(width(count) // 8, "little"))


def _from_words(words: bytes) -> BitMap:
    """The set in a plain bitmap of whole containers, in which the lowest bit of a byte comes first."""
    many: list[tuple[int, int, bytes]] = []
    # A container of few rows is no bitmap in the serialised form; one of all the others is.
    others: list[tuple[int, int, bytes]] = []
    for key in range(len(words) // _BYTES):
        body = words[key * _BYTES : (key + 1) * _BYTES]
        held = int.from_bytes(body, "little").bit_count()
        if held > _MOST_LISTED:
            many.append((key, held, body))
        elif held:
            others.append((key, CONTAINER - held, body.translate(_INVERTED)))
    found = _deserialized(many)
    for key, *_ in others:
        found.add_range(key * CONTAINER, (key + 1) * CONTAINER)
    return found - _deserialized(others) if others else found


def _deserialized(containers: Sequence[tuple[int, int, bytes]]) -> BitMap:
    """The set of these containers: the place of each, how many rows are in it, and its bitmap."""
    heads = [struct.pack("<HH", key, held - 1) for key, held, _ in containers]
    start = 8 + 8 * len(heads)
    offsets = range(start, start + _BYTES * len(heads), _BYTES)
    head = struct.pack("<II", _COOKIE, len(heads)) + b"".join(heads)
    bodies = b"".join([body for *_, body in containers])
    return BitMap.deserialize(head + struct.pack(f"<{len(heads)}I", *offsets) + bodies)


def to_bits(rows: BitMap, number: int) -> bytes:
    """The bytes of a `BIT` of the `width` of so many rows, all of which are less: the reverse of `from_bits`."""
    bits = bytearray(width(number) // 8)
    data = rows.serialize()
    (cookie,) = struct.unpack_from("<I", data)
    if cookie & 0xFFFF == _COOKIE_OF_RUNS:
        containers, at = (cookie >> 16) + 1, 4
        runs = data[at : at + (containers + 7) // 8]
        at += len(runs)
    else:
        (containers,), at = struct.unpack_from("<I", data, 4), 8
        runs = bytes((containers + 7) // 8)
    heads = list(struct.iter_unpack("<HH", data[at : at + 4 * containers]))
    at += 4 * containers
    if cookie == _COOKIE or containers >= _WITH_OFFSETS:
        at += 4 * containers
    for place, (key, last) in enumerate(heads):
        if runs[place >> 3] >> (place & 7) & 1:
            end = at + 2 + 4 * int.from_bytes(data[at : at + 2], "little")
            body = _of_runs(data[at + 2 : end])
        elif last >= _MOST_LISTED:
            end = at + _BYTES
            body = data[at:end]
        else:
            end = at + 2 * (last + 1)
            body = _of_places(data[at:end])
        bits[key * _BYTES : (key + 1) * _BYTES] = body
        at = end
    return bytes(bits.translate(_REVERSED))


def _of_runs(runs: bytes) -> bytes:
    """The plain bitmap of a container of which the runs are listed: where each begins, and how many follow."""
    body = 0
    for first, more in struct.iter_unpack("<HH", runs):
        body |= ((1 << more + 1) - 1) << first
    return body.to_bytes(_BYTES, "little")


def _of_places(listed: bytes) -> bytes:
    """The plain bitmap of a container of which the rows are listed."""
    body = bytearray(_BYTES)
    for (place,) in struct.iter_unpack("<H", listed):
        body[place >> 3] |= 1 << (place & 7)
    return bytes(body)
