"""What a filter becomes in Elasticsearch, for people to read."""

from typing import Any

from mappings.algebra import simplified
from mappings.predicates import ContactFilter
from search.elasticsearch.compile import query, sort

_PAGE = 25 + 1
"""Hits of a first page, and one to look ahead."""


def explanation(contact_filter: ContactFilter) -> dict[str, Any]:
    """The body of the search for a first page."""
    return {"query": query(simplified(contact_filter.predicate)), "sort": sort(contact_filter.order), "size": _PAGE}
