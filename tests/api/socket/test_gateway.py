import asyncio
import json
import logging
import time

import jwt
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from api.accounts.keys import Keys
from api.accounts.tokens import AUDIENCE, ISSUER, Kind, Tokens
from mappings.errors import EngineUnavailable
from tests.api.conftest import SECRET
from tests.harness.clients import URL, ask, eventually, receive, rejected, request

pytestmark = pytest.mark.anyio


# Who may come in


async def test_no_token_is_a_401_with_a_body(service):
    expected = 401, {"detail": "Authentication credentials were not provided."}
    assert await rejected(service.bare_url) == expected
    assert await rejected(service.bare_url + "?token=") == expected


async def test_tokens_that_do_not_hold(service):
    tokens = Tokens(Keys("HS256", SECRET, SECRET), 60)
    found = tokens.verify(service.token)
    user, session = found.user, found.session
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": user, "iat": now, "exp": now - 5, "jti": "j", "typ": "access"}
    claims["sid"] = session
    for token, detail in {
        "nonsense": "Token is invalid.",
        service.token[:-2]: "Token is invalid.",
        Tokens(Keys("HS256", "y" * 32, "y" * 32), 60).issue(user, session): "Token is invalid.",
        jwt.encode(claims, SECRET, "HS256"): "Token has expired.",
        tokens.issue(user, session, Kind.REFRESH): "Token is not an access token.",
        tokens.issue("00000000-0000-0000-0000-000000000000", session): "Token is invalid.",
        tokens.issue("nobody", session): "Token is invalid.",
        tokens.issue(user, "00000000-0000-0000-0000-000000000000"): "Token is invalid.",
    }.items():
        assert await rejected(f"{service.bare_url}?token={token}") == (401, {"detail": detail})


async def test_the_token_from_the_header_the_subprotocol_and_with_a_trailing_slash(service):
    token = service.token
    async with connect(service.bare_url, additional_headers={"Authorization": f"bearer {token}"}) as socket:
        assert (await ask(socket, "analyze"))["status"] == "success"
    async with connect(service.bare_url, subprotocols=["bearer", token]) as socket:
        assert socket.subprotocol == "bearer"
        assert (await ask(socket, "analyze"))["status"] == "success"
    async with connect(f"{service.bare_url}/?token={token}") as socket:
        assert (await ask(socket, "analyze"))["status"] == "success"


async def test_an_expired_token_closes_with_4401(serve):
    service = serve(access_token_seconds=2)
    async with connect(service.url) as socket:
        assert (await ask(socket, "count_contacts"))["data"] == {"count": 10}
        with pytest.raises(ConnectionClosedError) as caught:
            await asyncio.wait_for(socket.recv(), 5)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 4401


async def test_no_token_in_any_log_line(service, caplog):
    with caplog.at_level(logging.INFO):
        async with connect(service.url) as socket:
            await ask(socket, "analyze")
        await eventually(lambda: "connection closed" in caplog.text)
        await rejected(service.url + "x")
    assert "connection opened: user" in caplog.text
    assert service.token not in caplog.text
    assert "token" not in caplog.text


# What is answered


async def test_the_four_actions(service, engine):
    async with connect(service.url) as socket:
        answers = {action: await ask(socket, action, limit=2) for action in (
            "analyze", "search_contacts", "count_contacts", "get_uuids"
        )}  # fmt: skip
    for action, answer in answers.items():
        assert list(answer) == ["request_id", "action", "status", "data"]
        assert (answer["request_id"], answer["action"], answer["status"]) == ("r", action, "success")
    assert answers["analyze"]["data"]["url"] == URL
    assert len(answers["search_contacts"]["data"]["results"]) == 2
    assert answers["count_contacts"]["data"] == {"count": 10}
    assert answers["get_uuids"]["data"] == {"count": 2, "uuids": [hit.uuid for hit in engine.hits[:2]]}


async def test_binary_frames_are_answered_as_text(service):
    async with connect(service.url) as socket:
        await socket.send(request("analyze").encode())
        assert (await receive(socket))["status"] == "success"


async def test_mistakes_are_answered_and_close_nothing(service):
    async with connect(service.url) as socket:
        for frame, code, message in [
            ("{", "invalid_json", "Message is not valid JSON"),
            (b"\xff", "invalid_json", "Message is not valid JSON"),
            ("[" * 50_000, "invalid_json", "Message is not valid JSON"),
            ("{}", "missing_field", "Missing required field: request_id"),
            ('{"request_id": 1}', "missing_field", "Missing required field: action"),
            ('{"request_id": 1, "action": "analyze"}', "missing_field", "Missing required field: url"),
            ('{"request_id": 1, "action": "fly"}', "unknown_action", "Unknown action: fly"),
            (request("analyze", 1.5), "validation_error", "request_id must be a string or an integer"),
            (request("analyze", url="https://notapollo.io"), "validation_error", "URL must be from apollo.io domain"),
            (
                request("search_contacts", limit=0),
                "validation_error",
                "limit must be an integer of 1 or more, not 0",
            ),
            (
                request("search_contacts", cursor="x"),
                "validation_error",
                "cursor is unreadable; use a `next` or `previous` as it was sent",
            ),
        ]:
            await socket.send(frame)
            assert (await receive(socket))["error"] == {"message": message, "code": code}
        assert (await ask(socket, "analyze"))["status"] == "success"


CODES = {
    "search_contacts": "search_error",
    "count_contacts": "count_error",
    "get_uuids": "uuids_error",
}


@pytest.mark.parametrize("limited", [{}, {"limit": 1}])
async def test_engine_errors_have_the_code_of_the_action(service, engine, limited):
    engine.error = EngineUnavailable("The contact store can't be reached; try again later")
    async with connect(service.url) as socket:
        for action, code in CODES.items():
            answer = await ask(socket, action, **limited)
            assert list(answer) == ["request_id", "action", "status", "data", "error"]
            assert answer["data"] is None
            assert answer["error"] == {"message": str(engine.error), "code": code}


async def test_the_unforeseen_is_logged_without_its_text_and_answered_plainly(service, engine, caplog):
    engine.error = ValueError("john@example.com on host db-7")
    async with connect(service.url) as socket:
        for action, code in CODES.items():
            answer = await ask(socket, action)
            assert answer["error"]["code"] == code
            assert "john" not in answer["error"]["message"]
    assert "unexpected ValueError" in caplog.text
    assert "in search" in caplog.text
    assert "john" not in caplog.text
    assert "db-7" not in caplog.text


# Many at once


async def test_a_slow_search_does_not_delay_what_is_sent_after_it(service, engine):
    engine.seconds = 1.0
    async with connect(service.url) as socket:
        for number in range(40):
            await socket.send(request("search_contacts", number, limit=1))
        await socket.send(request("analyze", "quick"))
        assert (await receive(socket))["request_id"] == "quick"
        assert engine.started <= 32, "a search had to end before it"
        assert {(await receive(socket))["request_id"] for _ in range(40)} == set(range(40))
    assert engine.most_running == 32


async def test_answers_come_as_they_are_finished(service, engine):
    async with connect(service.url) as socket:
        engine.seconds = 0.5
        await socket.send(request("search_contacts", "slow"))
        await eventually(lambda: engine.running == 1)
        engine.seconds = 0.0
        await socket.send(request("count_contacts", "quick"))
        assert [(await receive(socket))["request_id"] for _ in range(2)] == ["quick", "slow"]


async def test_past_the_queue_requests_are_refused(serve, engine):
    service = serve(max_in_flight=2, max_queued=3)
    engine.seconds = 0.5
    async with connect(service.url) as socket:
        for number in range(8):
            await socket.send(request("count_contacts", number))
        answers = [await receive(socket) for _ in range(8)]
        assert [(answer["request_id"], answer["error"]["code"]) for answer in answers[:3]] == [
            (5, "too_many_requests"),
            (6, "too_many_requests"),
            (7, "too_many_requests"),
        ]
        assert [answer["request_id"] for answer in answers[3:]] == [0, 1, 2, 3, 4]
        assert all(answer["status"] == "success" for answer in answers[3:])
        assert engine.most_running == 2


async def test_the_queue_is_bounded_in_bytes_too(serve, engine):
    service = serve(max_in_flight=1, max_message_bytes=20_000)
    engine.seconds = 0.5
    async with connect(service.url) as socket:
        for number in range(40):
            await socket.send(request("count_contacts", number, filler="x" * 19_000))
        answers = [await receive(socket) for _ in range(24)]
        assert {answer["error"]["code"] for answer in answers[:23]} == {"too_many_requests"}


async def test_a_client_that_leaves_cancels_its_requests_in_the_engine(service, engine):
    engine.seconds = 60
    async with connect(service.url) as socket:
        for number in range(40):
            await socket.send(request(list(CODES)[number % 3], number, limit=1))
        await eventually(lambda: engine.running == 32)
    await eventually(lambda: engine.cancelled == 32)
    assert engine.started == 32
    async with connect(service.url) as socket:
        socket.transport.abort()
    async with connect(service.url) as socket:
        await socket.send(request("count_contacts"))
        await eventually(lambda: engine.running == 1)
        socket.transport.abort()
    await eventually(lambda: engine.cancelled == 33)


async def test_a_client_that_does_not_read_holds_up_nobody_else(service, engine):
    big = "x" * 60_000
    async with connect(service.url, max_queue=1) as idle, connect(service.url) as busy:
        for number in range(200):
            await idle.send(json.dumps({"request_id": number, "action": "analyze", "data": {"url": URL + big}}))
        for _ in range(20):
            started = time.monotonic()
            assert (await ask(busy, "count_contacts"))["status"] == "success"
            assert time.monotonic() - started < 5
        found = [await receive(idle) for _ in range(200)]
        assert {answer["request_id"] for answer in found} == set(range(200))


async def test_a_flood_of_mistakes_is_answered_in_full(service):
    async with connect(service.url) as socket:

        async def flood() -> None:
            for _ in range(20_000):
                await socket.send("{")

        sender = asyncio.create_task(flood())
        for _ in range(20_000):
            assert (await receive(socket))["error"]["code"] == "invalid_json"
        await sender


async def test_a_client_that_leaves_too_many_refusals_unread_is_closed(service, monkeypatch):
    monkeypatch.setattr("api.socket.limits.REFUSALS_BYTES", 10_000)
    async with connect(service.url) as socket:
        await socket.send(json.dumps({"request_id": "short", "action": "fly"}))
        assert (await receive(socket))["request_id"] == "short"
        await socket.send(json.dumps({"request_id": "long", "action": "x" * 15_000}))
        with pytest.raises(ConnectionClosedError) as caught:
            await asyncio.wait_for(socket.recv(), 5)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1013


async def test_a_message_over_the_cap_closes_with_1009(serve):
    service = serve(max_message_bytes=2048)
    async with connect(service.url) as socket:
        await socket.send(request("analyze", filler="x" * 1000))
        assert (await receive(socket))["status"] == "success"
        await socket.send(request("analyze", filler="x" * 3000))
        with pytest.raises(ConnectionClosedError) as caught:
            await asyncio.wait_for(socket.recv(), 5)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1009


async def test_a_large_answer_arrives_whole(service, engine):
    engine.hits = engine.hits * 20_000
    async with connect(service.url, max_size=None) as socket:
        answer = await ask(socket, "search_contacts")
    assert len(answer["data"]["results"]) == 200_000
