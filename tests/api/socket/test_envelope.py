import json

import pytest

from api.actions.parts import NESTED_BYTES
from api.actions.table import ACTIONS
from api.errors import code_of
from api.socket import envelope

URL = "https://app.apollo.io/#/people?personTitles[]=CEO"


def refused(frame: bytes | str) -> tuple[object, object, str, str]:
    """Request id, action, code and message of the answer to a frame that can't be carried out."""
    request = envelope.read(frame, ACTIONS)
    assert request.error is not None
    answer = json.loads(envelope.failure(request.head, code_of(request.error, "?"), str(request.error)))
    assert list(answer) == ["request_id", "action", "status", "data", "error"]
    assert list(answer["error"]) == ["message", "code"]
    assert answer["status"] == "error"
    assert answer["data"] is None
    return answer["request_id"], answer["action"], answer["error"]["code"], answer["error"]["message"]


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "nonsense",
        b"\xff\xfe",
        b'{"request_id": "\xff"}',
        '{"request_id": "\\ud800"}',
        '{"request_id": 1} 2',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"request_id": NaN}',
        "\ufeff{}",
        "null",
        "[]",
        '"text"',
        "7",
    ],
)
def test_what_is_no_json_object_is_invalid_json(frame):
    request_id, action, code, _ = refused(frame)
    assert (request_id, action, code) == (None, None, "invalid_json")


@pytest.mark.parametrize(
    ("message", "request_id", "action", "name"),
    [
        ({}, None, None, "request_id"),
        ({"action": "analyze"}, None, "analyze", "request_id"),
        ({"request_id": None, "action": "nonsense"}, None, "nonsense", "request_id"),
        ({"request_id": "", "action": "analyze"}, None, "analyze", "request_id"),
        ({"request_id": "r"}, "r", None, "action"),
        ({"request_id": 0}, 0, None, "action"),
        ({"request_id": "r", "action": None, "data": {}}, "r", None, "action"),
        ({"request_id": "r", "action": ""}, "r", None, "action"),
    ],
)
def test_missing_fields_in_their_order(message, request_id, action, name):
    assert refused(json.dumps(message)) == (request_id, action, "missing_field", f"Missing required field: {name}")


@pytest.mark.parametrize("request_id", [1.5, True, False, [], ["r"], {}, 1e300])
def test_a_request_id_must_be_a_string_or_an_integer(request_id):
    found = refused(json.dumps({"request_id": request_id, "action": "analyze"}))
    assert found == (None, "analyze", "validation_error", "request_id must be a string or an integer")


@pytest.mark.parametrize(
    ("number", "at"),
    [
        ('"limit": 1e400', "data.limit"),
        ('"limit": -1e400', "data.limit"),
        ('"unknown": [{"deep": 1e999999999999}], "limit": 1e400', "data.unknown"),
        ('"offset": ' + "1" * 5000, "data.offset"),
    ],
)
def test_a_number_that_is_out_of_range_is_named(number, at):
    words = f"{at}: a number is out of range; send one of at most 4,300 digits, below 1.8e308"
    for frame in (
        f'{{"request_id": "r", "action": "analyze", "data": {{"url": "x", {number}}}}}',
        f'{{"data": {{{number}}}, "action": "analyze", "request_id": "r"}}',
    ):
        assert refused(frame) == refused(frame.encode()) == ("r", "analyze", "validation_error", words)


def test_a_number_that_is_out_of_range_may_stand_anywhere():
    words = "a number is out of range; send one of at most 4,300 digits, below 1.8e308"
    for frame, echoed, at in (
        ('{"request_id": 1e400, "action": "analyze"}', (None, "analyze"), "request_id"),
        ('{"request_id": 7, "action": 1e400}', (7, None), "action"),
        ('{"request_id": 7, "action": "analyze", "data": [1e400]}', (7, "analyze"), "data"),
        ('{"request_id": 7, "action": "analyze", "more": 1e400}', (7, "analyze"), "more"),
    ):
        assert refused(frame) == (*echoed, "validation_error", f"{at}: {words}")
    assert refused("[1e400]")[:3] == (None, None, "invalid_json")
    # Of a key that is there twice the last counts, as everywhere.
    assert envelope.read('{"request_id": 1e400, "request_id": 7, "action": "analyze"}', ACTIONS).request_id == 7


@pytest.mark.parametrize(
    ("field", "at"),
    [
        (r'"data": {"url": "x", "view": "\ud800"}', "data.view"),
        (r'"data": {"url": "\udc00\ud800"}', "data.url"),
        (r'"data": {"url": ["\ud83d"]}', "data.url"),
        (r'"data": "\ud800"', "data"),
        (r'"data": ["\ud800"]', "data"),
        (r'"more": "a\udfff"', "more"),
        (r'"more": {"\ud800": 1}', "more"),
    ],
)
def test_a_text_that_can_not_be_read_costs_the_request_and_not_its_id(field, at):
    words = f"Message is not valid JSON: {at} can't be read"
    large = f'"pad": "{"x" * NESTED_BYTES}"'
    for frame in (
        f'{{"request_id": "r", "action": "analyze", {field}}}',
        f'{{{field}, "action": "analyze", "request_id": "r"}}',
        f'{{{field}, "action": "analyze", "request_id": "r", {large}}}',
    ):
        assert refused(frame) == refused(frame.encode()) == ("r", "analyze", "invalid_json", words)


def test_a_text_that_is_no_utf_8_costs_the_request_and_not_its_id():
    frame = b'{"request_id": "r", "action": "analyze", "data": {"url": "\xff"}}'
    assert refused(frame) == ("r", "analyze", "invalid_json", "Message is not valid JSON: data.url can't be read")


@pytest.mark.parametrize("request_id", ["x" * 1025, "ü" * 2000, 10**1024, -(10**1024), 10**4000, "x" * 1_000_000])
def test_a_request_id_has_a_largest_size(request_id):
    found = refused(json.dumps({"request_id": request_id, "action": "analyze"}))
    expected = f"request_id must have at most 1024 characters, not {len(str(request_id))}"
    assert found == (None, "analyze", "validation_error", expected)


@pytest.mark.parametrize("integers", [range(-(2**63), 2**64), range(10)])
def test_where_answers_cannot_say_all_integers_others_are_refused(integers):
    for request_id in (2**64, 2**70, -(2**63) - 1, 10**1000):
        frame = json.dumps({"request_id": request_id, "action": "fly"})
        request = envelope.read(frame, ACTIONS, integers)
        assert str(request.error).startswith("request_id must be an integer of 64 bits")
        assert json.loads(request.head + b"0}")["request_id"] is None
    for request_id in (0, 9, "r", str(2**70)):
        frame = json.dumps({"request_id": request_id, "action": "analyze"})
        assert envelope.read(frame, ACTIONS, integers).request_id == request_id


@pytest.mark.parametrize(("action", "echoed"), [("Analyze", "Analyze"), ("delete", "delete"), ("ü" * 5000, "ü" * 5000)])
def test_an_unknown_action_comes_before_the_url(action, echoed):
    request_id, found, code, message = refused(json.dumps({"request_id": 7, "action": action, "data": {}}))
    assert (request_id, found, code) == (7, echoed, "unknown_action")
    assert message.startswith("Unknown action: " + action[:79])
    assert len(message) < 120


@pytest.mark.parametrize("action", [5, True, ["analyze"], {"a": 1}])
def test_an_action_that_is_no_string_is_unknown(action):
    assert refused(json.dumps({"request_id": "r", "action": action}))[:3] == ("r", None, "unknown_action")


@pytest.mark.parametrize("request_id", ["r", 'ü\n"', 0, -1, 2**63, 10**30, " ", "ü" * 1024])
def test_success_echoes_the_request_id_as_it_was(request_id):
    frame = json.dumps({"request_id": request_id, "action": "analyze", "data": {"url": URL}})
    for sent in (frame, frame.encode()):
        request = envelope.read(sent, ACTIONS)
        assert request.error is None
        assert (request.request_id, request.action, request.data) == (request_id, "analyze", {"url": URL})
        answer = envelope.success(request.head, b'{"count":1}')
        assert json.loads(answer) == {
            "request_id": request_id, "action": "analyze", "status": "success", "data": {"count": 1}
        }  # fmt: skip
        assert list(json.loads(answer)) == ["request_id", "action", "status", "data"]


@pytest.mark.parametrize("data", [None, "text", [], 5])
def test_data_that_is_no_object_counts_as_empty(data):
    assert envelope.read(json.dumps({"request_id": 1, "action": "analyze", "data": data}), ACTIONS).data == {}
