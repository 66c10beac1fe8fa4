"""What one file keeps as sets of rows: of each term, each word, each bit of a number; and the orders of all rows.

The evaluator of filters asks for the sets of a filter's leaves here and combines them by itself.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

import duckdb
from pyroaring import BitMap

from mappings.algebra import extent
from mappings.predicates import Order, Ordering, PerCompany, Range, Sample, Selection
from search.cursor import Position
from search.duckdb import leaves as texts
from search.duckdb import slices, values
from search.duckdb.catalogue import Entry
from search.duckdb.halves import Halves
from search.duckdb.item_store import read_uuids
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
from search.shuffle import SHUFFLE
from search.standing import NEWEST, WITHIN_COMPANY, Place, standing, stands_before

Connection = duckdb.DuckDBPyConnection

LEAVES_BYTES = 32 * 1024 * 1024
"""Sets of whole leaves that are kept in memory: countries, industries and titles are asked for again and again."""

_NO_COMPANY = -1

_AT_ONCE, _READ_AT_ONCE = 2000, 10_000
"""Rows that are looked at, and read, between two pauses."""

_FEW_ROWS = 20_000
"""Rows of which the companies are counted by the numbers in memory: sooner than DuckDB goes through all contacts."""

_FEW = 64
"""Numbers are sought among some rows if those are less than this part of all: else to seek all takes no longer."""


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
        self._sliced: dict[str, list[Entry]] = {}
        self._halves = Halves(self.rows)
        self._companies: array[int] | None = None
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

    def numbered(self, connection: Connection, field: str, ranges: Iterable[Range], pause: Pause = no_pause) -> int:
        """How many rows have a number of the field that is in any of the ranges. Raises as `between`."""
        held, *ones = self._slices(connection, field)
        found = 0
        for least, most in self._spans(field, ranges):
            # Of the last number the next is beyond all.
            found += self._halves.below(field, ones, most + 1, held, pause)
            found -= self._halves.below(field, ones, least, held, pause)
        return found

    def within(
        self, connection: Connection, field: str, ranges: Iterable[Range], among: BitMap, pause: Pause = no_pause
    ) -> BitMap:
        """The same of many ranges of the field: the rows whose number is in any of them."""
        held, *ones = self._slices(connection, field)
        return slices.within(ones, self._spans(field, ranges), held & among, pause)

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

    def containing(self, connection: Connection, field: str, texts: Sequence[str], pause: Pause) -> BitMap:
        """The ids of the terms of a field that have all of `texts`, parts of normalised words, in them."""
        found, names = BitMap(), self._shelf.names
        for first, block in names.blocks(connection, names.ids(field)):
            places = set.intersection(*[{*block.containing(text)} for text in texts])
            found.update([first + place for place in places])
            pause()
        return found

    def having(self, connection: Connection, field: str, terms: Iterable[str], pause: Pause) -> list[BitMap]:
        """The rows of each of `terms`."""
        return self._shelf.named(connection, field, list(terms), pause)

    def distinct(self, connection: Connection, field: str, rows: BitMap, pause: Pause = no_pause) -> int:
        """How many different terms `rows` have in a field with one value."""
        if field == "company_key" and len(rows) <= _FEW_ROWS:
            companies, found = self._companies_of(connection, pause), {_NO_COMPANY}
            for at in range(0, len(rows), _AT_ONCE):
                found.update([companies[row] for row in rows[at : at + _AT_ONCE]])
                pause()
            return len(found) - 1
        pause()
        return values.distinct(connection, field, rows, self._shelf.names.ids(field))

    def first(
        self,
        connection: Connection,
        order: Ordering,
        rows: BitMap,
        limit: int,
        offset: int = 0,
        backward: bool = False,
        pause: Pause = no_pause,
    ) -> list[int]:
        """At most `limit` of `rows` after `offset` in that order, or in its reverse; as cheap at any offset."""
        if order != NEWEST:
            return slices.first(self._digits(connection, order, backward), rows, limit, offset, pause)
        if not backward:
            return list(rows[offset : offset + limit])
        end = max(len(rows) - offset, 0)
        return list(rows[max(end - limit, 0) : end])[::-1]

    def taken(self, connection: Connection, selection: Selection, rows: BitMap, pause: Pause = no_pause) -> BitMap:
        """Those of `rows` that `selection` takes."""
        match selection:
            case Sample(size):
                if len(rows) <= size:
                    return rows
                return slices.leading(self._digits(connection, selection, False), rows, size, pause)
            case PerCompany(most):
                return self._per_company(connection, rows, most, pause)
        assert_never(selection)

    def _per_company(self, connection: Connection, rows: BitMap, most: int, pause: Pause) -> BitMap:
        """At most `most` of `rows` of each company, in their order there, and all without a company.

        They are looked at from the highest seniority down, and of each in the order of the rows, the newest first.
        """
        companies = self._companies_of(connection, pause)
        field, left = WITHIN_COMPANY[0].field, rows
        taken, found = BitMap(), Counter[int]()
        least, highest = self._bounds.get(field, (0, -1))
        for rank in range(least, highest + 2):
            # What is left at the end has no rank.
            ranked = self.between(connection, field, rank, rank, left, pause) if rank <= highest else left
            left = left - ranked
            for at in range(0, len(ranked), _AT_ONCE):
                several = list(ranked[at : at + _AT_ONCE])
                taken.update(_first_of_each([(row, companies[row]) for row in several], found, most))
                pause()
        return taken

    def _companies_of(self, connection: Connection, pause: Pause) -> "array[int]":
        """A number for each row's company, `_NO_COMPANY` where there is none. It is read once."""
        if self._companies is None:
            companies = array("i")
            for least in range(0, self.rows, _READ_AT_ONCE):
                found = connection.execute(
                    f"SELECT coalesce(company_key, {_NO_COMPANY}) FROM contacts "
                    f"WHERE row >= {least} AND row < {least + _READ_AT_ONCE} ORDER BY row"
                )
                companies.extend([company for (company,) in found.fetchall()])
                pause()
            self._companies = companies
        return self._companies

    def beside(self, connection: Connection, order: Ordering, position: Position, pause: Pause = no_pause) -> BitMap:
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

    def of_uuids(self, connection: Connection, uuids: Iterable[str]) -> dict[int, str]:
        """Row → uuid of those of the contacts that there are."""
        wanted = frozenset(uuids)
        keys = [uuid_key(uuid) for uuid in wanted]
        found = connection.execute("SELECT row FROM uuids WHERE key IN (SELECT unnest(?::UINTEGER[]))", [keys])
        rows = sorted([row for (row,) in found.fetchall()])
        # Several may have one key.
        uuid_of = dict(zip(rows, read_uuids(connection, rows), strict=True))
        return {row: uuid for row, uuid in uuid_of.items() if uuid in wanted}

    def places(self, connection: Connection, order: Ordering, rows: Sequence[int]) -> list[Place]:
        """Where each of `rows` stands in that order, as cursors have it."""
        items = "SELECT row, uuid, item, more FROM items WHERE row IN (SELECT unnest(?::INTEGER[]))"
        found = connection.execute(items, (list(rows),)).fetchall()
        contacts = self._unpack.whole([(item, more) for _, _, item, more in found])
        places = {
            row: (standing(contact_of(contact), order), uuid)
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

    def _spans(self, field: str, ranges: Iterable[Range]) -> list[Span]:
        """Ranges as they are sliced, in order and apart: what is in any of them is in one of these."""
        spans: list[Span] = []
        for least, most in sorted(filter(None, [self._span(field, of.gte, of.lte) for of in ranges])):
            # Bounds beyond the numbers that are stored are brought to these, where ranges that were apart may meet.
            if spans and least <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(most, spans[-1][1]))
            else:
                spans.append((least, most))
        return spans

    def _largest(self, field: str) -> int:
        least, most = self._bounds.get(field, (0, 0))
        return most - least

    def _slices(self, connection: Connection, space: str) -> list[BitMap]:
        """The rows that have a number at all, then those that have a one in each bit, from the lowest."""
        entries = self._sliced.get(space)
        if entries is None:
            least, most = self._bounds.get(space, (0, 0))
            names = [HELD, *map(str, range((most - least).bit_length()))]
            entries = self._sliced[space] = self._shelf.entries(connection, space, names, no_pause)
        return self._shelf.of_entries(connection, entries, no_pause)

    def _digits(self, connection: Connection, order: Ordering, backward: bool) -> list[Digit]:
        _, *uuids = self._slices(connection, UUIDS)
        last = [(slice_, backward) for slice_ in reversed(uuids)]
        match order:
            case Order():
                return [*self._digits_of(connection, order, backward), *last]
            case Sample(_, start):
                ahead = self.between(connection, SHUFFLE, start, None, self.everyone)
                return [(ahead, not backward), *self._digits_of(connection, order.order, backward), *last]
            case PerCompany():
                companies = self._digits_of(connection, order.order, backward)
                employed, _ = companies[0]
                within = [digit for key in WITHIN_COMPANY for digit in self._digits_of(connection, key, backward)]
                # Contacts without a company are ordered by uuid alone.
                return [*companies, *[(rows & employed, first) for rows, first in within], *last]
        assert_never(order)

    def _digits_of(self, connection: Connection, order: Order, backward: bool) -> list[Digit]:
        held, *ones = self._slices(connection, sort_field(order.field))
        descending = order.ascending is backward
        return [(held, not backward), *[(slice_, descending) for slice_ in reversed(ones)]]

    def _after(self, connection: Connection, order: Ordering, row: int, backward: bool, pause: Pause) -> BitMap:
        """The rows that stand after `row`, or before it."""
        if order == NEWEST:
            return BitMap(range(row) if backward else range(row + 1, self.rows))
        return slices.after(self._digits(connection, order, backward), row, self.everyone, pause)

    def _row_at(self, connection: Connection, order: Ordering, place: Place) -> int | None:
        """The row of whoever stands at `place`."""
        found = connection.execute(f"SELECT row FROM uuids WHERE key = {uuid_key(place[1])}").fetchall()
        rows = [row for (row,) in found]
        there = self.places(connection, order, rows)
        return next((row for row, other in zip(rows, there, strict=True) if other == place), None)

    def _rank(self, connection: Connection, order: Ordering, place: Place, pause: Pause) -> int:
        """How many rows stand before `place`, where nobody is."""
        least, most = 0, self.rows
        while least < most:
            middle = (least + most) // 2
            [row] = self.first(connection, order, self.everyone, 1, middle, False, pause)
            [other] = self.places(connection, order, [row])
            if stands_before(other, place, order):
                least = middle + 1
            else:
                most = middle
        return least


def _first_of_each(rows: Iterable[tuple[int, int]], found: Counter[int], most: int) -> Iterator[int]:
    """The rows, each with its company, up to `most` of one; `found` is how many there were, and is kept up."""
    for row, company in rows:
        if company == _NO_COMPANY:
            yield row
        elif found[company] < most:
            found[company] += 1
            yield row
