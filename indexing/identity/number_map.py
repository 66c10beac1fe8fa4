"""Numbers that stand for numbers, in bounded memory: the latest in a dictionary, the others in a SQLite file.

A table in SQLite costs several microseconds for each number that goes in, a dictionary a tenth of one. So numbers go
to the file only when there are many, and then in order of their places in it. Nearly all that are looked up are new:
that those are not in the file is known of a set of bits in memory.
"""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from pyroaring import BitMap

MOST = 500_000
"""Numbers that are kept in memory, about 100 bytes each."""

_AT_ONCE = 1000
"""Numbers that one statement asks for."""

_BITS = 2**28 - 1
"""The bits by which it is known of numbers that they are not in the file, beside the lowest, which is no digest's: 32
MiB at most. Of ten million numbers in it they let one of thirty look-ups through that finds nothing."""

_READ_AT_ONCE = 100_000

_LOOK_UP = f"SELECT number, value FROM numbers WHERE number IN ({','.join('?' * _AT_ONCE)})"  # noqa: S608 - no text

_PUT_AT_ONCE = 50
"""Numbers that one statement puts in: each by itself would take a third longer."""

_PUT = "INSERT OR REPLACE INTO numbers VALUES "
_SETTINGS = ("synchronous = OFF", "cache_size = -16000", "locking_mode = EXCLUSIVE", "secure_delete = OFF")
"""A crash of the process loses nothing of what was committed; one of the machine ends the load anyway."""


class NumberMap:
    """A map from 64-bit numbers to 64-bit numbers. Blocks: to be used in threads, one at a time.

    Args:
        path: of the file, which is made with the first numbers that go there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._recent: dict[int, int] = {}
        self._filed = BitMap()
        self._database: sqlite3.Connection | None = None
        if path.exists():
            self._open()

    @property
    def settled(self) -> int:
        """The mark that came with the numbers that are in the file; 0 if none are."""
        if self._database is None:
            return 0
        return int(self._database.execute("SELECT mark FROM mark").fetchone()[0])

    def get(self, number: int) -> int | None:
        """What `number` stands for."""
        return self.look_up([number]).get(number)

    def look_up(self, numbers: Iterable[int]) -> dict[int, int]:
        """What those of `numbers` stand for that stand for anything."""
        recent = self._recent
        if self._database is None:
            return {number: recent[number] for number in numbers if number in recent}
        wanted = set(numbers)
        found = {number: recent[number] for number in recent.keys() & wanted}
        wanted.difference_update(found)
        likely = _bits(wanted) & self._filed
        if not likely:
            return found
        for some in _slices(sorted([number for number in wanted if number >> 1 & _BITS in likely]), _AT_ONCE):
            # As many as the statement has places for, so that it is prepared once.
            places = some + some[-1:] * (_AT_ONCE - len(some))
            found.update(self._database.execute(_LOOK_UP, places).fetchall())
        return found

    def put(self, numbers: Mapping[int, int], mark: int) -> None:
        """From now on these stand for what they are given with; `mark` is where to go on after a crash if they are
        in the file then."""
        self._recent.update(numbers)
        if len(self._recent) >= MOST:
            self._settle(mark)

    def clear(self) -> None:
        """Forget everything."""
        self.close()
        self._recent, self._filed = {}, BitMap()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file and leave it."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _settle(self, mark: int) -> None:
        """Everything goes to the file, or nothing if that is interrupted."""
        database = self._database or self._open()
        with database:
            database.execute("BEGIN")
            for some in _slices(sorted(self._recent), _PUT_AT_ONCE):
                pairs = chain.from_iterable(zip(some, map(self._recent.__getitem__, some), strict=True))
                database.execute(_PUT + ",".join(["(?, ?)"] * len(some)), tuple(pairs))
            database.execute("UPDATE mark SET mark = ?", (mark,))
        self._filed |= _bits(self._recent)
        self._recent = {}

    def _open(self) -> sqlite3.Connection:
        self._database = database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for setting in _SETTINGS:
            database.execute(f"PRAGMA {setting}")
        database.execute("CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY, value INTEGER NOT NULL)")
        database.execute("CREATE TABLE IF NOT EXISTS mark AS SELECT 0 AS mark")
        known = database.execute("SELECT number FROM numbers")
        while some := known.fetchmany(_READ_AT_ONCE):
            self._filed |= _bits([number for (number,) in some])
        return database


def _bits(numbers: Iterable[int]) -> BitMap:
    return BitMap(array("I", [number >> 1 & _BITS for number in numbers]))


def _slices(numbers: list[int], size: int) -> Iterator[list[int]]:
    for at in range(0, len(numbers), size):
        yield numbers[at : at + size]
