"""Pages of other origins, as a browser asks for them."""

import http.client
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from tests.api.conftest import Service
from tests.harness.clients import ask as ask_socket

CONTACTS = "/api/v2/apollo/contacts"
OURS, FOREIGN = "https://a.example", "https://b.example"


@pytest.fixture
def service(serve) -> Service:
    return serve(cors_origins=(OURS, "http://localhost:3000"))


def ask(service: Service, method: str, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    address = urlsplit(service.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.request(method, path, None, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    try:
        return response.status, response.read(), {name.lower(): value for name, value in response.getheaders()}
    finally:
        connection.close()


@pytest.mark.parametrize("origin", [OURS, "http://localhost:3000"])
@pytest.mark.parametrize("wanted", ["authorization, content-type", "x-anything", None])
def test_a_page_of_ours_may_send_anything(service, origin, wanted):
    asked = {"Origin": origin, "Access_Control_Request_Method": "POST"}
    if wanted is not None:
        asked["Access_Control_Request_Headers"] = wanted
    status, body, headers = ask(service, "OPTIONS", CONTACTS, **asked)
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-origin"] == origin
    assert headers["access-control-allow-credentials"] == "true"
    assert headers["access-control-max-age"] == "3600"
    assert "POST" in headers["access-control-allow-methods"]
    assert headers.get("access-control-allow-headers") == wanted
    assert headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", [FOREIGN, "null", "", OURS.upper(), OURS + ".evil.example", "https://aXexample"])
def test_a_page_of_somebody_else_is_refused_as_everything_is(service, origin):
    asked = {"Origin": origin, "Access_Control_Request_Method": "POST"}
    status, body, headers = ask(service, "OPTIONS", CONTACTS, **asked)
    assert (status, body) == (400, b'{"detail":"Pages of this origin may not use the service"}')
    assert headers["content-type"] == "application/json"
    assert headers["vary"] == "Origin"
    _, _, headers = ask(service, "POST", CONTACTS, Origin=origin)
    assert not [name for name in headers if name.startswith("access-control")]
    assert headers["vary"] == "Origin"


@pytest.mark.parametrize(("path", "status"), [(CONTACTS, 401), ("/nothing", 404), ("/docs/nothing", 404)])
def test_errors_are_for_pages_of_ours_too(service, path, status):
    found, _, headers = ask(service, "POST" if path == CONTACTS else "GET", path, Origin=OURS)
    assert found == status
    assert headers["access-control-allow-origin"] == OURS
    assert "Retry-After" in headers["access-control-expose-headers"]


@pytest.mark.parametrize("query", ["", "?limit=1"])
@pytest.mark.parametrize("origin", [OURS, FOREIGN, None])
def test_what_an_answer_varies_with_already_stays(service, query, origin):
    _, _, headers = service.open(
        CONTACTS + query,
        b'{"url":"https://app.apollo.io/#/people"}',
        service.token,
        **({"Origin": origin} if origin else {}),
    )
    assert headers["Vary"] == "Accept-Encoding, Origin"
    assert headers["Access-Control-Allow-Origin"] == (OURS if origin == OURS else None)


def test_options_that_no_browser_sent_say_which_methods_there_are(service):
    for headers in ({}, {"Origin": OURS}, {"Access_Control_Request_Method": "POST"}):
        status, _, found = ask(service, "OPTIONS", CONTACTS, **headers)
        assert (status, set(found["allow"].split(", "))) == (204, {"OPTIONS", "POST"})


def test_without_origins_nothing_is_said(serve):
    service = serve(cors_origins=())
    _, _, headers = ask(service, "POST", CONTACTS, Origin=OURS)
    assert "vary" not in headers
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.anyio
async def test_sockets_have_a_token_and_are_not_asked_for_their_origin(service):
    async with connect(service.url, origin=FOREIGN) as socket:
        assert (await ask_socket(socket, "count_contacts"))["status"] == "success"
