"""Takes sets off the file by name and by id, and keeps those that are asked for often."""

from collections.abc import Iterable, Sequence

import duckdb
import msgspec
from pyroaring import BitMap

from search.duckdb.spaces import key
from search.memo import Kept

Name = tuple[str, str]
"""A space, and a text in it."""

KEPT_BYTES = 48 * 2**20
"""Sets of one file that are kept in memory: at a million contacts some four hundred of the largest."""

_KEPT_NAMES = 4 * 2**20
_NAME_BYTES, _NUMBER_BYTES = 256, 40
"""About how much an entry and its name hold, and each number of a list."""

_BY_KEY = "SELECT key, text, id, size, few FROM terms WHERE key IN (SELECT unnest(?::BIGINT[]))"
_BY_ID = "SELECT id, text, size, few FROM terms WHERE id IN (SELECT unnest(?::INTEGER[]))"
_SETS = "SELECT id, many FROM sets WHERE id IN (SELECT unnest(?::INTEGER[]))"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What the file says of a set: its id, how many numbers it has and, where those are few, which."""

    id: int
    size: int
    few: list[int] | None


class Shelf:
    """The sets of one file. Threads share it.

    Attributes:
        rows: contacts in the file.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._sets: Kept[int, BitMap] = Kept(lambda _, rows: _NAME_BYTES + rows.__sizeof__(), KEPT_BYTES)
        self._entries: Kept[Name, Entry | None] = Kept(_weight, _KEPT_NAMES)

    def entries(self, connection: duckdb.DuckDBPyConnection, names: Iterable[Name]) -> dict[Name, Entry]:
        """The entries of those of `names` that there are: one statement, however many they are."""
        found: dict[Name, Entry | None] = {}
        unknown: dict[tuple[int, str], Name] = {}
        for name in names:
            if name in self._entries:
                found[name] = self._entries[name]
            else:
                unknown[(key(*name), name[1])] = name
        if unknown:
            keys = list({place for place, _ in unknown})
            new: dict[Name, Entry | None] = dict.fromkeys(unknown.values())
            for place, text, *columns in connection.execute(_BY_KEY, (keys,)).fetchall():
                # Other texts may have the same key.
                if (named := unknown.get((place, text))) is not None:
                    new[named] = Entry(*columns)
            for name, entry in new.items():
                found[name] = self._entries.keep(name, entry)
        return {name: entry for name, entry in found.items() if entry is not None}

    def terms(self, connection: duckdb.DuckDBPyConnection, ids: Iterable[int]) -> dict[int, tuple[str, Entry]]:
        """The texts and entries of terms by id: one statement."""
        found = connection.execute(_BY_ID, (list(ids),)).fetchall()
        return {id_: (text, Entry(id_, size, few)) for id_, text, size, few in found}

    def sets(self, connection: duckdb.DuckDBPyConnection, entries: Iterable[Entry]) -> dict[int, BitMap]:
        """Those sets of `entries` that are not listed there, by id: one statement, however many they are."""
        found: dict[int, BitMap] = {}
        unknown: list[int] = []
        for entry in entries:
            if entry.few is not None:
                continue
            if (kept := self._sets.get(entry.id)) is not None:
                found[entry.id] = kept
            else:
                unknown.append(entry.id)
        if unknown:
            for id_, many in connection.execute(_SETS, (unknown,)).fetchall():
                found[id_] = self._sets.keep(id_, BitMap.deserialize(many))
        return found

    def named(self, connection: duckdb.DuckDBPyConnection, space: str, names: Sequence[str]) -> list[BitMap]:
        """The sets of one space with these names, in that order."""
        entries = self.entries(connection, [(space, name) for name in names])
        sets = self.sets(connection, entries.values())
        return [sets[entries[space, name].id] for name in names]


def _weight(name: Name, entry: Entry | None) -> int:
    listed = entry.few if entry is not None and entry.few is not None else ()
    return _NAME_BYTES + len(name[1]) + _NUMBER_BYTES * len(listed)
