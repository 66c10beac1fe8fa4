"""The key table: every contact of a load and every live one, under all its keys, on disk.

It is what joins rows with each other and with the live contacts, and part of what `--resume` restores: a log of
records, one for each version of a contact, of which a crash leaves the end to be cut off, and a map of numbers
(`identity.number_map`) that can be made of the log again. In the map the number of a contact leads to its latest
record, that of a key to the contact that had it first, plus one if others have it, too. Those stand under further
numbers, made of the key's own.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from struct import Struct

import msgspec

from indexing.identity.keys import number_of
from indexing.identity.names import full_name
from indexing.identity.number_map import NumberMap

MOST_OWNERS = 8
"""Contacts that are found by a key that they share. Further ones are found by key and name alone: so what turns out
to be a placeholder costs no more than any other key."""

_SIZE = Struct("<I")
_PREFIX = _SIZE.size
"""Bytes before each record that tell its size."""

_READ_BYTES = 384
_REPLAYED_BYTES, _REPLAYED_RECORDS = 8 * 1024 * 1024, 10_000


class Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of a contact; see `identity.keys.Claim`.

    Attributes:
        row: the row that said so; 0 for what was live when the load began.
        live: it was live then.
        doubles: numbers of other contacts that rows of it were found to lead to, too.
    """

    row: int
    uuid: str
    contact: int
    live: bool
    profile: int
    mail: int
    name: str
    doubles: tuple[int, ...] = ()


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One version of a contact.

    Attributes:
        keys: numbers that lead to the contact from this version on.
        marked: a key that somebody else had first, and that contact with the mark that it is shared; and so on.
        place: where in the spool the contact stands, `size` bytes of it; 0 bytes if it was not needed.
        before: where in the log the version before stands; -1 for none. Of a record that is to be added, and whose
            version before is added with it, it is `-2 - at`, with its place among those that are added.
        emptied: fields that the contact had when it was live, and that rows of an update emptied.
    """

    known: Known
    keys: tuple[int, ...] = ()
    marked: tuple[int, ...] = ()
    place: int = 0
    size: int = 0
    before: int = -1
    emptied: tuple[str, ...] = ()


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Record).decode


class KeyTable:
    """The table of one load, in files beside `path`. Blocks: to be used in threads, one at a time.

    Args:
        size: bytes of the log that are right, of an interrupted load to go on with; else everything begins anew.
    """

    def __init__(self, path: Path, size: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._map = NumberMap(path.with_name(f"{path.name}.map"))
        self._log = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.size = 0
        if self._map.settled > size or not size:
            self._map.clear()
        fetched = self._fetched_after(size) if size else []
        os.ftruncate(self._log, size)
        self._replay(self._map.settled, size)
        self.add(fetched)

    def look_up(self, numbers: Iterable[int]) -> dict[int, int]:
        """Number of a contact → where its latest record is; number of a key → the contact that had it
        first, marked if others have it, too."""
        return self._map.look_up(numbers)

    def get(self, number: int) -> int | None:
        """The same for one number."""
        return self._map.get(number)

    def record(self, place: int) -> Record:
        """The record at `place` in the log."""
        data = os.pread(self._log, _READ_BYTES, place)
        end = _PREFIX + int.from_bytes(data[:_PREFIX], "little")
        if end > _READ_BYTES:
            data = os.pread(self._log, end, place)
        return _decode(data[_PREFIX:end])

    def add(self, records: Sequence[Record]) -> list[int]:
        """Add versions of contacts, in order; where in the log each of them stands."""
        parts: list[bytes] = []
        numbers: dict[int, int] = {}
        places: list[int] = []
        size = self.size
        for record in records:
            if record.before < -1:
                record = msgspec.structs.replace(record, before=places[-2 - record.before])  # noqa: PLW2901
            encoded = _encode(record)
            parts += (_SIZE.pack(len(encoded)), encoded)
            places.append(size)
            _note(record, size, numbers)
            size += _PREFIX + len(encoded)
        os.pwrite(self._log, b"".join(parts), self.size)
        self.size = size
        self._map.put(numbers, size)
        return places

    def close(self) -> None:
        """Close the files and leave them, for a load that may be resumed."""
        self._map.close()
        os.close(self._log)

    def _replay(self, start: int, size: int) -> None:
        """Bring back to the map what is in the log from `start` on."""
        for records in _batches(self._records(start, size)):
            numbers: dict[int, int] = {}
            for at, _, record in records:
                _note(record, at, numbers)
            self._map.put(numbers, records[-1][1])
        self.size = size

    def _fetched_after(self, size: int) -> list[Record]:
        """The live contacts that were read after what is right, as they were before this load changed them."""
        end = os.fstat(self._log).st_size
        return [record for _, _, record in self._records(size, end) if record.size and not record.known.row]

    def _records(self, start: int, end: int) -> Iterator[tuple[int, int, Record]]:
        """The whole records between two places, each after its own beginning and end."""
        while start < end:
            data = os.pread(self._log, min(_REPLAYED_BYTES, end - start), start)
            at = 0
            while len(data) >= (head := at + _PREFIX) and len(data) >= (
                tail := head + int.from_bytes(data[at:head], "little")
            ):
                yield start + at, start + tail, _decode(data[head:tail])
                at = tail
            if not at:
                # What a crash cut off.
                return
            start += at


def owners(key: int, name: str) -> Iterator[int]:
    """The numbers under which those stand who have a key, one after the other as they come; the last is for those
    that have this name."""
    yield key
    for turn in range(2, MOST_OWNERS + 1):
        yield number_of(f"{key} {turn}")
    yield number_of(f"{key} {full_name(name)}")


def _note(record: Record, place: int, numbers: dict[int, int]) -> None:
    """What leads to a record, and to its contact, is among `numbers` then."""
    contact = record.known.contact
    numbers[contact] = place
    for key in record.keys:
        numbers[key] = contact
    if record.marked:
        numbers.update(zip(record.marked[::2], record.marked[1::2], strict=True))


def _batches(records: Iterator[tuple[int, int, Record]]) -> Iterator[list[tuple[int, int, Record]]]:
    while some := list(islice(records, _REPLAYED_RECORDS)):
        yield some
