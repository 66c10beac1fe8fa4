"""Asks the server for numbers of contacts: counts, different values, and counts by the values of fields.

All that is asked goes in one round trip, each query once with all that is wanted of it: the server looks for several
at once. A second one asks what only the first has shown: exact numbers of many different values, and who has none of
the values that a facet shows.
"""

import asyncio
from collections.abc import Sequence

from search.elasticsearch.compile import CompiledQuery
from search.elasticsearch.distinct import DistinctValues
from search.elasticsearch.facets import Facets, Query
from search.elasticsearch.guard import GuardedClient
from search.elasticsearch.many_counts import ManyCounts
from search.elasticsearch.many_searches import Question, Searches
from search.engine import Summary
from search.facets import FACET_SECONDS, TIMED_OUT, Facet
from search.together import together

_AT_ONCE = 3
"""Facets that are asked for at once where each is by itself."""


class Counts:
    """Numbers of the contacts at `path`. Whether one shard has them all is known by the answer before."""

    def __init__(self, client: GuardedClient, path: str) -> None:
        self._client, self._path = client, path
        self._one_shard = False

    async def many(self, compiled: Sequence[CompiledQuery]) -> list[int]:
        """As `Engine.count_many`."""
        counts = ManyCounts(compiled)
        await self._ask(counts)
        return counts.found

    async def facets(self, queries: Sequence[Query]) -> list[Facet]:
        """As `Engine.facets`: together and, where that takes longer than one may, each by itself."""
        try:
            async with asyncio.timeout(FACET_SECONDS):
                return await self._together(queries)
        except TimeoutError:
            return await self._one_by_one(queries)

    async def summary(
        self, compiled: CompiledQuery, field: str, counted: Sequence[CompiledQuery], facets: Sequence[Query]
    ) -> Summary:
        """As `Engine.summary`. The facets go with all else as long as that takes no longer than one of them may."""
        counts, values, together = ManyCounts(counted), DistinctValues(compiled, field, self._one_shard), Facets(facets)
        try:
            async with asyncio.timeout(FACET_SECONDS if facets else None):
                await self._ask(counts, values, together)
        except TimeoutError:
            await self._ask(counts, values)
            return Summary(counts.found, values.number, await self._one_by_one(facets))
        return Summary(counts.found, values.number, together.found)

    async def _one_by_one(self, queries: Sequence[Query]) -> list[Facet]:
        turns = asyncio.Semaphore(_AT_ONCE)
        return await together([self._alone(query, turns) for query in queries])

    async def _alone(self, query: Query, turns: asyncio.Semaphore) -> Facet:
        async with turns:
            try:
                async with asyncio.timeout(FACET_SECONDS):
                    [facet] = await self._together([query])
            except TimeoutError:
                return TIMED_OUT
        return facet

    async def _together(self, queries: Sequence[Query]) -> list[Facet]:
        facets = Facets(queries)
        await self._ask(facets)
        return facets.found

    async def _ask(self, *questions: Question) -> None:
        """Ask until no question has anything left to ask."""
        while True:
            searches = Searches()
            for question in questions:
                question.ask(searches)
            if not searches.asked:
                return
            answers = await searches.ask(self._client, self._path)
            self._one_shard = all(answer.of_one_shard for answer in answers.values())
            for question in questions:
                question.read(answers)
