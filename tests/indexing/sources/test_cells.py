"""Values as text."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from indexing.sources.cells import Cell, is_sound, size_of, text_of, text_of_field


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), ("a\0b", "a\0b"), (True, "true"), (False, "false"), (-5, "-5"), (1e22, "10000000000000000000000"),
        (2.5, "2.5"), (Decimal("1E+3"), "1000"), (Decimal("2.50"), "2.50"), (date(2024, 1, 15), "2024-01-15"),
        (datetime(2024, 1, 15, 10, 30, tzinfo=UTC), "2024-01-15T10:30:00+00:00"), (UUID(int=1), str(UUID(int=1))),
        (["a, b", None, 5], "a, b; 5"), (("x", ["y", "z"]), "x; y; z"), ({"a": [1, None]}, '{"a":[1,null]}'),
    ],
)  # fmt: skip
def test_a_cell_as_a_csv_would_have_it(cell: Cell, text: str) -> None:
    assert text_of(cell) == text_of_field("title", cell) == text_of_field(None, cell) == text


def test_a_list_field_keeps_its_values_whole() -> None:
    assert text_of_field("keywords", ["a, b", None, 5]) == '["a, b","5"]'
    assert text_of_field("keywords", "a, b") == "a, b"
    assert text_of_field("keywords", ["caf\udce9"]) == '["caf\udce9"]'


def test_how_much_a_row_holds() -> None:
    assert [size_of(cells) for cells in ((), ("ab", "cde"), (5, "\udce9", None))] == [0, 5, 2]
    assert 1000 < size_of((None, 5, ["x" * 600, "y" * 400], UUID(int=1), {"a": object()})) < 1200


@pytest.mark.parametrize("text", ["a\0b", "caf\udce9", "\0"])
def test_what_no_store_takes_is_seen_in_any_cell(text: str) -> None:
    for cells in ((text,), (5, text), (None, ["a", text]), ([[text]], Decimal(1))):
        assert not is_sound(cells)


def test_a_sound_row() -> None:
    assert is_sound(("a", "é", "\n", None, 5, ["株式会社", "\U0001f600"], Decimal(1), datetime(2024, 1, 15)))
