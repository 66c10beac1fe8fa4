"""Takes sets off the file, by name or by what the catalogue says of them, and keeps those that are asked for often."""

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import msgspec
from pyroaring import BitMap

from search.duckdb.bits import bits_of, from_bits, to_bits
from search.duckdb.blocks import NUMBER_BYTES, unpacked
from search.duckdb.catalogue import Catalogue, Entry
from search.duckdb.slices import Pause
from search.memo import Kept

KEPT_BYTES = 48 * 2**20
"""Sets of one file that are kept in memory: at a million contacts some four hundred of the largest."""

_SET_BYTES = 128
"""About how much a set holds beside its rows."""

_NOBODY = Entry(-1, 0, b"")
"""Of a set that there is not."""

_SETS_AT_ONCE = 64
_NUMBERS_AT_ONCE = 2**15
"""Sets of one statement, and numbers of one operation: no more than some milliseconds."""


class Pile(msgspec.Struct, gc=False):
    """Sets that are to be united.

    Attributes:
        few: the numbers of those that are in blocks.
        many: the ids of all others.
    """

    few: bytearray
    many: list[int]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Pile":
        """The sets of these entries."""
        pile = cls(bytearray(), [])
        for entry in entries:
            pile.add(entry)
        return pile

    def add(self, entry: Entry) -> None:
        """One more set."""
        if entry.few is None:
            self.many.append(entry.id)
        else:
            self.few += entry.few


class Shelf:
    """The sets of one file. Threads share it, and the sets: nobody changes them.

    Args:
        rows: contacts in the file.

    Attributes:
        names: those of all sets.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, rows: int) -> None:
        self._bits = bits_of("row", rows)
        self.names = Catalogue(connection)
        self._sets: Kept[int, BitMap] = Kept(lambda _, rows: _SET_BYTES + rows.__sizeof__(), KEPT_BYTES)

    def sets(self, connection: duckdb.DuckDBPyConnection, ids: Iterable[int], pause: Pause) -> dict[int, BitMap]:
        """The sets with these ids, none of which is in a block."""
        found: dict[int, BitMap] = {}
        unknown: list[int] = []
        for id_ in dict.fromkeys(ids):
            kept = self._sets.get(id_)
            if kept is None:
                unknown.append(id_)
            else:
                found[id_] = kept
        statement = "SELECT id, many FROM sets WHERE id IN (SELECT unnest(?::INTEGER[]))"
        for at in range(0, len(unknown), _SETS_AT_ONCE):
            for id_, many in connection.execute(statement, (unknown[at : at + _SETS_AT_ONCE],)).fetchall():
                found[id_] = self._sets.keep(id_, BitMap.deserialize(many))
            pause()
        return found

    def of_entries(self, connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry], pause: Pause) -> list[BitMap]:
        """The sets of these entries, be they in blocks or not."""
        sets = self.sets(connection, [entry.id for entry in entries if entry.few is None], pause)
        return [members(entry, sets) for entry in entries]

    def with_terms(self, connection: duckdb.DuckDBPyConnection, field: str, ids: Sequence[int]) -> BitMap:
        """The rows that have any of the terms with these ids in a field with one value: one look at all contacts."""
        terms = self.names.ids(field)
        first = terms.min()
        asked = to_bits(BitMap(ids).shift(-first), len(terms))
        statement = f"SELECT {self._bits}::BLOB FROM contacts WHERE get_bit(?::BLOB::BIT, {field} - {first}) = 1"
        [(bits,)] = connection.execute(statement, (asked,)).fetchall()
        return from_bits(bits) if bits else BitMap()

    def valued(self, connection: duckdb.DuckDBPyConnection, field: str) -> BitMap:
        """The rows that have any term in a field with one value."""
        statement = f"SELECT {self._bits}::BLOB FROM contacts WHERE {field} IS NOT NULL"
        [(bits,)] = connection.execute(statement).fetchall()
        return from_bits(bits) if bits else BitMap()

    def named(
        self, connection: duckdb.DuckDBPyConnection, space: str, names: Sequence[str], pause: Pause
    ) -> list[BitMap]:
        """The sets of one space with these names, in that order, empty where there is none."""
        return self.of_entries(connection, self.entries(connection, space, names, pause), pause)

    def entries(
        self, connection: duckdb.DuckDBPyConnection, space: str, names: Sequence[str], pause: Pause
    ) -> list[Entry]:
        """What the file says of these sets, for who asks for them again and again."""
        found = self.names.entries(connection, [(space, name) for name in names], pause)
        return [found.get((space, name), _NOBODY) for name in names]


def members(entry: Entry, sets: Mapping[int, BitMap]) -> BitMap:
    """The set of an entry, which is in `sets` if it is in no block."""
    return sets[entry.id] if entry.few is None else BitMap(unpacked(entry.few))


def united(pile: Pile, sets: dict[int, BitMap], pause: Pause) -> BitMap:
    """The union of a pile, whose larger sets are in `sets`, in operations of bounded size."""
    if len(pile.many) == 1 and not pile.few:
        return sets[pile.many[0]]
    found = BitMap()
    size = NUMBER_BYTES * _NUMBERS_AT_ONCE
    for at in range(0, len(pile.few), size):
        found |= BitMap(unpacked(pile.few[at : at + size]))
        pause()
    for id_ in pile.many:
        found |= sets[id_]
        pause()
    return found
