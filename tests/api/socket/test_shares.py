"""What one user may take of a real server: bytes that it does not read, connections, turns."""

import asyncio
import contextlib
import gzip
import http.client
import json

import pytest
from websockets.asyncio.client import connect

from api.actions import budget
from api.actions.budget import SMALL, STREAMS_BEYOND
from search.engine import Hit
from tests.api.socket.test_wire import masked
from tests.harness.clients import UNREAD, ask, eventually, receive, rejected, request
from tests.harness.raw import HANDSHAKE, RawClient

pytestmark = pytest.mark.anyio

MEBIBYTE = 2**20
ASKED = b'{"url":"https://app.apollo.io/#/people"}'


def large(mebibytes: int) -> list[Hit]:
    """A contact for each MiB of an answer."""
    item = b'{"uuid":"%d","title":"' + b"x" * MEBIBYTE + b'"}'
    return [Hit(item % number, 0, str(number)) for number in range(mebibytes)]


def other_url(service) -> str:
    return f"{service.bare_url}?token={service.registered('bob@example.com')['access_token']}"


async def test_answers_that_nobody_reads_are_held_within_the_budget_and_others_are_answered(serve, engine):
    service = serve(max_held_bytes=12 * MEBIBYTE, stall_seconds=60)
    held = service.server.config.app.state.services.traffic.budget
    engine.hits = large(5)
    lowest = 12 * MEBIBYTE
    async with (
        connect(service.url, **UNREAD) as first,
        connect(service.url, **UNREAD) as second,
        connect(service.url, **UNREAD) as third,
        connect(other_url(service), max_size=None) as neighbour,
    ):
        for number in range(60):
            for deaf in (first, second, third):
                await deaf.send(request("search_contacts", number))
        for _ in range(50):
            answer = await ask(neighbour, "count_contacts")
            assert answer["status"] == "success"
            lowest = min(lowest, held.left)
            await asyncio.sleep(0.01)
        assert lowest < 12 * MEBIBYTE, "there was something to hold"
        assert lowest >= 6 * MEBIBYTE - 4 * SMALL, "half of it is left to others"
        engine.hits = large(1)
        answer = await ask(neighbour, "search_contacts")
        assert len(answer["data"]["results"]) == 1
    await eventually(lambda: held.left == 12 * MEBIBYTE)


async def test_an_answer_that_is_larger_than_all_waits_for_the_one_before_it(serve, engine):
    service = serve(max_held_bytes=MEBIBYTE)
    engine.hits = large(3)
    async with connect(service.url, max_size=None) as one, connect(other_url(service), max_size=None) as other:
        for number in range(4):
            await one.send(request("search_contacts", number))
            await other.send(request("search_contacts", number))
        for socket in (one, other):
            answers = [await receive(socket) for _ in range(4)]
            assert sorted(answer["request_id"] for answer in answers) == [0, 1, 2, 3]
            assert [len(answer["data"]["results"]) for answer in answers] == [3] * 4
    held = service.server.config.app.state.services.traffic.budget
    await eventually(lambda: held.left == MEBIBYTE)


async def test_streams_wait_for_room_and_come_to_their_end(serve, engine):
    service = serve(max_held_bytes=MEBIBYTE, max_in_flight=8)
    engine.hits = large(8)
    async with connect(service.url, max_size=None) as one, connect(service.url, max_size=None) as other:
        for socket in (one, other):
            for number in range(4):
                await socket.send(request("search_contacts", number, stream=True))
        for socket in (one, other):
            ends = 0
            while ends < 4:
                answer = await receive(socket)
                assert answer["status"] in ("partial", "success")
                ends += answer["status"] == "success"


async def test_streams_that_nobody_reads_are_begun_within_the_budget(serve, engine):
    service = serve(max_held_bytes=8 * MEBIBYTE, max_running=2, stall_seconds=60)
    engine.hits = large(30)
    connections = 3 * STREAMS_BEYOND
    async with contextlib.AsyncExitStack() as several:
        deaf = [await several.enter_async_context(connect(service.url, **UNREAD)) for _ in range(connections)]
        for socket in deaf:
            await socket.send(request("search_contacts", stream=True))
        async with connect(other_url(service), max_size=None) as neighbour:
            for _ in range(20):
                assert (await ask(neighbour, "count_contacts"))["status"] == "success"
                await asyncio.sleep(0.01)
        answers = engine.started - 20
        assert STREAMS_BEYOND <= answers <= STREAMS_BEYOND + 4


async def test_http_streams_that_nobody_reads_are_begun_within_the_budget(serve, engine):
    service = serve(max_held_bytes=8 * MEBIBYTE, max_running=2, stall_seconds=60)
    engine.hits = large(30)
    clients = [http.client.HTTPConnection(service.address.removeprefix("http://")) for _ in range(2 * STREAMS_BEYOND)]
    with contextlib.ExitStack() as closing:
        for client in clients:
            closing.enter_context(contextlib.closing(client))
            client.request("POST", "/api/v2/apollo/contacts", ASKED, {"Authorization": f"Bearer {service.token}"})
        await eventually(lambda: engine.started >= STREAMS_BEYOND)
        await asyncio.sleep(0.2)
        assert engine.started <= STREAMS_BEYOND + 4
        assert (await asyncio.to_thread(clients[0].getresponse)).status == 200
    held = service.server.config.app.state.services.traffic.budget
    await eventually(lambda: held.left == 8 * MEBIBYTE)


async def test_bodies_are_held_while_they_are_read_and_their_requests_wait(serve, engine):
    service = serve(max_held_bytes=2 * MEBIBYTE)
    held = service.server.config.app.state.services.traffic.budget
    engine.seconds = 0.5
    body = json.dumps(
        {"url": "https://app.apollo.io/#/people", "exclude_domain_list": ["acme.example"] * 8000}
    ).encode()
    path, token, sent = "/api/v2/apollo/contacts/count", service.token, []

    def send():
        sent.append(service.open(path, body, token)[0])

    await asyncio.gather(*(asyncio.to_thread(send) for _ in range(6)))
    assert set(sent) == {200, 429}
    await eventually(lambda: held.left == 2 * MEBIBYTE)
    for wrong in (
        b"{",
        b"[" * 10_000,
        b'{"url":5}',
        body[:-1] + b',"limit":1e400}',
        body.replace(b'"acme', b'[],"acme'),
    ):
        assert service.open(path, wrong, service.token)[0] == 400
    await eventually(lambda: held.left == 2 * MEBIBYTE)


async def test_messages_are_held_until_they_are_answered(serve, engine):
    service = serve(max_held_bytes=2 * MEBIBYTE)
    held = service.server.config.app.state.services.traffic.budget
    engine.seconds = 0.5
    async with connect(service.url, max_size=None) as one, connect(service.url, max_size=None) as other:
        for number in range(4):
            for socket in (one, other):
                await socket.send(request("count_contacts", number, exclude_domain_list=["acme.example"] * 8000))
        outcomes = []
        for socket in (one, other):
            for _ in range(4):
                answer = await receive(socket)
                outcomes.append(answer.get("error", {}).get("code", answer["status"]))
        assert set(outcomes) == {"success", "too_many_requests"}
        await eventually(lambda: held.left == 2 * MEBIBYTE)
        assert (await ask(one, "count_contacts"))["status"] == "success"


async def test_an_analysis_that_has_no_room_waits_for_it(serve, engine):
    service = serve(max_held_bytes=1024)
    titles = "&".join(f"personTitles[]=Chief%20{number}" for number in range(2000))
    long = f"https://app.apollo.io/#/people?{titles}"
    async with connect(service.url, max_size=None) as socket, connect(other_url(service), max_size=None) as other:
        for number in range(2):
            for one in (socket, other):
                await one.send(request("analyze", number, url=long, ledger=True))
        for one in (socket, other):
            answers = [await receive(one) for _ in range(2)]
            assert {answer["status"] for answer in answers} == {"success"}
            assert len(json.dumps(answers[0])) > 128 * 1024


async def test_large_answers_over_http_are_held_until_they_are_taken(serve, engine):
    service = serve(max_held_bytes=2 * MEBIBYTE, max_page_size=100)
    held = service.server.config.app.state.services.traffic.budget
    engine.hits = large(5)
    for path in ("/api/v2/apollo/contacts?limit=5", "/api/v2/apollo/contacts"):
        status, body, _ = await asyncio.to_thread(service.open, path, ASKED, service.token)
        assert status == 200
        assert len(body["results"]) == 5
        client = http.client.HTTPConnection(service.address.removeprefix("http://"), timeout=10)
        headers = {"Authorization": f"Bearer {service.token}", "Accept-Encoding": "gzip"}
        with contextlib.closing(client):
            client.request("POST", path, ASKED, headers)
            answer = await asyncio.to_thread(client.getresponse)
            assert answer.headers["Content-Encoding"] == "gzip"
            assert len(json.loads(gzip.decompress(answer.read()))["results"]) == 5
    await eventually(lambda: held.left == 2 * MEBIBYTE)


@pytest.mark.parametrize("door", ["http", "websocket"])
async def test_a_slow_reader_of_an_answer_beyond_the_budget_has_a_time_if_others_wait(serve, engine, monkeypatch, door):
    monkeypatch.setattr(budget, "BEYOND_GRACE_SECONDS", 0.1)
    monkeypatch.setattr(budget, "BEYOND_PACE", 2**40)
    service = serve(max_held_bytes=MEBIBYTE, max_page_size=100)
    engine.hits = large(60)
    slow = RawClient(service.port)
    if door == "http":
        slow.send(b"POST /api/v2/apollo/contacts?limit=60 HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % len(ASKED))
        slow.send(b"Authorization: Bearer " + service.token.encode() + b"\r\n\r\n" + ASKED)
    else:
        path = "/api" + service.url.partition("/api")[2]
        slow.send(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: a\r\n" + HANDSHAKE + b"\r\n")
        slow.answer()
        slow.send(masked(request("search_contacts", 1)))
    with contextlib.closing(slow):
        taken = len(await asyncio.to_thread(slow.sip, 65536))
        async with connect(other_url(service), max_size=None) as other:
            waiting = asyncio.create_task(ask(other, "search_contacts"))
            with contextlib.suppress(ConnectionResetError):
                while not waiting.done():
                    taken += len(await asyncio.to_thread(slow.sip, 65536))
                    await asyncio.sleep(0.01)
            assert len((await waiting)["data"]["results"]) == 60
            assert taken < 50 * MEBIBYTE, "it was cut off"


async def test_a_user_has_so_many_connections_and_others_have_theirs(serve):
    service = serve(max_user_connections=2)
    async with connect(service.url), connect(service.url):
        status, body = await rejected(service.url)
        assert status == 429
        assert body == {"detail": "Too many connections: you have 2 already; close some of them"}
        async with connect(other_url(service)) as other:
            assert (await ask(other, "count_contacts"))["status"] == "success"
    await eventually(lambda: not service.server.config.app.state.connections._of_users)
    async with connect(service.url) as again:
        assert (await ask(again, "count_contacts"))["status"] == "success"


async def test_a_kept_slot_answers_who_has_none_while_another_user_has_filled_the_engine(serve, engine):
    service = serve(max_running=2)
    engine.seconds = 3600
    async with connect(service.url, **UNREAD) as slow, connect(other_url(service)) as other:
        for number in range(10):
            await slow.send(request("count_contacts", number))
        await eventually(lambda: engine.running == 2)
        engine.seconds = 0.0
        assert (await ask(other, "count_contacts"))["status"] == "success"
        assert engine.running == 2
