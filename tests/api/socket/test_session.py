"""The rules of a connection, with plain values: no sockets, no tasks, no clock."""

import json

import pytest

from api.actions.traffic import BUSY as WAITED
from api.actions.traffic import SILENT
from api.socket import limits
from api.socket.close import Close
from api.socket.effects import End, Start
from mappings.errors import EngineUnavailable, InvalidField, Stopped, Unauthorized
from tests.api.socket.sessions import TIMEOUT, Talk, claims

BUSY = "too_many_requests"


# What is answered


def test_a_request_runs_and_is_answered_once():
    talk = Talk()
    talk.send("count_contacts", 7)
    assert talk.ids() == [7]
    assert talk.figures.in_flight == 1
    assert talk.read() == []
    talk.now = 2.0
    talk.succeed(7, b'{"count":1}')
    assert talk.read() == [
        {"request_id": 7, "action": "count_contacts", "status": "success", "data": {"count": 1}}
    ]  # fmt: skip
    assert talk.figures.answers == {("count_contacts", "success"): 1}
    assert (talk.figures.in_flight, talk.figures.seconds) == (0, [2.0])


def test_a_request_that_ends_before_it_begins_is_told():
    talk, undone = Talk(max_in_flight=1, max_queued=1), []
    talk.session.undone = lambda request, reason: undone.append((request.request_id, type(reason).__name__))
    for number in range(3):
        talk.send("count_contacts", number)
    talk.control("cancel", request_id=1)
    talk.send("count_contacts", 3)
    talk.session.succeeded(talk.number(0), b"{}", talk.now)
    talk.session.end(Close.CLIENT_LEFT, talk.now)
    # The last one has its turn, and nobody has begun it yet.
    assert undone == [(2, "TooManyRequests"), (1, "Stopped"), (3, "Stopped")]
    assert talk.ids() == [0]


@pytest.mark.parametrize(
    ("frame", "name", "code"),
    [
        ("{", "unknown", "invalid_json"),
        (b"\xff", "unknown", "invalid_json"),
        ("{}", "unknown", "missing_field"),
        ('{"request_id": 1, "action": "fly"}', "unknown", "unknown_action"),
        ('{"request_id": 1.5, "action": "analyze"}', "analyze", "validation_error"),
        ('{"request_id": 1, "action": "cancel"}', "cancel", "missing_field"),
        ('{"request_id": 1, "action": "cancel", "data": {"request_id": []}}', "cancel", "validation_error"),
        ('{"request_id": 1, "action": "authenticate"}', "authenticate", "missing_field"),
        ('{"request_id": 1, "action": "authenticate", "data": {"token": 5}}', "authenticate", "validation_error"),
    ],
)
def test_what_makes_no_sense_is_answered_at_once(frame, name, code):
    talk = Talk()
    talk.say(frame)
    [answer] = talk.read()
    assert answer["error"]["code"] == code
    assert talk.effects == []
    assert talk.figures.answers == {(name, code): 1}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineUnavailable("away"), "count_error"),
        (ValueError("x"), "count_error"),
        (InvalidField("no"), "validation_error"),
    ],
)
def test_what_failed_has_the_code_of_its_action_or_its_own(error, code):
    talk = Talk()
    talk.send("count_contacts")
    talk.fail("r", error)
    [answer] = talk.read()
    assert answer["error"]["code"] == code
    assert talk.figures.answers == {("count_contacts", code): 1}


def test_outcomes_of_requests_that_are_not_there_have_no_effect():
    talk = Talk()
    talk.session.succeeded(5, b"{}", 0.0)
    talk.session.failed(5, ValueError(), 0.0)
    talk.session.stopped(5, 0.0)
    talk.session.renewed(5, claims(9999), 0.0)
    assert not talk.session.part(5, 1, "results", b"", 0.0)
    assert talk.session.expiry.claims == claims()
    assert talk.read() == []
    assert list(talk.session.effects()) == []


# Lanes


def test_no_more_than_the_cap_run_the_others_wait_and_past_that_they_are_refused():
    talk = Talk(max_in_flight=2, max_queued=3)
    for number in range(8):
        talk.send("count_contacts", number)
    assert talk.ids() == [0, 1]
    assert talk.outcomes() == [(5, BUSY), (6, BUSY), (7, BUSY)]
    for number in range(5):
        talk.succeed(number)
        assert len(talk.running) <= 2
    assert talk.outcomes() == [(number, "success") for number in range(5)]
    assert talk.figures.answers == {("count_contacts", "success"): 5, ("count_contacts", BUSY): 3}


def test_what_waits_is_bounded_in_bytes_too():
    talk = Talk(max_in_flight=1, max_message_bytes=1024)
    for number in range(20):
        talk.send("count_contacts", number, filler="x" * 2000)
    assert len(talk.outcomes()) == 20 - 1 - limits.WAITING_MESSAGES * 1024 // 2150


def test_actions_that_need_no_engine_have_a_lane_of_their_own():
    talk = Talk(max_in_flight=1)
    talk.send("search_contacts", "slow")
    talk.send("search_contacts", "behind")
    for number in range(limits.ANALYSES_AT_ONCE + 1):
        talk.send("analyze", number)
    assert talk.ids() == ["slow", *range(limits.ANALYSES_AT_ONCE)]


def test_only_what_is_admitted_costs_rate():
    talk = Talk(max_in_flight=1, max_queued=0, rate_limit=2)
    talk.send("count_contacts", "runs")
    for _ in range(5):
        talk.send("count_contacts", "no room")
    talk.succeed("runs")
    talk.send("count_contacts", "runs too")
    talk.succeed("runs too")
    talk.send("count_contacts", "over")
    *refused, over = [answer for answer in talk.read() if answer["status"] == "error"]
    assert len(refused) == 5
    assert "on this connection" in refused[0]["error"]["message"]
    assert "your limit is reached" in over["error"]["message"]


def test_control_messages_cost_no_rate():
    talk = Talk(rate_limit=1)
    for _ in range(3):
        talk.control("cancel", request_id="nothing")
        talk.control("authenticate", token="t")
        talk.fail("control", Unauthorized("no"))
    talk.send("count_contacts")
    assert talk.ids() == ["r"]


def test_a_flood_gives_way_now_and_then():
    talk = Talk()
    assert [talk.say("{") for _ in range(limits.FRAMES_IN_A_ROW)] == [None] * (limits.FRAMES_IN_A_ROW - 1) + [0.0]


# Cancel


def test_cancel_of_what_runs_is_answered_once_it_has_ended():
    talk = Talk()
    talk.send("search_contacts", "long")
    talk.control("cancel", request_id="long")
    talk.control("cancel", request_id="long")
    assert list(talk.cancelled.values()) == ["Request was cancelled"], "once, whoever asks"
    assert [answer["data"] for answer in talk.read()] == [{"cancelled": True}] * 2
    talk.stop("long")
    [answer] = talk.read()
    assert answer["error"] == {"message": "Request was cancelled", "code": "search_error"}
    assert talk.figures.answers == {("search_contacts", "cancelled"): 1, ("cancel", "success"): 2}
    assert talk.figures.in_flight == 0


def test_cancel_ends_all_with_the_id_and_those_behind_go_on():
    talk = Talk(max_in_flight=1)
    for request_id in ("first", 7, "7", 7):
        talk.send("count_contacts", request_id)
    talk.control("cancel", request_id=7)
    assert talk.outcomes() == [(7, "count_error"), (7, "count_error"), ("control", "success")]
    talk.succeed("first")
    assert talk.ids() == ["7"]
    assert talk.figures.answers == {("cancel", "success"): 1, ("count_contacts", "success"): 1}


def test_cancel_of_nothing_says_so_and_an_authenticate_is_not_cancelled():
    talk = Talk()
    talk.control("authenticate", token="t")
    talk.control("cancel", request_id="control")
    assert [answer["data"] for answer in talk.read()] == [{"cancelled": False}]


def test_an_answer_that_came_first_stands():
    talk = Talk()
    talk.send("count_contacts")
    talk.control("cancel", request_id="r")
    talk.succeed("r")
    assert talk.outcomes() == [("control", "success"), ("r", "success")]


def test_a_task_that_ends_of_itself_without_an_outcome_is_answered_too():
    talk = Talk()
    talk.send("count_contacts")
    talk.session.stopped(talk.number("r"), 0.0)
    assert talk.outcomes() == [("r", "count_error")]


# Answers wait for the client

LARGE = b'"' + b"x" * (limits.ANSWERS_BYTES // 2) + b'"'
HUGE = b'"' + b"x" * limits.ANSWERS_BYTES + b'"'


def test_answers_without_room_keep_their_places_until_there_is_some():
    talk = Talk(max_in_flight=2)
    for number in range(4):
        talk.send("search_contacts", number)
    talk.succeed(0, LARGE)
    assert talk.ids() == [1, 2]
    assert talk.session.account.has_room
    talk.succeed(1, LARGE)
    assert talk.ids() == [2], "the answer without room keeps its place"
    assert not talk.session.account.has_room
    talk.succeed(2, b"{}")
    assert talk.ids() == []
    assert talk.read_one()["request_id"] == 0
    assert talk.ids() == [3]
    assert talk.outcomes() == [(1, "success"), (2, "success")]
    assert talk.session.account.has_room


def test_an_answer_without_room_can_be_cancelled():
    talk = Talk()
    for number in range(3):
        talk.send("search_contacts", number)
        talk.succeed(number, LARGE)
    talk.control("cancel", request_id=1)
    assert talk.cancelled == {}, "it does not run any more"
    assert talk.outcomes() == [(0, "success"), (1, "search_error"), ("control", "success"), (2, "success")]


def test_refusals_need_no_room_but_have_a_bound(monkeypatch):
    monkeypatch.setattr(limits, "REFUSALS_BYTES", 1000)
    talk = Talk()
    talk.send("search_contacts", 0)
    talk.succeed(0, HUGE)
    talk.send("search_contacts", 1)
    talk.say(json.dumps({"request_id": "x", "action": "fly"}))
    assert talk.session.over is None
    talk.say(json.dumps({"request_id": "x" * 1000, "action": "fly"}))
    assert talk.session.over is Close.NOT_READING
    assert talk.effects[-1] == End(Close.NOT_READING)
    assert talk.figures.in_flight == 0
    assert talk.figures.answers["search_contacts", "cancelled"] == 1


def test_a_client_that_takes_nothing_is_closed_and_one_that_takes_a_little_is_not():
    talk = Talk(stall_seconds=20)
    talk.send("count_contacts")
    talk.pass_time(15)
    talk.succeed("r")
    assert talk.session.message(talk.now)
    for _ in range(5):
        talk.pass_time(19)
        talk.session.moved(talk.now)
    talk.pass_time(19)
    assert talk.session.over is None
    talk.pass_time(1)
    assert talk.session.over is Close.NOT_READING


def test_nothing_stalls_while_nothing_is_sent():
    talk = Talk(stall_seconds=20)
    talk.send("count_contacts")
    talk.succeed("r")
    talk.read()
    talk.pass_time(1000)
    assert talk.session.over is None


# Deadlines


def test_one_deadline_from_the_lane_to_the_engine():
    talk = Talk(max_in_flight=1)
    talk.send("count_contacts", "runs")
    talk.enter("runs")
    talk.pass_time(TIMEOUT - 5)
    talk.send("search_contacts", "waits")
    talk.pass_time(4)
    assert talk.cancelled == {}
    talk.pass_time(1)
    assert list(talk.cancelled.values()) == [SILENT]
    talk.stop("runs")
    talk.enter("waits")
    talk.pass_time(TIMEOUT - 5)
    assert len(talk.cancelled) == 2, "its time in the lane has counted"
    talk.stop("waits")
    assert [(answer["error"]["code"], answer["error"]["message"]) for answer in talk.read()] == [
        ("count_error", SILENT),
        ("search_error", SILENT),
    ]
    assert talk.figures.answers == {("count_contacts", "count_error"): 1, ("search_contacts", "search_error"): 1}


def test_what_never_began_is_answered_in_time():
    talk = Talk(max_in_flight=1)
    talk.send("count_contacts", "runs")
    talk.send("count_contacts", "waits")
    talk.pass_time(TIMEOUT)
    [answer] = talk.read()
    assert (answer["request_id"], answer["error"]) == ("waits", {"message": WAITED, "code": "count_error"})
    talk.pass_time(TIMEOUT)
    talk.stop("runs")
    assert talk.ids() == []
    assert talk.outcomes() == [("runs", "count_error")]


def test_waiting_for_room_counts_too():
    talk = Talk()
    talk.send("search_contacts", 0)
    talk.send("search_contacts", 1)
    talk.pass_time(TIMEOUT - 1)
    talk.succeed(0, HUGE)
    talk.succeed(1, LARGE)
    talk.pass_time(2)
    assert talk.outcomes() == [(0, "success"), (1, "search_error")], "what is in the outbox is sent"


def test_analyses_and_renewals_have_a_deadline():
    talk = Talk()
    talk.send("analyze")
    talk.control("authenticate", token="t")
    talk.pass_time(TIMEOUT)
    talk.stop("r")
    talk.stop("control")
    assert [answer["error"] for answer in talk.read()] == [
        {"message": WAITED, "code": "analysis_error"},
        {"message": WAITED, "code": "authentication_error"},
    ]


# Streams


def test_parts_of_a_stream_wait_for_room_one_by_one():
    talk = Talk()
    talk.send("search_contacts", stream=True)
    assert talk.part("r", 1, LARGE)
    assert not talk.part("r", 2, LARGE)
    assert talk.resumed == []
    [first] = [talk.read_one()]
    assert (first["status"], first["data"]["sequence"], len(first["data"]["results"])) == ("partial", 1, 1)
    assert talk.resumed == [talk.number("r")]
    talk.succeed("r")
    assert [answer["status"] for answer in talk.read()] == ["partial", "success"]


def test_each_part_has_its_own_time_and_a_slow_reader_has_as_much_as_it_wants():
    talk = Talk(stall_seconds=100)
    talk.send("search_contacts", stream=True)
    talk.pass_time(TIMEOUT - 1)
    assert talk.part("r", 1, LARGE)
    talk.pass_time(TIMEOUT - 1)
    assert not talk.part("r", 2, LARGE)
    talk.pass_time(3 * TIMEOUT)
    assert talk.cancelled == {}
    talk.read_one()
    talk.enter("r")
    talk.pass_time(TIMEOUT - 1)
    assert talk.cancelled == {}
    talk.pass_time(1)
    assert list(talk.cancelled.values()) == [SILENT]
    talk.stop("r")
    assert [answer["status"] for answer in talk.read()] == ["partial", "error"]


def test_the_first_part_has_the_time_of_the_request():
    talk = Talk(max_in_flight=1)
    talk.send("count_contacts", "before")
    talk.send("search_contacts", stream=True)
    talk.pass_time(TIMEOUT - 1)
    talk.succeed("before")
    talk.enter("r")
    talk.pass_time(1)
    assert list(talk.cancelled.values()) == [SILENT]


def test_only_what_holds_a_slot_blames_the_engine():
    talk = Talk()
    for name in ("for a slot", "in the engine", "between two parts"):
        talk.send("search_contacts", name, stream=name == "between two parts")
    talk.enter("in the engine")
    talk.enter("between two parts")
    talk.leave("between two parts")
    talk.pass_time(TIMEOUT)
    for name in list(talk.ids()):
        talk.stop(name)
    assert {answer["request_id"]: answer["error"]["message"] for answer in talk.read()} == {
        "for a slot": WAITED,
        "in the engine": SILENT,
        "between two parts": WAITED,
    }


def test_a_slot_that_comes_too_late_is_no_matter():
    talk = Talk()
    talk.send("count_contacts")
    number = talk.number("r")
    talk.succeed("r")
    talk.session.entered(number)
    talk.session.left(number)
    assert talk.outcomes() == [("r", "success")]


def test_a_cancelled_stream_leaves_no_part_behind():
    talk = Talk()
    talk.send("search_contacts", stream=True)
    talk.part("r", 1, LARGE)
    talk.part("r", 2, LARGE)
    talk.control("cancel", request_id="r")
    talk.stop("r")
    assert talk.outcomes() == [("r", "partial"), ("control", "success"), ("r", "search_error")]


# Tokens


def test_an_expired_token_ends_the_connection():
    talk = Talk(token_seconds=60)
    talk.send("count_contacts")
    talk.pass_time(59)
    assert talk.session.over is None
    talk.pass_time(1)
    assert talk.session.over is Close.TOKEN_EXPIRED
    assert talk.effects[-1] == End(Close.TOKEN_EXPIRED)


def renew(talk: Talk, seconds: int, user: str = "ada") -> None:
    talk.control("authenticate", token="t")
    number = talk.number("control")
    del talk.running[number]
    talk.session.renewed(number, claims(seconds, user), talk.now)
    talk.collect()


def test_a_fresh_token_extends_it_and_its_end_is_told():
    talk = Talk(token_seconds=60)
    talk.pass_time(59)
    renew(talk, 120)
    assert talk.read()[0]["data"] == {"expires_in": 61}
    talk.pass_time(30)
    assert talk.read() == []
    talk.pass_time(1)
    assert talk.read() == [
        {"request_id": None, "action": "authenticate", "status": "expiring", "data": {"expires_in": 30}}
    ]  # fmt: skip
    talk.pass_time(29)
    assert talk.read() == [], "it is told once"
    renew(talk, 200)
    talk.pass_time(51)
    assert [answer["status"] for answer in talk.read()] == ["success", "expiring"]
    talk.pass_time(30)
    assert talk.session.over is Close.TOKEN_EXPIRED


def test_whoever_never_renewed_is_not_told():
    talk = Talk(token_seconds=60)
    talk.pass_time(59)
    assert talk.read() == []


def test_a_token_that_expires_earlier_changes_nothing_but_counts_as_renewing():
    talk = Talk(token_seconds=60)
    renew(talk, 50)
    assert talk.read()[0]["data"] == {"expires_in": 60}
    talk.pass_time(30)
    assert [answer["status"] for answer in talk.read()] == ["expiring"]
    talk.pass_time(30)
    assert talk.session.over is Close.TOKEN_EXPIRED


@pytest.mark.parametrize("error", [None, Unauthorized("Token is invalid.")])
def test_a_token_of_another_user_or_of_nobody_is_refused(error):
    talk = Talk(token_seconds=60)
    if error is None:
        renew(talk, 500, user="bob")
    else:
        talk.control("authenticate", token="t")
        talk.fail("control", error)
    assert talk.outcomes() == [("control", "authentication_error")]
    assert talk.figures.answers == {("authenticate", "authentication_error"): 1}
    talk.pass_time(60)
    assert talk.session.over is Close.TOKEN_EXPIRED


def test_renewals_come_one_after_the_other_and_are_bounded():
    talk = Talk()
    for _ in range(limits.RENEWALS_WAITING + 2):
        talk.control("authenticate", token="t")
    assert len(talk.running) == 1
    assert talk.outcomes() == [("control", BUSY)]


# The end


def test_stopping_answers_what_there_is_and_refuses_what_comes():
    talk = Talk(max_in_flight=1)
    talk.send("count_contacts", 1)
    talk.send("count_contacts", 2)
    talk.session.finish(10, talk.now)
    talk.send("count_contacts", "late")
    talk.succeed(1)
    talk.succeed(2)
    assert talk.session.over is None
    assert talk.outcomes() == [("late", "count_error"), (1, "success"), (2, "success")]
    assert talk.session.over is Close.GOING_AWAY


def test_what_is_not_done_in_time_is_answered_as_stopped():
    talk = Talk(max_in_flight=2)
    for number in range(4):
        talk.send("count_contacts", number)
    talk.succeed(1, HUGE)
    talk.succeed(2, LARGE)
    talk.session.finish(10, talk.now)
    talk.pass_time(10)
    talk.stop(0)
    assert not any(isinstance(effect, Start) and effect.request.request_id == 3 for effect in talk.effects)
    assert talk.outcomes() == [(1, "success"), (3, "count_error"), (2, "count_error"), (0, "count_error")]
    assert talk.session.over is Close.GOING_AWAY


def test_an_idle_connection_ends_at_once_when_the_service_stops():
    talk = Talk()
    talk.session.finish(10, talk.now)
    talk.collect()
    assert talk.effects == [End(Close.GOING_AWAY)]


def test_a_client_that_does_not_read_its_last_answers_is_not_waited_for():
    talk = Talk()
    talk.send("count_contacts")
    talk.succeed("r")
    talk.session.finish(10, talk.now)
    talk.pass_time(limits.FLUSH_SECONDS - 1)
    talk.control("cancel", request_id="x")
    assert talk.session.over is None
    talk.pass_time(1)
    assert talk.session.over is Close.GOING_AWAY


def test_after_the_end_nothing_has_an_effect():
    talk = Talk()
    talk.send("count_contacts")
    talk.session.end(Close.CLIENT_LEFT, 1.0)
    talk.session.end(Close.FAILED, 1.0)
    talk.collect()
    assert talk.effects[1:] == [End(Close.CLIENT_LEFT)]
    assert talk.figures.answers == {("count_contacts", "cancelled"): 1}
    talk.send("count_contacts", "late")
    talk.succeed("r")
    talk.session.finish(1, talk.now)
    talk.session.sent(talk.now)
    talk.session.time(10_000)
    assert talk.effects[1:] == [End(Close.CLIENT_LEFT)]
    assert talk.session.over is Close.CLIENT_LEFT
    assert talk.session.requests == 1


def test_a_cancel_that_overflows_the_outbox_starts_nothing_new(monkeypatch):
    monkeypatch.setattr(limits, "REFUSALS_BYTES", 200)
    talk = Talk(max_in_flight=1)
    for _ in range(4):
        talk.send("count_contacts", "x" * 90)
    talk.control("cancel", request_id="x" * 90)
    assert talk.session.over is Close.NOT_READING
    assert talk.effects[1:] == [End(Close.NOT_READING)]


def test_the_reason_of_a_stop_is_kept():
    talk = Talk()
    talk.send("count_contacts")
    talk.control("cancel", request_id="r")
    talk.session.finish(1, talk.now)
    talk.pass_time(TIMEOUT)
    talk.stop("r")
    assert talk.read()[-1]["error"]["message"] == str(Stopped("Request was cancelled"))
