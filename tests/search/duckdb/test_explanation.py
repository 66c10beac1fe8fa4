"""What people read of a filter in DuckDB: which sets there are, and how they are combined."""

import msgspec
import pytest

from mappings.predicates import MATCH_NONE, All, Any, ContactFilter, Exists, MatchAll, Not, Phrase, Predicate, Terms
from search.duckdb.explanation import explanation

VP, CEO, CITY = Terms("seniority", ("vp",)), Terms("title_key", ("ceo",)), Exists("city")
PARIS = Phrase("person_location", "paris")


@pytest.mark.parametrize(
    ("predicate", "rows", "sets"),
    [
        (MatchAll(), "all", []),
        (MATCH_NONE, "none", []),
        (VP, "1", [VP]),
        (Not(VP), "(all - 1)", [VP]),
        (All((VP, Any((CEO, All((VP, PARIS)))), Not(CITY))), "(1 & (2 | (1 & 3)) - 4)", [VP, CEO, PARIS, CITY]),
        (All((Not(VP), Not(CITY), CEO)), "(1 - (2 | 3))", [CEO, VP, CITY]),
    ],
)
def test_the_sets_and_how_they_are_combined(predicate: Predicate, rows: str, sets: list[Predicate]) -> None:
    told = explanation(ContactFilter(predicate))
    assert told["rows"] == rows
    assert told["sets"] == {str(number): msgspec.to_builtins(part) for number, part in enumerate(sets, 1)}
