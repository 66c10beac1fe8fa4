"""What no HTTP library would send, to a real server, and how long it waits for it."""

import asyncio
import contextlib
import time
from collections.abc import Iterator

import pytest
from litestar.connection import Request

from api.edge import limits
from search.engine import Hit
from tests.harness.clients import eventually
from tests.harness.raw import HANDSHAKE, RawClient

GET = b"GET /health/live HTTP/1.1\r\nHost: a\r\n"
LIVE = b'{"status":"live"}'
LOGIN = b"POST /api/v2/auth/login HTTP/1.1\r\nHost: a\r\n"
WS = b"GET /api/v2/apollo/ws HTTP/1.1\r\nHost: a\r\n" + HANDSHAKE


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything in a twentieth of the time."""
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "BODY_GRACE_SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(limits, name, getattr(limits, name) / 20)


@pytest.fixture
def client(service) -> Iterator[RawClient]:
    with RawClient(service.port) as client:
        yield client


# How much


def headers(size: int, lines: int = 1) -> bytes:
    """So many lines of headers, of `size` bytes together."""
    one, more = divmod(size, lines)
    return b"".join(b"X: " + b"y" * (one + (more if line == 0 else 0) - 5) + b"\r\n" for line in range(lines))


BEFORE = len(b"/health/live") + len(b"Host: a\r\n")


@pytest.mark.parametrize("lines", [1, 7, 1000])
def test_a_head_of_64_kib_is_taken_and_of_one_byte_more_is_not(service, lines):
    for more, status in ((0, 200), (1, 431)):
        with RawClient(service.port) as client:
            client.send(GET + headers(limits.HEAD_BYTES - BEFORE + more, lines) + b"\r\n")
            answer = client.answer()
            assert answer.status == status
            if status == 431:
                assert "65536 bytes" in answer.detail
                assert answer.headers["connection"] == "close"
                client.closed()


HALF_HEAD = LOGIN + b"X: " + b"y" * 60_000


@pytest.mark.parametrize(
    "half", [HALF_HEAD, HALF_HEAD + b"\r\nContent-Length: 9\r\n\r\n{"], ids=["half head", "half body"]
)
def test_heads_of_which_nothing_comes_have_a_budget_together(serve, monkeypatch, half):
    monkeypatch.setattr(limits, "UNFINISHED_BYTES", 10 * 60_000)
    service = serve()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(RawClient(service.port)) for _ in range(7)]
        for client in clients:
            client.send(half)
            time.sleep(0.05)
        refused = clients[-1].answer()
        assert refused.status == 503
        assert refused.headers["retry-after"] == "5"
        assert "unfinished" in refused.detail
        clients[-1].closed()
        for more in (6000, 60_000):
            with RawClient(service.port) as other:
                other.send(GET + b"X: ")
                time.sleep(0.05)
                assert other.send(b"y" * more + b"\r\n\r\n").answer().status == 200
    unfinished = service.server.config.http.args[0].unfinished
    for _ in range(100):
        if unfinished.left == 10 * 60_000:
            break
        time.sleep(0.05)
    assert unfinished.left == 10 * 60_000


@pytest.mark.parametrize("endless", [b"x", b"X: y\r\n", b"/", b"\r\n"], ids=["value", "lines", "path", "blank lines"])
def test_an_endless_head_is_refused(client, endless):
    start = {b"x": GET + b"X: ", b"X: y\r\n": GET, b"/": b"GET /", b"\r\n": b""}[endless]
    client.send(start)
    block = endless * (16_384 // len(endless))
    while client.send_while_taken(block):
        pass
    assert client.answer().status == 431


@pytest.mark.parametrize("start", [b"1;x", b"0\r\nX: y", b"0\r\n"], ids=["extension", "trailer", "trailers"])
def test_what_is_around_a_body_has_a_bound_too(client, start):
    client.send(LOGIN + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n" + start)
    block = (b"x" if start[-1:] != b"\n" else b"X: y\r\n") * 10_000
    for _ in range(100):
        client.send_while_taken(block)
    assert client.answer().status == 431
    client.closed()


def test_trailers_are_no_headers(service, client):
    """Who asks was decided by the headers."""
    chunks = b"2\r\n{}\r\n0\r\nAuthorization: Bearer " + service.token.encode() + b"\r\n\r\n"
    client.send(b"POST /api/v2/apollo/analyze HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert client.answer().status == 401


def test_bodies_of_accounts_are_small(client):
    client.send(LOGIN + b"Content-Length: 16385\r\n\r\n")
    assert client.answer().status == 413


def test_a_body_that_nobody_wants_any_more_is_not_read_for_ever(client):
    client.send(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
    sent = 0
    while client.send_while_taken(b"x" * 2**20):
        sent += 1
        assert sent < 64
    assert client.answer().status == 404


@pytest.mark.parametrize("start", [b"POST /nowhere HTTP/1.1\r\nContent-Length: 1000000000\r\n", b"POST / HTTP/2.2\r\n"])
def test_what_nobody_wants_is_read_slowly(service, monkeypatch, start):
    monkeypatch.setattr(limits, "LINGER_BYTES", 2**30)
    monkeypatch.setattr(limits, "PAUSE_SECONDS", 60)
    with RawClient(service.port, patience=2) as client:
        client.send(start + b"Host: a\r\n\r\n")
        assert client.answer().status in (400, 404)
        sent = 0
        while client.send_while_taken(b"x" * 2**20):
            sent += 1
            assert sent < 64


def test_an_answer_before_the_body_is_whole_ends_nothing(client):
    client.send(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
    assert client.answer().status == 404
    client.send(b"       }" + GET + b"\r\n")
    assert client.answer().body == LIVE


def test_a_body_that_breaks_after_its_answer_ends_the_connection(client):
    client.send(b"POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
    assert client.answer().status == 404
    client.send(b"zz\r\n")
    client.closed()


def test_requests_sent_ahead_are_answered_in_turn_and_bounded(service, engine):
    with RawClient(service.port) as client:
        client.send((GET + b"\r\n") * 10)
        assert [client.answer().body for _ in range(10)] == [LIVE] * 10
        client.send((GET + b"\r\n") * 5000)
        answers = [client.answer() for _ in range(limits.PIPELINED + 2)]
        assert [answer.status for answer in answers] == [200] * (limits.PIPELINED + 1) + [400]
        assert "sent ahead" in answers[-1].detail
        client.closed()


# How long


@pytest.mark.usefixtures("impatient")
def test_silence_ends(service):
    with RawClient(service.port) as client:
        assert 0.4 < client.closed() < 5


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("half", [b"G", GET, GET + b"X: ", WS], ids=["method", "lines", "value", "handshake"])
def test_half_a_head_is_told_so(service, half):
    with RawClient(service.port) as client:
        answer = client.send(half).answer()
        assert answer.status == 408
        assert "Request line and headers" in answer.detail
        assert 0.4 < client.closed() < 5


@pytest.mark.usefixtures("impatient")
def test_a_head_that_drips_is_late_too(service):
    with RawClient(service.port) as client:
        client.send(GET + b"X: ")
        while client.send_while_taken(b"y") and time.monotonic() - client.opened < 3:
            time.sleep(0.05)
        assert client.answer().status == 408


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "kind", [b"Content-Length: 9000\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{"], ids=["length", "chunks"]
)
def test_half_a_body_is_told_so(service, kind):
    with RawClient(service.port) as client:
        answer = client.send(LOGIN + kind).answer()
        assert answer.status == 408
        assert "1024 bytes a second" in answer.detail
        assert 0.2 < client.closed() < 5


def test_no_time_runs_for_a_body_that_nobody_asked_for_yet(service, monkeypatch):
    """There is next to no time while nobody asks, and all that a slow machine may take once somebody does."""
    monkeypatch.setattr(limits, "LOOK_SECONDS", 0.01)

    async def slow(request):
        with monkeypatch.context() as soon:
            for name in ("BODY_SECONDS", "BODY_GRACE_SECONDS"):
                soon.setattr(limits, name, 0.02)
            await asyncio.sleep(0.3)
        return await body(request)

    body = Request.body
    monkeypatch.setattr(Request, "body", slow)
    with RawClient(service.port) as client:
        client.send(LOGIN + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert client.answer().status == 100
        assert client.send(b"{}").answer().detail == "Missing required field: email"


@pytest.mark.usefixtures("impatient")
def test_a_body_that_comes_on_must_end_too(service):
    with RawClient(service.port) as client:
        client.send(LOGIN + b"Transfer-Encoding: chunked\r\n\r\n")
        while client.send_while_taken(b"a\r\n" + b" " * 10 + b"\r\n" + b"100\r\n" + b" " * 256 + b"\r\n"):
            assert time.monotonic() - client.opened < 6
            time.sleep(0.05)
        assert client.answer().status == 408
        assert time.monotonic() - client.opened > 1.4


@pytest.mark.usefixtures("impatient")
def test_a_kept_connection_has_its_time_for_each_request(service, monkeypatch):
    with RawClient(service.port) as client:
        for _ in range(3):
            time.sleep(0.1)
            client.send(GET)
            time.sleep(0.2)
            assert client.send(b"\r\n").answer().body == LIVE
        # Blank lines are no request.
        client.send(b"\r\n")
        client.closed()


@pytest.mark.anyio
@pytest.mark.usefixtures("impatient")
async def test_who_waits_for_an_answer_is_not_late(service, engine):
    engine.seconds = 1.0
    body = b'{"url":"https://app.apollo.io/#/people?personTitles[]=CEO"}'
    authorization = b"Authorization: Bearer " + (await asyncio.to_thread(lambda: service.token)).encode()
    count = b"POST /api/v2/apollo/contacts/count HTTP/1.1\r\nHost: a\r\n" + authorization + b"\r\n"
    with RawClient(service.port) as client:
        client.send(count + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        # Half of another, meanwhile, is late; that is told behind the answer.
        client.send(GET)
        await eventually(lambda: engine.running == 1)
        first = await asyncio.to_thread(client.answer)
        assert first.status == 200
        assert (await asyncio.to_thread(client.answer)).status == 408


# What is not taken

DOCUMENT = b"GET /docs/openapi.json HTTP/1.1\r\nHost: a\r\n"
CONTACTS = b"POST /api/v2/apollo/contacts?limit=1000 HTTP/1.1\r\nHost: a\r\n"


def unread(service) -> int:
    """Bytes that the server keeps for all its clients."""
    return sum(one.transport.get_write_buffer_size() for one in service.server.server_state.connections)


def test_of_answers_that_nobody_takes_the_server_keeps_a_slice(service, engine):
    engine.hits = [Hit(b'{"uuid":"%d","title":"%b"}' % (n, b"x" * 1000), 0, str(n)) for n in range(600)]
    budget = service.server.config.app.state.services.traffic.budget
    body, before = b'{"url":"https://app.apollo.io/#/people"}', budget.left
    authorization = b"Authorization: Bearer " + service.token.encode() + b"\r\n"
    asked = CONTACTS + authorization + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with RawClient(service.port, narrow=True) as contacts, RawClient(service.port, narrow=True) as documents:
        contacts.send(asked)
        documents.send((DOCUMENT + b"\r\n") * 3)
        time.sleep(0.5)
        assert 2 * limits.SLICE_BYTES < unread(service) < 5 * limits.SLICE_BYTES
        assert before - budget.left > 600_000, "what its maker keeps of it counts"
        assert len(contacts.answer().body) > 600_000
        assert [documents.answer().status for _ in range(3)] == [200] * 3
    assert budget.left == before


def seconds_until_cut_off(service, client: RawClient) -> float:
    """How long the server sends to one that goes on taking a byte now and then."""
    client.sip()
    while service.server.server_state.connections:
        assert time.monotonic() - client.opened < 15
        with contextlib.suppress(OSError):
            client.sip()
        time.sleep(0.05)
    return time.monotonic() - client.opened


@pytest.mark.parametrize("more", [b"", b"Connection: close\r\n"], ids=["kept", "closing"])
def test_who_takes_next_to_nothing_is_cut_off(serve, monkeypatch, more):
    monkeypatch.setattr(limits, "LOOK_SECONDS", 0.1)
    service = serve(stall_seconds=0.5)
    with RawClient(service.port, narrow=True) as client:
        client.send(DOCUMENT + more + b"\r\n")
        assert seconds_until_cut_off(service, client) > 0.5


def test_what_is_left_when_a_silent_connection_is_closed_is_not_kept_for_ever(serve, monkeypatch):
    for name, seconds in (("LOOK_SECONDS", 0.1), ("HEAD_SECONDS", 0.3)):
        monkeypatch.setattr(limits, name, seconds)
    service = serve(stall_seconds=1)
    with RawClient(service.port, narrow=True) as client:
        # Not so much that the server would wait before it sends more.
        client.send(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 4)
        assert seconds_until_cut_off(service, client) > 1


# What can't be read


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x00\x01\r\n\r\n",
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHo st: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        GET + b"Content-Length: -1\r\n\r\n",
        GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        GET + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n",
        WS.replace(b"/ws", b"/\xff") + b"\r\n",
    ],
)
def test_what_is_no_request_is_told_so(client, request_bytes):
    answer = client.send(request_bytes).answer()
    assert answer.status == 400
    assert answer.detail == "The request can't be read as HTTP/1.1"
    client.closed()


def test_it_is_told_behind_the_answers_to_what_was_asked_before(client):
    client.send((GET + b"\r\n") * 3 + LOGIN + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
    assert [client.answer().status for _ in range(4)] == [200, 200, 200, 400]
    client.closed()


@pytest.mark.parametrize(
    "host", [b"a:99999999", b"a:65536", b"a:b", b"[::1", b"a b", b"a/b", b"a@b", b"\xe4", b"a\r\nHost: b"]
)
def test_a_host_that_is_none_is_refused(client, host):
    client.send(b"POST /api/v2/apollo/contacts?limit=1 HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    assert client.answer().detail.startswith("Host: ")


def test_another_upgrade_is_passed_over(client):
    client.send(GET + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + GET + b"\r\n")
    assert [client.answer().body for _ in range(2)] == [LIVE] * 2


# Handshakes


@pytest.mark.parametrize("cookies", [b"Cookie: " + b"x" * 20_000 + b"\r\n", b"Cookie: x\r\n" * 500])
def test_a_handshake_with_large_cookies_is_one(service, client, cookies):
    client.send(WS.replace(b"/ws", b"/ws?token=" + service.token.encode()) + cookies + b"\r\n")
    assert client.answer().status == 101


def test_a_handshake_past_the_bound_is_told_so(client):
    client.send(WS + headers(limits.HEAD_BYTES) + b"\r\n")
    assert client.answer().status == 431


@pytest.mark.parametrize("body", [b"Content-Length: 2\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"])
def test_a_handshake_has_no_body(client, body):
    assert client.send(WS + body).answer().detail == "A WebSocket handshake has no body"
    client.closed()


@pytest.mark.parametrize("none", [b"Content-Length: 0\r\n", b"Content-Length:\r\n"])
def test_a_body_of_nothing_is_none(client, none):
    answer = client.send(WS + none + b"\r\n").answer()
    assert answer.status in (400, 401)
    assert "body" not in answer.detail


@pytest.mark.parametrize(
    ("changed", "status", "word"),
    [
        ((b"GET", b"POST"), 405, "POST"),
        ((b"Sec-WebSocket-Key", b"X"), 400, "Sec-WebSocket-Key"),
        ((b"dGhl", b"?"), 400, "Sec-WebSocket-Key"),
        ((b"n: 13", b"n: 7"), 400, "Sec-WebSocket-Version"),
        ((b"/ws", b"/wss"), 404, "Not Found"),
        ((b"/api/v2/apollo/ws", b"/health/live"), 404, "Not Found"),
        ((b"/api/v2/apollo/ws", b"/docs"), 404, "Not Found"),
    ],
)
def test_a_handshake_that_can_not_be_is_told_why(client, changed, status, word):
    answer = client.send(WS.replace(*changed) + b"\r\n").answer()
    assert answer.status == status
    assert word in answer.detail
    client.closed()


@pytest.mark.parametrize("path", [b"/api/v2/apollo/ws", b"/api/v2/apollo/ws/", b"http://a/api/v2/apollo/ws"])
def test_a_handshake_at_the_right_path_needs_a_token(client, path, caplog):
    answer = client.send(WS.replace(b"/api/v2/apollo/ws", path) + b"\r\n").answer()
    assert answer.status == 401
    assert answer.detail == "Authentication credentials were not provided."
    client.closed()
    assert "ASGI" not in caplog.text


def test_frames_that_do_not_wait_for_the_answer_are_read(service, client):
    ping = b"\x89\x81\x00\x00\x00\x00!"
    client.send(WS.replace(b"/ws", b"/ws?token=" + service.token.encode()) + b"\r\n" + ping)
    assert client.answer().status == 101
    assert client.read(3) == b"\x8a\x01!"


# HEAD


@pytest.mark.parametrize("path", [b"/health/live", b"/health/ready", b"/metrics", b"/asyncapi.json"])
def test_head_is_answered_as_get_without_the_content(client, path):
    client.send(b"HEAD " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n" + GET + b"\r\n")
    answer = client.answer(of_head=True)
    assert answer.status == 200
    assert int(answer.headers["content-length"]) > 0
    assert client.answer().body == LIVE


def test_head_of_what_is_only_posted(client):
    answer = client.send(LOGIN.replace(b"POST", b"HEAD") + b"\r\n").answer(of_head=True)
    assert answer.status == 405


# How many


def test_past_the_cap_those_that_ask_nothing_go(serve, monkeypatch, caplog):
    monkeypatch.setattr(limits, "HTTP_CONNECTIONS", 5)
    service = serve(max_connections=5)
    silent = [RawClient(service.port) for _ in range(30)]
    try:
        with RawClient(service.port) as client:
            assert client.send(GET + b"\r\n").answer().body == LIVE
        for each in silent[:20]:
            each.closed()
        assert caplog.text.count("more than 10 connections") == 1
    finally:
        for each in silent:
            each.close()


def test_where_all_ask_something_the_next_is_told_so(serve, monkeypatch):
    monkeypatch.setattr(limits, "HTTP_CONNECTIONS", 2)
    service = serve(max_connections=1)
    half = LOGIN + b"Content-Length: 9\r\n\r\n"
    busy = [RawClient(service.port).send(half) for _ in range(3)]
    try:
        time.sleep(0.2)
        with RawClient(service.port) as client:
            answer = client.send(GET + b"\r\n").answer()
            assert (answer.status, answer.headers["retry-after"]) == (503, "5")
            assert answer.detail == "Too many connections; try again later"
    finally:
        for each in busy:
            each.close()


@pytest.mark.parametrize(
    "more",
    [b"Connection: keep-alive\r\n", b"Connection: keep-alive, Upgrade\r\n", b"connection: x\r\nConnection: y\r\n"],
)
def test_a_handshake_with_several_connection_headers_is_one(service, client, more):
    client.send(WS.replace(b"/ws", b"/ws?token=" + service.token.encode()) + more + b"\r\n")
    assert client.answer().status == 101
