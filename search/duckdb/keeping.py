"""Makes the sets of a file (`search.duckdb.spaces`) while it is built: staged values → what `cutting` makes sets of.

Whatever becomes sets is a relation of (key, text): who has which text. A key is the number of a contact's line, or that
of a piece that many contacts share, or the id of a term. DuckDB numbers the texts and sorts what belongs to each, a
slice of ids at a time, so that it fits into the memory.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future

import duckdb
from pyroaring import BitMap

from search.duckdb.arrow import columns
from search.duckdb.blocks import ESCAPED
from search.duckdb.cutting import Cutter, Slice
from search.duckdb.holders import Holders
from search.duckdb.schema import CODED, POSTED
from search.duckdb.spaces import CUT, GRAM, SEVERAL, SPLIT, grams, having, within

_PAIRS_AT_ONCE = 1_000_000
"""Pairs of one slice, well within the memory. A set that has more by itself is read as it comes."""

_PAIRS_OF_A_NAME = 8
"""For how many a name counts."""

_TERMS = Holders("parts", "term", None, "1")


class Keeper:
    """Makes sets of what is staged in `database`, in the order of `spaces.SPACES`."""

    def __init__(self, database: duckdb.DuckDBPyConnection, cutter: Cutter) -> None:
        self._database, self._cutter = database, cutter
        self._id = 0

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
        self._cutter.bits(space, self._id, found[1], found[0], bits)
        # That of rows that have a number at all is one, too.
        self._id += bits + 1

    def flags(self, space: str, values: str, names: Mapping[str, int]) -> Future[dict[str, int]]:
        """One set for each of `names`: the rows that have its bit in `values`, a relation of (row, value) of all
        contacts, none of which is NULL. How many they are."""
        [found] = self._numbers("value::UBIGINT AS value", values, (8,))
        first, self._id = self._id, self._id + len(names)
        return self._cutter.flags(space, first, found, names)

    def _numbers(self, selected: str, values: str, sizes: Sequence[int]) -> list[bytes]:
        """The bytes of some columns of `values`, in order of the rows."""
        found = self._database.sql(f"SELECT {selected} FROM ({values}) ORDER BY row")
        parts = [each for _, each in columns(found, sizes)]
        return [b"".join(column) for column in zip(*parts, strict=True)] or [b""] * len(sizes)

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
            # Numbered as they come: a window of them would take longer than the sort.
            "CREATE OR REPLACE TEMP TABLE named AS SELECT text, number, "
            f"({self._id} - 1 + row_number() OVER ())::INTEGER AS id FROM (SELECT text, sum(number)::INTEGER AS number "
            f"FROM ({values}) WHERE text IS NOT NULL GROUP BY text ORDER BY text)"
        )
        self._database.execute(
            f"CREATE OR REPLACE TEMP TABLE {codes} AS SELECT id, key FROM ({values}) "
            "JOIN (SELECT id, text FROM named) USING (text)"
        )
        pairs = f"SELECT id, key AS member FROM {codes}"
        if holders.place is not None:
            pairs = f"SELECT id, row AS member FROM {codes} JOIN ({holders.rows}) USING (key)"
        for sizes in self._sliced():
            self._cutter.texts(space, self._slice(pairs, sizes))
            self._id += len(sizes)

    def _sliced(self) -> "Iterator[array[int]]":
        """The numbers of `named`, a slice at a time."""
        numbers, start, weight = array("I"), 0, 0
        for _, (some,) in columns(self._database.sql("SELECT number FROM named ORDER BY id"), (4,)):
            numbers.frombytes(some)
        for at, number in enumerate(numbers):
            more = (number if number <= _PAIRS_AT_ONCE else 0) + _PAIRS_OF_A_NAME
            if weight + more > _PAIRS_AT_ONCE and weight:
                yield numbers[start:at]
                start, weight = at, 0
            weight += more
        if weight:
            yield numbers[start:]

    def _slice(self, pairs: str, sizes: "array[int]") -> Slice:
        """The names that follow, whose sets have these sizes."""
        chosen = f"id BETWEEN {self._id} AND {self._id + len(sizes) - 1}"
        texts, members = [], array("I")
        # A column of its own would be sorted with the text.
        found = self._database.sql(f"SELECT {ESCAPED} || chr(10) FROM named WHERE {chosen} ORDER BY id")
        for _, (text,) in columns(found, (0,)):
            texts.append(text)
        large = {at: self._streamed(pairs, self._id + at) for at, size in enumerate(sizes) if size > _PAIRS_AT_ONCE}
        if large:
            pairs += f" SEMI JOIN (SELECT id FROM named WHERE number <= {_PAIRS_AT_ONCE}) USING (id)"
        found = self._database.sql(f"SELECT member::INTEGER FROM ({pairs}) WHERE {chosen} ORDER BY id, member")
        for _, (numbers,) in columns(found, (4,)):
            members.frombytes(numbers)
        return Slice(self._id, b"".join(texts).decode().split("\n")[:-1], sizes, members, large)

    def _streamed(self, pairs: str, id_: int) -> BitMap:
        """A set that is too large to be sorted."""
        found = BitMap()
        for _, (numbers,) in columns(
            self._database.sql(f"SELECT member::INTEGER FROM ({pairs}) WHERE id = {id_}"), (4,)
        ):
            found |= BitMap(array("I", numbers))
        return found


_TYPES = (("UTINYINT", 1), ("USMALLINT", 2), ("UINTEGER", 4), ("UBIGINT", 8))
"""Types of numbers, and their bytes."""
