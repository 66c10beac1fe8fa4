"""Looks up which values contacts have in place of one that nobody has, for `explain_count`.

What is looked for, and what becomes of it, is `mappings.existing`.
"""

from collections.abc import Sequence

import msgspec

from api.actions.labels import Named
from api.actions.service import ContactService
from mappings.existing import FREQUENT, MOST_OFFERED, Lacking, alike
from mappings.predicates import ContactFilter, MatchAll
from search.facets import FacetQuery


class LookUp(msgspec.Struct, frozen=True):
    """A value that nobody has, and the search without its parameter in the engine's form."""

    lacking: Lacking
    compiled: object


async def existing(service: ContactService, asked: LookUp) -> list[str]:
    """The values that there are in place of one, as contacts have them.

    First come those that have its words in them: of the contacts that the search would find without its parameter, then
    of all. Only if there are none, those that are spelled nearly like it.
    """
    lacking, everybody = asked.lacking, service.engine.compile(ContactFilter(MatchAll()))
    queries = [
        FacetQuery(field=row.field, compiled=compiled, size=MOST_OFFERED, containing=lacking.words(row))
        for compiled in (asked.compiled, everybody)
        for row in lacking.rows
    ]
    found = [named for values in await _values(service, queries) for named in values]
    if not found:
        queries = [FacetQuery(field=row.field, compiled=everybody, size=FREQUENT) for row in lacking.rows]
        frequent = await _values(service, queries)
        for row, values in zip(lacking.rows, frequent, strict=True):
            found += [(row.field, value) for value in alike(row, lacking.value.value, [text for _, text in values])]
    await service.labels.renew()
    labels = await service.labels.of(found)
    return list(dict.fromkeys(labels[named] for named in found))


async def _values(service: ContactService, queries: Sequence[FacetQuery[object]]) -> list[list[Named]]:
    """The values that the engine finds, with their fields; where it takes too long none."""
    found = await service.engine.facets(queries)
    return [
        [(query.field, bucket.value) for bucket in facet.buckets if isinstance(bucket.value, str)]
        for query, facet in zip(queries, found, strict=True)
    ]
