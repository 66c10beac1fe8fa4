"""Mess in one cell: the row stays one row, and the contact is meant with the plain value or without one."""

from datetime import date, timedelta

from indexing.sample.mess.lines import Cells, Line, Mess, row
from indexing.sample.mess.words import WORDS, turn

_FIRST_DAY = date(2019, 1, 1)
_DAYS = 2_000
_SERIAL_ORIGIN = date(1899, 12, 30)  # of spreadsheets: day 1 is the last of 1899, and 1900 a leap year to them
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def locked_email(cells: Cells, number: int) -> Mess:
    """An address that stands for one that is not unlocked."""
    unknown = {**cells, "Email Status": "Unavailable", "Primary Email Catch-all Status": "", "Secondary Email": ""}
    return _written(unknown, "Email", turn(WORDS.locked_emails, number), "", "email")


def placeholder(cells: Cells, number: int) -> Mess:
    """A word for nothing."""
    header = turn(WORDS.placeholder_columns, number)
    return _written(cells, header, turn(WORDS.placeholders, number), "")


def slash_date(cells: Cells, number: int) -> Mess:
    """Month, day and year, the year of two digits in every other."""
    day = _day(number)
    year = str(day.year)[2:] if number % 2 else str(day.year)
    return _written(cells, "Last Raised At", f"{day.month}/{day.day}/{year}", str(day))


def dotted_date(cells: Cells, number: int) -> Mess:
    """Day, month and year."""
    day = _day(number)
    return _written(cells, "Created At", f"{day.day}.{day.month}.{day.year}", str(day))


def serial_date(cells: Cells, number: int) -> Mess:
    """A date that a spreadsheet shows as the number that it is to it."""
    day = _day(number)
    return _written(cells, "Updated At", str((day - _SERIAL_ORIGIN).days), str(day))


def written_date(cells: Cells, number: int) -> Mess:
    """A date with its month in letters."""
    day = _day(number)
    return _written(cells, "Last Raised At", f"{day.day} {_MONTHS[day.month - 1]} {day.year}", str(day))


def grouped_number(cells: Cells, number: int) -> Mess:
    """Thousands apart."""
    employees = 1_000 + number * 7 % 90_000
    text = f"{employees:,}".replace(",", turn(WORDS.separators, number))
    return _written(cells, "# Employees", text, str(employees))


def fraction_of_nothing(cells: Cells, number: int) -> Mess:
    """A whole number that passed through something that knows only fractions."""
    employees = 1 + number % 900
    return _written(cells, "# Employees", f"{employees}.0", str(employees))


def amount(cells: Cells, number: int) -> Mess:
    """Money with its sign, its unit or its exponent."""
    text, plain = turn(WORDS.amounts, number)
    return _written(cells, "Annual Revenue", text, plain)


def band(cells: Cells, number: int) -> Mess:
    """A range of sizes, of which the lower end counts."""
    text, plain = turn(WORDS.bands, number)
    return _written(cells, "# Employees", text, plain)


def ruined_phone(cells: Cells, number: int) -> Mess:
    """A telephone number that became a number, and lost its digits."""
    return _written(cells, "Mobile Phone", turn(WORDS.ruined_phones, number), "", "mobile_phone")


def unreadable(cells: Cells, number: int) -> Mess:
    """A value of which nothing can be made."""
    header, text, field = turn(WORDS.unreadable, number)
    return _written(cells, header, text, "", field)


def line_break(cells: Cells, number: int) -> Mess:
    """A cell of three lines."""
    address = f"{number % 900 + 1} Mill Lane\nBuilding {number % 7 + 1}, left\n{cells['Company City']}"
    return _written(cells, "Company Address", address, address)


def quoted_word(cells: Cells, _number: int) -> Mess:
    """Quotation marks inside a cell that is not quoted itself."""
    title = f'{cells["Title"].replace(",", "") or "Baker"} "the boss"'
    return Mess((Line(row(cells, Title=title)),), ({**cells, "Title": title},))


def _written(cells: Cells, header: str, text: str, plain: str, repaired: str | None = None) -> Mess:
    """The person with `text` in a cell that means `plain`."""
    return Mess((Line(row({**cells, header: text}), repaired=repaired),), ({**cells, header: plain},))


def _day(number: int) -> date:
    return _FIRST_DAY + timedelta(number * 37 % _DAYS)
