"""Predicates that a column of `contacts` answers by itself → conditions on it."""

from mappings.predicates import Exists, MatchAll, Range
from search.duckdb.schema import NUMBERS, PRESENT
from search.duckdb.sql import Sql
from search.fields import LONG_MAX, LONG_MIN

InColumns = Range | Exists | MatchAll
"""Predicates that ask nothing of texts."""


def column_condition(predicate: InColumns) -> Sql:
    """A condition on `contacts` that is true where `predicate` holds, and false or NULL where it does not."""
    match predicate:
        case MatchAll():
            return Sql("true")
        case Exists(field):
            return Sql(f"present & {PRESENT[field]} <> 0")
        case Range(field, gte, lte):
            return _range(field, gte, lte)


def _range(field: str, gte: int | None, lte: int | None) -> Sql:
    if field not in NUMBERS:
        raise ValueError(f"{field} is not a number field")
    bounds = [(f"{field} >= ?", gte)] * (gte is not None) + [(f"{field} <= ?", lte)] * (lte is not None)
    if not bounds:
        return Sql(f"{field} IS NOT NULL")
    clamped = tuple(max(LONG_MIN, min(LONG_MAX, bound)) for _, bound in bounds if bound is not None)
    return Sql("(" + " AND ".join(text for text, _ in bounds) + ")", clamped)
