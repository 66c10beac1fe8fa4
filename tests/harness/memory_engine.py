"""An engine that holds a few contacts in memory and can be slow or broken on demand. It ignores the predicate."""

import asyncio
from collections.abc import AsyncIterator, Hashable, Sequence

import msgspec

from mappings.predicates import ContactFilter, MatchAll
from search.cursor import Position
from search.engine import Distinct, Hit, Page, Summary, page_of
from search.facets import Facet, FacetQuery
from search.fields import MAPPING_VERSION, ContactCompleteItem, contact_of, item_json, joined
from search.stores import Store
from tests.harness.naive_engine import facet_of, searchable


def contacts(count: int) -> list[Hit]:
    """`count` contacts in default order, newest first."""
    return [
        Hit(
            item=item_json(
                ContactCompleteItem(
                    uuid=f"00000000-0000-5000-8000-{number:012}", title="CEO", city="Zürich", employees=number
                )
            ),
            value=1_700_000_000 - number,
            uuid=f"00000000-0000-5000-8000-{number:012}",
        )
        for number in range(count)
    ]


class MemoryEngine:
    """Answers from `hits`; `more` is what further fields each has, `mapping` the version that they are of, `seconds`
    how long each call takes, `error` what it raises instead."""

    width = 64

    def __init__(self, count: int = 10) -> None:
        self.hits = contacts(count)
        self.mapping = MAPPING_VERSION
        self.more: bytes | None = None
        self.seconds = 0.0
        self.error: Exception | None = None
        self.started = 0
        self.cancelled = 0
        self.running = 0
        self.most_running = 0
        self.closed = False
        self.compiled: list[ContactFilter] = []
        self.asked: list[tuple[int, int]] = []
        self.scans_closed = 0

    def compile(self, contact_filter: ContactFilter) -> ContactFilter:
        self.compiled.append(contact_filter)
        return contact_filter

    async def search(
        self,
        compiled: ContactFilter,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Page:
        await self._work()
        self.asked.append((limit, offset))
        found = self._from(offset, position, complete)
        return page_of(found[: limit + 1], limit, offset, position)

    async def scan(
        self, compiled: ContactFilter, offset: int = 0, position: Position | None = None, *, complete: bool = False
    ) -> AsyncIterator[list[bytes]]:
        await self._work()
        found = self._from(offset, position, complete)
        if position is not None and position.backward:
            found.reverse()
        try:
            for start in range(0, len(found), 3):
                yield [hit.item for hit in found[start : start + 3]]
        finally:
            self.scans_closed += 1

    async def count(self, compiled: ContactFilter) -> int:
        await self._work()
        return len(self.hits)

    async def count_many(self, compiled: Sequence[ContactFilter]) -> list[int]:
        await self._work()
        return [len(self.hits)] * len(compiled)

    async def matching(self, compiled: Sequence[ContactFilter], uuids: Sequence[str]) -> list[set[str]]:
        await self._work()
        return [{hit.uuid for hit in self.hits} & {*uuids} for _ in compiled]

    async def summary(
        self,
        compiled: ContactFilter,
        field: str,
        counted: Sequence[ContactFilter] = (),
        facets: Sequence[FacetQuery[ContactFilter]] = (),
    ) -> Summary:
        distinct = Distinct(len(self.hits), exact=True)
        return Summary(await self.count_many(counted), distinct, await self.facets(facets))

    async def facets(self, queries: Sequence[FacetQuery[ContactFilter]]) -> list[Facet]:
        await self._work()
        contacts = searchable([contact_of(joined(hit.item, self.more)) for hit in self.hits])
        everybody = ContactFilter(MatchAll())
        return [facet_of(contacts, msgspec.structs.replace(query, compiled=everybody)) for query in queries]

    async def first_of(self, compiled: Sequence[ContactFilter]) -> list[bytes | None]:
        await self._work()
        return [joined(self.hits[0].item, self.more) if self.hits else None for _ in compiled]

    async def content(self) -> Hashable:
        return len(self.hits)

    async def uuids(self, compiled: ContactFilter, limit: int) -> list[str]:
        await self._work()
        return [hit.uuid for hit in self.hits[:limit]]

    async def scan_uuids(self, compiled: ContactFilter) -> AsyncIterator[list[str]]:
        await self._work()
        for start in range(0, len(self.hits), 3):
            yield [hit.uuid for hit in self.hits[start : start + 3]]

    async def ready(self) -> None:
        if self.error is not None:
            raise self.error

    async def store(self) -> Store:
        if self.error is not None:
            raise self.error
        return Store("contacts-20260131T120000000000Z", len(self.hits), live=True, mapping=self.mapping)

    async def close(self) -> None:
        self.closed = True

    def _from(self, offset: int, position: Position | None, complete: bool) -> list[Hit]:
        hits = [Hit(joined(hit.item, self.more), hit.value, hit.uuid) for hit in self.hits] if complete else self.hits
        if position is None:
            return hits[offset:]
        at = next(index for index, hit in enumerate(hits) if hit.uuid == position.uuid)
        return hits[:at][::-1] if position.backward else hits[at + 1 :]

    async def _work(self) -> None:
        self.started += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            if self.error is not None:
                raise self.error
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
