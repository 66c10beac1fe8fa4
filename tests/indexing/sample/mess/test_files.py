"""A messy file is what its manifest says, for any seed, size and share."""

import csv
import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.sample.contacts import HEADERS
from indexing.sample.mess.files import Manifest, TooMuchMess, messes, write_meant, write_messy
from indexing.sample.mess.kinds import KINDS
from indexing.sample.mess.lines import Line, Outcome, row

FILE_NOTES = 3
"""Above the header and below the last row."""


def messy(count: int, seed: int = 0, share: float = 0.01) -> tuple[Manifest, str]:
    out = io.StringIO(newline="")
    return write_messy(count, out, seed, share), out.getvalue()


@given(st.integers(25, 300), st.integers(0, 50), st.floats(0.001, 0.04))
def test_each_kind_is_on_exactly_so_many_contacts(count: int, seed: int, share: float):
    each = max(1, round(count * share))
    if each * len(KINDS) > count:
        with pytest.raises(TooMuchMess):
            messy(count, seed, share)
        return
    manifest, text = messy(count, seed, share)
    assert manifest.kinds == dict.fromkeys(KINDS, each)
    assert manifest.people == count + each
    assert manifest.repeated == 4 * each
    assert manifest.rejected == manifest.short == each
    assert manifest.rows == manifest.people + manifest.repeated + manifest.rejected
    assert (manifest.header, manifest.notes, manifest.blank) == (1 + each, FILE_NOTES, 2 * each)
    assert manifest.further == 2 * each  # a cell of three lines, on each of its contacts
    sums = manifest.header + manifest.notes + manifest.blank + manifest.further + manifest.rows
    assert manifest.lines == text.count("\n") == sums
    assert sum(manifest.repaired.values()) == 3 * each


def test_no_contact_has_two_kinds_of_mess():
    clean = [mess for mess in messes(2_500) if mess.lines == (Line(row(mess.people[0])),)]
    also = 25  # whose cell of three lines is written as it is meant
    assert len(clean) == 2_500 - 25 * len(KINDS) + also


def test_kinds_are_all_over_the_file():
    rejected = [at for at, mess in enumerate(messes(2_500)) if mess.lines[-1].outcome is Outcome.REJECTED]
    assert len(rejected) == 25
    assert rejected[0] < 250
    assert rejected[-1] > 2_250
    assert max(later - one for one, later in itertools.pairwise(rejected)) < 500


def test_a_file_may_have_one_kind_alone():
    out = io.StringIO(newline="")
    manifest = write_messy(100, out, share=0.2, kinds={"comma_line": KINDS["comma_line"]})
    assert (manifest.kinds, manifest.blank, manifest.people, manifest.rows) == ({"comma_line": 20}, 20, 100, 100)


def test_the_same_arguments_give_the_same_file_and_another_seed_another():
    assert messy(400, 3) == messy(400, 3)
    assert messy(400, 3) != messy(400, 4)


def test_the_second_line_of_a_person_comes_later():
    _, text = messy(3_000)
    lines = text.splitlines()
    email = next(mess.people[0]["Email"] for mess in messes(3_000) if mess.lines[-1].outcome is Outcome.REPEATED)
    first, second = [at for at, line in enumerate(lines) if email.lower() in line.lower()]
    assert first < second


def test_words_stand_above_the_header_and_below_the_last_row():
    _, text = messy(100)
    lines = text.splitlines()
    assert lines[2] == ",".join(HEADERS)
    assert [line for line in (*lines[:2], lines[-1]) if "," in line] == []


def test_who_is_meant_is_a_clean_file_of_different_people():
    out = io.StringIO(newline="")
    write_meant(1_000, out)
    headers, *rows = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert tuple(headers) == HEADERS
    assert {len(cells) for cells in rows} == {len(HEADERS)}
    assert len(rows) == messy(1_000)[0].people
    people = [dict(zip(HEADERS, cells, strict=True)) for cells in rows]
    for header in ("Email", "Person Linkedin Url"):
        known = [(person[header], person["First Name"]) for person in people if person[header]]
        assert len(set(known)) == len(known)


def test_too_few_contacts_are_refused_with_the_cure():
    with pytest.raises(TooMuchMess, match="make 25 or more, or give a smaller --share"):
        messy(24)
    with pytest.raises(TooMuchMess, match="make 1,250 or more"):
        messy(1_000, share=0.05)
