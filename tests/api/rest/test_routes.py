"""The REST door: what it says to mistakes, the forms of answers, and what becomes of streams that fail or stall."""

import csv
import gzip
import http.client
import io
import json
import socket
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from mappings.errors import EngineRejected, EngineTimeout, EngineUnavailable
from search.fields import ITEM_FIELDS, ContactSimpleItem
from tests.api.conftest import Service
from tests.harness.clients import URL
from tests.harness.memory_engine import MemoryEngine

APOLLO = "/api/v2/apollo"
PATHS = ("/analyze", "/analyze/count", "/contacts", "/contacts/count", "/contacts/count/uuids")
BODY = {"url": URL}


def post(service: Service, path: str, body: object = BODY) -> tuple[int, Any]:
    return service.post(APOLLO + path, body, service.token)


def answer(service: Service, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, raw body and headers (names in lower case); raises `IncompleteRead` if the answer breaks off."""
    address = urlsplit(service.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    sent = {"Authorization": f"Bearer {service.token}"} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    connection.request("POST", APOLLO + path, json.dumps(BODY).encode(), sent)
    response = connection.getresponse()
    try:
        return response.status, response.read(), {name.lower(): value for name, value in response.getheaders()}
    finally:
        connection.close()


@pytest.mark.parametrize("slash", ["", "/"])
def test_all_paths_with_and_without_a_slash(service, slash):
    found = {path: post(service, path + slash) for path in PATHS}
    assert {status for status, _ in found.values()} == {200}
    assert found["/analyze"][1]["url"] == URL
    [category] = found["/analyze/count"][1]["categories"]
    assert category["count"] == category["parameters"][0]["count"] == 10
    assert category["parameters"][0]["values"] == [{"value": "CEO", "count": 10}]
    assert len(found["/contacts"][1]["results"]) == 10
    assert found["/contacts/count"][1] == {"count": 10}
    assert found["/contacts/count/uuids"][1]["count"] == 10


@pytest.mark.parametrize("path", PATHS)
def test_a_body_without_a_url(service, path):
    for body in (b"", b"{", b"nonsense", b"\xff", b"[" * 100_000, [], "x", 7, None, {}, {"url": None}, {"url": ""},
                 {"url": 5}, {"url": ["a"]}):  # fmt: skip
        assert post(service, path, body) == (400, {"detail": "URL is required and must be a string"})


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_url_and_no_token(service, path):
    for url in ("https://notapollo.io/", "https://apollo.io.evil.com", "https://app.apollo.io@evil.com/", "x"):
        assert post(service, path, {"url": url}) == (400, {"detail": "URL must be from apollo.io domain"})
    expected = 401, {"detail": "Authentication credentials were not provided."}
    for body in (BODY, {}, b"{"):
        assert service.post(APOLLO + path, body) == expected
    assert service.post(APOLLO + path, BODY, "nonsense") == (401, {"detail": "Token is invalid."})
    assert service.get(APOLLO + path)[0] == 405


@pytest.mark.parametrize("slash", ["", "/"])
def test_methods_that_are_not_there(service, slash):
    address = urlsplit(service.address)
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        connection.request(method, f"{APOLLO}/contacts{slash}")
        response = connection.getresponse()
        assert set(response.headers["allow"].split(", ")) == {"OPTIONS", "POST"}
        if method == "OPTIONS":
            assert (response.status, response.read()) == (204, b"")
        else:
            assert (response.status, response.headers["content-type"]) == (405, "application/json")
            assert response.read() == (b"" if method == "HEAD" else b'{"detail":"Method Not Allowed"}')
        connection.close()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=0", "limit must be an integer of 1 or more, not 0"),
        ("limit=x", "limit must be an integer of 1 or more, not 'x'"),
        ("limit=", "limit must be an integer of 1 or more, not ''"),
        ("limit=null", "limit must be an integer of 1 or more, not 'null'"),
        ("limit=1.5", "limit must be an integer of 1 or more, not '1.5'"),
        ("limit=%D9%A1", "limit must be an integer of 1 or more, not '\u0661'"),
        ("limit=1&limit=2", "limit must have one value, not 2"),
        ("offset=-1", "offset must be an integer of 0 or more, not -1"),
        ("offset=null&offset=null", "offset must be an integer of 0 or more, not 'null'"),
        ("cursor=x", "cursor is unreadable; use a `next` or `previous` as it was sent"),
        ("cursor=x&offset=2", "cursor and offset exclude each other: send offset 2 or the cursor, not both"),
        ("include_domain_list=nodot", "include_domain_list: 'nodot' is not a domain"),
        ("exclude_domain_list=a.com,nodot", "exclude_domain_list: 'nodot' is not a domain"),
    ],
)
def test_parameters_that_can_not_be(service, query, words):
    for more in ("", "&limit=5"):
        if "limit" not in query or not more:
            status, body = post(service, f"/contacts?{query}{more}")
            assert (status, body) == (400, {"detail": f"Invalid filter parameters: {words}"})


def test_a_malformed_parameter_in_the_url(service):
    body = {"url": f"{URL}&organizationNumEmployeesRanges[]=1,2,3"}
    for path in ("/contacts", "/contacts?limit=1", "/contacts/count", "/contacts/count/uuids"):
        status, found = post(service, path, body)
        assert status == 400
        assert found["detail"].startswith("Invalid filter parameters: organizationNumEmployeesRanges[]: '1,2,3' is not")
    # The analysis shows what is there, and counts what can be.
    assert post(service, "/analyze", body)[0] == post(service, "/analyze/count", body)[0] == 200


def test_a_body_over_the_cap_and_an_answer_over_the_cap(serve, engine):
    engine.hits = MemoryEngine(2000).hits
    service = serve(max_message_bytes=2000, max_response_bytes=5000)
    assert post(service, "/analyze", {"url": URL + "x" * 3000}) == (413, {"detail": "Request Entity Too Large"})
    status, found = post(service, "/contacts?limit=100")
    assert (status, "5000 bytes" in found["detail"]) == (413, True)
    assert post(service, "/contacts/count/uuids")[0] == 413
    assert len(post(service, "/contacts")[1]["results"]) == 2000


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (EngineUnavailable("It is down."), 503, "It is down."),
        (EngineTimeout("It is slow."), 503, "It is slow."),
        (EngineRejected("It will not."), 503, "It will not."),
        (RuntimeError("secret"), 500, "Something went wrong on our side. The request may be sent again."),
    ],
)
def test_an_engine_that_fails(service, engine, error, status, detail):
    engine.error = error
    for path in ("/analyze/count", "/contacts", "/contacts?limit=1", "/contacts/count", "/contacts/count/uuids"):
        assert post(service, path) == (status, {"detail": detail})
    for form in ("text/csv", "application/x-ndjson"):
        assert answer(service, "/contacts", accept=form)[0] == status
    assert post(service, "/analyze")[0] == 200


def test_too_many_requests(serve):
    service = serve(rate_limit=2)
    assert [post(service, "/contacts/count")[0] for _ in range(3)] == [200, 200, 429]
    status, _, headers = answer(service, "/contacts/count")
    assert (status, int(headers["retry-after"]) > 0) == (429, True)


def test_lists_names_repeat_and_domains_may_be_joined(service, engine):
    names = "include_company_name=Acme,%20Inc&include_company_name=b"
    domains = "exclude_domain_list=a.com,b.com&exclude_domain_list=c.com"
    assert post(service, f"/contacts/count?{names}&{domains}")[0] == 200
    asked = str(engine.compiled[-1])
    for words in ("acme inc", "'b'", "a.com", "b.com", "c.com"):
        assert words in asked


@pytest.mark.parametrize("path", ["/contacts", "/contacts?limit=2", "/contacts/count", "/contacts/count/uuids"])
def test_lists_may_stand_in_the_body(service, engine, path):
    lists = {"include_company_name": "Acme, Inc", "exclude_company_name": ["b"], "exclude_domain_list": ["a.com"]}
    assert post(service, path, BODY | lists | {"include_domain_list": None})[0] == 200
    from_body = str(engine.compiled[-1])
    for words in ("acme inc", "'b'", "a.com"):
        assert words in from_body
    query = "include_company_name=Acme,%20Inc&exclude_company_name=b&exclude_domain_list=a.com"
    assert post(service, f"{path}{'&' if '?' in path else '?'}{query}")[0] == 200
    assert str(engine.compiled[-1]) == from_body
    status, refusal = post(service, path, BODY | {"include_domain_list": ["a.com", 5]})
    assert (status, refusal["detail"]) == (
        400, "Invalid filter parameters: include_domain_list must be a list of strings, but holds 5"
    )  # fmt: skip


def test_of_a_list_in_both_places_all_values_count(service, engine):
    body = BODY | {"include_domain_list": ["a.com"]}
    assert post(service, "/contacts/count?include_domain_list=c.com,d.com", body)[0] == 200
    for domain in ("a.com", "c.com", "d.com"):
        assert domain in str(engine.compiled[-1])
    status, refusal = post(service, "/contacts/count?include_domain_list=c.com", BODY | {"include_domain_list": 5})
    assert (status, refusal["detail"]) == (
        400, "Invalid filter parameters: include_domain_list must be a list of strings, not 5"
    )  # fmt: skip
    assert post(service, "/contacts/count?include_domain_list=a.com", BODY | {"include_domain_list": None})[0] == 200
    assert post(service, "/contacts/count?exclude_domain_list=b.com", body)[0] == 200


def test_links_go_with_the_lists_in_the_body(service):
    body = BODY | {"exclude_domain_list": ["a.com"]}
    first = post(service, "/contacts?limit=4", body)[1]
    assert parse_qs(urlsplit(first["next"]).query).keys() == {"limit", "cursor"}
    second = post(service, first["next"].removeprefix(service.address + APOLLO), body)
    assert (second[0], len(second[1]["results"])) == (200, 4)
    assert post(service, first["next"].removeprefix(service.address + APOLLO))[0] == 400


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", PATHS)
def test_strict_refuses_what_is_ignored_otherwise(service, path, slash):
    for query, body, words in [
        ("colour=red", {}, "colour is not a field of the query of this request"),
        ("=", {}, " is not a field of the query of this request"),
        ("limit[]=3", {}, "limit[] is not a field of the query of this request"),
        ("Ledger=true", {}, "Ledger is not a field of the query of this request"),
        ("url=x", {}, "url is not a field of the query of this request"),
        ("stream=true", {}, "stream is not a field of the query of this request"),
        ("x" * 200 + "=1", {}, "x" * 79 + "… is not a field of the query of this request"),
        ("", {"colour": None}, "colour is not a field of the body of this request"),
        ("", {"limit": 3}, "limit is not a field of the body of this request"),
        ("", {"url": f"{URL}&finderViewId=x"}, "finderViewId can't be mapped ('x'): "),
    ]:
        at = f"{path}{slash}?{query}"
        assert post(service, at, BODY | body)[0] == 200
        assert post(service, f"{at}&strict=false", BODY | body)[0] == 200
        for strictly, said in (
            (f"{at}&strict=true", {}),
            (at, {"strict": True}),
            (f"{at}&strict=true", {"strict": True}),
        ):
            status, refusal = post(service, strictly, BODY | body | said)
            assert status == 400
            assert refusal["detail"].startswith(f"Invalid filter parameters: strict: {words}")


def test_strict_takes_what_is_known(service):
    query = "limit=2&view=simple&ledger=true&exclude_domain_list=a.com&strict=true&offset=0"
    status, page = post(service, f"/contacts?{query}", BODY | {"include_company_name": "Acme", "strict": True})
    assert (status, len(page["results"])) == (200, 2)
    assert parse_qs(urlsplit(page["next"]).query)["strict"] == ["true"]
    status, refusal = post(service, "/contacts?limit=2&view=simpel&strict=true")
    assert (status, "view must be full or simple or complete" in refusal["detail"]) == (400, True)
    for query, body, words in [
        ("strict=yes", {}, "strict must be true or false, not 'yes'"),
        ("strict=true&strict=false", {}, "strict must have one value, not 2"),
        ("strict=true&colour=red", {"strict": False}, "strict: colour is not a field of the query of this request"),
        ("", {"strict": "true"}, "strict must be true or false, not 'true'"),
    ]:
        assert post(service, f"/contacts/count?{query}", BODY | body) == (
            400, {"detail": f"Invalid filter parameters: {words}"}
        )  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" * 5000])
def test_a_number_in_the_body_that_is_out_of_range(service, path, number):
    body = f'{{"url": "{URL}", "unknown": [{number}]}}'.encode()
    words = "In the body a number is out of range; send one of at most 4,300 digits, below 1.8e308"
    assert post(service, path, body) == (400, {"detail": f"Invalid filter parameters: {words}"})
    assert post(service, path, f'{{"url": "{URL}", "unknown": {2**70}}}'.encode())[0] == 200


def test_a_cursor_may_be_the_whole_link(service):
    first = post(service, "/contacts?limit=4&view=simple")[1]
    expected = post(service, first["next"].removeprefix(service.address + APOLLO))[1]
    for link in (
        first["next"],
        first["next"] + "&more=1",
        "https://proxy.example/x?" + first["next"].partition("?")[2],
    ):
        assert post(service, f"/contacts?{urlencode({'limit': 4, 'view': 'simple', 'cursor': link})}")[1] == expected
    rest = post(service, f"/contacts?{urlencode({'cursor': first['next']})}")[1]
    assert len(rest["results"]) == 6
    links = "cursor is a link without one cursor in it; send a `next` or `previous` as it came"
    for link in ("http://x.example/?limit=4", "?cursor=", "?cursor=a&cursor=b", "?x#&cursor=a", "?cursor=a%20b"):
        assert post(service, f"/contacts?{urlencode({'cursor': link})}") == (
            400, {"detail": f"Invalid filter parameters: {links}"}
        )  # fmt: skip
    assert post(service, f"/contacts?{urlencode({'cursor': 'http://x.example/?cursor=abc'})}")[0] == 400


def test_what_can_be_said_twice_and_what_is_not_known(service):
    whole = post(service, "/contacts?limit=2&view=simple")[1]
    for more in ("limit=2", "view=simple", "cursor=&cursor=", "nonsense=1&limit[]=7", "offset=0"):
        assert post(service, f"/contacts?limit=2&view=simple&{more}")[1]["results"] == whole["results"]


def test_a_limit_over_the_page_size_is_cut_and_only_there(serve, engine):
    engine.hits = MemoryEngine(50).hits
    service = serve(max_page_size=20)
    page = post(service, "/contacts?limit=10000000000000000000000000")[1]
    assert len(page["results"]) == 20
    assert parse_qs(urlsplit(page["next"]).query)["limit"] == ["20"]
    assert post(service, "/contacts/count/uuids?limit=40")[1]["count"] == 40
    assert len(post(service, "/contacts")[1]["results"]) == 50


def test_links_are_absolute_and_lead_on_and_back(service):
    lists = "exclude_company_name=A%26b&exclude_company_name=%C3%BC&include_domain_list=a.com,b.com"
    first = post(service, f"/contacts?limit=4&offset=0&view=simple&{lists}")[1]
    assert first["previous"] is None
    assert first["next"].startswith(f"{service.address}{APOLLO}/contacts?")
    assert parse_qs(urlsplit(first["next"]).query) | {"cursor": []} == {
        "limit": ["4"], "view": ["simple"], "exclude_company_name": ["A&b", "ü"],
        "include_domain_list": ["a.com", "b.com"], "cursor": [],
    }  # fmt: skip
    second = post(service, first["next"].removeprefix(service.address + APOLLO))[1]
    third = post(service, second["next"].removeprefix(service.address + APOLLO))[1]
    assert third["next"] is None
    assert [len(page["results"]) for page in (first, second, third)] == [4, 4, 2]
    assert list(second["results"][0]) == list(ContactSimpleItem.__struct_fields__)
    assert post(service, third["previous"].removeprefix(service.address + APOLLO))[1] == second


def test_the_unlimited_answer_is_the_same_as_a_limited_one(service):
    whole, limited = post(service, "/contacts")[1], post(service, "/contacts?limit=10")[1]
    assert list(whole) == list(limited)
    assert whole == limited
    assert [item["uuid"] for item in post(service, "/contacts?offset=8&view=simple")[1]["results"]] == [
        item["uuid"] for item in whole["results"][8:]
    ]


def test_no_contacts_at_all(service, engine):
    engine.hits = []
    assert post(service, "/contacts")[1]["results"] == []
    assert answer(service, "/contacts", accept="application/x-ndjson")[1] == b""
    assert answer(service, "/contacts", accept="text/csv")[1].decode() == ",".join(ITEM_FIELDS) + "\r\n"


@pytest.mark.parametrize("query", ["", "?limit=10"])
def test_lines_and_rows(service, engine, query):
    awkward = {
        "uuid": "u",
        "title": 'C"E,O\r\nx',
        "company": "=1+1",
        "keywords": ["a", "b, c"],
        "employees": 5,
        "city": "",
    }
    engine.hits = [engine.hits[0].__class__(json.dumps(awkward).encode(), 1, "u"), *engine.hits]
    status, body, headers = answer(service, f"/contacts{query}", accept="application/x-ndjson")
    assert (status, headers["content-type"]) == (200, "application/x-ndjson")
    assert body.endswith(b"\n")
    lines = [json.loads(line) for line in body.splitlines()]
    assert lines[0] == awkward
    assert lines == post(service, f"/contacts{query}")[1]["results"]
    status, body, headers = answer(service, f"/contacts{query}", accept="text/csv")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
    assert tuple(rows[0]) == ITEM_FIELDS
    assert len(rows) == len(lines)
    expected = {
        "title": 'C"E,O\r\nx',
        "company": "=1+1",
        "keywords": "a, b, c",
        "employees": "5",
        "city": "",
        "state": "",
    }
    assert {name: rows[0][name] for name in expected} == expected
    assert rows[1]["city"] == "Zürich"
    assert ("link" in headers) is bool(query)


def test_the_form_is_the_one_accepted(service):
    for accept, form in {
        "*/*": "application/json",
        "application/json": "application/json",
        "image/png": "application/json",
        "text/csv;q=0.5, application/x-ndjson": "application/x-ndjson",
        "text/*": "text/csv; charset=utf-8",
    }.items():
        for query in ("", "?limit=2"):
            assert answer(service, f"/contacts{query}", accept=accept)[2]["content-type"] == form


@pytest.mark.parametrize("weight", ["1e400", "inf", "nan", "x", "9" * 5000])
def test_a_weight_that_is_none_is_no_error(service, weight):
    for query in ("", "?limit=2"):
        status, _, headers = answer(service, f"/contacts{query}", accept=f"text/csv;q={weight}")
        assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
        status, _, headers = answer(service, f"/contacts{query}", accept="text/csv;q=0")
        assert (status, headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize("query", ["", "?limit=2"])
def test_lines_and_rows_are_files_to_save(service, query):
    for accept, file in {"text/csv": "contacts.csv", "application/x-ndjson": "contacts.ndjson", "*/*": None}.items():
        headers = answer(service, f"/contacts{query}", accept=accept)[2]
        assert headers.get("content-disposition") == (file and f'attachment; filename="{file}"')


@pytest.mark.parametrize("path", ["/contacts", "/contacts?limit=10", "/contacts/count/uuids"])
def test_gzip_for_those_who_take_it(service, engine, path):
    engine.hits = MemoryEngine(100).hits
    _, plain, headers = answer(service, path)
    assert "content-encoding" not in headers
    _, packed, headers = answer(service, path, accept_encoding="br, gzip;q=0.8")
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
    assert len(packed) < len(plain)
    assert gzip.decompress(packed) == plain
    assert "content-encoding" not in answer(service, path, accept_encoding="gzip;q=0")[2]
    assert "content-encoding" not in answer(service, "/contacts/count", accept_encoding="gzip")[2]


def test_pages_of_configured_origins_only(serve):
    service = serve(cors_origins=("https://a.example",))
    for origin, allowed in {"https://a.example": "https://a.example", "https://b.example": None}.items():
        _, _, headers = answer(service, "/contacts/count", origin=origin)
        assert headers.get("access-control-allow-origin") == allowed
    address = urlsplit(service.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    connection.request("OPTIONS", f"{APOLLO}/contacts", None, asked)
    response = connection.getresponse()
    assert response.status == 204
    assert response.headers["access-control-allow-credentials"] == "true"
    assert response.headers["access-control-max-age"] == "3600"
    connection.close()


def breaking(engine: MemoryEngine, after: int) -> Any:
    scan = engine.scan

    async def broken(*arguments: Any, **named: Any) -> Any:
        number = 0
        async for batch in scan(*arguments, **named):
            if number == after:
                raise EngineUnavailable("gone")
            number += 1
            yield batch

    return broken


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson", "text/csv"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_stream_that_fails_breaks_off(service, engine, monkeypatch, accept, encoding):
    monkeypatch.setattr(engine, "scan", breaking(engine, 2))
    with pytest.raises(http.client.IncompleteRead):
        answer(service, "/contacts", accept=accept, accept_encoding=encoding)


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson", "text/csv"])
def test_a_stream_that_fails_before_its_first_part_is_an_error_as_any_other(service, engine, monkeypatch, accept):
    monkeypatch.setattr(engine, "scan", breaking(engine, 0))
    assert answer(service, "/contacts", accept=accept)[:2] == (503, b'{"detail":"gone"}')


def endless(engine: MemoryEngine) -> Any:
    scan = engine.scan

    async def more(*arguments: Any, **named: Any) -> Any:
        async for batch in scan(*arguments, **named):
            while True:
                yield batch * 500

    return more


def opened(service: Service, path: str) -> socket.socket:
    address = urlsplit(service.address)
    body = json.dumps(BODY)
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    connection.sendall(
        f"POST {APOLLO}{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    return connection


def until(condition: Any, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_reader_who_stalls_is_closed(serve, engine, monkeypatch):
    monkeypatch.setattr(engine, "scan", endless(engine))
    service = serve(stall_seconds=1.0)
    with opened(service, "/contacts") as connection:
        assert connection.recv(100)
        until(lambda: engine.scans_closed == 1)


def test_a_reader_who_leaves_ends_the_work(service, engine, monkeypatch):
    monkeypatch.setattr(engine, "scan", endless(engine))
    with opened(service, "/contacts") as connection:
        assert connection.recv(100)
    until(lambda: engine.scans_closed == 1)
    monkeypatch.undo()
    engine.seconds = 30
    for path in ("/contacts", "/contacts?limit=5", "/contacts/count", "/analyze/count", "/contacts/count/uuids"):
        before = engine.cancelled
        with opened(service, path):
            until(lambda: engine.running == 1)
        until(lambda before=before: engine.cancelled == before + 1)
        assert engine.running == 0
