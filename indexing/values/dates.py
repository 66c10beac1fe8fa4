"""Dates and times as people and spreadsheets write them → `YYYY-MM-DDTHH:MM:SS` in UTC.

ISO 8601; `10/1/2023` and `1.10.23`, in the order that the source shows (`indexing.sources.dates`); `15 Mar 2024`,
`Mar 15, 2024`, `Oct-23`; a spreadsheet's serial numbers; seconds and milliseconds since 1970. A time may follow, and a
zone. A month or a year alone is its first day. The names are in `data/dates.json`.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any, NoReturn

import msgspec

from indexing.data import read_data
from indexing.sources.cells import text_of
from indexing.sources.dates import DateOrder
from indexing.values.unreadable import Unreadable

DateReader = Callable[[Any], str]

_LONGEST = 80
"""Characters of a date: what is longer is none."""

_SERIAL_ZERO = datetime(1899, 12, 30)
_SERIALS = range(10_000, 80_000)
"""Days from 1927 to 2119: five digits, as no other form of a date has."""

_TURN_OF_CENTURY = 69
"""Two-digit years from here on are in the twentieth century, as POSIX has it."""

_STORED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?", re.ASCII)
_EPOCH = re.compile(r"[12]\d{9}(?:\d{3})?(?:\.0)?", re.ASCII)
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?!\d)", re.ASCII)
_YEAR_AND_MONTH = re.compile(r"(\d{4})[/.-](\d{1,2})", re.ASCII)
_THREE_PARTS = re.compile(r"(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?!\d)", re.ASCII)
_TIME = re.compile(
    r"[T,\s]*(\d{1,2})(?:[:.h](\d\d))?(?::(\d\d)(?:[.,]\d+)?)?\s*([ap])?\.?(?:(?<=[ap]|\.)m\.?)?\s*"
    r"(?:(?:(?:utc|gmt)\s*)?([+-]\d\d):?(\d\d)?|([a-z]{1,4}))?\s*(?:\([^)]*\))?",
    re.IGNORECASE | re.ASCII,
)
_WORDS = re.compile(r"[^\W\d_]+|\d+|[:+]\S*|\S")

_NO_DATE = "is not a date, e.g. 2024-01-15, 1/15/2024, 15 Jan 2024 or 2024-01-15T10:30:00"


class _Names(msgspec.Struct, frozen=True):
    months: dict[str, int]
    passed_over: frozenset[str]
    zones: dict[str, int]


_NAMES = read_data("dates", _Names)


def date_reader(order: DateOrder) -> DateReader:
    """The reader of dates whose parts come in `order`. It raises `Unreadable`."""
    return partial(_read, order)


def _read(order: DateOrder, cell: Any) -> str:
    if not isinstance(cell, str):
        return _stored(cell if isinstance(cell, date) else _read_text(order, text_of(cell)))
    # Not kept: a time of day hardly ever comes twice, a date does.
    if _STORED.fullmatch(cell):
        # Not `suppress`, which takes longer than the rest: files are full of these.
        try:
            datetime.fromisoformat(cell)
        except ValueError:
            pass
        else:
            return cell
    return _cached(order, cell) if len(cell) <= _LONGEST else _no_date()


@lru_cache(maxsize=8192)
def _cached(order: DateOrder, text: str) -> str:
    return _stored(_read_text(order, text.lstrip("'").strip()))


def _stored(moment: date) -> str:
    if not isinstance(moment, datetime):
        return f"{moment.isoformat()}T00:00:00"
    with suppress(OverflowError):
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="seconds")
    return _no_date()


def _read_text(order: DateOrder, text: str) -> date:
    with suppress(ValueError):
        return datetime.fromisoformat(text.removesuffix(" UTC"))
    try:
        return _number(text) or _written(order, text)
    except (ValueError, OverflowError):
        return _no_date()


def _number(text: str) -> date | None:
    """What one number means, if it means anything."""
    if (serial := _SERIAL.fullmatch(text)) and int(serial[1]) in _SERIALS:
        seconds = round(float(f"0.{serial[2] or 0}") * 86_400)
        return _SERIAL_ZERO + timedelta(days=int(serial[1]), seconds=seconds)
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if stamp := _STAMP.fullmatch(text):
        return datetime(*map(int, stamp.groups()))  # type: ignore[arg-type]
    if year := _YEAR.fullmatch(text):
        return date(int(year[1]), 1, 1)
    if month := _YEAR_AND_MONTH.fullmatch(text):
        return date(int(month[1]), int(month[2]), 1)
    return None


def _written(order: DateOrder, text: str) -> date:
    """A date in parts, and the time after it."""
    if match := _YEAR_FIRST.match(text):
        day, rest = date(int(match[1]), int(match[3]), int(match[4])), text[match.end() :]
    elif match := _THREE_PARTS.match(text):
        first, second, year = int(match[1]), int(match[3]), _whole_year(match[4])
        which = {"/": order.slash, ".": order.point, "-": order.dash}[match[2]]
        month, of_month = (first, second) if which == "mdy" else (second, first)
        day, rest = date(year, month, of_month), text[match.end() :]
    else:
        day, rest = _named(text)
    return _with_time(day, rest.strip())


def _named(text: str) -> tuple[date, str]:
    """A date whose month has a name, and what comes after its last part."""
    month = 0
    numbers: list[str] = []
    end = 0
    for match in _WORDS.finditer(text):
        word = match.group().casefold()
        if word.isdecimal() and len(numbers) < 2:
            if text[match.end() : match.end() + 1] == ":":
                break  # the hour
            numbers.append(word)
            end = match.end()
        elif word in _NAMES.months and not month:
            month, end = _NAMES.months[word], match.end()
        elif word not in _NAMES.passed_over and word not in (",", ".", "-", "/", "'", "’"):
            break
    if not month or not numbers:
        _no_date()
    if len(numbers) == 1:
        # Of `Oct-23` the number is the year: a day would come with one.
        return date(_whole_year(numbers[0]), month, 1) if text[:1].isalpha() else _no_date(), text[end:]
    of_month, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return date(_whole_year(year), month, int(of_month)), text[end:]


def _whole_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    if len(text) != 2:
        _no_date()
    return year + (1900 if year >= _TURN_OF_CENTURY else 2000)


def _with_time(day: date, text: str) -> date:
    if not text:
        return day
    # `at 3 pm`, `um 15:30 Uhr`
    text = " ".join(word for word in text.split() if word.casefold() not in _NAMES.passed_over)
    match = _TIME.fullmatch(text)
    if match is None or (match[2] is None and match[4] is None):
        return _no_date()
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            _no_date()
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    moment = datetime.combine(day, time(hour, minute, second))
    if match[5]:
        hours = int(match[5])
        return moment - timedelta(hours=hours, minutes=int(match[6] or 0) * (-1 if hours < 0 else 1))
    if match[7]:
        if match[7].lower() not in _NAMES.zones:
            _no_date()
        return moment - timedelta(hours=_NAMES.zones[match[7].lower()])
    return moment


def _no_date() -> NoReturn:
    raise Unreadable(_NO_DATE)
