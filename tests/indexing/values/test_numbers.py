"""Whole numbers as people write them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.values.numbers import number_reader
from indexing.values.unreadable import Unreadable
from search.fields import LONG_MAX

employees, revenue, year = number_reader("employees"), number_reader("annual_revenue"), number_reader("founded_year")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1200", 1200), ("1,200", 1200), ("$1,200", 1200), ("'1200", 1200), ("11-50", 11), ("1,001 – 5,000", 1001),
        ("10000+", 10_000), ("1500000.00", 1_500_000), ("0", 0), ("007", 7), (str(LONG_MAX), LONG_MAX),
        ("12.000", 12_000), ("1.250", 1250), ("1.250.000", 1_250_000), ("1 250", 1250), ("1\u00a0250", 1250),
        ("1\u202f250", 1250), ("1'250", 1250), ("1’250", 1250), ("120.0", 120), ("10,001+", 10_001),
        ("51-200 employees", 51), ("51 to 200", 51), ("> 500", 500), ("~50", 50), ("ca. 50", 50), ("< 10", 1),
        ("up to 50", 1), ("fewer than 50", 1), ("1.25E+06", 1_250_000), ("1.250E+06", 1_250_000), ("1E6", 1_000_000),
        ("4,5E+06", 4_500_000), ("Self-employed", 1), ("Myself Only", 1), ("12,34,567", 1_234_567), ("12 people", 12),
        ("200 (est.)", 200),
        ("between 50 and 100", 50), ("50 bis 100", 50), ("mehr als 500", 500), ("bis zu 50", 1), ("１２００", 1200),
        ("1.234.567,0", 1_234_567), ("1,234,567.00", 1_234_567), ("50-", 50),
    ],
)  # fmt: skip
def test_counts(text: str, number: int) -> None:
    assert employees(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$1.5M", 1_500_000), ("$2B", 2 * 10**9), ("10k", 10_000), ("$1B+", 10**9), ("$10M - $50M", 10_000_000),
        ("€5M", 5_000_000), ("1.500.000,00 €", 1_500_000), ("1.500.000,-", 1_500_000), ("1,5 Mio. €", 1_500_000),
        ("1.250 Mio", 1_250_000_000), ("1.250B", 1_250_000_000), ("1,234M", 1_234_000_000), ("2 Mrd", 2 * 10**9),
        ("USD 1,500,000", 1_500_000), ("1.5M USD", 1_500_000), ("US$ 1.5 million", 1_500_000), ("EUR1.5m", 1_500_000),
        ("TEUR 500", 500_000), ("500 k€", 500_000), ("T€ 500", 500_000), ("CHF 1'500'000", 1_500_000),
        ("$10-50M", 10_000_000), ("10-50 million", 10_000_000), ("$500K to $1M", 500_000), ("100-1M", 100),
        ("Under $500,000", 0), ("$500 mil.", 500_000_000), ("$4.5 bn", 4_500_000_000), ("5 crore", 50_000_000),
        ("₹ 5 Cr", 50_000_000),
    ],
)  # fmt: skip
def test_amounts_of_money(text: str, number: int) -> None:
    assert revenue(text) == number


@pytest.mark.parametrize(
    "text",
    ["many", "-5", "1.2.3", "1,2", "12.5", "0.500", "12%", "10-Nov", "(500)", "200-51", "1,2345K", "1 2", "1-2-3",
     "5M K", str(LONG_MAX + 1), f"{LONG_MAX + 1}.0", "9" * 5000, "9" * 65, "1E999", "$", "1..2", "1.250,00.5",
     "<", "to", "y", "up to", "under", "12'34", "1'0M", "1_0", "1’5"],
)  # fmt: skip
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(Unreadable):
        employees(text)


@pytest.mark.parametrize(
    ("text", "number"), [("12,345", 12_345_000), ("1234.5", 1_234_500), ("$1.5M", 1_500_000), ("100-200", 100_000)]
)
def test_a_column_in_thousands(text: str, number: int) -> None:
    assert number_reader("annual_revenue", 1000)(text) == number


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("1998", 1998), ("1998.0", 1998), ("1998-05-01", 1998), (2012, 2012), ("1,998", 1998), ("1.998", 1998),
        ("1\u202f998", 1998), ("5/1/1998", 1998), ("1.5.1998", 1998), ("since 1998", 1998), ("FY1998", 1998),
        ("1998 (est.)", 1998),
    ],
)  # fmt: skip
def test_years(cell: Any, read: int) -> None:
    assert year(cell) == read


@pytest.mark.parametrize("cell", ["98", "0", "soon", 5, "12,345", "1998-2001", "-1998", "11998", "1998, 2001"])
def test_what_is_no_year(cell: Any) -> None:
    with pytest.raises(Unreadable, match="is not a year"):
        year(cell)


@pytest.mark.parametrize(
    ("text", "nothing"), [("$ -", True), ("$-", True), ("€", True), ("many", False), ("(5)", False)]
)
def test_a_sign_of_money_alone_stands_for_nothing(text: str, nothing: bool) -> None:
    with pytest.raises(Unreadable) as caught:
        revenue(text)
    assert caught.value.placeholder == nothing


@pytest.mark.parametrize("cell", [-3, Decimal("2.5"), Decimal("NaN"), Decimal("-5"), LONG_MAX + 1])
def test_numbers_of_a_typed_source_that_are_none(cell: Any) -> None:
    with pytest.raises(Unreadable):
        employees(cell)


def test_numbers_of_a_typed_source() -> None:
    assert [employees(cell) for cell in (5, Decimal("1500000.00"), Decimal("1E+3"))] == [5, 1_500_000, 1000]
    assert number_reader("annual_revenue", 1000)(5) == 5000


numbers = st.integers(0, 10**15)
separators = st.sampled_from([",", ".", " ", "'", "’", "\u00a0", "\u202f"])


def grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


@given(numbers, separators, st.sampled_from(["", "$", "€ ", "USD ", "'"]), st.sampled_from(["", "+", " €", " EUR"]))
def test_any_grouping_among_any_signs(number: int, separator: str, before: str, after: str) -> None:
    assert employees(f"{before}{grouped(number, separator)}{after}") == number


@given(numbers, numbers, separators, st.sampled_from(["-", " - ", "–", " to ", " bis "]))
def test_a_band_is_its_lower_end(one: int, other: int, separator: str, between: str) -> None:
    low, high = sorted((one, other))
    assert employees(f"{grouped(low, separator)}{between}{grouped(high, separator)}") == low


@given(st.integers(1, 9999), st.integers(0, 99), st.sampled_from(["K", "M", "B", " million", " bn"]))
def test_a_scale_makes_fractions_whole(whole: int, hundredths: int, scale: str) -> None:
    factor = {"K": 10**3, "M": 10**6, "B": 10**9, " million": 10**6, " bn": 10**9}[scale]
    assert revenue(f"${whole}.{hundredths:02}{scale}") == (whole * 100 + hundredths) * factor // 100


@given(st.text(st.sampled_from("0123456789.,'-–+$€ kKmMbBeE<>~"), max_size=16) | st.text(max_size=12))
def test_any_text_is_a_number_or_unreadable(text: str) -> None:
    try:
        number = employees(text.strip() or "0")
    except Unreadable:
        return
    assert 0 <= number <= LONG_MAX
