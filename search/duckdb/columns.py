"""Predicates that a column of `contacts` answers by itself → conditions on it."""

from collections.abc import Iterable, Sequence

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
    clamped = tuple(_clamped(bound, 0) for _, bound in bounds)
    return Sql("(" + " AND ".join(text for text, _ in bounds) + ")", clamped)


def any_range(field: str, ranges: Iterable[Range]) -> Sql:
    """A condition that holds where any of many `ranges` of one field does: one join, in place of a test for each."""
    spans = _spans(ranges)
    least, most = [least for least, _ in spans], [most for _, most in spans]
    listed = "SELECT unnest(?::BIGINT[]) AS least, unnest(?::BIGINT[]) AS most"
    return Sql(f"row IN (SELECT row FROM contacts JOIN ({listed}) ON {field} BETWEEN least AND most)", (least, most))


def _spans(ranges: Iterable[Range]) -> Sequence[tuple[int, int]]:
    """What `ranges` cover, in order: spans that have no number in common."""
    spans: list[tuple[int, int]] = []
    for least, most in sorted([(_clamped(of.gte, LONG_MIN), _clamped(of.lte, LONG_MAX)) for of in ranges]):
        if spans and least <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(most, spans[-1][1]))
        elif least <= most:
            spans.append((least, most))
    return spans


def _clamped(bound: int | None, default: int) -> int:
    """A bound brought to where numbers are stored."""
    return default if bound is None else max(LONG_MIN, min(LONG_MAX, bound))
