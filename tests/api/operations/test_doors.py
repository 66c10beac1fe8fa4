"""Who is shown metrics, documents and health: by the port that a request comes in on."""

import json
import socket
import urllib.error
import urllib.request
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from api.app import create_app
from api.operations.headers import SAFE, completed
from api.server import serve_app
from indexing.cli.server_process import free_port
from mappings.errors import SettingsError
from tests.harness.raw import HANDSHAKE, RawClient

pytestmark = pytest.mark.anyio

OPERATORS = ("/metrics", "/docs", "/docs/openapi.json", "/asyncapi.json")


def status(address: str, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(address + path, timeout=10) as answer:
            return answer.status, None
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


@pytest.mark.parametrize("path", [*OPERATORS, "/health/live", "/health/ready"])
def test_everything_is_public_by_default(service, path):
    assert status(service.address, path)[0] == 200


@pytest.mark.parametrize(
    "path", [*OPERATORS, "/metrics/", "//metrics", "//docs//openapi.json", "/%6detrics", "/docs/x"]
)
def test_what_is_off_is_not_there(serve, path):
    service = serve(metrics="off", docs="off")
    assert status(service.address, path) == (404, {"detail": "Not Found"})
    assert status(service.address, "/health/live")[0] == 200


def test_one_may_be_off_without_the_other(serve):
    service = serve(metrics="off")
    assert [status(service.address, path)[0] for path in OPERATORS] == [404, 200, 200, 200]


def test_with_an_admin_port_the_files_that_may_be_open_are_counted_once(serve, monkeypatch, caplog):
    monkeypatch.setattr("api.server.raise_descriptors", lambda: 300)
    serve(admin_port=free_port())
    told = [record.getMessage() for record in caplog.records if "files open (ulimit -n)" in record.getMessage()]
    assert len(told) == 1


async def test_the_admin_port_has_what_is_for_operators_and_nothing_else(serve):
    port = free_port()
    service = serve(metrics="admin", docs="admin", admin_port=port)
    admin = f"http://127.0.0.1:{port}"
    for path in OPERATORS:
        assert (status(service.address, path)[0], status(admin, path)[0]) == (404, 200)
    assert [status(address, "/health/ready")[0] for address in (service.address, admin)] == [200, 200]
    for path in ("/api/v2/auth/me", "/api/v2/apollo/contacts", "/"):
        assert status(admin, path) == (404, {"detail": "Not Found"})
    assert status(service.address, "/api/v2/auth/me")[0] == 401
    with pytest.raises(InvalidStatus) as caught:
        await connect(service.url.replace(service.address.rpartition(":")[2], str(port), 1))
    assert caught.value.response.status_code == 404
    assert json.loads(caught.value.response.body) == {"detail": "Not Found"}


def test_what_is_public_is_at_the_admin_port_too(serve):
    port = free_port()
    service = serve(docs="off", admin_port=port)
    admin = f"http://127.0.0.1:{port}"
    assert (status(service.address, "/metrics")[0], status(admin, "/metrics")[0], status(admin, "/docs")[0]) == (
        200, 200, 404
    )  # fmt: skip


def test_a_second_server_leaves_the_first_its_signals_and_ends_with_it(serve):
    port = free_port()
    service = serve(admin_port=port)
    service.server.should_exit = True
    service._thread.join(20)
    assert service.ended
    with pytest.raises(OSError):
        status(f"http://127.0.0.1:{port}", "/metrics")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/health/live", None, 200),
        ("/metrics", None, 200),
        ("/docs", None, 200),
        ("/nothing", None, 404),
        ("/api/v2/auth/me", None, 401),
        ("/api/v2/auth/login", b"{}", 400),
        ("/api/v2/apollo/contacts", b"{}", 401),
    ],
)
def test_no_answer_is_kept_or_taken_for_another_type(service, path, body, code):
    answered, _, headers = service.open(path, body)
    assert (answered, headers["X-Content-Type-Options"], headers["Cache-Control"]) == (code, "nosniff", "no-store")


def test_tokens_and_contacts_are_not_kept(service):
    url = {"url": "https://app.apollo.io/#/people"}
    answers = [
        service.open("/api/v2/auth/login", json.dumps({"email": "ada@example.com", "password": "analytical"}).encode()),
        *(
            service.open(f"/api/v2/apollo/contacts{query}", json.dumps(url).encode(), service.token, accept=form)
            for query in ("", "?limit=1")
            for form in ("application/json", "application/x-ndjson", "text/csv")
        ),
    ]
    for answered, _, headers in answers[1:]:
        assert (answered, headers["X-Content-Type-Options"], headers["Cache-Control"]) == (200, "nosniff", "no-store")
    assert answers[0][2]["Cache-Control"] == "no-store"


def test_files_of_the_documents_may_be_kept(service):
    page = service.get("/docs")[1]
    file = page.partition('src="')[2].partition('"')[0]
    headers = service.open(file, None)[2]
    assert headers["Cache-Control"].startswith("max-age=")
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_a_refused_handshake_is_not_kept(service):
    with pytest.raises(InvalidStatus) as caught:
        await connect(service.bare_url)
    headers = caught.value.response.headers
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /ws HTTP/1.1\r\nHost: a\r\n" + HANDSHAKE + b"\r\n", 404),
        (b"GET /api/v2/apollo/ws HTTP/1.1\r\nHost: a\r\n" + HANDSHAKE.replace(b"13", b"99") + b"\r\n", 400),
    ],
)
def test_what_never_becomes_a_request_is_not_kept_either(service, sent, code):
    with RawClient(service.port) as client:
        client.send(sent)
        answer = client.answer()
    assert answer.status == code
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")


def test_what_an_answer_says_itself_stays():
    own = [(b"Cache-Control", b"max-age=5"), (b"x", b"y")]
    assert completed(own) == [*own, SAFE[0]]


async def test_an_admin_port_that_is_taken_stops_the_start(settings, engine):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = msgspec.structs.replace(settings, admin_port=other.getsockname()[1])
        with pytest.raises(
            SettingsError, match=r"CONTACTS_ADMIN_HOST, CONTACTS_ADMIN_PORT: can't listen on 127\.0\.0\.1:"
        ):
            await serve_app(create_app(taken, engine), taken, lambda *_: None)
