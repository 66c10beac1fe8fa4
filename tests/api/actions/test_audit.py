"""What the audit log says of a deed, at either door, and what it never does."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from websockets.asyncio.client import connect

from api.actions.audit import LOGGER, Deed, outcome_of
from api.actions.roles import Role
from api.operations.logs import label
from api.rest.replies import StreamedReply
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.errors import EngineUnavailable, InvalidField, Stopped, WrongCredentials
from mappings.fingerprint import fingerprint
from mappings.url import parse
from tests.api.conftest import Service
from tests.harness.clients import UNREAD, ask, eventually, receive, request

URL = "https://app.apollo.io/#/people?personTitles[]=Chief%20Secret%20Officer"
SEARCH = fingerprint(parse(URL), map_url(parse(URL), date.today()), CompanyLists())
AT_ACME = fingerprint(
    parse(URL), map_url(parse(URL), date.today()), CompanyLists(include_company_name=("Acme",))
)  # fmt: skip

pytestmark = pytest.mark.anyio


class Lines(logging.Handler):
    """What was logged, as fields beside the message."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[dict[str, Any]] = []
        self.words: list[str] = []
        self.requests: list[object] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.all.append(record.__dict__["fields"])
        self.words.append(record.getMessage())
        about = label.get()
        self.requests.append(about and about.request)

    def of(self, action: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["action"] == action]

    def outcomes(self, *actions: str) -> list[tuple[object, str]]:
        """Of each request of these actions its id and its outcome."""
        told = zip(self.requests, self.all, strict=True)
        return [(request_id, line["outcome"]) for request_id, line in told if line["action"] in actions]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, audit = Lines(), logging.getLogger(LOGGER)
    level = audit.level
    audit.addHandler(handler)
    audit.setLevel(logging.INFO)
    yield handler
    audit.removeHandler(handler)
    audit.setLevel(level)


def user_of(service: Service) -> str:
    return str(service.session["user"]["uuid"])


def test_a_line_has_what_is_known(lines):
    Deed(door="rest", action="login").end(WrongCredentials())
    with Deed(door="rest", action="search_contacts", user="u", address="192.0.2.1") as deed:
        deed.contacts, deed.search = 0, SEARCH
    with pytest.raises(KeyError), Deed(door="rest", action="delete_user", user="u", target="v"):
        raise KeyError
    assert lines.all == [
        {"door": "rest", "action": "login", "outcome": "WrongCredentials"},
        {"door": "rest", "action": "search_contacts", "outcome": "success", "user": "u", "address": "192.0.2.1",
         "contacts": 0, "search": SEARCH},
        {"door": "rest", "action": "delete_user", "outcome": "failed", "user": "u", "target": "v"},
    ]  # fmt: skip
    assert lines.words == ["login WrongCredentials", "search_contacts success", "delete_user failed"]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "success"),
        (asyncio.CancelledError(), "cancelled"),
        (Stopped("The client left"), "cancelled"),
        (InvalidField("url: x"), "InvalidField"),
        (ValueError("secret"), "failed"),
        (RequestEntityTooLarge(), "RequestEntityTooLarge"),
        (InternalServerException(), "failed"),
    ],
)
def test_outcomes(error, outcome):
    assert outcome_of(error) == outcome


async def test_what_is_asked_over_the_socket(service, lines):
    async with connect(service.url) as socket:
        for action in ("analyze", "count_contacts", "count_by_filter"):
            await ask(socket, action, url=URL)
        await ask(socket, "search_contacts", url=URL, limit=3, include_company_name="Acme")
        await ask(socket, "get_uuids", url=URL)
        await ask(socket, "get_uuids", url=URL, limit=2)
        await ask(socket, "search_contacts", url=URL, limit=0)
    asked = [line for line in lines.all if line["door"] == "websocket"]
    assert all((line["user"], line["address"]) == (user_of(service), "127.0.0.1") for line in asked)
    assert [(line["action"], line["outcome"], line.get("contacts"), line.get("search")) for line in asked] == [
        ("count_contacts", "success", 10, SEARCH),
        ("count_by_filter", "success", None, SEARCH),
        ("search_contacts", "success", 3, AT_ACME),
        ("get_uuids", "success", 10, SEARCH),
        ("get_uuids", "success", 2, SEARCH),
        ("search_contacts", "InvalidField", None, None),
    ]
    assert "Secret" not in str(lines.all) + str(lines.words)


async def test_a_malformed_value_is_no_search(service, lines):
    async with connect(service.url) as socket:
        await ask(socket, "count_by_filter", url=f"{URL}&organizationNumEmployeesRange[min]=many")
    assert lines.of("count_by_filter")[0].get("search") is None


@pytest.mark.parametrize("action", ["search_contacts", "get_uuids"])
async def test_a_stream_has_one_line_with_all_that_was_handed_out(service, lines, action):
    async with connect(service.url) as socket:
        await socket.send(request(action, url=URL, stream=True))
        while (await receive(socket))["status"] == "partial":
            pass
    assert [(line["outcome"], line["contacts"], line["search"]) for line in lines.of(action)] == [
        ("success", 10, SEARCH)
    ]


async def test_what_the_engine_fails_at_and_what_is_given_up(service, engine, lines):
    async with connect(service.url) as socket:
        engine.error = EngineUnavailable("It is away.")
        await ask(socket, "count_contacts", url=URL)
        engine.error, engine.seconds = None, 30.0
        await socket.send(request("search_contacts", "long", url=URL))
        await socket.send(request("count_contacts", "left", url=URL))
        await eventually(lambda: engine.running == 2)
        await socket.send(json.dumps({"action": "cancel", "request_id": "c", "data": {"request_id": "long"}}))
        await receive(socket)
    await eventually(lambda: len(lines.of("count_contacts")) == 2)
    assert [line["outcome"] for line in lines.of("search_contacts")] == ["cancelled"]
    assert [line["outcome"] for line in lines.of("count_contacts")] == ["EngineUnavailable", "cancelled"]


async def test_a_deadline_is_told(serve, settings, engine, lines):
    engine.seconds = 30.0
    service = serve(engine=msgspec.structs.replace(settings.engine, timeout=0.2))
    async with connect(service.url) as socket:
        await ask(socket, "count_contacts", url=URL)
    assert [line["outcome"] for line in lines.of("count_contacts")] == ["EngineTimeout"]


async def test_what_a_role_or_a_limit_refuses_on_the_socket(serve, lines):
    service = serve(rate_limit=2)
    await service.take_role(Role.COUNTER)
    lines.all.clear()
    lines.requests.clear()
    async with connect(service.url) as socket:
        await ask(socket, "search_contacts", "not for counters", url=URL)
        await ask(socket, "get_uuids", "nor this", url=URL)
        for number in range(3):
            await ask(socket, "count_contacts", number, url=URL)
        for wrong in ({"request_id": 1.5, "action": "count_contacts"}, {"request_id": 6, "action": "fly"}, {}):
            await socket.send(json.dumps(wrong))
            await receive(socket)
        await ask(socket, "analyze", 7, url=URL)
    assert lines.outcomes("search_contacts", "get_uuids", "count_contacts", "analyze", "fly", "") == [
        ("not for counters", "Forbidden"),
        ("nor this", "Forbidden"),
        (0, "success"),
        (1, "success"),
        (2, "TooManyRequests"),
        ("", "InvalidField"),
    ]
    assert {(line["user"], line["address"], line["door"]) for line in lines.all} == {
        (user_of(service), "127.0.0.1", "websocket")
    }


async def test_a_text_that_can_not_be_read_is_asked_all_the_same(service, lines):
    async with connect(service.url) as socket:
        await socket.send(r'{"request_id": "r", "action": "count_contacts", "data": {"url": "\ud800"}}')
        answer = await receive(socket)
    assert (answer["request_id"], answer["error"]["code"]) == ("r", "invalid_json")
    assert lines.outcomes("count_contacts") == [("r", "InvalidJson")]


async def test_what_never_began(serve, engine, lines):
    service = serve(max_in_flight=1, max_queued=2)
    engine.seconds = 30.0
    async with connect(service.url) as socket:
        for name in ("runs", "waits", "cancelled", "too many"):
            await socket.send(request("count_contacts", name, url=URL))
        assert (await receive(socket))["request_id"] == "too many"
        await socket.send(json.dumps({"action": "cancel", "request_id": "c", "data": {"request_id": "cancelled"}}))
        await receive(socket)
        assert lines.outcomes("count_contacts") == [("too many", "TooManyRequests"), ("cancelled", "cancelled")]
    await eventually(lambda: len(lines.of("count_contacts")) == 4)
    assert sorted(lines.outcomes("count_contacts")[2:]) == [("runs", "cancelled"), ("waits", "cancelled")]


async def test_what_is_cancelled_before_it_runs_a_line(service, engine, lines):
    engine.seconds = 30.0
    async with connect(service.url) as socket:
        # In one packet, so that the second is read before the first has had a turn.
        socket.protocol.send_text(request("count_contacts", "at once", url=URL).encode())
        cancel = {"action": "cancel", "request_id": "c", "data": {"request_id": "at once"}}
        socket.protocol.send_text(json.dumps(cancel).encode())
        socket.send_data()
        await receive(socket)
        await receive(socket)
    assert lines.outcomes("count_contacts") == [("at once", "cancelled")]


async def test_a_deadline_while_it_waits_is_told(serve, settings, engine, lines):
    engine.seconds = 30.0
    service = serve(engine=msgspec.structs.replace(settings.engine, timeout=0.2), max_in_flight=1)
    async with connect(service.url) as socket:
        await socket.send(request("count_contacts", "runs", url=URL))
        await socket.send(request("search_contacts", "waits", url=URL))
        await receive(socket)
        await receive(socket)
    told = lines.outcomes("count_contacts", "search_contacts")
    assert told == [("waits", "EngineTimeout"), ("runs", "EngineTimeout")]


async def test_what_still_waits_when_the_connection_is_closed(serve, engine, lines, monkeypatch):
    monkeypatch.setattr("api.socket.limits.REFUSALS_BYTES", 0)
    service = serve(max_in_flight=1)
    engine.seconds = 30.0
    async with connect(service.url, **UNREAD) as socket:
        await socket.send(request("count_contacts", "runs", url=URL))
        await socket.send(request("count_contacts", "follows", url=URL))
        await eventually(lambda: engine.running == 1)
        await socket.send("{")
        await eventually(lambda: len(lines.of("count_contacts")) == 2)
    assert sorted(lines.outcomes("count_contacts")) == [("follows", "cancelled"), ("runs", "cancelled")]


async def test_what_a_role_or_a_limit_refuses_over_rest(serve, lines):
    service = serve(rate_limit=2, max_message_bytes=1000)
    await service.take_role(Role.COUNTER)
    lines.all.clear()
    body, apollo = {"url": URL}, "/api/v2/apollo"
    for path, sent, token, status in (
        ("/contacts", body, service.token, 403),
        ("/contacts/count", body, service.token, 200),
        ("/contacts/count", {"url": URL, "more": "x" * 1000}, service.token, 413),
        ("/contacts/count", body, service.token, 429),
        ("/analyze", body, service.token, 429),
        ("/contacts", body, None, 401),
    ):
        assert service.post(apollo + path, sent, token)[0] == status
    user = user_of(service)
    assert [(line["action"], line["outcome"], line.get("user")) for line in lines.all] == [
        ("search_contacts", "Forbidden", user),
        ("count_contacts", "success", user),
        ("count_contacts", "RequestEntityTooLarge", user),
        ("count_contacts", "TooManyRequests", user),
        ("search_contacts", "Unauthorized", None),
    ]
    assert {(line["address"], line["door"]) for line in lines.all} == {("127.0.0.1", "rest")}


async def test_what_administrators_do_and_others_may_not(service, lines):
    users, bob = "/api/v2/auth/users", {"email": "bob@example.com", "password": "analytical", "role": "root"}
    assert service.get(users, service.token)[0] == 403
    await service.take_role(Role.ADMIN)
    assert service.post(users, bob, service.token)[0] == 400
    assert service.post(users, bob | {"role": "user"}, service.token)[0] == 201
    user = user_of(service)
    told = [(line["action"], line["outcome"], line["user"]) for line in lines.all if "_user" in line["action"]]
    assert told == [
        ("list_users", "Forbidden", user),
        ("create_user", "InvalidField", user),
        ("create_user", "success", user),
    ]


async def test_an_export_that_is_broken_off_by_the_service_is_told():
    async def endless() -> AsyncGenerator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0)

    async def nothing(*_event: object) -> Any:
        await asyncio.sleep(60)

    ended: list[BaseException | None] = []
    reply = StreamedReply(b"first", endless(), {}, 60, gzip=False)
    reply.when_ended(ended.append)
    serving = asyncio.create_task(reply.to_asgi_response()({}, nothing, nothing))  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert [outcome_of(error) for error in ended] == ["cancelled"]


def test_what_is_asked_over_rest(service, lines):
    body = {"url": URL}
    service.post("/api/v2/apollo/analyze", body, service.token)
    service.post("/api/v2/apollo/contacts?limit=4", body, service.token)
    service.post("/api/v2/apollo/contacts/count", body, service.token)
    service.post("/api/v2/apollo/contacts/count/uuids?limit=2", body, service.token)
    service.post("/api/v2/apollo/contacts?limit=x", body, service.token)
    asked = [line for line in lines.all if line["action"] not in ("register", "login")]
    assert all(
        (line["user"], line["address"], line["door"]) == (user_of(service), "127.0.0.1", "rest") for line in asked
    )
    assert [(line["action"], line["outcome"], line.get("contacts"), line.get("search")) for line in asked] == [
        ("search_contacts", "success", 4, SEARCH),
        ("count_contacts", "success", 10, SEARCH),
        ("get_uuids", "success", 2, SEARCH),
        ("search_contacts", "InvalidField", None, None),
    ]


@pytest.mark.parametrize("form", ["application/json", "application/x-ndjson", "text/csv"])
async def test_an_export_has_one_line_with_all_that_was_handed_out(service, lines, form):
    service.open("/api/v2/apollo/contacts", json.dumps({"url": URL}).encode(), service.token, accept=form)
    await eventually(lambda: lines.of("search_contacts"))
    [line] = lines.of("search_contacts")
    assert (line["outcome"], line["contacts"], line["search"]) == ("success", 10, SEARCH)


def test_who_comes_and_goes(service, lines):
    uuid = user_of(service)
    wrong = {"email": "ada@example.com", "password": "not analytical"}
    service.post("/api/v2/auth/login", wrong)
    service.post("/api/v2/auth/login", {"email": "ada@example.com", "password": "analytical"})
    _, session = service.post("/api/v2/auth/refresh", {"refresh_token": service.session["refresh_token"]})
    service.post("/api/v2/auth/logout", {"refresh_token": session["refresh_token"]})
    service.post("/api/v2/auth/refresh", {"refresh_token": session["refresh_token"]})
    told = [(line["action"], line["outcome"], line.get("user"), line["address"]) for line in lines.all]
    assert told == [
        ("register", "success", uuid, "127.0.0.1"),
        ("login", "WrongCredentials", None, "127.0.0.1"),
        ("login", "success", uuid, "127.0.0.1"),
        ("refresh", "success", uuid, "127.0.0.1"),
        ("logout", "success", uuid, "127.0.0.1"),
        ("refresh", "Unauthorized", None, "127.0.0.1"),
    ]
    assert "ada" not in str(lines.all) + str(lines.words)
