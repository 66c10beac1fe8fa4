"""Mess in whole rows and lines: cut ones, repeated people, mailboxes of several, and lines that are no rows."""

from indexing.sample.contacts import HEADERS
from indexing.sample.mess.lines import Cells, Line, Mess, Outcome, csv_row, row
from indexing.sample.mess.words import WORDS, turn

_PROFILE = "Person Linkedin Url"
_CUT_AFTER = HEADERS.index("Country") + 1
_NAMES = ("First Name", "Last Name")
_NOBODY = dict.fromkeys((*_NAMES, "Email", "Secondary Email", _PROFILE), "")


def short_row(cells: Cells, _number: int) -> Mess:
    """Cells are missing at the end."""
    kept = [cells[header] for header in HEADERS[:_CUT_AFTER]]
    person = dict.fromkeys(HEADERS, "") | dict(zip(HEADERS, kept, strict=False))
    return Mess((Line(csv_row(kept), short=True),), (person,))


def long_row(cells: Cells, _number: int) -> Mess:
    """There are more cells than headers, with nothing in them."""
    return Mess((Line(row(cells).rstrip("\n") + ",,,\n"),), (cells,))


def repeated_by_email(cells: Cells, number: int) -> Mess:
    """The same person twice, the e-mail in other letters, and each time another cell filled."""
    person = {**_reachable(cells, number), _PROFILE: "", "Mobile Phone": _phone(number)}
    first = {**person, "Email": person["Email"].upper(), "Mobile Phone": ""}
    return _repeated(first, _only(person, "Email", "Mobile Phone"), person)


def repeated_by_profile(cells: Cells, number: int) -> Mess:
    """The same person twice, the profile in another form, and each time another cell filled."""
    person = {**_reachable(cells, number), "Home Phone": _phone(number)}
    form = turn(WORDS.profiles, number).format(person[_PROFILE].rsplit("/", 1)[1])
    return _repeated({**person, _PROFILE: form, "Home Phone": ""}, _only(person, _PROFILE, "Home Phone"), person)


def gained_email(cells: Cells, number: int) -> Mess:
    """A person who is known by the profile, and later by an e-mail too."""
    person = {**_reachable(cells, number), "Email Status": "Verified"}
    return _repeated({**person, "Email": "", "Secondary Email": "", "Email Status": "Unavailable"}, person, person)


def gained_profile(cells: Cells, number: int) -> Mess:
    """A person who is known by the e-mail, and later by a profile too."""
    person = _reachable(cells, number)
    return _repeated({**person, _PROFILE: ""}, person, person)


def shared_mailbox(cells: Cells, number: int) -> Mess:
    """Two people behind one address, told apart by their profiles or, in every other, by their names alone."""
    known = _reachable(cells, number)
    mailbox = f"{turn(WORDS.roles, number)}@{known['Email'].partition('@')[0]}.{known['Email'].partition('@')[2]}"
    one = {**known, "Email": mailbox, "Secondary Email": ""}
    other = {**one, **dict(zip(_NAMES, turn(WORDS.colleagues, number), strict=True)), "Title": "Office Manager"}
    other[_PROFILE] = f"{one[_PROFILE]}-2"
    if number % 2:
        one[_PROFILE] = other[_PROFILE] = ""
    return Mess((Line(row(one)), Line(row(other))), (one, other))


def comma_line(cells: Cells, number: int) -> Mess:
    """A row in which nothing is, as spreadsheets write it."""
    return _beside(cells, "," * (len(HEADERS) - 1 - number % 3) + "\n", Outcome.BLANK)


def blank_line(cells: Cells, _number: int) -> Mess:
    """A line in which nothing is."""
    return _beside(cells, "\n", Outcome.BLANK)


def repeated_header(cells: Cells, _number: int) -> Mess:
    """The header once more, where files were put together."""
    return _beside(cells, csv_row(HEADERS), Outcome.HEADER)


def broken_row(cells: Cells, number: int) -> Mess:
    """A second copy of the row that is damaged: by a quote that is never closed, by surplus cells, or without a person.

    A quote before the title swallows the cells up to the next quote, which as a rule is in the same line; one before
    the last cell swallows lines. That next quote opens another cell, and no delimiter follows it: so the damage shows.
    """
    whole = {**cells, "Title": cells["Title"] or "Baker"}
    broken = (
        row(whole, Title='"' + whole["Title"].replace(",", "")),
        row(whole, **{HEADERS[-1]: '"' + whole[HEADERS[-1]]}),
        row(whole).rstrip("\n") + ",see above\n",
        row({**whole, **_NOBODY}),
    )
    return _beside(cells, turn(broken, number), Outcome.REJECTED)


def _repeated(first: Cells, second: Cells, person: Cells) -> Mess:
    return Mess((Line(row(first)), Line(row(second), Outcome.REPEATED)), (person,))


def _beside(cells: Cells, text: str, outcome: Outcome) -> Mess:
    """The person as ever, and a line that is nobody."""
    return Mess((Line(row(cells)), Line(text, outcome)), (cells,))


def _reachable(cells: Cells, number: int) -> dict[str, str]:
    """The person with an e-mail and a profile of their own."""
    email = cells["Email"] or f"person.{number}@company-{number}.example"
    profile = cells[_PROFILE] or f"http://www.linkedin.com/in/person-{number}"
    return {**cells, "Email": email, _PROFILE: profile}


def _only(person: Cells, *headers: str) -> Cells:
    """The person's names and these cells."""
    return {header: person[header] if header in (*_NAMES, *headers) else "" for header in HEADERS}


def _phone(number: int) -> str:
    return f"'+1 212-555-01{number % 100:02}"
