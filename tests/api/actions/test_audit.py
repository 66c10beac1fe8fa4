"""What the audit log says of a deed, at either door, and what it never does."""

import asyncio
import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect

from api.actions.audit import LOGGER, Deed, outcome_of
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.errors import EngineUnavailable, InvalidField, Stopped, WrongCredentials
from mappings.fingerprint import fingerprint
from mappings.url import parse
from tests.api.conftest import Service
from tests.harness.clients import ask, eventually, receive, request

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

    def emit(self, record: logging.LogRecord) -> None:
        self.all.append(record.__dict__["fields"])
        self.words.append(record.getMessage())

    def of(self, action: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["action"] == action]


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
