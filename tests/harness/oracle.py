"""What every filter ought to select, found without an engine: each contact is asked in plain Python.

It shares no code with the compilers of the engines, only what they all stand on: the derived fields
(`search.documents`) and which of them are sorted by (`search.fields`). So where an engine agrees with it, its compiler
is right about what `mappings.predicates` means; that contacts are derived rightly, it cannot show.
"""

from collections.abc import Sequence

from mappings.predicates import ContactFilter
from search.facets import Facet, FacetQuery
from search.fields import ContactCompleteItem
from tests.harness.naive_engine import facet_of, hits_of, searchable, values_of


class Oracle:
    """Contacts in memory. Of two with the same uuid the later one counts."""

    def __init__(self, items: Sequence[ContactCompleteItem]) -> None:
        self._contacts = searchable(items)

    def count(self, contact_filter: ContactFilter) -> int:
        return len(self.uuids(contact_filter))

    def uuids(self, contact_filter: ContactFilter) -> list[str]:
        """All uuids in order."""
        return [hit.uuid for hit in hits_of(self._contacts, contact_filter)]

    def distinct(self, contact_filter: ContactFilter, field: str) -> int:
        """How many different values of a search field the contacts that match have."""
        return len(values_of(self._contacts, contact_filter.predicate, field))

    def facet(self, query: FacetQuery[ContactFilter]) -> Facet:
        """The contacts of a query's filter, counted by the values of its field."""
        return facet_of(self._contacts, query)

    def pages(self, contact_filter: ContactFilter, limit: int) -> list[list[str]]:
        uuids = self.uuids(contact_filter)
        return [uuids[at : at + limit] for at in range(0, len(uuids), limit)]
