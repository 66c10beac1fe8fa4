"""The clock of one connection, without a clock."""

import pytest

from api.edge import limits
from api.edge.deadlines import Deadlines, Reading

HEAD, BODY, GRACE = limits.HEAD_SECONDS, limits.BODY_SECONDS, limits.BODY_GRACE_SECONDS


def test_silence_and_a_head_have_one_time_together_on_a_new_connection():
    some = Deadlines(100)
    assert not some.late(100 + HEAD - 1)
    some.begun(100 + HEAD - 1)
    assert some.reading is Reading.HEAD
    assert some.late(100 + HEAD)


def test_a_further_request_has_its_own():
    some = Deadlines(0)
    some.begun(1)
    some.head_read(2)
    some.all_read()
    assert not some.late(10_000), "it waits for us"
    some.answered(10_000)
    assert some.reading is Reading.NOTHING
    assert some.late(10_000 + HEAD)
    some.begun(10_005)
    assert not some.late(10_000 + HEAD)
    assert some.late(10_005 + HEAD)


@pytest.mark.parametrize(("bytes_a_second", "late"), [(limits.BODY_PACE - 1, GRACE), (limits.BODY_PACE * 100, BODY)])
def test_a_body_has_a_pace_and_an_end(bytes_a_second, late):
    some = Deadlines(0)
    some.begun(0)
    some.head_read(0)
    for second in range(int(late)):
        assert not some.late(second)
        some.body_bytes += bytes_a_second
    assert some.late(late)


def test_while_the_service_does_not_read_no_time_runs():
    some = Deadlines(0)
    some.head_read(0)
    some.held_up(BODY)
    assert not some.late(BODY + GRACE - 1)
    assert some.late(BODY + GRACE)


def test_an_answer_before_all_is_read_changes_nothing():
    some = Deadlines(0)
    some.head_read(0)
    some.answered(1)
    assert some.reading is Reading.BODY
    some.all_read()
    some.answered(2)
    assert some.reading is Reading.NOTHING


def test_it_is_looked_at_in_time():
    some = Deadlines(0)
    assert some.next_look(0) == limits.LOOK_SECONDS
    assert some.next_look(HEAD - 1) == 1
    assert some.next_look(HEAD + 1) == 0
    some.head_read(50)
    assert some.next_look(50 + BODY - 2) == 2
    some.all_read()
    assert some.next_look(10_000) == limits.LOOK_SECONDS
