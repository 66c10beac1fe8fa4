"""An engine that answers as the naive evaluator does, about contacts in memory: for what is asked of any engine."""

from collections.abc import Sequence

from mappings.predicates import ContactFilter
from search.cursor import Position
from search.engine import Distinct, Page, Summary, page_of
from search.facets import Facet, FacetQuery
from search.fields import ContactCompleteItem
from tests.harness.memory_engine import MemoryEngine
from tests.harness.naive_engine import facet_of, hits_of, matches, searchable, values_of


class OracleEngine(MemoryEngine):
    """Knows what a predicate means.

    Attributes:
        counted: how many filters were counted in each round trip.
    """

    def __init__(self, contacts: Sequence[ContactCompleteItem]) -> None:
        super().__init__(0)
        self.contacts = searchable(contacts)
        self.counted: list[int] = []

    async def search(
        self,
        compiled: ContactFilter,
        limit: int,
        offset: int = 0,
        position: Position | None = None,
        *,
        complete: bool = False,
    ) -> Page:
        assert complete, "only whole contacts are in memory"
        return page_of(hits_of(self.contacts, compiled)[offset : offset + limit + 1], limit, offset, position)

    async def count(self, compiled: ContactFilter) -> int:
        self.counted.append(1)
        return len(hits_of(self.contacts, compiled))

    async def count_many(self, compiled: Sequence[ContactFilter]) -> list[int]:
        self.counted.append(len(compiled))
        return [sum(matches(each.predicate, fields) for *_, fields in self.contacts) for each in compiled]

    async def matching(self, compiled: Sequence[ContactFilter], uuids: Sequence[str]) -> list[set[str]]:
        found = [{hit.uuid for hit in hits_of(self.contacts, each)} for each in compiled]
        return [those & {*uuids} for those in found]

    async def facets(self, queries: Sequence[FacetQuery[ContactFilter]]) -> list[Facet]:
        return [facet_of(self.contacts, query) for query in queries]

    async def first_of(self, compiled: Sequence[ContactFilter]) -> list[bytes | None]:
        found = [hits_of(self.contacts, each)[:1] for each in compiled]
        return [hits[0].item if hits else None for hits in found]

    async def summary(
        self,
        compiled: ContactFilter,
        field: str,
        counted: Sequence[ContactFilter] = (),
        facets: Sequence[FacetQuery[ContactFilter]] = (),
    ) -> Summary:
        distinct = Distinct(len(values_of(self.contacts, compiled.predicate, field)), exact=True)
        return Summary(await self.count_many(counted), distinct, await self.facets(facets))
