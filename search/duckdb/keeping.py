"""Makes the sets of a file (`search.duckdb.spaces`) while it is built: staged values → `names` and `sets`.

Whatever becomes sets is a relation of (key, text): who has which text. A key is the number of a contact's line, or that
of a piece that many contacts share, or the id of a term. DuckDB numbers the texts and sorts what belongs to each, a
slice of ids at a time, so that it fits into the memory. Python cuts what comes into sets, without a look at any number
by itself, and packs these into files, which become tables at the end.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import duckdb
from pyroaring import BitMap

from search.duckdb.arrow import columns
from search.duckdb.bits import of_numbers
from search.duckdb.blocks import BLOCK, ESCAPED, FEW, Packer, packed, unescaped
from search.duckdb.holders import Holders
from search.duckdb.portions import Portion
from search.duckdb.schema import CODED, POSTED
from search.duckdb.spaces import CUT, GRAM, HELD, SEVERAL, SPACES, SPLIT, grams, having, within

_PAIRS_AT_ONCE = 1_000_000
"""Pairs of one slice, well within the memory. A set that has more by itself is read as it comes."""

_PAIRS_OF_A_NAME = 8
"""For how many a name counts."""

_CHARACTERS = 16_384
"""Characters of the names in a block after which it ends, however few they are."""

_TERMS = Holders("parts", "term", None, "1")


class Keeper:
    """Fills `names` and `sets` of `database`.

    Sets are made in the order of `spaces.SPACES`, so that both tables are in order.

    Args:
        scratch: a directory for files that do not stay.
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        self._database = database
        self._id = self._block = 0
        self._sets = Portion(scratch / "sets", {"id": "INTEGER", "size": "INTEGER", "many": "BLOB"})
        numbers = dict.fromkeys(("block", "space", "id"), "INTEGER")
        self._names = Portion(scratch / "names", numbers | {"first": "VARCHAR", "packed": "BLOB"})
        self._pack = Packer()

    def texts(self, field: str, holders: Holders) -> None:
        """The sets of a field's terms, and of what they are found by. The codes of a field with single values stay, in
        `codes_{field}`."""
        codes, several = f"codes_{field}", field in POSTED
        text = f"unnest({field})" if several else field
        values = f"SELECT {holders.key} AS key, {text} AS text, {holders.number} AS number FROM {holders.table}"
        self._keep(field, f"{values} WHERE {field} IS NOT NULL", codes, holders)
        if field in SPLIT:
            self._database.execute("CREATE OR REPLACE TEMP TABLE terms AS FROM named")
            self._part("unnest(string_split(text, ' '))", "terms")
            known = f"SELECT text FROM parts GROUP BY text HAVING count(*) > {SEVERAL}"
            found = (
                f"SELECT key, parts.text AS text FROM parts SEMI JOIN ({known}) USING (text) JOIN {codes} ON id = term"
            )
            if several:
                # Of the terms that somebody has several may have the word.
                found = f"SELECT DISTINCT key, text FROM ({found})"
            if holders.number == "1":
                found = f"SELECT *, 1 AS number FROM ({found})"
            else:
                those = f"SELECT {holders.key} AS key, {holders.number} AS number FROM {holders.table}"
                found = f"SELECT * FROM ({found}) JOIN ({those}) USING (key)"
            self._database.execute(f"CREATE OR REPLACE TEMP TABLE linked AS {found}")
            self._keep(having(field), "FROM linked", "coded", holders)
            self._keep(within(field), "SELECT term AS key, text, 1 AS number FROM parts", "coded", _TERMS)
        if field in CUT:
            lengths = f"SELECT *, unnest(range(1, {GRAM + 1})) AS length FROM terms"
            starts = f"SELECT *, unnest(range(1, length(text) - length + 2)) AS start FROM ({lengths})"
            self._part("substring(text, start, length)", f"({starts})")
            self._keep(grams(field), "SELECT term AS key, text, 1 AS number FROM parts", "coded", _TERMS)
        if field not in CODED:
            self._database.execute(f"DROP TABLE {codes}")

    def bits(self, space: str, values: str, least: int, most: int) -> None:
        """The sets of a number, or of a place in an order: `values` is the relation of (row, value) of all contacts,
        each `value` between `least` and `most`, or NULL."""
        bits = (most - least).bit_length()
        type_, size = next(each for each in _TYPES if bits <= 8 * each[1])
        value = f"(value::HUGEINT - {least})" if most - least >= 2**63 else f"(value - {least})"
        held = "(value IS NOT NULL)::UTINYINT"
        found = self._numbers(f"coalesce({value}, 0)::{type_} AS value, {held} AS held", values, (size, 1))
        sets = {HELD: next(of_numbers(found[1], 1))}
        sets |= {str(bit): rows for bit, rows in zip(range(bits), of_numbers(found[0], size), strict=False)}
        self._flags(space, sets)

    def flags(self, space: str, values: str, names: Mapping[str, int]) -> dict[str, int]:
        """One set for each of `names`: the rows that have its bit in `values`, a relation of (row, value) of all
        contacts, none of which is NULL. How many they are."""
        [found] = self._numbers("value::UBIGINT AS value", values, (8,))
        sets = {1 << at: rows for at, rows in enumerate(of_numbers(found, 8))}
        return self._flags(space, {name: sets[bit] for name, bit in names.items()})

    def finish(self) -> None:
        """Make tables of all that was kept."""
        self._sets.insert(self._database, "sets")
        self._names.insert(self._database, "names")

    def _numbers(self, selected: str, values: str, sizes: Sequence[int]) -> list[bytes]:
        """The bytes of some columns of `values`, in order of the rows."""
        found = self._database.sql(f"SELECT {selected} FROM ({values}) ORDER BY row")
        parts = [each for _, each in columns(found, sizes)]
        return [b"".join(column) for column in zip(*parts, strict=True)] or [b""] * len(sizes)

    def _flags(self, space: str, sets: Mapping[str, BitMap]) -> dict[str, int]:
        names = sorted(sets)
        sizes = self._store(enumerate(map(sets.__getitem__, names), self._id))
        self._names.add([self._packed(SPACES[space], names, sizes, bytes(len(names)), b"")])
        return dict(zip(names, sizes, strict=True))

    def _part(self, part: str, terms: str) -> None:
        """`parts`: each part of the text of each of `terms` once, beside the term."""
        self._database.execute(
            f"CREATE OR REPLACE TEMP TABLE parts AS SELECT DISTINCT id AS term, {part} AS text FROM {terms}"
        )

    def _keep(self, space: str, values: str, codes: str, holders: Holders) -> None:
        """The sets of a space from a relation of (key, text, number), which says nothing twice: of each text those who
        have it, in all so many as the numbers say. `codes` is to be the table of (id, key) then, and `named` that of
        the texts."""
        self._database.execute(
            "CREATE OR REPLACE TEMP TABLE named AS SELECT text, number, "
            f"({self._id} - 1 + row_number() OVER (ORDER BY text))::INTEGER AS id FROM "
            f"(SELECT text, sum(number)::INTEGER AS number FROM ({values}) WHERE text IS NOT NULL GROUP BY text)"
        )
        self._database.execute(
            f"CREATE OR REPLACE TEMP TABLE {codes} AS SELECT id, key FROM ({values}) "
            "JOIN (SELECT id, text FROM named) USING (text)"
        )
        pairs = f"SELECT id, key AS member FROM {codes}"
        if holders.place is not None:
            pairs = f"SELECT id, row AS member FROM {codes} JOIN ({holders.rows}) USING (key)"
        for first, last in self._slices():
            names, sizes, members = self._slice(pairs, first, last)
            self._names.add(self._blocks(SPACES[space], names, sizes, members, pairs))

    def _slices(self) -> list[tuple[int, int]]:
        """First and last id of slices of `named`."""
        weight = f"(CASE WHEN number > {_PAIRS_AT_ONCE} THEN 0 ELSE number END) + {_PAIRS_OF_A_NAME}"
        return self._database.execute(
            f"SELECT min(id), max(id) FROM (SELECT id, (sum({weight}) OVER (ORDER BY id) - 1) // {_PAIRS_AT_ONCE} "
            "AS slice FROM named) GROUP BY slice ORDER BY slice"
        ).fetchall()

    def _slice(self, pairs: str, first: int, last: int) -> tuple[list[str], "array[int]", "array[int]"]:
        """The names of a slice, how many numbers are in the set of each, and these, but of those that are too many."""
        chosen = f"id BETWEEN {first} AND {last}"
        texts, sizes, members = [], array("I"), array("I")
        # A column of its own would be sorted with the text.
        found = self._database.sql(f"SELECT {ESCAPED} || chr(10), number FROM named WHERE {chosen} ORDER BY id")
        for _, (text, number) in columns(found, (0, 4)):
            texts.append(text)
            sizes.frombytes(number)
        if max(sizes) > _PAIRS_AT_ONCE:
            pairs += f" SEMI JOIN (SELECT id FROM named WHERE number <= {_PAIRS_AT_ONCE}) USING (id)"
        found = self._database.sql(f"SELECT member::INTEGER FROM ({pairs}) WHERE {chosen} ORDER BY id, member")
        for _, (numbers,) in columns(found, (4,)):
            members.frombytes(numbers)
        return b"".join(texts).decode().split("\n")[:-1], sizes, members

    def _blocks(
        self, space: int, names: Sequence[str], sizes: "array[int]", members: "array[int]", pairs: str
    ) -> Iterator[tuple[Sequence[int], Sequence[bytes]]]:
        start = 0
        for at, end in _cuts(names):
            some = sizes[at:end]
            if max(some) <= FEW:
                listed, few = bytes(some.tolist()), members[start : (start := start + sum(some))]
            else:
                few, many, counts = array("I"), [], bytearray()
                for id_, size in enumerate(some, self._id):
                    counts.append(size if size <= FEW else 0)
                    if size > _PAIRS_AT_ONCE:
                        many.append((id_, self._streamed(pairs, id_)))
                        continue
                    those = members[start : (start := start + size)]
                    if size <= FEW:
                        few += those
                    else:
                        many.append((id_, BitMap(those)))
                self._store(many)
                listed = bytes(counts)
            yield self._packed(space, names[at:end], some, listed, packed(few))

    def _streamed(self, pairs: str, id_: int) -> BitMap:
        """A set that is too large to be sorted."""
        found = BitMap()
        for _, (numbers,) in columns(
            self._database.sql(f"SELECT member::INTEGER FROM ({pairs}) WHERE id = {id_}"), (4,)
        ):
            found |= BitMap(array("I", numbers))
        return found

    def _store(self, sets: Iterable[tuple[int, BitMap]]) -> list[int]:
        """Keep these sets, which are no part of a block; how many numbers are in each."""
        sizes: list[int] = []
        self._sets.add(_serialised(sets, sizes))
        return sizes

    def _packed(
        self, space: int, names: Sequence[str], sizes: Sequence[int], listed: bytes, few: bytes
    ) -> tuple[Sequence[int], Sequence[bytes]]:
        """The row of a block of names."""
        row = ((self._block, space, self._id), (unescaped(names[0]).encode(), self._pack(names, sizes, listed, few)))
        self._id += len(names)
        self._block += 1
        return row


_TYPES = (("UTINYINT", 1), ("USMALLINT", 2), ("UINTEGER", 4), ("UBIGINT", 8))
"""Types of numbers, and their bytes."""


def _cuts(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where blocks of names begin and end."""
    at = 0
    while at < len(names):
        characters = list(accumulate(map(len, names[at : at + BLOCK])))
        end = min(at + bisect_left(characters, _CHARACTERS) + 1, at + len(characters))
        yield at, end
        at = end


def _serialised(
    sets: Iterable[tuple[int, BitMap]], sizes: list[int]
) -> Iterator[tuple[Sequence[int], Sequence[bytes]]]:
    for id_, members in sets:
        sizes.append(len(members))
        members.run_optimize()
        yield (id_, len(members)), (members.serialize(),)
