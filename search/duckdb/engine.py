"""The DuckDB engine: evaluates filters on the sets of the live file, in threads, as many at once as it is told.

It has no queue to speak of: whoever has many callers lets in only `width` at once. Cancelling a call, or its running
out of time, ends it at once; its thread and its file are given back when the work has come to its next pause.

An unlimited result is read in two steps: the set of rows that match, a bit each at most, then their items, a batch at a
time through `search.duckdb.item_store`. Between batches nothing of the engine is held but that set and the open file,
so a slow reader takes neither memory nor a thread from others.
"""

from collections.abc import AsyncGenerator, Callable, Hashable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TypeVar

import duckdb
import msgspec
from pyroaring import BitMap

from mappings.predicates import ContactFilter, Order, Ordering
from search.apart import Apart
from search.cursor import Position
from search.duckdb import WIDTH
from search.duckdb.asking import Asking
from search.duckdb.compiled import LARGE, Compiled, Packed, compile_filter
from search.duckdb.evaluation import Evaluation, count_each, counts_and_rows
from search.duckdb.facets import facet
from search.duckdb.item_store import read_packed, read_uuids, read_whole
from search.duckdb.live_files import Lease, LiveFile
from search.duckdb.matching import Matching
from search.duckdb.meta import mapping_version
from search.duckdb.result import Result
from search.duckdb.slices import Pause
from search.duckdb.threads import Threads
from search.engine import SCAN_BATCH, Distinct, EngineSettings, Hit, Page, Summary, check_mapping, page_of
from search.facets import Facet, FacetQuery
from search.fields import ITEM_FIELDS, contact_of, halves
from search.standing import NEWEST, fields_of, standing
from search.stores import Store

Answer = TypeVar("Answer")
Read = Callable[[LiveFile, duckdb.DuckDBPyConnection, Sequence[int]], list[Answer]]
"""Reads something of the contacts at these rows of a file, by a connection to its `items`."""

UUID_BATCH = 10_000
"""Uuids in one batch of a scan."""

FAR_BATCH = 5 * SCAN_BATCH
"""Items read at once in any order but the default: they lie all over the file, and a larger part of it is of use."""


class DuckDBEngine:
    """Contacts in a DuckDB file; see `search.engine.Engine` for the methods. A small filter's own form is its simplest;
    what a large one finds is worked out in a process of its own, and only the rows come from there."""

    compile = staticmethod(compile_filter)

    def __init__(self, settings: EngineSettings) -> None:
        self.width = settings.concurrency or WIDTH
        self._asking = Asking(settings)
        self._apart = Apart(partial(Matching, settings))
        # What queries have no part in, so that nobody takes the service for dead while they fill their threads.
        self._aside = Threads(1)

    async def search(
        self,
        compiled: Compiled,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Page:
        def hits(lease: Lease, rows: BitMap, pause: Pause) -> list[Hit]:
            page = Result(lease, compiled.ordering, rows, offset, _backward(position)).page(limit + 1, pause)
            return _hits(lease, compiled.ordering, page, limit, complete)

        return page_of(await self._of(compiled, hits, position), limit, offset, position)

    async def scan(
        self, compiled: Compiled, offset: int = 0, position: Position | None = None, *, complete: bool = False
    ) -> AsyncGenerator[list[bytes]]:
        # Whole contacts may be long: no more of them are held.
        size = SCAN_BATCH if complete or compiled.ordering == NEWEST else FAR_BATCH
        read = _read_whole if complete else _read_items
        async with aclosing(self._read(read, compiled, size, offset, position)) as batches:
            async for items in batches:
                for at in range(0, len(items), SCAN_BATCH):
                    yield items[at : at + SCAN_BATCH]

    async def count(self, compiled: Compiled) -> int:
        if compiled.selection:
            return await self._of(compiled, lambda _lease, rows, _pause: len(rows))
        [count] = await self.count_many([compiled])
        return count

    async def count_many(self, compiled: Sequence[Compiled]) -> list[int]:
        small = [query for query in compiled if isinstance(query, ContactFilter)]
        if len(small) < len(compiled) or len(compiled) > LARGE:
            async with self._asking.in_time(), self._asking.lease() as lease:
                return await self._apart.run(Matching.counts, lease.file.path, compiled)
        predicates = [query.predicate for query in small]
        return await self._asking.ask(
            lambda lease, pause: count_each(lease.file.sets, lease.connection, predicates, pause)
        )

    async def matching(self, compiled: Sequence[Compiled], uuids: Sequence[str]) -> list[set[str]]:
        asking = self._asking
        async with asking.in_time(), asking.lease() as lease:
            large = await self._large(lease, compiled)

            def those(lease: Lease, pause: Pause) -> list[set[str]]:
                there = lease.file.sets.of_uuids(lease.connection, uuids)
                found = _found(lease, compiled, large, BitMap(there), pause)
                return [{there[row] for row in rows} for rows in found]

            return await asking.run(lease, those)

    async def summary(
        self,
        compiled: Compiled,
        field: str,
        counted: Sequence[Compiled] = (),
        facets: Sequence[FacetQuery[Compiled]] = (),
    ) -> Summary:
        wanted = list(dict.fromkeys([compiled, *(query.compiled for query in facets)]))
        small = [query for query in wanted if isinstance(query, ContactFilter)]
        together = [query.predicate for query in counted if isinstance(query, ContactFilter)]
        apart: list[int] = []

        def told(lease: Lease, pause: Pause) -> Summary:
            sets, connection = lease.file.sets, lease.connection
            counts, found = counts_and_rows(sets, connection, together, [query.predicate for query in small], pause)
            rows = dict(zip(small, found, strict=True)) | {of: BitMap.deserialize(data) for of, data in large.items()}
            distinct = Distinct(sets.distinct(connection, field, rows[compiled], pause), exact=True)
            counted_by = [facet(sets, connection, query, rows[query.compiled], pause) for query in facets]
            return Summary(apart or counts, distinct, counted_by)

        async with self._asking.in_time(), self._asking.lease() as lease:
            if len(together) < len(counted) or len(counted) > LARGE:
                together, apart = [], await self._apart.run(Matching.counts, lease.file.path, counted)
            large = await self._large(lease, wanted)
            return await self._asking.run(lease, told)

    async def facets(self, queries: Sequence[FacetQuery[Compiled]]) -> list[Facet]:
        several = list(dict.fromkeys(query.compiled for query in queries))

        def counted(lease: Lease, found: Sequence[BitMap], pause: Pause) -> list[Facet]:
            sets, connection = lease.file.sets, lease.connection
            rows = dict(zip(several, found, strict=True))
            return [facet(sets, connection, query, rows[query.compiled], pause) for query in queries]

        return await self._of_each(several, counted)

    async def first_of(self, compiled: Sequence[Compiled]) -> list[bytes | None]:
        def contacts(lease: Lease, found: Sequence[BitMap], pause: Pause) -> list[bytes | None]:
            sets, connection = lease.file.sets, lease.connection
            firsts = [
                sets.first(connection, query.order, rows, 1, pause=pause)
                for query, rows in zip(compiled, found, strict=True)
            ]
            rows = list(dict.fromkeys(row for first in firsts for row in first))
            read = dict(zip(rows, _read_whole(lease.file, connection, rows), strict=True))
            return [read[first[0]] if first else None for first in firsts]

        return await self._of_each(compiled, contacts)

    async def content(self) -> Hashable:
        return await self._asking.ask(lambda lease, _: lease.file.path.name, self._aside)

    async def uuids(self, compiled: Compiled, limit: int) -> list[str]:
        def first(lease: Lease, rows: BitMap, pause: Pause) -> list[str]:
            return _first_uuids(lease, Result(lease, compiled.ordering, rows), limit, pause)

        return await self._of(compiled, first)

    async def scan_uuids(self, compiled: Compiled) -> AsyncGenerator[list[str]]:
        asked = compiled if compiled.selection else msgspec.structs.replace(compiled, order=Order())
        async with aclosing(self._read(_read_uuids, asked, UUID_BATCH)) as batches:
            async for uuids in batches:
                yield uuids

    async def ready(self) -> None:
        check_mapping(await self._asking.ask(lambda lease, _: mapping_version(lease.connection), self._aside))

    async def store(self) -> Store:
        return await self._asking.ask(lambda lease, _: _store(lease), self._aside)

    async def close(self) -> None:
        await self._apart.close()
        await self._asking.close()
        self._aside.close()

    async def _of(
        self, compiled: Compiled, work: Callable[[Lease, BitMap, Pause], Answer], position: Position | None = None
    ) -> Answer:
        """What `work` makes of the rows that a filter finds, or of those beside `position`."""

        def one(lease: Lease, found: Sequence[BitMap], pause: Pause) -> Answer:
            return work(lease, _taken(lease, compiled, found[0], position, pause), pause)

        return await self._of_each([compiled], one)

    async def _of_each(
        self, compiled: Sequence[Compiled], work: Callable[[Lease, Sequence[BitMap], Pause], Answer]
    ) -> Answer:
        """What `work` makes of the rows that each of several filters finds, in their order."""
        asking = self._asking
        async with asking.in_time(), asking.lease() as lease:
            large = await self._large(lease, compiled)

            def each(lease: Lease, pause: Pause) -> Answer:
                return work(lease, _found(lease, compiled, large, lease.file.sets.everyone, pause), pause)

            return await asking.run(lease, each)

    async def _large(self, lease: Lease, compiled: Sequence[Compiled]) -> dict[Compiled, bytes]:
        """The rows that the large ones of some filters find, as `BitMap` writes them."""
        large = [query for query in dict.fromkeys(compiled) if isinstance(query, Packed)]
        return {query: await self._apart.run(Matching.rows, lease.file.path, query) for query in large}

    async def _read(
        self,
        read: Read[Answer],
        compiled: Compiled,
        size: int,
        offset: int = 0,
        position: Position | None = None,
    ) -> AsyncGenerator[list[Answer]]:
        """What `read` makes of the rows of a result, in order, `size` at a time. The first batch is a small one."""

        def opened(lease: Lease, pause: Pause) -> Result:
            lease.further.append(lease.file.items.connect())
            [found] = _found(lease, [compiled], large, lease.file.sets.everyone, pause)
            taken = _taken(lease, compiled, found, position, pause)
            return Result(lease, compiled.ordering, taken, offset, _backward(position))

        def batch(lease: Lease, pause: Pause) -> list[Answer]:
            return read(lease.file, lease.further[0], result.take(number, pause))

        asking = self._asking
        async with asking.lease() as lease:
            number = SCAN_BATCH
            async with asking.in_time():
                large = await self._large(lease, [compiled])
                result = await asking.run(lease, opened)
            while result:
                async with asking.in_time():
                    found = await asking.run(lease, batch)
                yield found
                number = size


def _found(
    lease: Lease, compiled: Sequence[Compiled], large: Mapping[Compiled, bytes], among: BitMap, pause: Pause
) -> list[BitMap]:
    """Those of the rows `among` that each of several filters finds; `large` has what the large ones find of all."""
    small = [query.predicate for query in compiled if isinstance(query, ContactFilter)]
    evaluation = Evaluation(lease.file.sets, lease.connection, small, pause)
    return [
        evaluation.among(query.predicate, among)
        if isinstance(query, ContactFilter)
        else BitMap.deserialize(large[query]) & among
        for query in compiled
    ]


def _taken(lease: Lease, compiled: Compiled, rows: BitMap, position: Position | None, pause: Pause) -> BitMap:
    """Those of `rows` that the selection takes, if there is one, and that are beside `position`, if that is given."""
    if compiled.selection:
        rows = lease.file.sets.taken(lease.connection, compiled.selection, rows, pause)
    if position is None or not rows:
        return rows
    return rows & lease.file.sets.beside(lease.connection, compiled.ordering, position, pause)


def _backward(position: Position | None) -> bool:
    return position is not None and position.backward


def _store(lease: Lease) -> Store:
    [(count,)] = lease.connection.execute("SELECT count(*) FROM contacts").fetchall()
    return Store(lease.file.path.name, int(count), live=True, mapping=mapping_version(lease.connection))


def _read_items(file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> list[bytes]:
    return file.unpack(read_packed(connection, rows))


def _read_whole(file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> list[bytes]:
    return file.unpack.whole(read_whole(connection, file.whole, rows))


def _read_uuids(_file: LiveFile, connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> list[str]:
    return read_uuids(connection, rows)


def _first_uuids(lease: Lease, result: Result, limit: int, pause: Pause) -> list[str]:
    uuids: list[str] = []
    while result and len(uuids) < limit:
        uuids += read_uuids(lease.connection, result.take(min(UUID_BATCH, limit - len(uuids)), pause))
        pause()
    return uuids


def _hits(lease: Lease, order: Ordering, rows: Sequence[int], limit: int, complete: bool) -> list[Hit]:
    """The hits at these rows, with their items or all that there is of them.

    Where they stand is told of the first and the last of a page of `limit`, which is all that is asked of it.
    """
    whole = complete or not fields_of(order) <= set(ITEM_FIELDS)
    contacts = (_read_whole if whole else _read_items)(lease.file, lease.connection, rows)
    ends = {at: contact_of(contacts[at]) for at in {0, min(limit, len(contacts)) - 1} if contacts}
    places = {at: (standing(contact, order), contact.uuid) for at, contact in ends.items()}
    items = [halves(contact)[0] for contact in contacts] if whole and not complete else contacts
    return [Hit(item, *places.get(at, (None, ""))) for at, item in enumerate(items)]
