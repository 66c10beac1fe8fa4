"""Every kind writes what it says, and says whom it means."""

import csv
import io

import pytest

from indexing.sample.contacts import HEADERS, sample_rows
from indexing.sample.mess.kinds import KINDS
from indexing.sample.mess.lines import Cells, Outcome
from indexing.sample.mess.words import WORDS

PEOPLE = [dict(zip(HEADERS, row, strict=True)) for row in sample_rows(40)]
FORMS = range(40)
REPEATED = ("repeated_by_email", "repeated_by_profile", "gained_email", "gained_profile")
BESIDE = {"comma_line": Outcome.BLANK, "blank_line": Outcome.BLANK, "repeated_header": Outcome.HEADER,
          "broken_row": Outcome.REJECTED}  # fmt: skip


def read(text: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(text, newline=""))
    return row


def written(kind: str, number: int = 0, person: Cells = PEOPLE[3]) -> Cells:
    """The cells of the first line."""
    return dict(zip(HEADERS, read(KINDS[kind](person, number).lines[0].text), strict=False))


@pytest.mark.parametrize("kind", KINDS)
def test_each_person_has_one_line_that_is_indexed(kind: str):
    for number, person in zip(FORMS, PEOPLE, strict=True):
        mess = KINDS[kind](person, number)
        assert [line.outcome for line in mess.lines].count(Outcome.INDEXED) == len(mess.people)
        assert mess.lines[0].outcome is Outcome.INDEXED
        assert all(tuple(meant) == HEADERS for meant in mess.people)
        assert all(line.text.endswith("\n") for line in mess.lines)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in BESIDE])
def test_lines_are_rows_of_the_header(kind: str):
    for number, person in zip(FORMS, PEOPLE, strict=True):
        for line in KINDS[kind](person, number).lines:
            cells = read(line.text)
            assert (len(cells) < len(HEADERS)) == line.short == (kind == "short_row")
            assert not any(cells[len(HEADERS) :])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in REPEATED])
def test_who_has_an_email_or_a_profile_keeps_the_name(kind: str):
    for number, person in zip(FORMS, PEOPLE, strict=True):
        first = written(kind, number, person)
        assert (first["First Name"], first["Last Name"]) == (person["First Name"], person["Last Name"])


@pytest.mark.parametrize(
    ("kind", "number", "header", "text", "plain"),
    [
        ("locked_email", 0, "Email", "email_not_unlocked@domain.com", ""),
        ("placeholder", 0, "Title", "N/A", ""),
        ("placeholder", 8, "Keywords", "-", ""),
        ("slash_date", 0, "Last Raised At", "1/1/2019", "2019-01-01"),
        ("slash_date", 1, "Last Raised At", "2/7/19", "2019-02-07"),
        ("dotted_date", 1, "Created At", "7.2.2019", "2019-02-07"),
        ("serial_date", 0, "Updated At", "43466", "2019-01-01"),
        ("written_date", 1, "Last Raised At", "7 Feb 2019", "2019-02-07"),
        ("grouped_number", 0, "# Employees", "1,000", "1000"),
        ("grouped_number", 1, "# Employees", "1.007", "1007"),
        ("fraction_of_nothing", 11, "# Employees", "12.0", "12"),
        ("amount", 1, "Annual Revenue", "1.25E+06", "1250000"),
        ("band", 2, "# Employees", "10,001+", "10001"),
        ("ruined_phone", 0, "Mobile Phone", "1.55501E+11", ""),
        ("unreadable", 1, "# Employees", "12.5", ""),
        ("line_break", 0, "Company Address", "1 Mill Lane\nBuilding 1, left\nWinnipeg", None),
        ("quoted_word", 0, "Title", 'Partnerships Intern "the boss"', None),
    ],
)
def test_one_cell_is_written_otherwise(kind: str, number: int, header: str, text: str, plain: str | None):
    (meant,) = KINDS[kind](PEOPLE[3], number).people
    first = written(kind, number)
    assert first[header] == text
    assert meant[header] == (text if plain is None else plain)
    assert {**meant, header: text} == first


def test_quotes_inside_a_cell_stand_as_they_are():
    (line,) = KINDS["quoted_word"](PEOPLE[3], 0).lines
    assert ',Partnerships Intern "the boss",' in line.text


def test_what_can_not_be_read_is_said_by_field():
    fields = [KINDS["unreadable"](PEOPLE[3], number).lines[0].repaired for number in range(5)]
    assert fields == ["employees", "employees", "total_funding", "last_raised_at", "annual_revenue"]
    assert KINDS["ruined_phone"](PEOPLE[3], 0).lines[0].repaired == "mobile_phone"


@pytest.mark.parametrize("kind", REPEATED)
def test_the_rows_of_a_person_make_up_the_person(kind: str):
    for number, person in zip(FORMS, PEOPLE, strict=True):
        mess = KINDS[kind](person, number)
        first, second = (dict(zip(HEADERS, read(line.text), strict=True)) for line in mess.lines)
        assert mess.lines[1].outcome is Outcome.REPEATED
        assert mess.people == ({header: second[header] or first[header] for header in HEADERS},)
        assert first != second


def test_repeated_rows_differ_in_how_they_write_the_key():
    first, second = (read(line.text) for line in KINDS["repeated_by_email"](PEOPLE[3], 0).lines)
    assert first[5] == second[5].upper() != second[5]
    profile = HEADERS.index("Person Linkedin Url")
    forms = {read(KINDS["repeated_by_profile"](PEOPLE[3], number).lines[0].text)[profile] for number in FORMS}
    assert len(forms) == len(WORDS.profiles)


def test_two_people_share_a_mailbox_with_profiles_or_without():
    for number in range(2):
        one, other = KINDS["shared_mailbox"](PEOPLE[3], number).people
        assert one["Email"] == other["Email"]
        assert one["Email"].partition("@")[0] in WORDS.roles
        assert one["First Name"][0] != other["First Name"][0]
        assert (one["Person Linkedin Url"] == "") == (other["Person Linkedin Url"] == "") == bool(number)


@pytest.mark.parametrize("kind", BESIDE)
def test_a_line_beside_a_person_is_nobody(kind: str):
    mess = KINDS[kind](PEOPLE[3], 0)
    assert mess.people == (PEOPLE[3],)
    assert written(kind) == PEOPLE[3]
    assert mess.lines[1].outcome is BESIDE[kind]


def test_a_broken_row_is_so_in_four_ways():
    quoted, open_ended, long, nobody = (KINDS["broken_row"](PEOPLE[3], number).lines[1].text for number in range(4))
    assert ',"Partnerships Intern,' in quoted
    assert open_ended.endswith(',"2025-08-10T10:11:09\n')
    assert len(read(long)) == len(HEADERS) + 1
    cells = dict(zip(HEADERS, read(nobody), strict=True))
    assert [cells[header] for header in ("First Name", "Last Name", "Email", "Person Linkedin Url")] == [""] * 4
    assert cells["Company Name"]
