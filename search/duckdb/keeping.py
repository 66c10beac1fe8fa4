"""Makes the sets of a file (`search.duckdb.spaces`) while it is built: staged values → `terms` and `sets`.

Whatever becomes sets is a relation of pairs: the id of a set, and a number that is in it, be it the row of a contact or
the id of a term. DuckDB brings together what belongs to one id; only what is more than a few numbers passes through
Python, which serialises it. A slice of ids at a time, so that it fits into the memory.
"""

from array import array
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
from pyroaring import BitMap

from search.duckdb.bits import bits_of, from_bits, width
from search.duckdb.schema import CODED, FEW, POSTED
from search.duckdb.spaces import CUT, GRAM, HELD, SPLIT, grams, having, key, key_sql, within
from search.duckdb.sql import quoted

_PAIRS_AT_ONCE = 3_000_000
_IDS_AT_ONCE = 250_000
_BITS_AT_ONCE = 24 * 2**20
"""Pairs, ids and bytes of bits of one slice, well within the memory."""

_LISTED = 4096
"""Numbers of a set that are listed on their way; DuckDB makes bits of more."""

_FETCHED = 1000


class Keeper:
    """Fills `terms` and `sets` of `database`, which has `scratch.staged` and `scratch.places`.

    Sets are made in the order of `spaces.SPACES`, so that both tables are sorted. `portion` is a file that need not be
    there and does not stay.
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, rows: int, portion: Path) -> None:
        self._database, self._rows, self._portion = database, rows, portion
        self._next = 0

    def texts(self, field: str) -> None:
        """The sets of a field's terms, and of what they are found by. The codes of a field with single values stay, in
        `scratch.codes_{field}`."""
        first = self._next
        value = f"unnest({field})" if field in POSTED else field
        counted = f"SELECT {value} AS text FROM scratch.staged SEMI JOIN scratch.places USING (line)"
        self._name(field, f"SELECT text, count(*) AS number FROM ({counted}) WHERE text IS NOT NULL GROUP BY text")
        pairs = f"scratch.codes_{field}"
        # Rows come last: a join of texts above that of rows is more than DuckDB 2.0.0 can do (an internal error).
        self._database.execute(
            f"CREATE TABLE {pairs} AS SELECT id, row AS member FROM (SELECT id, line FROM "
            f"(SELECT line, {value} AS text FROM scratch.staged) "
            "JOIN (SELECT id, text FROM scratch.named) USING (text)) "
            "JOIN (SELECT line, row FROM scratch.places) USING (line)"
        )
        self._keep(pairs, self._rows)
        terms = f"SELECT id, text, size FROM terms WHERE id >= {first} AND id < {self._next}"
        last = self._next
        if field in SPLIT:
            words = f"SELECT DISTINCT id AS term, size, unnest(string_split(text, ' ')) AS text FROM ({terms})"
            self._database.execute(f"CREATE TABLE scratch.parts AS {words}")
            self._rows_of_words(field, pairs)
            self._terms_of_parts(within(field), last)
        if field in CUT:
            started = f"SELECT id, size, text, unnest(range(1, length(text) - {GRAM - 2})) AS start FROM ({terms})"
            cut = f"SELECT DISTINCT id AS term, size, substring(text, start, {GRAM}) AS text FROM ({started})"
            self._database.execute(f"CREATE TABLE scratch.parts AS {cut}")
            self._terms_of_parts(grams(field), last)
        if field not in CODED:
            self._database.execute(f"DROP TABLE {pairs}")

    def bits(self, space: str, values: str, least: int, most: int) -> None:
        """The sets of a number, or of a place in an order: `values` is a relation of (row, value), `value` is between
        `least` and `most`."""
        number = f"(value::HUGEINT - {least})::UBIGINT"
        tests = {HELD: "true"} | {str(bit): f"{number} >> {bit} & 1 = 1" for bit in range((most - least).bit_length())}
        self.flags(space, values, tests)

    def flags(self, space: str, values: str, tests: dict[str, str]) -> None:
        """One set for each of `tests`, name → condition on `values`: the rows for which it holds."""
        columns = ", ".join(f"({bits_of('row', self._rows)} FILTER ({test}))::BLOB" for test in tests.values())
        [found] = self._database.execute(f"SELECT {columns} FROM ({values})").fetchall()
        sets = {
            key(space, name): (name, from_bits(bits) if bits else BitMap())
            for name, bits in zip(tests, found, strict=True)
        }
        for place, (name, members) in sorted(sets.items()):
            members.run_optimize()
            entry = (place, self._next, name, len(members))
            self._database.execute("INSERT INTO terms VALUES (?, ?, ?, ?, NULL)", entry)
            self._database.execute("INSERT INTO sets VALUES (?, ?, ?)", (self._next, len(members), members.serialize()))
            self._next += 1

    def _rows_of_words(self, field: str, pairs: str) -> None:
        """The rows of each word in `scratch.parts` that several terms have; for others there are those of the term."""
        several = "SELECT text, sum(size)::BIGINT AS number FROM scratch.parts GROUP BY text HAVING count(*) > 1"
        self._name(having(field), several)
        linked = "SELECT named.id AS id, term FROM scratch.parts JOIN scratch.named AS named USING (text)"
        self._database.execute(f"CREATE TABLE scratch.linked AS {linked}")
        rows = f"SELECT linked.id AS id, member FROM {pairs} AS pairs JOIN scratch.linked AS linked ON pairs.id = term"
        self._keep(f"({rows})", self._rows)
        self._database.execute("DROP TABLE scratch.linked")

    def _terms_of_parts(self, space: str, ids: int) -> None:
        """The terms of each text in `scratch.parts`, which has no further use; their ids are below `ids`."""
        self._name(space, "SELECT text, count(*) AS number FROM scratch.parts GROUP BY text")
        linked = "SELECT named.id AS id, term AS member FROM scratch.parts JOIN scratch.named AS named USING (text)"
        self._database.execute(f"CREATE TABLE scratch.linked AS {linked}")
        self._keep("scratch.linked", ids)
        self._database.execute("DROP TABLE scratch.linked")
        self._database.execute("DROP TABLE scratch.parts")

    def _name(self, space: str, texts: str) -> None:
        """`scratch.named`: key and id of each set, and how many pairs it has, from a relation of (text, number)."""
        self._database.execute(
            f"CREATE OR REPLACE TABLE scratch.named AS SELECT key, text, number, "
            f"({self._next} - 1 + row_number() OVER (ORDER BY key, text))::INTEGER AS id "
            f"FROM (SELECT text, number, {key_sql(space, 'text')} AS key FROM ({texts})) ORDER BY id"
        )

    def _keep(self, pairs: str, members: int) -> None:
        """The sets of `scratch.named` from a relation of (id, member), which may say something twice."""
        for first, last in self._slices(f"number BETWEEN {FEW + 1} AND {_LISTED}", _PAIRS_AT_ONCE):
            self._store(self._listed(pairs, first, last))
        at_once = max(1, _BITS_AT_ONCE // (width(members) // 8))
        for first, last in self._slices(f"number > {_LISTED}", at_once, "1"):
            self._store(self._dense(pairs, members, first, last))
        for first, last in self._slices("true", _IDS_AT_ONCE, "1"):
            chosen = f"id BETWEEN {first} AND {last}"
            few = (
                f"SELECT id, list(DISTINCT member) AS few FROM {pairs} "
                f"SEMI JOIN (SELECT id FROM scratch.named WHERE number <= {FEW} AND {chosen}) USING (id) GROUP BY id"
            )
            self._database.execute(
                "INSERT INTO terms SELECT key, id, text, coalesce(len(few), size), few "
                f"FROM (SELECT * FROM scratch.named WHERE {chosen}) LEFT JOIN ({few}) USING (id) "
                f"LEFT JOIN (SELECT id, size FROM sets WHERE {chosen}) USING (id) ORDER BY id"
            )
        [(self._next,)] = self._database.execute(
            f"SELECT coalesce(max(id) + 1, {self._next}) FROM scratch.named"
        ).fetchall()

    def _slices(self, which: str, at_once: int, weight: str = "number") -> list[tuple[int, int]]:
        """First and last id of slices of the `which` of `scratch.named`, each of about `at_once` of `weight`."""
        return self._database.execute(
            f"SELECT min(id), max(id) FROM (SELECT id, (sum({weight}) OVER (ORDER BY id) - 1) // {at_once} AS slice "
            f"FROM scratch.named WHERE {which}) GROUP BY slice ORDER BY slice"
        ).fetchall()

    def _listed(self, pairs: str, first: int, last: int) -> Iterator[tuple[int, BitMap]]:
        chosen = f"number BETWEEN {FEW + 1} AND {_LISTED} AND id BETWEEN {first} AND {last}"
        found = self._database.execute(
            f"SELECT id, list(member) FROM {pairs} SEMI JOIN (SELECT id FROM scratch.named WHERE {chosen}) USING (id) "
            "GROUP BY id ORDER BY id"
        )
        while batch := found.fetchmany(_FETCHED):
            for id_, members in batch:
                yield id_, BitMap(array("I", members))

    def _dense(self, pairs: str, members: int, first: int, last: int) -> Iterator[tuple[int, BitMap]]:
        chosen = f"number > {_LISTED} AND id BETWEEN {first} AND {last}"
        found = self._database.execute(
            f"SELECT id, {bits_of('member', members)}::BLOB FROM {pairs} "
            f"SEMI JOIN (SELECT id FROM scratch.named WHERE {chosen}) USING (id) GROUP BY id ORDER BY id"
        ).fetchall()
        for id_, bits in found:
            yield id_, from_bits(bits)

    def _store(self, sets: Iterable[tuple[int, BitMap]]) -> None:
        """Write `sets` into the table, by way of a file on disk: DuckDB reads that faster than parameters."""
        with self._portion.open("wb") as lines:
            for id_, members in sets:
                members.run_optimize()
                lines.write(b"%d,%d,%b\n" % (id_, len(members), b64encode(members.serialize())))
        self._database.execute(
            "INSERT INTO sets SELECT id, size, from_base64(many) FROM "
            f"read_csv({quoted(self._portion)}, header = false, auto_detect = false, parallel = false, "
            f"max_line_size = {2 * width(self._rows)}, "
            "columns = {id: 'INTEGER', size: 'INTEGER', many: 'VARCHAR'}, delim = ',', quote = '', escape = '')"
        )
