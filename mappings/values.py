"""Values inside a URL that have a grammar: numbers, ranges, dates, booleans, page numbers.

Text from people and exports is read leniently (`$1.5M`, `201-500`, `60_days_ago`); what can't be read raises
`Malformed`, which says what would have been understood. The caller knows the parameter and names it.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time
from urllib.parse import unquote_plus

LARGEST = 2**63 - 1
"""Engines hold 64 bits. A larger number means the same as this one: no contact has more."""

LAST_PAGE = 10**9
"""Larger page numbers are read as this: just as far past every end, and safe to multiply."""

_NUMBER = re.compile(r"\$?\s*([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?\s*([kmb]?)", re.IGNORECASE)
_ZEROS = {"": 0, "k": 3, "m": 6, "b": 9}
_ENCODED = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2},0[0-9]{2}")
"""No bound is written `001`: `10,001` is what is left of `10,001+` where the URL has its `+` as it is, for a blank."""

# In a text without two blanks side by side: of many in a row each would be tried.
_COUNTED = re.compile(r" ?(?:employees|people|staff)\Z", re.IGNORECASE)
_BETWEEN = re.compile(r" ?[-‐‑‒–—−~] ?| to ", re.IGNORECASE)
_AGO = re.compile(r"([0-9]{1,9})_(day|week|month|year)s?_ago")


class Malformed(ValueError):
    """A value that can't be read. `str(error)` is what was expected, to follow the words “is not”."""


def decoded_again(text: str) -> str:
    """A value without its second percent-encoding, if nothing is left of one after that: `Project Manager` for
    `Project%20Manager`, and `VP, Sales` for `VP%2C+Sales`. What is no UTF-8 then was none: `50%ab` stays.
    """
    if "%" not in text or not _ENCODED.search(text):
        return text
    try:
        decoded = unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        return text
    return text if _ENCODED.search(decoded) else decoded


def number(text: str) -> int:
    """A whole number of at least 0, as people write it: `5000000`, `$5,000,000`, `1.5M`, `10K`.

    Raises:
        Malformed: it is none, is negative, or has a fraction left (`1.5`, `1.2345K`).
    """
    written = _NUMBER.fullmatch(text.strip())
    if written:
        zeros = _ZEROS[written[3].lower()]
        fraction = (written[2] or "").rstrip("0")
        if len(fraction) <= zeros:
            digits = (written[1].replace(",", "") + fraction.ljust(zeros, "0")).lstrip("0")
            return min(int(digits or "0"), LARGEST) if len(digits) < 20 else LARGEST
    raise Malformed("a whole number such as 5000000, 1,000,000 or $1.5M")


def span(text: str) -> tuple[int | None, int | None] | None:
    """The lower and upper bound of a range, `None` for an open side; `None` if neither side is there.

    `11,50`, `10001,` and `10001` (open above), `,50` (open below) as Apollo writes them; `201-500`, `201 to 500`,
    `1,001-5,000`, `10001+` and `10,001+ employees` as people do. Numbers have thousands commas only where no comma
    can separate: beside a dash, `to` or `+`, and before `001`. The bounds may be the wrong way round: such a range
    holds no number.

    Raises:
        Malformed: more than two numbers, or something that is no number.
    """
    written = _COUNTED.sub("", " ".join(text.split())).strip()
    sides = _BETWEEN.split(written)
    # A dash with nothing on one side of it is a minus, or a slip of somebody: no guess is made.
    if len(sides) != 2 or not all(sides):
        sides = written.split(",")
    try:
        if written.endswith("+") or _THOUSANDS.fullmatch(written):
            return number(written.removesuffix("+")), None
        low, high = (number(side) if side.strip() else None for side in (sides if len(sides) > 1 else (*sides, "")))
    except ValueError:
        raise Malformed("a range such as 11,50 or 10001, or ,50") from None
    return None if low is None and high is None else (low, high)


def span_text(bounds: tuple[int | None, int | None]) -> str:
    """A range as Apollo writes it: `11,50`, `10001,` or `,50`."""
    return ",".join("" if bound is None else str(bound) for bound in bounds)


def day_text(text: str) -> str:
    """A day that `day` reads in its usual spelling: `2024-06-30`, `60_days_ago`, `today`. What is relative stays so.

    Raises:
        Malformed: it is no day.
    """
    written = text.strip().lower()
    if ago := _AGO.fullmatch(written):
        count = int(ago[1])
        return f"{count}_{ago[2]}{'' if count == 1 else 's'}_ago"
    return written if written == "today" else day(written, date.min).isoformat()


def day(text: str, today: date) -> date:
    """An ISO date (a time after it is left out), `today`, or `N_days_ago` (also weeks, months, years).

    A month or year ago is the same day of that month, or its last day if it has no such day. What lies before the
    first day that computers count is that day.

    Raises:
        Malformed: it is none of these.
    """
    written = text.strip().lower()
    if written == "today":
        return today
    if ago := _AGO.fullmatch(written):
        return _ago(int(ago[1]), ago[2], today)
    try:
        return date.fromisoformat(written.partition("t")[0])
    except ValueError:
        raise Malformed("a date such as 2024-06-30, today or 60_days_ago") from None


def first_second(of: date) -> int:
    """The first second of a day in UTC, counted from 1970."""
    return int(datetime.combine(of, time.min, UTC).timestamp())


def last_second(of: date) -> int:
    """The last second of a day in UTC, counted from 1970."""
    return first_second(of) + 24 * 60 * 60 - 1


def boolean(text: str) -> bool:
    """Whether it is `true`. Apollo writes nothing but `true` and `false`; anything else is not true."""
    return text.strip().lower() == "true"


def page_number(text: str) -> int:
    """A page counted from 1. What is no such number is page 1: a page is where to begin, never a reason to fail."""
    digits = text.strip().lstrip("0")
    if not (digits.isascii() and digits.isdigit()):
        return 1
    return int(digits) if len(digits) < len(str(LAST_PAGE)) else LAST_PAGE


def _ago(count: int, unit: str, today: date) -> date:
    if unit in ("day", "week"):
        return date.fromordinal(max(today.toordinal() - count * (7 if unit == "week" else 1), 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    if year < 1:
        return date.min
    return date(year, month, min(today.day, monthrange(year, month)[1]))
