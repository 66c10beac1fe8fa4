"""Every row of the protocol's table of inputs and answers: the exact codes and messages, on both engines."""

import json
from typing import Any

import msgspec
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.harness.service import ANSWER_SECONDS, Service

URL = "https://app.apollo.io/#/people?personTitles[]=CEO"
ACTIONS = ("analyze", "search_contacts", "count_contacts", "get_uuids")


def error_of(answer: dict[str, Any]) -> tuple[str, str]:
    assert list(answer) == ["request_id", "action", "status", "data", "error"]
    assert list(answer["error"]) == ["message", "code"]
    assert (answer["status"], answer["data"]) == ("error", None)
    return answer["error"]["code"], answer["error"]["message"]


@pytest.mark.parametrize("frame", ["", "{", "nonsense", "[]", '"text"', "7", "null", b"\xff\xfe", "[" * 100_000])
def test_a_frame_that_is_no_json_object_is_invalid_json(service: Service, frame: str | bytes) -> None:
    answer = service.ask(frame)
    code, message = error_of(answer)
    assert code == "invalid_json"
    assert message
    assert (answer["request_id"], answer["action"]) == (None, None)


@pytest.mark.parametrize(
    ("message", "missing"),
    [
        ({}, "request_id"),
        ({"action": "analyze", "data": {}}, "request_id"),
        ({"action": "nonsense"}, "request_id"),
        ({"request_id": None, "action": "analyze"}, "request_id"),
        ({"request_id": "", "action": "analyze"}, "request_id"),
        ({"request_id": "r"}, "action"),
        ({"request_id": "r", "action": None}, "action"),
        ({"request_id": "r", "action": ""}, "action"),
        *(({"request_id": "r", "action": action}, "url") for action in ACTIONS),
        ({"request_id": "r", "action": "analyze", "data": None}, "url"),
        ({"request_id": "r", "action": "analyze", "data": {}}, "url"),
        ({"request_id": "r", "action": "analyze", "data": {"url": None}}, "url"),
        ({"request_id": "r", "action": "analyze", "data": {"url": ""}}, "url"),
    ],
)
def test_a_missing_field_is_named_and_what_was_readable_is_echoed(
    service: Service, message: dict[str, Any], missing: str
) -> None:
    answer = service.ask(message)
    assert error_of(answer) == ("missing_field", f"Missing required field: {missing}")
    assert answer["request_id"] == (message.get("request_id") or None)
    assert answer["action"] == (message.get("action") or None)


def test_an_unknown_action_is_looked_at_before_the_url(service: Service) -> None:
    answer = service.ask({"request_id": 7, "action": "nonsense", "data": {}})
    assert error_of(answer) == ("unknown_action", "Unknown action: nonsense")
    assert (answer["request_id"], answer["action"]) == (7, "nonsense")


@pytest.mark.parametrize(
    ("action", "data", "field"),
    [
        ("analyze", {"url": 7}, "url"),
        ("search_contacts", {"url": URL, "limit": 0}, "limit"),
        ("search_contacts", {"url": URL, "limit": -1}, "limit"),
        ("search_contacts", {"url": URL, "limit": "10"}, "limit"),
        ("search_contacts", {"url": URL, "limit": 1.5}, "limit"),
        ("search_contacts", {"url": URL, "limit": True}, "limit"),
        ("get_uuids", {"url": URL, "limit": 0}, "limit"),
        ("search_contacts", {"url": URL, "offset": -1}, "offset"),
        ("search_contacts", {"url": URL, "offset": "x"}, "offset"),
        ("search_contacts", {"url": URL, "exclude_company_name": "Acme"}, "exclude_company_name"),
        ("count_contacts", {"url": URL, "include_domain_list": [1]}, "include_domain_list"),
        ("count_contacts", {"url": URL, "exclude_domain_list": {"a": 1}}, "exclude_domain_list"),
        ("count_contacts", {"url": URL, "include_company_name": 5}, "include_company_name"),
        ("count_contacts", {"url": URL, "include_domain_list": ["nodot"]}, "include_domain_list"),
        ("get_uuids", {"url": URL, "exclude_domain_list": ["nodot"]}, "exclude_domain_list"),
        ("search_contacts", {"url": URL, "limit": 5, "cursor": "not-a-cursor"}, "cursor"),
        ("search_contacts", {"url": URL, "limit": 5, "cursor": 5}, "cursor"),
        ("search_contacts", {"url": URL, "limit": 5, "cursor": "abcd", "offset": 1}, "cursor"),
        (
            "count_contacts",
            {"url": f"{URL}&organizationNumEmployeesRanges[]=1,2,3"},
            "organizationNumEmployeesRanges[]",
        ),
        ("count_contacts", {"url": f"{URL}&revenueRange[min]=lots"}, "revenueRange[min]"),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_validation_error_that_names_the_field(
    service: Service, action: str, data: dict[str, Any], field: str
) -> None:
    code, message = error_of(service.ask({"request_id": "r", "action": action, "data": data}))
    assert code == "validation_error"
    assert field in message


@pytest.mark.parametrize("request_id", [1.5, True, [], {}])
def test_a_request_id_is_a_string_or_an_integer(service: Service, request_id: object) -> None:
    answer = service.ask({"request_id": request_id, "action": "analyze", "data": {"url": URL}})
    code, message = error_of(answer)
    assert code == "validation_error"
    assert "request_id" in message


@pytest.mark.parametrize(("number", "field"), [("1e400", "limit"), ("-1e400", "offset"), ("1" * 5000, "limit")])
def test_a_number_that_is_out_of_range_is_a_validation_error_that_names_the_field(
    service: Service, number: str, field: str
) -> None:
    answer = service.ask(
        f'{{"request_id": "r", "action": "search_contacts", "data": {{"url": "{URL}", "{field}": {number}}}}}'
    )
    code, message = error_of(answer)
    assert (answer["request_id"], code) == ("r", "validation_error")
    assert message.startswith(f"data.{field}: a number is out of range")


def test_a_request_id_is_not_longer_than_an_id(service: Service) -> None:
    for request_id in ("x" * 1025, "x" * 1_000_000, 10**2000):
        answer = service.ask({"request_id": request_id, "action": "analyze", "data": {"url": URL}})
        assert (answer["request_id"], error_of(answer)[0]) == (None, "validation_error")
    longest = service.ask({"request_id": "x" * 1024, "action": "analyze", "data": {"url": URL}})
    assert (longest["request_id"], longest["status"]) == ("x" * 1024, "success")


def test_an_integer_that_messagepack_lacks_is_a_validation_error_and_ends_nothing(service: Service) -> None:
    with service.connect(subprotocols=["msgpack"]) as connection:
        for request_id in (2**70, -(2**70), 1):
            data = {"url": URL, "limit": 2**70}
            connection.send(json.dumps({"request_id": request_id, "action": "get_uuids", "data": data}))
        answers = [msgspec.msgpack.decode(connection.recv(ANSWER_SECONDS)) for _ in range(3)]
    assert [answer["error"]["code"] for answer in answers[:2]] == ["validation_error"] * 2
    assert (answers[2]["request_id"], answers[2]["status"]) == (1, "success")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/#/people?personTitles[]=CEO",
        "https://notapollo.io/#/people",
        "https://apollo.io.evil.com/#/people",
        "https://app.apollo.io@evil.com/#/people",
        "https://evil.com#@apollo.io",
        "https://evil.com\\@app.apollo.io/",
        "ftp://app.apollo.io/#/people",
        "javascript:apollo.io",
        "nonsense",
    ],
)
def test_a_url_of_another_host_is_refused(service: Service, action: str, url: str) -> None:
    answer = service.ask({"request_id": "r", "action": action, "data": {"url": url}})
    assert error_of(answer) == ("validation_error", "URL must be from apollo.io domain")


def test_a_cursor_is_bound_to_the_filter_and_order(service: Service) -> None:
    cursor = service.data("search_contacts", url=URL, limit=5)["next"]

    def ask(**data: Any) -> dict[str, Any]:
        return service.ask({"request_id": "r", "action": "search_contacts", "data": {"cursor": cursor, **data}})

    assert ask(url=URL, limit=7, view="simple")["status"] == "success"
    assert ask(url=f"{URL}&page=3", limit=7)["status"] == "success"
    assert ask(url=URL)["status"] == "success"
    for other in (
        {"url": URL.replace("CEO", "CFO")},
        {"url": f"{URL}&sortByField=person_name.raw&sortAscending=true"},
        {"url": URL, "exclude_company_name": ["acme"]},
        {"url": URL, "include_domain_list": ["acme.com"]},
    ):
        code, message = error_of(ask(limit=5, **other))
        assert code == "validation_error"
        assert "cursor" in message
    tampered = ("A" if cursor[20] != "A" else "B").join((cursor[:20], cursor[21:]))
    code, message = error_of(
        service.ask(
            {"request_id": "r", "action": "search_contacts", "data": {"url": URL, "limit": 5, "cursor": tampered}}
        )
    )
    assert (code, "cursor" in message) == ("validation_error", True)


def test_null_counts_as_absent_and_unknown_keys_are_ignored(service: Service) -> None:
    plain = service.data("search_contacts", url=URL, limit=3)
    absent = dict.fromkeys(
        ("offset", "cursor", "view", "include_company_name", "exclude_company_name", "include_domain_list"), None
    )
    assert service.data("search_contacts", url=URL, limit=3, colour="red", **absent) == plain


def test_success_has_the_four_keys_in_order_and_echoes_any_request_id(service: Service) -> None:
    for request_id in ("req-1", 7, -(10**30), "ünïcode"):
        answer = service.ask({"action": "count_contacts", "request_id": request_id, "data": {"url": URL}})
        assert list(answer) == ["request_id", "action", "status", "data"]
        assert answer["request_id"] == request_id


def test_text_and_binary_frames_are_both_understood_and_answered_as_text(service: Service) -> None:
    message = json.dumps({"action": "count_contacts", "request_id": "b", "data": {"url": URL}})
    with service.connect() as connection:
        for frame in (message, message.encode()):
            connection.send(frame)
            answer = connection.recv(ANSWER_SECONDS)
            assert isinstance(answer, str)
            assert json.loads(answer)["status"] == "success"


def test_a_failing_request_leaves_the_connection_open(service: Service) -> None:
    with service.connect() as connection:
        for frame in ("{", "[]", '{"request_id": 1}', '{"request_id": 1, "action": "no"}'):
            connection.send(frame)
            assert json.loads(connection.recv(ANSWER_SECONDS))["status"] == "error"
        connection.send(json.dumps({"action": "analyze", "request_id": 2, "data": {"url": URL}}))
        assert json.loads(connection.recv(ANSWER_SECONDS))["status"] == "success"


def test_a_handshake_without_a_valid_token_is_an_http_401(service: Service) -> None:
    for query in ("", "?token=", "?token=nonsense", f"?token={service.token}x"):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(f"ws://127.0.0.1:{service.port}/api/v2/apollo/ws{query}", open_timeout=ANSWER_SECONDS),
        ):
            pass
        assert refused.value.response.status_code == 401
        assert list(json.loads(refused.value.response.body)) == ["detail"]
