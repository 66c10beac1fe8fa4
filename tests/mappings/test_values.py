"""Numbers, ranges, dates, booleans and pages inside a URL."""

from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.values import (
    LARGEST,
    LAST_PAGE,
    Malformed,
    boolean,
    day,
    decoded_again,
    first_second,
    last_second,
    number,
    page_number,
    span,
    span_text,
)

TODAY = date(2024, 3, 31)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("007", 7),
        (" 50000000 ", 50_000_000),
        ("$1,000,000", 1_000_000),
        ("1.5M", 1_500_000),
        ("$ 2.5 b", 2_500_000_000),
        ("10k", 10_000),
        ("1.234K", 1234),
        ("1.2340K", 1234),
        ("1000000.00", 1_000_000),
        ("5.", 5),
        ("9" * 60_000, LARGEST),
        ("9223372036854775808", LARGEST),
        ("99999999999B", LARGEST),
    ],
)
def test_number(text, expected):
    assert number(text) == expected


@pytest.mark.parametrize("text", ["", "$", "abc", "-5", "1.5", "1.2345K", "1,00", "1,0000", "1e6", "1K5", "٣", "5 5"])
def test_malformed_number(text):
    with pytest.raises(Malformed, match="whole number"):
        number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11,50", (11, 50)),
        ("10001,", (10001, None)),
        ("10001", (10001, None)),
        (",50", (None, 50)),
        ("50,11", (50, 11)),
        ("201-500", (201, 500)),
        ("201 – 500", (201, 500)),
        ("201 to 500", (201, 500)),
        ("201 TO 500", (201, 500)),
        ("1,001-5,000", (1001, 5000)),
        ("$1M—$5M", (1_000_000, 5_000_000)),
        ("10001+", (10001, None)),
        ("10,001+", (10001, None)),
        ("10,001 ", (10001, None)),
        ("1,500", (1, 500)),
        ("10,001+ employees", (10001, None)),
        ("51-200 Employees", (51, 200)),
        (" 1 , 10 ", (1, 10)),
        ("1K,1.5K", (1000, 1500)),
        ("", None),
        (" ", None),
        (",", None),
    ],
)
def test_span(text, expected):
    assert span(text) == expected


@given(st.none() | st.integers(0, LARGEST), st.none() | st.integers(0, LARGEST))
def test_a_range_is_read_back_as_it_is_written(low, high):
    assert span(span_text((low, high))) == (None if low is None and high is None else (low, high))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Project%20Manager", "Project Manager"),
        ("AT%26t", "AT&t"),
        ("VP%2C+Sales", "VP, Sales"),
        ("C%2B%2B", "C++"),
        ("C++", "C++"),
        ("Z%C3%BCrich", "Zürich"),
        ("100%25", "100%"),
        ("100%", "100%"),
        ("50%ab", "50%ab"),
        ("a%2520b", "a%2520b"),
        ("a%zzb", "a%zzb"),
        ("", ""),
    ],
)
def test_a_second_encoding_is_undone_if_none_is_left(text, expected):
    assert decoded_again(text) == expected


@given(st.text())
def test_what_was_encoded_is_itself_again(text):
    encoded = quote(text.replace("%", ""))
    assert decoded_again(encoded) == text.replace("%", "")


@pytest.mark.parametrize("text", ["1,2,3", "11,50,", "1-2-3", "-5", "5-", "a,b", "1,b", "many", "+", "1-2+", "1;5"])
def test_malformed_span(text):
    with pytest.raises(Malformed, match=r"^a range such as 11,50"):
        span(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-06-30", date(2019, 6, 30)),
        ("2019-06-30T23:59:59.000Z", date(2019, 6, 30)),
        ("today", TODAY),
        ("Today ", TODAY),
        ("0_days_ago", TODAY),
        ("1_day_ago", date(2024, 3, 30)),
        ("60_days_ago", date(2024, 1, 31)),
        ("2_weeks_ago", date(2024, 3, 17)),
        ("1_month_ago", date(2024, 2, 29)),
        ("3_months_ago", date(2023, 12, 31)),
        ("1_years_ago", date(2023, 3, 31)),
        ("999999999_days_ago", date.min),
        ("999999999_years_ago", date.min),
    ],
)
def test_day(text, expected):
    assert day(text, TODAY) == expected


@pytest.mark.parametrize("text", ["", "abc", "2019-13-01", "2019-02-30", "30_ago", "1_decade_ago", "-1_days_ago", "t"])
def test_malformed_day(text):
    with pytest.raises(Malformed, match="a date such as"):
        day(text, TODAY)


def test_a_leap_day_a_year_ago_is_the_last_of_february():
    assert day("1_year_ago", date(2024, 2, 29)) == date(2023, 2, 28)


@given(st.dates())
def test_seconds_of_a_day(of):
    assert first_second(of) == (of.toordinal() - date(1970, 1, 1).toordinal()) * 86_400
    assert last_second(of) == first_second(of) + 86_399


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), (" TRUE ", True), ("false", False), ("", False), ("1", False)]
)
def test_boolean(text, expected):
    assert boolean(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("81", 81),
        ("007", 7),
        (" 3 ", 3),
        ("0", 1),
        ("000", 1),
        ("", 1),
        ("abc", 1),
        ("-1", 1),
        ("1.5", 1),
        ("٣", 1),
        ("9" * 5000, LAST_PAGE),
    ],
)
def test_page_number(text, expected):
    assert page_number(text) == expected


@given(st.text())
def test_any_text_is_read_or_malformed(text):
    page_number(text)
    boolean(text)
    for read in (number, span, lambda value: day(value, TODAY)):
        try:
            read(text)
        except Malformed:
            continue
