"""What a WebSocket client can do beside asking: cancel, authenticate; and how much it may do at all."""

import asyncio
import json
import sys
import time

import pytest
from websockets.asyncio.client import connect

from api.accounts.keys import Keys
from api.accounts.tokens import Tokens
from api.actions.roles import Role
from api.socket import connection, connections, limits
from tests.api.conftest import SECRET
from tests.harness.clients import UNREAD, ask, close_code, eventually, receive, rejected, request

pytestmark = pytest.mark.anyio


def token_for(service, seconds: int) -> str:
    """A token of the service's own user and session that holds for so long."""
    tokens = Tokens(Keys("HS256", SECRET, SECRET), seconds)
    claims = tokens.verify(service.token)
    return tokens.issue(claims.user, claims.session)


# cancel


async def test_cancel_ends_a_running_request_and_both_are_answered(service, engine):
    engine.seconds = 60
    async with connect(service.url) as socket:
        await socket.send(request("search_contacts", "long", limit=1))
        await eventually(lambda: engine.running == 1)
        await socket.send(json.dumps({"action": "cancel", "request_id": "c", "data": {"request_id": "long"}}))
        answers = {answer["request_id"]: answer for answer in [await receive(socket) for _ in range(2)]}
        assert answers["c"] == {
            "request_id": "c", "action": "cancel", "status": "success", "data": {"cancelled": True}
        }  # fmt: skip
        assert answers["long"]["action"] == "search_contacts"
        assert answers["long"]["error"] == {"message": "Request was cancelled", "code": "search_error"}
        assert engine.cancelled == 1
        engine.seconds = 0
        assert (await ask(socket, "count_contacts"))["status"] == "success"


async def test_cancel_ends_waiting_requests_and_those_behind_them_go_on(serve, engine):
    service = serve(max_in_flight=1)
    engine.seconds = 0.3
    async with connect(service.url) as socket:
        for request_id in ("first", 7, "7", 7):
            await socket.send(request("count_contacts", request_id))
        await socket.send(json.dumps({"action": "cancel", "request_id": 1, "data": {"request_id": 7}}))
        answers = [await receive(socket) for _ in range(5)]
    found = [(answer["request_id"], answer["status"]) for answer in answers]
    assert sorted(found[:3], key=str) == [(1, "success"), (7, "error"), (7, "error")]
    assert found[3:] == [("first", "success"), ("7", "success")]
    assert engine.started == 2


async def test_cancel_of_nothing_and_of_nonsense(service):
    async with connect(service.url) as socket:
        assert (await ask(socket, "cancel", data="x", request_id="c"))["error"]["code"] == "missing_field"
        for data, expected in [
            ({"request_id": "unknown"}, {"cancelled": False}),
            ({}, ("missing_field", "Missing required field: data.request_id")),
            ({"request_id": ""}, ("missing_field", "Missing required field: data.request_id")),
            ({"request_id": [1]}, ("validation_error", "data.request_id must be a string or an integer")),
        ]:
            await socket.send(json.dumps({"action": "cancel", "request_id": "c", "data": data}))
            answer = await receive(socket)
            error = answer.get("error")
            assert (answer["data"] or (error["code"], error["message"])) == expected


async def test_cancel_needs_no_slot(serve, engine):
    service = serve(max_in_flight=1, max_queued=0)
    engine.seconds = 60
    async with connect(service.url) as socket:
        for number in range(20):
            await socket.send(request("count_contacts", number))
            await socket.send(json.dumps({"action": "cancel", "request_id": "c", "data": {"request_id": number}}))
            assert {(await receive(socket))["request_id"] for _ in range(2)} == {"c", number}


# authenticate


async def test_a_fresh_token_keeps_the_connection_alive(serve):
    service = serve(access_token_seconds=2)
    async with connect(service.url) as socket:
        answer = await ask(socket, "authenticate", token=token_for(service, 60))
        assert answer["status"] == "success"
        assert 55 < answer["data"]["expires_in"] <= 60
        await asyncio.sleep(2.5)
        assert (await ask(socket, "count_contacts"))["status"] == "success"


async def test_tokens_that_do_not_renew(serve):
    service = serve(access_token_seconds=2)
    other = service.registered("bob@example.com")["access_token"]
    async with connect(service.url) as socket:
        for token, code in [
            (None, "missing_field"),
            ("", "missing_field"),
            (7, "validation_error"),
            ("nonsense", "authentication_error"),
            (service.session["refresh_token"], "authentication_error"),
            (other, "authentication_error"),
        ]:
            assert (await ask(socket, "authenticate", token=token))["error"]["code"] == code
        assert await close_code(socket) == 4401


async def test_only_whoever_renews_is_told_that_the_token_expires(serve, monkeypatch):
    monkeypatch.setattr(limits, "NOTICE_SECONDS", 1.5)
    service = serve(access_token_seconds=3)
    async with connect(service.url) as renewing, connect(service.url) as other:
        assert (await ask(renewing, "authenticate", token=token_for(service, 4)))["status"] == "success"
        message = await receive(renewing)
        assert message.pop("data") in ({"expires_in": 1}, {"expires_in": 2})
        assert message == {"request_id": None, "action": "authenticate", "status": "expiring"}
        with pytest.raises(Exception, match="4401"):
            await receive(other)
        assert await close_code(renewing) == 4401


async def test_authenticate_does_not_wait_for_searches(serve, engine):
    service = serve(max_in_flight=1, max_running=1)
    engine.seconds = 5
    async with connect(service.url) as socket:
        for number in range(10):
            await socket.send(request("count_contacts", number))
        started = time.monotonic()
        assert (await ask(socket, "authenticate", token=service.token))["status"] == "success"
        assert time.monotonic() - started < 4


# The end of a session


async def test_logout_closes_the_connections_of_the_session(service):
    bob = service.registered("bob@example.com")["access_token"]
    async with connect(service.url) as mine, connect(f"{service.bare_url}?token={bob}") as theirs:
        await ask(mine, "analyze")
        status, _ = service.post("/api/v2/auth/logout", b"", service.token)
        assert status == 204
        assert await close_code(mine) == 4401
        assert (await ask(theirs, "analyze"))["status"] == "success"
    assert (await rejected(service.url))[0] == 401


async def test_a_copied_refresh_token_closes_the_connections_of_the_session_at_once(service, monkeypatch):
    monkeypatch.setattr("api.accounts.sessions.GRACE_SECONDS", -1)
    body = {"refresh_token": service.session["refresh_token"]}
    async with connect(service.url) as mine:
        await ask(mine, "analyze")
        status, fresh = service.post("/api/v2/auth/refresh", body)
        assert status == 200
        async with connect(f"{service.bare_url}?token={fresh['access_token']}") as theirs:
            await ask(theirs, "analyze")
            assert service.post("/api/v2/auth/refresh", body)[0] == 401
            for socket in (mine, theirs):
                assert await close_code(socket, 5) == 4401


async def test_a_token_of_a_session_that_has_another_role_changes_what_may_be_asked(service):
    async with connect(service.url) as socket:
        assert (await ask(socket, "search_contacts", limit=1))["status"] == "success"
        await service.take_role(Role.COUNTER)
        assert (await ask(socket, "authenticate", token=service.token))["status"] == "success"
        assert (await ask(socket, "search_contacts", limit=1))["error"]["code"] == "forbidden"
        assert (await ask(socket, "count_contacts"))["status"] == "success"


async def test_a_user_disabled_elsewhere_is_noticed(serve, settings, monkeypatch):
    monkeypatch.setattr(connections, "CHECK_SECONDS", 0.2)
    service = serve()
    async with connect(service.url) as socket:
        await ask(socket, "analyze")
        await asyncio.sleep(0.5)
        assert (await ask(socket, "analyze"))["status"] == "success"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "indexing.cli", "users", "disable", "ada@example.com"),
            *("--data-dir", str(settings.engine.data_dir)),
        )
        assert await process.wait() == 0
        assert await close_code(socket) == 4401


# Caps and limits


async def test_a_global_cap_over_all_connections(serve, engine):
    service = serve(max_running=3)
    engine.seconds = 0.1
    async with connect(service.url) as first, connect(service.url) as second:
        for number in range(10):
            await first.send(request("count_contacts", number))
            await second.send(request("count_contacts", number))
        for socket in (first, second):
            assert {(await receive(socket))["status"] for _ in range(10)} == {"success"}
    assert engine.most_running == 3


async def test_connections_past_the_cap_are_refused_and_a_place_comes_free(serve):
    service = serve(max_connections=2)
    async with connect(service.url), connect(service.url):
        status, body = await rejected(service.url)
        assert (status, body) == (503, {"detail": "Too many connections; try again later"})
        assert service.get("/health/live") == (200, {"status": "live"})
    for _ in range(50):
        try:
            async with connect(service.url) as socket:
                assert (await ask(socket, "analyze"))["status"] == "success"
            return
        except Exception:
            await asyncio.sleep(0.05)
    pytest.fail("no place came free")


async def test_the_rate_limit_is_one_for_all_connections_of_a_user(serve):
    service = serve(rate_limit=5)
    bob = service.registered("bob@example.com")["access_token"]
    async with connect(service.url) as first, connect(service.url) as second:
        for number in range(5):
            assert (await ask((first, second)[number % 2], "count_contacts"))["status"] == "success"
        for socket in (first, second):
            answer = await ask(socket, "analyze")
            assert answer["error"]["code"] == "too_many_requests"
            assert "the next is possible in" in answer["error"]["message"]
        assert (await ask(first, "cancel", request_id="c"))["error"]["code"] == "missing_field"
    async with connect(f"{service.bare_url}?token={bob}") as socket:
        assert (await ask(socket, "analyze"))["status"] == "success"


# The end of the service


async def test_running_requests_finish_then_1001(service, engine):
    engine.seconds = 1.0
    async with connect(service.url) as busy, connect(service.url) as idle:
        await ask(idle, "analyze")
        for number in range(3):
            await busy.send(request("count_contacts", number))
        await eventually(lambda: engine.running == 3)
        service.server.should_exit = True
        await asyncio.sleep(0.4)
        await busy.send(request("count_contacts", "late"))
        answers = {answer["request_id"]: answer for answer in [await receive(busy) for _ in range(4)]}
        assert answers["late"]["error"]["code"] == "count_error"
        assert "stopping" in answers["late"]["error"]["message"]
        assert all(answers[number]["status"] == "success" for number in range(3))
        assert await close_code(busy) == 1001
        assert await close_code(idle) == 1001


async def test_what_does_not_finish_in_time_is_answered_as_stopped(serve, engine):
    service = serve(shutdown_seconds=0.5)
    engine.seconds = 60
    async with connect(service.url) as socket:
        await socket.send(request("count_contacts", "endless"))
        await eventually(lambda: engine.running == 1)
        service.server.should_exit = True
        started = time.monotonic()
        answer = await receive(socket)
        assert (answer["request_id"], answer["error"]["code"]) == ("endless", "count_error")
        assert await close_code(socket) == 1001
        assert time.monotonic() - started < 10
    assert engine.cancelled == 1


async def test_a_client_that_does_not_read_does_not_hold_up_the_end(serve, engine, monkeypatch):
    monkeypatch.setattr(limits, "FLUSH_SECONDS", 0.5)
    monkeypatch.setattr(connection, "CLOSE_SECONDS", 0.5)
    service = serve(shutdown_seconds=0.5)
    engine.hits = engine.hits * 5000
    async with connect(service.url, **UNREAD) as socket:
        for number in range(50):
            await socket.send(request("search_contacts", number))
        await eventually(lambda: engine.started > 0, 30)
        service.server.should_exit = True
        await eventually(lambda: service.ended, 20)


# Gone without a word


async def test_a_client_that_answers_no_ping_is_closed(serve, engine):
    service = serve(ping_seconds=0.5)
    engine.seconds = 60
    host, port = service.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    path = service.url.removeprefix(f"ws://{host}:{port}")
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    async with asyncio.timeout(20):
        while await reader.read(1000):
            pass
    writer.close()
