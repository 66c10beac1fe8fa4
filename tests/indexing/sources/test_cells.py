"""Values as text."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from indexing.sources.cells import Cell, characters_of, text_of, text_of_field, texts_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), ("a\0b", "a\0b"), (True, "true"), (False, "false"), (-5, "-5"), (1e22, "10000000000000000000000"),
        (2.5, "2.5"), (Decimal("1E+3"), "1000"), (Decimal("2.50"), "2.50"), (date(2024, 1, 15), "2024-01-15"),
        (datetime(2024, 1, 15, 10, 30, tzinfo=UTC), "2024-01-15T10:30:00+00:00"), (UUID(int=1), str(UUID(int=1))),
        (["a, b", None, 5], "a, b; 5"), (("x", ["y", "z"]), "x; y; z"), ({"a": 1}, "{'a': 1}"),
    ],
)  # fmt: skip
def test_a_cell_as_a_csv_would_have_it(cell: Cell, text: str) -> None:
    assert text_of(cell) == text_of_field("title", cell) == text_of_field(None, cell) == text


def test_a_list_field_keeps_its_values_whole() -> None:
    assert text_of_field("keywords", ["a, b", None, 5]) == '["a, b","5"]'
    assert text_of_field("keywords", "a, b") == "a, b"


def test_the_text_of_a_row() -> None:
    assert texts_of((None, "ab", 5, Decimal(5), ["cd", "e"], date(2024, 1, 15))) == ["ab", "cd; e"]
    assert [characters_of(cells) for cells in ((), ("ab", "c"), (None, "ab", 5, ["cd", "e"]))] == [0, 3, 7]
