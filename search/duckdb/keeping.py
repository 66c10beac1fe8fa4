"""Makes the sets of a file (`search.duckdb.spaces`) while it is built: staged values → `names` and `sets`.

Whatever becomes sets is a relation of pairs: the id of a set, and a number that is in it, be it the row of a contact or
the id of a term. DuckDB brings together what belongs to one id, a slice of ids at a time, so that it fits into the
memory; Python packs it into files, which become tables at the end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
from pyroaring import BitMap

from search.duckdb.bits import bits_of, from_bits, from_lists, longest, width
from search.duckdb.blocks import BLOCK, FEW, pack
from search.duckdb.portions import Cell, Portion, line_of
from search.duckdb.schema import CODED, POSTED
from search.duckdb.spaces import CUT, GRAM, HELD, SEVERAL, SPACES, SPLIT, grams, having, within

_PAIRS_AT_ONCE = 2_000_000
_IDS_AT_ONCE = 1000 * BLOCK
_BITS_AT_ONCE = 6 * 2**20
"""Pairs, ids and bytes of bits of one slice, well within the memory."""

_LISTED = 4096
"""Numbers of a set that are listed on their way; DuckDB makes bits of more."""

_TESTS_AT_ONCE = 16
"""Sets that are made in one pass over all rows."""

_CHARACTERS = 16_384
"""Characters of the names in a block after which it ends, however few they are."""

_LONGEST_BLOCK = 256 * 1024
"""Bytes that a block has at most, with the longest of names at its end."""

_FETCHED = 1000

Named = tuple[str, int, list[int] | None]
"""A name, how many numbers are in its set and, where they are few, these."""


class Keeper:
    """Fills `names` and `sets` of `database`, which has `scratch.staged` and `scratch.places`.

    Sets are made in the order of `spaces.SPACES`, so that both tables are in order.

    Args:
        rows: contacts.
        scratch: a directory for files that do not stay.
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, rows: int, scratch: Path) -> None:
        self._database, self._rows = database, rows
        self._id = self._block = 0
        self._sets = Portion(scratch / "sets.csv", {"id": False, "size": False, "many": True})
        columns = {"block": False, "space": False, "id": False, "first": True, "packed": True}
        self._names = Portion(scratch / "names.csv", columns)

    def texts(self, field: str) -> None:
        """The sets of a field's terms, and of what they are found by. The codes of a field with single values stay, in
        `scratch.codes_{field}`."""
        pairs, values = f"scratch.codes_{field}", f"unnest({field})" if field in POSTED else field
        counted = f"SELECT {values} AS text FROM scratch.staged SEMI JOIN scratch.places USING (line)"
        self._name(f"SELECT text, count(*) AS number FROM ({counted}) WHERE text IS NOT NULL GROUP BY text")
        # Rows come last: a join of texts above that of rows is more than DuckDB 2.0.0 can do (an internal error).
        self._database.execute(
            f"CREATE TABLE {pairs} AS SELECT id, row AS member FROM "
            f"(SELECT id, line FROM (SELECT line, {values} AS text FROM scratch.staged) "
            "JOIN (SELECT id, text FROM scratch.named) USING (text)) "
            "JOIN (SELECT line, row FROM scratch.places) USING (line)"
        )
        self._keep(field, pairs, self._rows)
        if field in SPLIT:
            self._database.execute("CREATE OR REPLACE TABLE scratch.terms AS FROM scratch.named")
            self._part("unnest(string_split(text, ' '))", "scratch.terms")
            several = f"GROUP BY text HAVING count(*) > {SEVERAL}"
            self._name(f"SELECT text, sum(number)::BIGINT AS number FROM scratch.parts {several}")
            self._link(having(field), pairs)
            self._name("SELECT text, count(*) AS number FROM scratch.parts GROUP BY text")
            self._link(within(field))
        if field in CUT:
            lengths = f"SELECT *, unnest(range(1, {GRAM + 1})) AS length FROM scratch.terms"
            starts = f"SELECT *, unnest(range(1, length(text) - length + 2)) AS start FROM ({lengths})"
            self._part("substring(text, start, length)", f"({starts})")
            self._name("SELECT text, count(*) AS number FROM scratch.parts GROUP BY text")
            self._link(grams(field))
        if field not in CODED:
            self._database.execute(f"DROP TABLE {pairs}")

    def bits(self, space: str, values: str, least: int, most: int) -> None:
        """The sets of a number, or of a place in an order: `values` is a relation of (row, value), `value` is between
        `least` and `most`."""
        number = f"(value::HUGEINT - {least})::UBIGINT"
        bits = range((most - least).bit_length())
        numbered = f"SELECT row, {number} AS value FROM ({values})"
        self.flags(space, numbered, {HELD: "true"} | {str(bit): f"value >> {bit} & 1 = 1" for bit in bits})

    def flags(self, space: str, values: str, tests: Mapping[str, str]) -> dict[str, int]:
        """One set for each of `tests`, name → condition on `values`: the rows for which it holds. How many they are."""
        names = sorted(tests)
        self._database.execute(f"CREATE OR REPLACE TABLE scratch.flagged AS {values}")
        sizes: list[int] = []
        for at in range(0, len(names), _TESTS_AT_ONCE):
            some = names[at : at + _TESTS_AT_ONCE]
            columns = ", ".join(f"({bits_of('row', self._rows)} FILTER ({tests[name]}))::BLOB" for name in some)
            [found] = self._database.execute(f"SELECT {columns} FROM scratch.flagged").fetchall()
            sets = [from_bits(bits) if bits else BitMap() for bits in found]
            sizes += self._store(enumerate(sets, self._id + at)).values()
        self._write(space, zip(names, sizes, [None] * len(names), strict=True))
        return dict(zip(names, sizes, strict=True))

    def finish(self) -> None:
        """Make tables of all that was kept."""
        sets = self._sets.relation(line_of(longest(max(self._rows, self._id))))
        self._database.execute(f"INSERT INTO sets {sets}")
        names = self._names.relation(line_of(_LONGEST_BLOCK))
        columns = "block, space, id, coalesce(decode(first), ''), packed"
        self._database.execute(f"INSERT INTO names SELECT {columns} FROM ({names})")

    def _part(self, part: str, terms: str) -> None:
        """`scratch.parts`: each part of the text of each of `terms` once, beside the term and its number."""
        self._database.execute(
            f"CREATE OR REPLACE TABLE scratch.parts AS SELECT DISTINCT id AS term, number, {part} AS text FROM {terms}"
        )

    def _link(self, space: str, pairs: str | None = None) -> None:
        """The sets of the parts in `scratch.named`: of the terms that have one or, by their `pairs`, of those rows."""
        self._database.execute(
            "CREATE OR REPLACE TABLE scratch.linked AS SELECT named.id AS id, term AS member "
            "FROM scratch.parts JOIN scratch.named AS named USING (text)"
        )
        if pairs is None:
            self._keep(space, "scratch.linked", self._id)
        else:
            rows = f"SELECT linked.id AS id, pairs.member AS member FROM {pairs} AS pairs "
            self._keep(space, f"({rows} JOIN scratch.linked AS linked ON pairs.id = linked.member)", self._rows)

    def _name(self, texts: str) -> None:
        """`scratch.named`: the id of each name, and how many pairs it has, from a relation of (text, number)."""
        self._database.execute(
            "CREATE OR REPLACE TABLE scratch.named AS SELECT text, number, "
            f"({self._id} - 1 + row_number() OVER (ORDER BY text))::INTEGER AS id FROM ({texts}) ORDER BY id"
        )

    def _keep(self, space: str, pairs: str, members: int) -> None:
        """The sets of `scratch.named` from a relation of (id, member), which may say something twice."""
        listed, dense = f"number BETWEEN {FEW + 1} AND {_LISTED}", f"number > {_LISTED}"
        [(some, more)] = self._database.execute(
            f"SELECT count(*) FILTER ({listed}), count(*) FILTER ({dense}) FROM scratch.named"
        ).fetchall()
        sizes: dict[int, int] = {}
        for first, last in self._slices(listed, _PAIRS_AT_ONCE, "number") if some else ():
            sizes |= self._store(self._listed(pairs, f"{listed} AND id BETWEEN {first} AND {last}"))
        at_once = max(1, _BITS_AT_ONCE // (width(members) // 8))
        for first, last in self._slices(dense, at_once, "1") if more else ():
            chosen = f"{dense} AND id BETWEEN {first} AND {last}"
            sizes |= self._store(self._dense(pairs, members, chosen))
        self._write(space, self._all_named(pairs, sizes))

    def _all_named(self, pairs: str, sizes: Mapping[int, int]) -> Iterator[Named]:
        """All of `scratch.named`; of those whose numbers are not few, `sizes` has how many there are."""
        for first, last in self._slices("true", _IDS_AT_ONCE, "1"):
            chosen = f"id BETWEEN {first} AND {last}"
            few = (
                f"SELECT id, list(DISTINCT member) AS few FROM {pairs} "
                f"SEMI JOIN (SELECT id FROM scratch.named WHERE number <= {FEW} AND {chosen}) USING (id) GROUP BY id"
            )
            found = self._database.execute(
                f"SELECT id, text, few FROM (SELECT id, text FROM scratch.named WHERE {chosen}) "
                f"LEFT JOIN ({few}) USING (id) ORDER BY id"
            )
            while batch := found.fetchmany(_FETCHED):
                for id_, text, numbers in batch:
                    yield text, sizes[id_] if numbers is None else len(numbers), numbers

    def _slices(self, which: str, at_once: int, weight: str) -> list[tuple[int, int]]:
        """First and last id of slices of the `which` of `scratch.named`, each of about `at_once` of `weight`."""
        return self._database.execute(
            f"SELECT min(id), max(id) FROM (SELECT id, (sum({weight}) OVER (ORDER BY id) - 1) // {at_once} AS slice "
            f"FROM scratch.named WHERE {which}) GROUP BY slice ORDER BY slice"
        ).fetchall()

    def _listed(self, pairs: str, chosen: str) -> Iterator[tuple[int, BitMap]]:
        found = self._database.execute(
            f"SELECT id, list(member) FROM {pairs} SEMI JOIN (SELECT id FROM scratch.named WHERE {chosen}) USING (id) "
            "GROUP BY id ORDER BY id"
        )
        while batch := found.fetchmany(_FETCHED // FEW):
            for id_, members in batch:
                yield id_, from_lists([members])

    def _dense(self, pairs: str, members: int, chosen: str) -> Iterator[tuple[int, BitMap]]:
        found = self._database.execute(
            f"SELECT id, {bits_of('member', members)}::BLOB FROM {pairs} "
            f"SEMI JOIN (SELECT id FROM scratch.named WHERE {chosen}) USING (id) GROUP BY id ORDER BY id"
        ).fetchall()
        for id_, bits in found:
            yield id_, from_bits(bits)

    def _store(self, sets: Iterable[tuple[int, BitMap]]) -> dict[int, int]:
        """Keep these sets, which are no part of a block; how many numbers are in each."""
        sizes: dict[int, int] = {}
        self._sets.add(_serialised(sets, sizes))
        return sizes

    def _write(self, space: str, named: Iterable[Named]) -> None:
        """Keep the names of a space, which are in order, in blocks."""
        self._names.add(self._blocks(SPACES[space], named))

    def _blocks(self, space: int, named: Iterable[Named]) -> Iterator[Sequence[Cell]]:
        block: list[Named] = []
        characters = 0
        for name in named:
            block.append(name)
            characters += len(name[0])
            if len(block) >= BLOCK or characters >= _CHARACTERS:
                yield self._packed(space, block)
                block, characters = [], 0
        if block:
            yield self._packed(space, block)

    def _packed(self, space: int, block: Sequence[Named]) -> Sequence[Cell]:
        texts, sizes, few = zip(*block, strict=True)
        cells = (self._block, space, self._id, texts[0].encode(), pack(texts, sizes, few))
        self._id += len(block)
        self._block += 1
        return cells


def _serialised(sets: Iterable[tuple[int, BitMap]], sizes: dict[int, int]) -> Iterator[Sequence[Cell]]:
    for id_, members in sets:
        sizes[id_] = len(members)
        members.run_optimize()
        yield id_, len(members), members.serialize()
