"""Whole numbers as people write them: `1,250`, `1.500.000 €`, `1.25E+06`, `$1.5M`, `51-200`, `10,001+`.

A group of three digits after `,` `.` a blank or `'` is thousands. Only a number with a scale or an exponent can have a
fraction that is not zeros, for it is whole when multiplied: `$1.5M`. A band is its lower end. The words are in
`data/numbers.json`.
"""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NoReturn

import msgspec

from indexing.data import read_data
from indexing.values.unreadable import Unreadable
from search.fields import LONG_MAX

NumberReader = Callable[[Any], int]

_LONGEST = 64
"""Characters of a number: what is longer is none, and not worth being looked at."""

_YEARS = range(1000, 2200)

_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:[.,'’_][0-9]+|\ [0-9]{3}(?![0-9]))*(?:e[+-]?[0-9]{1,3}(?!\w))?)"
    r"|(?P<word>[^\W\d_]+€?)|(?P<sign>\S)"
)
_GROUPED = re.compile(r"([1-9]\d{0,2})((?:([.,])\d{3})(?:\3\d{3})*)(?:([.,])(\d+))?")
_INDIAN = re.compile(r"([1-9]\d?(?:,\d\d)+,\d{3})(?:\.(\d+))?")
_UNGROUPED = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_BLANKS = re.compile(r"(?<=\d)[ '’_](?=\d{3}(?!\d))")
_YEAR = re.compile(
    r"[^\d-]{0,20}(?:\d{1,2}[/.-]\d{1,2}[/.-])?(\d{4}|[12][,. \xa0\u202f’']\d{3})"
    r"(?:\.0+|[-/.]\d\d?(?:[-/.]\d\d?)?(?:[T ].*)?|[^\d-]{0,20})",
    re.ASCII | re.DOTALL,
)
"""Also in a date, behind words (`since 1998`, `FY1998`), and with a group (`1,998`) that a spreadsheet has made."""

_DASHES = str.maketrans("‐‑‒–—−", "------")


class _Words(msgspec.Struct, frozen=True):
    currencies: frozenset[str]
    scales: dict[str, int]
    german_scales: dict[str, int]
    passed_over: frozenset[str]
    until: frozenset[str]
    under: frozenset[str]
    least_of_counts: frozenset[str]


_WORDS = read_data("numbers", _Words)
_SCALES = _WORDS.scales | _WORDS.german_scales
_PASSED_OVER = _WORDS.passed_over | _WORDS.currencies
_PASSED_SIGNS = frozenset("+~≈≥>.,;:#*'")

_NO_NUMBER = "is not a whole number, e.g. 1200, 1,200, $1.5M or 11-50"
_NO_YEAR = "is not a year, e.g. 2012"
_FRACTION = "is not a whole number, it has a fraction"
_TOO_LARGE = f"is over {LONG_MAX}"


class _Amount:
    """One end of a band, as far as it is read."""

    def __init__(self) -> None:
        self.digits = ""
        self.scale = 0
        self.german = False

    def value(self, scale: int, german: bool, otherwise: int) -> Decimal:
        """The number times `scale`, which 0 says is not there: then times `otherwise`."""
        return _decimal(self.digits, bool(scale), german) * (scale or otherwise)


class _Scan:
    """What a text says, token by token: one or two amounts, that it is below them, or that somebody works alone."""

    def __init__(self, text: str, *, counts: bool) -> None:
        self._counts = counts
        self._parted = self._negative = False
        self._bracketed = text.lstrip().startswith("(")
        self.amounts = [_Amount()]
        self.under = self.alone = False
        plain = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
        for match in _TOKEN.finditer(plain):
            {"number": self._number, "word": self._word, "sign": self._sign}[match.lastgroup or ""](match.group())
        self.amounts = [amount for amount in self.amounts if amount.digits]
        self.empty = not self.amounts and not any(map(str.isalnum, plain))

    def _number(self, digits: str) -> None:
        if self.amounts[-1].digits:
            if not self._parted or len(self.amounts) == 2:
                _no_number()
            self.amounts.append(_Amount())
        if self._negative:
            _no_number()
        self.amounts[-1].digits, self._parted = digits, False

    def _word(self, word: str) -> None:
        amount = self.amounts[-1]
        if word in _SCALES:
            if amount.scale:
                _no_number()
            amount.scale, amount.german = _SCALES[word], word in _WORDS.german_scales
        elif word in _WORDS.until:
            self._parted, self.under = bool(amount.digits), self.under or not amount.digits
        elif word in _WORDS.under:
            self.under = True
        elif self._counts and word in _WORDS.least_of_counts:
            self.under = self.alone = True
        elif word not in _PASSED_OVER:
            _no_number()

    def _sign(self, sign: str) -> None:
        if sign == "-":
            self._parted, self._negative = bool(self.amounts[-1].digits), not self.amounts[0].digits
        elif sign in "<≤":
            self.under = True
        elif sign in "()" and self.amounts[0].digits and not self._bracketed:
            pass  # `200 (est.)`; alone in brackets an amount is negative
        elif sign not in _PASSED_SIGNS and unicodedata.category(sign) != "Sc":
            _no_number()


def number_reader(field: str, scale: int = 1) -> NumberReader:
    """The reader of a whole number of `field`; `scale` is what its header says: 1000 of a column in thousands.

    It raises `Unreadable`.
    """
    if field == "founded_year":
        return _year
    # "Under 50" has no lower end of its own. A company that somebody works for has at least one employee.
    return partial(_number, scale, 1 if field == "employees" else 0)


def _number(scale: int, least: int, cell: Any) -> int:
    if isinstance(cell, str):
        if cell.isdecimal() and cell.isascii() and len(cell) <= _LONGEST:
            return _bounded(int(cell) * scale)
        return _cached(scale, least, cell) if len(cell) <= _LONGEST else _no_number()
    return _bounded(_whole(Decimal(cell) * scale if isinstance(cell, Decimal) else Decimal(cell * scale)))


def _year(cell: Any) -> int:
    match = _YEAR.fullmatch(cell if isinstance(cell, str) else str(cell))
    year = 0 if match is None else int(match[1] if match[1].isdecimal() else match[1][0] + match[1][2:])
    if year not in _YEARS:
        raise Unreadable(_NO_YEAR)
    return year


@lru_cache(maxsize=4096)
def _cached(scale: int, least: int, text: str) -> int:
    """The number in `text`, be it alone, in a band, or among words."""
    scan = _Scan(text, counts=least > 0)
    if not scan.amounts:
        if scan.alone:
            return least
        # `$ -` is how a spreadsheet's accounts show nothing.
        raise Unreadable(_NO_NUMBER, placeholder=scan.empty)
    first, last = scan.amounts[0], scan.amounts[-1]
    own, german = first.scale, first.german or last.german
    if not own and last.scale and first.value(0, german, 1) <= last.value(0, german, 1):
        own = last.scale  # `10-50 million`
    low = first.value(own, german, scale)
    if len(scan.amounts) == 1:
        return least if scan.under else _bounded(_whole(low))
    if low > last.value(last.scale, german, scale):
        _no_number()
    return _bounded(_whole(low))


def _decimal(digits: str, scaled: bool, german: bool) -> Decimal:
    """The number that `digits` are: its groups joined, its fraction after a point.

    Of `1.250 Mio` the point is a group's, of `1.250M` a fraction's: a scale tells whose notation it is.
    """
    body, exponent, power = digits.partition("e")
    body = _BLANKS.sub("", body)
    if indian := _INDIAN.fullmatch(body):
        body = f"{indian[1].replace(',', '')}.{indian[2] or 0}"
    elif (grouped := _GROUPED.fullmatch(body)) and not _is_fraction(grouped, scaled, bool(exponent), german):
        body = f"{(grouped[1] + grouped[2]).replace(grouped[3], '')}.{grouped[5] or 0}"
    elif not _UNGROUPED.fullmatch(body):
        _no_number()
    return Decimal(f"{body.replace(',', '.')}{exponent}{power}")


def _is_fraction(grouped: "re.Match[str]", scaled: bool, exponent: bool, german: bool) -> bool:
    """What looks like one group of thousands is three digits of a fraction."""
    _, groups, separator, point, _ = grouped.groups()
    if len(groups) > 4 or point is not None:
        return point == separator
    return exponent or (scaled and separator == ("," if german else "."))


def _whole(number: Decimal) -> int:
    if not number.is_finite() or number.is_signed():
        _no_number()
    if number > LONG_MAX:
        raise Unreadable(_TOO_LARGE)
    if number != number.to_integral_value():
        raise Unreadable(_FRACTION)
    return int(number)


def _bounded(number: int) -> int:
    if number > LONG_MAX:
        raise Unreadable(_TOO_LARGE)
    return number


def _no_number() -> NoReturn:
    raise Unreadable(_NO_NUMBER)
