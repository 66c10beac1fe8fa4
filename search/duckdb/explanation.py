"""What a filter becomes in DuckDB, for people to read."""

from typing import Any

from mappings.predicates import ContactFilter
from search.duckdb.compile import compile_filter, statement

_PAGE = 25 + 1
"""Hits of a first page, and one to look ahead."""


def explanation(contact_filter: ContactFilter) -> dict[str, Any]:
    """The statement that reads a first page, and the parameters of its question marks."""
    sql = statement(compile_filter(contact_filter), f"LIMIT {_PAGE}")
    return {"sql": sql.text, "parameters": sql.parameters}
