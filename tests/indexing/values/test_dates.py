"""Dates as people and spreadsheets write them."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.sources.dates import DateOrder
from indexing.values.dates import date_reader
from indexing.values.unreadable import Unreadable

read = date_reader(DateOrder())
day_first = date_reader(DateOrder.always("dmy"))


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2024-01-15", "2024-01-15T00:00:00"), ("2024-01-15T10:30:00", "2024-01-15T10:30:00"),
        ("2024-01-15 10:30:00 UTC", "2024-01-15T10:30:00"), ("2024-01-15T10:30:00+02:00", "2024-01-15T08:30:00"),
        ("2024-01-15T10:30:00.123456Z", "2024-01-15T10:30:00"), ("20240115", "2024-01-15T00:00:00"),
        ("2024-W03-1T10:30:00", "2024-01-15T10:30:00"), ("2024-03-15T10:30:00.000+0000", "2024-03-15T10:30:00"),
        ("2024-01-15 10:30 PM", "2024-01-15T22:30:00"), ("2024/01/15", "2024-01-15T00:00:00"),
        ("2024-1-5 08:00", "2024-01-05T08:00:00"), ("2024.1.5", "2024-01-05T00:00:00"),
        ("10/1/2023", "2023-10-01T00:00:00"), ("4/1/22", "2022-04-01T00:00:00"), ("1.10.2023", "2023-10-01T00:00:00"),
        ("1.10.99", "1999-10-01T00:00:00"), ("15-03-2024", "2024-03-15T00:00:00"), ("'4/1/22", "2022-04-01T00:00:00"),
        ("10/1/2023 14:30", "2023-10-01T14:30:00"), ("10/1/2023 2:30 PM", "2023-10-01T14:30:00"),
        ("10/1/2023, 12:05:15 am", "2023-10-01T00:05:15"), ("15 Mar 2024", "2024-03-15T00:00:00"),
        ("Mar 15, 2024", "2024-03-15T00:00:00"), ("March 15th, 2024", "2024-03-15T00:00:00"),
        ("15-Mar-24", "2024-03-15T00:00:00"), ("15. März 2024", "2024-03-15T00:00:00"),
        ("15 de marzo de 2024", "2024-03-15T00:00:00"), ("15 mars 2024", "2024-03-15T00:00:00"),
        ("March 2024", "2024-03-01T00:00:00"), ("Oct-23", "2023-10-01T00:00:00"), ("2023-10", "2023-10-01T00:00:00"),
        ("2023", "2023-01-01T00:00:00"), ("45200", "2023-10-01T00:00:00"), ("45200.5", "2023-10-01T12:00:00"),
        ("45200,25", "2023-10-01T06:00:00"), ("1697040000", "2023-10-11T16:00:00"),
        ("1697040000000", "2023-10-11T16:00:00"), ("20240115103000", "2024-01-15T10:30:00"),
        ("Mar 15, 2024 10:30 AM EST", "2024-03-15T15:30:00"), ("Fri, 15 Mar 2024 10:30:00 GMT", "2024-03-15T10:30:00"),
        ("Fri Mar 15 2024 10:30:00 GMT+0100 (Central European Standard Time)", "2024-03-15T09:30:00"),
        ("March 15, 2024 at 3pm", "2024-03-15T15:00:00"), ("3/15/2024 at 3:00 PM EST", "2024-03-15T20:00:00"),
        ("15. März 2024 um 15:30 Uhr", "2024-03-15T15:30:00"),
        ("15/3/2024 10:00 -05:30", ""), ("3/15/2024 10:00 -05:30", "2024-03-15T15:30:00"),
    ],
)  # fmt: skip
def test_dates(text: str, stored: str) -> None:
    if stored:
        assert read(text) == stored
    else:
        with pytest.raises(Unreadable):
            read(text)


@pytest.mark.parametrize(
    "text",
    ["soon", "2024-02-30", "15/03/2024", "2024-13-01T00:00:00", "0001-01-01T00:00:00+14:00", "23-Oct", "1/2/3", "99999",
     "12:30", "Q3 2023", "5", "9" * 100, "Mar 15, 2024 25:00", "Mar 15, 2024 10:30 XYZ", "Mar 15, 2024 13:30 PM",
     "Mar 15, 2024 10", "Mar 15, 324", "1697040000 x", "Mar 15, 2024 soon"],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(Unreadable, match="is not a date"):
        read(text)


def test_the_order_of_the_source_decides() -> None:
    assert day_first("10/1/2023") == "2023-01-10T00:00:00"
    assert date_reader(DateOrder.always("mdy"))("10.1.2023") == "2023-10-01T00:00:00"


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (datetime(2024, 1, 15, 10, 30, 0, 123456), "2024-01-15T10:30:00"),
        (datetime(2024, 1, 15, 10, 30, tzinfo=timezone(timedelta(hours=2))), "2024-01-15T08:30:00"),
        (date(2024, 1, 15), "2024-01-15T00:00:00"),
        (45200, "2023-10-01T00:00:00"),
    ],
)
def test_dates_of_a_typed_source(cell: Any, stored: str) -> None:
    assert read(cell) == stored


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from("/.-"), st.booleans())
def test_days_in_any_order_and_spelling(day: date, sign: str, long: bool) -> None:
    stored = f"{day.isoformat()}T00:00:00"
    year = f"{day.year}" if long else f"{day.year % 100:02}"
    assert day_first(f"{day.day}{sign}{day.month:02}{sign}{year}") == stored
    assert date_reader(DateOrder.always("mdy"))(f"{day.month:02}{sign}{day.day}{sign}{year}") == stored
    assert read(f"{day.year}{sign}{day.month}{sign}{day.day}") == stored
    assert read(f"{day.day} {day:%b} {year}") == read(f"{day:%B} {day.day}, {year}") == stored


@given(st.datetimes(datetime(1930, 1, 1), datetime(2100, 1, 1)))
def test_serial_numbers_of_a_spreadsheet(moment: datetime) -> None:
    days = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert abs(datetime.fromisoformat(read(f"{days:.8f}")) - moment) < timedelta(seconds=2)


@given(st.text(st.sampled_from("0123456789/.-: TZMarchOctpm+"), max_size=20) | st.text(max_size=12))
def test_any_text_is_a_date_or_unreadable(text: str) -> None:
    try:
        stored = read(text)
    except Unreadable:
        return
    assert datetime.fromisoformat(stored).isoformat(timespec="seconds") == stored
