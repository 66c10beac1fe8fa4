"""The door to the console, held against the raw answers."""

import gzip
import json
import urllib.request
from itertools import product

from api.console.files import PAGE, STATIC, read_files

FILES = read_files()
NAMES = [name for name in FILES if name != PAGE]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types lit-html"
)


def fetched(service, path, method="GET", **headers):
    """The status, the headers and the raw body of an answer that may be no error."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(service.address + path, headers=named, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status, answer.headers, answer.read()


def test_the_page_is_sent_with_its_policy(service):
    status, headers, body = fetched(service, "/")
    assert (status, body) == (200, (STATIC / PAGE).read_bytes())
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-cache"


def test_every_file_is_there_as_what_it_is(service):
    kinds = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
    for name in NAMES:
        status, headers, body = fetched(service, f"/console/{name}")
        assert (status, body) == (200, FILES[name].plain.body)
        kind = kinds.get(name.rpartition(".")[2], "text/plain; charset=utf-8")
        assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == (kind, "nosniff")
        assert headers["Content-Security-Policy"] == POLICY


def test_head_is_get_without_the_content(service):
    for path in ("/", "/console/app.js"):
        _, asked, body = fetched(service, path)
        status, headers, content = fetched(service, path, "HEAD")
        assert (status, content) == (200, b"")
        assert int(headers["Content-Length"]) == len(body)
        assert headers["ETag"] == asked["ETag"]


def test_it_is_packed_for_who_takes_that(service):
    for path in ("/", "/console/style.css"):
        _, plain, body = fetched(service, path)
        _, packed, content = fetched(service, path, accept_encoding="gzip, br")
        assert (packed["Content-Encoding"], plain["Content-Encoding"]) == ("gzip", None)
        assert gzip.decompress(content) == body
        assert packed["ETag"] != plain["ETag"]
        assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"


def test_what_a_browser_has_already_is_not_sent_again(service):
    for path, encoding in product(("/", "/console/app.js"), ("identity", "gzip")):
        tag = fetched(service, path, accept_encoding=encoding)[1]["ETag"]
        for given in ("{}", "W/{}", '"x", {}', "*"):
            status, body, headers = service.open(path, None, if_none_match=given.format(tag), accept_encoding=encoding)
            assert (status, body, headers["ETag"]) == (304, None, tag)
            assert headers["Content-Security-Policy"] == POLICY


def test_what_a_browser_has_of_another_version_is_sent(service):
    assert fetched(service, "/", if_none_match='"x"')[0] == 200


OTHERS = (
    "/console",
    "/console/",
    "/console/nothing.js",
    f"/console/{PAGE}",
    f"/{PAGE}",
    "/app.js",
    "/console/../files.py",
    "/console/%2e%2e/files.py",
    "/console/..%2ffiles.py",
    "/console/%00",
    "/console/app.js%00",
    "/console/vendor",
    "/console/vendor/",
    "/console/" + "a" * 5000,
    "/console//etc/passwd",
    "/console/APP.JS",
)


def test_any_other_path_is_an_error_as_everywhere(service, caplog):
    for path in OTHERS:
        status, body, headers = service.open(path, None)
        assert (status, body, headers["Content-Type"]) == (404, {"detail": "Not Found"}, "application/json"), path
    assert "unexpected" not in caplog.text


def test_it_can_only_be_read(service):
    assert [service.open("/", b"", method=method)[0] for method in ("POST", "PUT", "DELETE")] == [405] * 3


def test_the_page_learns_what_it_shows_to_strangers(serve):
    open_to_all = json.loads(fetched(serve(), "/console/about.json")[2])
    assert open_to_all == {"registration": True, "docs": True}
    _, headers, closed = fetched(serve(registration="closed", docs="admin"), "/console/about.json")
    assert json.loads(closed) == {"registration": False, "docs": False}
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("application/json", "no-cache")


def test_the_page_learns_which_filters_there_are(service):
    _, headers, body = fetched(service, "/console/filters.json")
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)[0] == {
        "name": "personTitles[]",
        "category": "Person Filters",
        "description": "Job titles to include",
        "example": "",
    }


def test_switched_off_it_is_not_there(serve):
    service = serve(console="off")
    for path in ("/", "/console/app.js"):
        assert service.get(path) == (404, {"detail": "Not Found"})
    assert service.get("/health/live")[0] == 200


def test_a_file_of_it_makes_no_line_of_the_log(service, caplog):
    with caplog.at_level("INFO"):
        fetched(service, "/console/app.js")
    assert "GET" not in caplog.text
