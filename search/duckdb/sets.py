"""What one file keeps as sets of rows: of each term, each word, each bit of a number; and the orders of all rows.

The evaluator of filters asks for the sets of a filter's leaves here and combines them by itself.
"""

from collections.abc import Iterable, Sequence

import duckdb
from pyroaring import BitMap

from mappings.algebra import extent
from mappings.predicates import Order, Range
from search.cursor import Position
from search.documents import sort_value
from search.duckdb import leaves as texts
from search.duckdb import slices, values
from search.duckdb.leaves import Leaf
from search.duckdb.meta import DICTIONARY, bounds, mapping_version, meta
from search.duckdb.packing import Unpacker
from search.duckdb.shelf import Shelf
from search.duckdb.slices import Digit, Pause, Span
from search.duckdb.spaces import FILLED, HELD, NUMBERS, UUIDS, uuid_key
from search.duckdb.vocabulary import Vocabulary, vocabulary
from search.engine import check_mapping
from search.facets import Bounds
from search.fields import LONG_MAX, LONG_MIN, contact_of, sort_field
from search.memo import Kept

Connection = duckdb.DuckDBPyConnection

Place = tuple[int | str | None, str]
"""Where a contact stands in an order: its sort value, `None` where that is missing, and its uuid."""

LEAVES_BYTES = 32 * 1024 * 1024
"""Sets of whole leaves that are kept in memory: countries, industries and titles are asked for again and again."""

_FEW = 64
"""Numbers are sought among some rows if those are less than this part of all: else to seek all takes no longer."""

DEFAULT = Order()
"""The order of the rows themselves."""

_NOBODY = BitMap()


def no_pause() -> None:
    """For who waits however long it takes."""


class Sets:
    """The sets of one file. Threads share it; every method blocks. Sets that it gives are shared: nobody changes them.

    Attributes:
        rows: contacts; their rows are 0 to `rows - 1` in default order (newest first, then uuid).
        everyone: all rows.
    """

    def __init__(self, connection: Connection) -> None:
        """Reads what all methods need. Raises `EngineUnavailable` if the file is of another `MAPPING_VERSION`."""
        check_mapping(mapping_version(connection))
        [(rows,)] = connection.execute("SELECT count(*) FROM uuids").fetchall()
        self.rows = int(rows)
        self.everyone = BitMap(range(self.rows))
        self._bounds = bounds(connection)
        self._unpack = Unpacker(meta(connection, DICTIONARY) or b"")
        self._shelf = Shelf(connection, self.rows)
        self._vocabularies: dict[str, Vocabulary] = {}
        self._leaves: Kept[Leaf, BitMap] = Kept(lambda leaf, rows: extent(leaf).held + rows.__sizeof__(), LEAVES_BYTES)

    def of_leaves(self, connection: Connection, leaves: Iterable[Leaf], pause: Pause) -> dict[Leaf, BitMap]:
        """The rows that each of `leaves` holds for."""
        found = {leaf: self._leaves.get(leaf) for leaf in leaves}
        unknown = [leaf for leaf, rows in found.items() if rows is None]
        read = texts.of_leaves(self._shelf, connection, unknown, pause) if unknown else {}
        for leaf, rows in read.items():
            self._leaves.keep(leaf, rows)
        return {leaf: read[leaf] if rows is None else rows for leaf, rows in found.items()}

    def sizes(self, connection: Connection, leaves: Iterable[Leaf], pause: Pause = no_pause) -> dict[Leaf, int]:
        """How many rows each holds for, of those where that is known without reading sets."""
        return texts.sizes(self._shelf, connection, list(leaves), pause)

    def between(
        self,
        connection: Connection,
        field: str,
        gte: int | None,
        lte: int | None,
        among: BitMap,
        pause: Pause = no_pause,
    ) -> BitMap:
        """The rows of `among` whose number is within the bounds; an absent one is open.

        Raises:
            ValueError: the field is no number.
        """
        span = self._span(field, gte, lte)
        if span is None:
            return BitMap()
        held, *ones = self._slices(connection, field)
        few = len(among) < self.rows // _FEW
        if few:
            held, *ones = [rows & among for rows in (held, *ones)]
        found = slices.at_least(ones, span[0], held, pause) if span[0] > 0 else held
        if span[1] < self._largest(field):
            found = found - slices.at_least(ones, span[1] + 1, held, pause)
        return found if few or among is self.everyone else found & among

    def within(
        self, connection: Connection, field: str, ranges: Iterable[Range], among: BitMap, pause: Pause = no_pause
    ) -> BitMap:
        """The same of many ranges of the field: the rows whose number is in any of them."""
        spans: list[Span] = []
        for least, most in sorted(filter(None, [self._span(field, of.gte, of.lte) for of in ranges])):
            # Bounds beyond the numbers that are stored are brought to these, where ranges that were apart may meet.
            if spans and least <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(most, spans[-1][1]))
            else:
                spans.append((least, most))
        held, *ones = self._slices(connection, field)
        return slices.within(ones, spans, held & among, pause)

    def ranged(
        self, connection: Connection, field: str, ranges: Sequence[Bounds], among: BitMap, pause: Pause
    ) -> tuple[list[int], int, int]:
        """How many of `among` have a number in each of `ranges`, in any of them, and at all."""
        held, *ones = self._slices(connection, field)
        numbered = held & among
        spans = [self._span(field, *bounds) for bounds in ranges]
        cuts = sorted({cut for span in spans if span for cut in (span[0], span[1] + 1)})
        parts = slices.spread(ones, cuts, numbered, pause)
        inside = [range(cuts.index(span[0]) + 1, cuts.index(span[1] + 1) + 1) if span else range(0) for span in spans]
        counts = [sum([parts[part] for part in of]) for of in inside]
        in_any = sum([parts[part] for part in {part for of in inside for part in of}])
        return counts, in_any, len(numbered)

    def filled(self, connection: Connection, field: str) -> BitMap:
        """The rows that have something in the item field."""
        [rows] = self._shelf.named(connection, FILLED, [field], no_pause)
        return rows

    def vocabulary(self, connection: Connection, field: str, pause: Pause) -> Vocabulary:
        """What is known of the terms of a field of text."""
        found = self._vocabularies.get(field)
        if found is None:
            found = self._vocabularies[field] = vocabulary(self._shelf, connection, field, pause)
        return found

    def terms(self, connection: Connection, ids: Iterable[int], pause: Pause) -> list[tuple[str, BitMap]]:
        """The terms with these ids, in that order, each with its rows."""
        ids = list(ids)
        named = self._shelf.names.named(connection, BitMap(ids), pause)
        sets = self._shelf.of_entries(connection, [named[id_][1] for id_ in ids], pause)
        return [(named[id_][0], rows) for id_, rows in zip(ids, sets, strict=True)]

    def named(self, connection: Connection, ids: Iterable[int], pause: Pause) -> list[str]:
        """The terms with these ids, in that order."""
        ids = list(ids)
        named = self._shelf.names.named(connection, BitMap(ids), pause)
        return [named[id_][0] for id_ in ids]

    def having(self, connection: Connection, field: str, terms: Iterable[str], pause: Pause) -> list[BitMap]:
        """The rows of each of `terms`."""
        terms = list(terms)
        entries = self._shelf.names.entries(connection, [(field, term) for term in terms], pause)
        there = list(entries)
        sets = dict(
            zip(there, self._shelf.of_entries(connection, [entries[name] for name in there], pause), strict=True)
        )
        return [sets.get((field, term), _NOBODY) for term in terms]

    def distinct(self, connection: Connection, field: str, rows: BitMap) -> int:
        """How many different terms `rows` have in a field with one value."""
        return values.distinct(connection, field, rows, self._shelf.names.ids(field))

    def first(
        self,
        connection: Connection,
        order: Order,
        rows: BitMap,
        limit: int,
        offset: int = 0,
        backward: bool = False,
        pause: Pause = no_pause,
    ) -> list[int]:
        """At most `limit` of `rows` after `offset` in that order, or in its reverse; as cheap at any offset."""
        if order != DEFAULT:
            return slices.first(self._digits(connection, order, backward), rows, limit, offset, pause)
        if not backward:
            return list(rows[offset : offset + limit])
        end = max(len(rows) - offset, 0)
        return list(rows[max(end - limit, 0) : end])[::-1]

    def beside(self, connection: Connection, order: Order, position: Position, pause: Pause = no_pause) -> BitMap:
        """The rows after `position` in that order, or before it if it reads backward."""
        place = (position.value, position.uuid)
        row = self._row_at(connection, order, place)
        if row is None:
            # Whoever stood there has gone, or is no more what it was.
            rank = self._rank(connection, order, place, pause)
            here = self.first(connection, order, self.everyone, 1, rank, False, pause)
            following = BitMap(here) | self._after(connection, order, here[0], False, pause) if here else BitMap()
            return self.everyone - following if position.backward else following
        return self._after(connection, order, row, position.backward, pause)

    def places(self, connection: Connection, order: Order, rows: Sequence[int]) -> list[Place]:
        """Where each of `rows` stands in that order, as cursors have it."""
        items = "SELECT row, uuid, item, more FROM items WHERE row IN (SELECT unnest(?::INTEGER[]))"
        found = connection.execute(items, (list(rows),)).fetchall()
        contacts = self._unpack.whole([(item, more) for _, _, item, more in found])
        places = {
            row: (sort_value(contact_of(contact), order.field), uuid)
            for contact, (row, uuid, *_) in zip(contacts, found, strict=True)
        }
        return [places[row] for row in rows]

    def _span(self, field: str, gte: int | None, lte: int | None) -> Span | None:
        """A range as it is sliced, from the least number that there is; none if it has no number that there is."""
        if field not in NUMBERS:
            raise ValueError(f"{field} is not a number field")
        least, _ = self._bounds.get(field, (0, 0))
        low = 0 if gte is None else max(LONG_MIN, min(LONG_MAX, gte)) - least
        high = self._largest(field) if lte is None else max(LONG_MIN, min(LONG_MAX, lte)) - least
        low, high = max(low, 0), min(high, self._largest(field))
        return (low, high) if low <= high else None

    def _largest(self, field: str) -> int:
        least, most = self._bounds.get(field, (0, 0))
        return most - least

    def _slices(self, connection: Connection, space: str) -> list[BitMap]:
        """The rows that have a number at all, then those that have a one in each bit, from the lowest."""
        least, most = self._bounds.get(space, (0, 0))
        return self._shelf.named(connection, space, [HELD, *map(str, range((most - least).bit_length()))], no_pause)

    def _digits(self, connection: Connection, order: Order, backward: bool) -> list[Digit]:
        held, *ones = self._slices(connection, sort_field(order.field))
        _, *uuids = self._slices(connection, UUIDS)
        descending = order.ascending is backward
        return [
            (held, not backward),
            *[(slice_, descending) for slice_ in reversed(ones)],
            *[(slice_, backward) for slice_ in reversed(uuids)],
        ]

    def _after(self, connection: Connection, order: Order, row: int, backward: bool, pause: Pause) -> BitMap:
        """The rows that stand after `row`, or before it."""
        if order == DEFAULT:
            return BitMap(range(row) if backward else range(row + 1, self.rows))
        return slices.after(self._digits(connection, order, backward), row, self.everyone, pause)

    def _row_at(self, connection: Connection, order: Order, place: Place) -> int | None:
        """The row of whoever stands at `place`."""
        found = connection.execute(f"SELECT row FROM uuids WHERE key = {uuid_key(place[1])}").fetchall()
        rows = [row for (row,) in found]
        there = self.places(connection, order, rows)
        return next((row for row, other in zip(rows, there, strict=True) if other == place), None)

    def _rank(self, connection: Connection, order: Order, place: Place, pause: Pause) -> int:
        """How many rows stand before `place`, where nobody is."""
        least, most = 0, self.rows
        while least < most:
            middle = (least + most) // 2
            [row] = self.first(connection, order, self.everyone, 1, middle, False, pause)
            [other] = self.places(connection, order, [row])
            if _stands_before(other, place, order.ascending):
                least = middle + 1
            else:
                most = middle
        return least


def _stands_before(one: Place, other: Place, ascending: bool) -> bool:
    (value, uuid), (beside, beside_uuid) = one, other
    if value == beside:
        return uuid < beside_uuid
    if value is None or beside is None:
        return beside is None
    return (value < beside) is ascending  # type: ignore[operator]
