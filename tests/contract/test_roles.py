"""How many, never who: what a counter sees of 10,000 contacts, over WebSocket and REST, on both engines."""

import json
import secrets
from typing import Any

import pytest

from api.actions.roles import Role
from api.actions.table import ACTIONS
from tests.contract.doors import APOLLO, Door, RestDoor
from tests.harness.clients import request
from tests.harness.service import ANSWER_SECONDS, Service, contacts, post

PEOPLE = "https://app.apollo.io/#/people"
TITLES = ("CEO", "Founder", "Chief Financial Officer", "no such title", "VP of Sales")
NARROW = f"{PEOPLE}?personTitles[]=CEO&personLocations[]=Germany&organizationNumEmployeesRanges[]=11,50"


@pytest.fixture(scope="module")
def counter(service: Service) -> str:
    """The access token of a counter, whom the command line has made."""
    email, password = f"counter-{secrets.token_hex(4)}@example.com", "long enough"
    arguments = ("users", "create", email, "--role", "counter", "--password-stdin")
    made = contacts(service.environment, *arguments, stdin=f"{password}\n")
    assert made.returncode == 0, made.stderr
    return str(post(f"{service.base}/api/v2/auth/login", {"email": email, "password": password})["access_token"])


def asked(door: Door, token: str, action: str, **data: Any) -> tuple[int | str, Any]:
    """The status or the code of the error, and the `data` or the words of it."""
    if isinstance(door, RestDoor):
        row = ACTIONS[action]
        status, answer, _ = door.service.post(f"{APOLLO}{row.path}", data, token, method=row.method)
        return (status, answer) if status == 200 else (status, answer["detail"])
    with door.service.connect(token) as connection:
        connection.send(json.dumps({"action": action, "request_id": "r", "data": data}))
        answer = json.loads(connection.recv(ANSWER_SECONDS))
    if answer["status"] == "success":
        return 200, answer["data"]
    assert answer["data"] is None
    return answer["error"]["code"], answer["error"]["message"]


def guarded(value: Any, name: str = "") -> Any:
    """An answer, with what a counter is shown of each count."""
    if isinstance(value, dict):
        return {name: guarded(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [guarded(each) for each in value]
    return "<5" if name == "count" and value < 5 else value


def test_counts_are_those_of_everybody_but_for_the_few(door: Door, counter: str) -> None:
    found = set()
    for title in TITLES:
        url = f"{PEOPLE}?personTitles[]={title}"
        whole = door.data("count_contacts", url=url)
        assert asked(door, counter, "count_contacts", url=url) == (200, guarded(whole))
        found.add(whole["count"] < 5)
    assert found == {True, False}


def test_so_are_the_counts_of_each_parameter_and_value(door: Door, counter: str) -> None:
    url = NARROW + "".join(f"&personTitles[]={title}" for title in TITLES) + "&page=2&finderViewId=x"
    whole = door.data("count_by_filter", url=url)
    status, answer = asked(door, counter, "count_by_filter", url=url)
    assert (status, answer) == (200, guarded(whole))
    assert '"<5"' in json.dumps(answer)
    assert answer != whole


def test_a_url_is_explained_to_anybody(door: Door, counter: str) -> None:
    assert asked(door, counter, "analyze", url=NARROW) == (200, door.data("analyze", url=NARROW))


@pytest.mark.parametrize("data", [{}, {"limit": 1}, {"stream": True}, {"view": "simple"}, {"url": 5}])
def test_nobody_is_told_who(door: Door, counter: str, data: dict[str, Any]) -> None:
    refused = 403 if isinstance(door, RestDoor) else "forbidden"
    needing = [name for name, action in ACTIONS.items() if action.least is not Role.COUNTER]
    assert {"search_contacts", "get_uuids"} <= set(needing)
    for action in needing:
        answer = asked(door, counter, action, **{"url": NARROW} | data)
        words = f"Your role is counter; this needs {ACTIONS[action].least}. An administrator can change your role."
        assert answer == (refused, words)


@pytest.mark.parametrize("accept", ["text/csv", "application/x-ndjson"])
def test_nor_by_an_export(service: Service, counter: str, accept: str) -> None:
    for path in ("/contacts", "/contacts/", "/contacts?limit=1"):
        status, answer, _ = service.post(APOLLO + path, {"url": PEOPLE}, counter, accept=accept)
        assert (status, list(answer)) == (403, ["detail"])


def test_a_connection_goes_on_after_a_refusal(service: Service, counter: str) -> None:
    with service.connect(counter) as connection:
        for number, action in enumerate(("search_contacts", "count_contacts", "get_uuids", "count_contacts")):
            connection.send(request(action, number))
        answers = sorted(
            (json.loads(connection.recv(ANSWER_SECONDS)) for _ in range(4)), key=lambda one: one["request_id"]
        )
    assert [answer["status"] for answer in answers] == ["error", "success", "error", "success"]
