"""One cell → what is stored of it."""

import pytest

from indexing.cell_readers import READERS
from mappings.errors import RowRejected
from search.fields import LONG_MAX


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200", 1200), ("1,200", 1200), ("$1,200", 1200), ("'1200", 1200), ("1.5M", 1_500_000), ("$2B", 2 * 10**9),
        ("10k", 10_000), ("11-50", 11), ("1,001 – 5,000", 1001), ("10000+", 10_000), ("1500000.00", 1_500_000),
        ("0", 0), ("007", 7), ("5", 5), (str(LONG_MAX), LONG_MAX),
    ],
)  # fmt: skip
def test_numbers(text: str, number: int) -> None:
    assert READERS["employees"]("employees", text) == number


@pytest.mark.parametrize("text", ["many", "-5", "1.2.3", "1,2", "12 people", str(LONG_MAX + 1), "9" * 5000, "0" * 5000])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(RowRejected, match=r"^employees: "):
        READERS["employees"]("employees", text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2024-01-15", "2024-01-15T00:00:00"), ("2024-01-15T10:30:00", "2024-01-15T10:30:00"),
        ("2024-01-15 10:30:00 UTC", "2024-01-15T10:30:00"), ("2024-01-15T10:30:00+02:00", "2024-01-15T08:30:00"),
        ("2024-01-15T10:30:00.123456Z", "2024-01-15T10:30:00"), ("20240115", "2024-01-15T00:00:00"),
        ("2024-W03-1T10:30:00", "2024-01-15T10:30:00"),
    ],
)  # fmt: skip
def test_dates(text: str, stored: str) -> None:
    assert READERS["created_at"]("created_at", text) == stored


@pytest.mark.parametrize(
    "text", ["soon", "2024-02-30", "15/01/2024", "2024-13-01T00:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_date_is_said(text: str) -> None:
    with pytest.raises(RowRejected, match=r"^created_at: "):
        READERS["created_at"]("created_at", text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a, b;c", ("a", "b", "c")), (" , ;", None), ("a", ("a",)), ('["a, b", " c ", ""]', ("a, b", "c")),
        ("[not json, x]", ("[not json", "x]")), ("[1, 2]", ("[1", "2]")), ("x," * 1000, ("x",) * 1000),
    ],
)  # fmt: skip
def test_lists(text: str, values: tuple[str, ...] | None) -> None:
    assert READERS["keywords"]("keywords", text) == values
