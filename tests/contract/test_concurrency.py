"""Many requests on one connection: all answered, in completion order, none in another's way."""

import json

from tests.harness.service import ANSWER_SECONDS, Service

PEOPLE = "https://app.apollo.io/#/people"


def test_a_slow_request_does_not_delay_a_quick_one_sent_after_it(service: Service) -> None:
    with service.connect() as connection:
        everyone = {"action": "search_contacts", "request_id": "slow", "data": {"url": PEOPLE}}
        connection.send(json.dumps(everyone))
        connection.send(json.dumps({"action": "analyze", "request_id": "quick", "data": {"url": PEOPLE}}))
        order = [json.loads(connection.recv(ANSWER_SECONDS))["request_id"] for _ in range(2)]
    assert order == ["quick", "slow"]


def test_every_one_of_many_requests_gets_its_own_answer(service: Service) -> None:
    number = 300
    with service.connect() as connection:
        for request_id in range(number):
            url = f"{PEOPLE}?organizationNumEmployeesRanges[]={request_id},"
            connection.send(json.dumps({"action": "count_contacts", "request_id": request_id, "data": {"url": url}}))
        answers = [json.loads(connection.recv(ANSWER_SECONDS)) for _ in range(number)]
    counts = {answer["request_id"]: answer["data"]["count"] for answer in answers}
    assert sorted(counts) == list(range(number))
    in_order = [counts[request_id] for request_id in range(1, number)]
    assert in_order == sorted(in_order, reverse=True)


def test_requests_past_the_cap_wait_and_past_the_queue_are_turned_away(service: Service) -> None:
    number = 32 + 1024 + 400
    with service.connect() as connection:
        for request_id in range(number):
            url = f"{PEOPLE}?personTitles[]=ceo&revenueRange[min]={request_id}"
            message = {"action": "search_contacts", "request_id": request_id, "data": {"url": url, "limit": 1}}
            connection.send(json.dumps(message))
        answers = [json.loads(connection.recv(ANSWER_SECONDS)) for _ in range(number)]
    assert {answer["request_id"] for answer in answers} == set(range(number))
    errors = {answer["error"]["code"] for answer in answers if answer["status"] == "error"}
    assert errors <= {"too_many_requests"}
