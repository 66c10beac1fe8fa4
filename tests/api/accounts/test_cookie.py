"""A page in a browser stays signed in by a cookie, and nobody else does."""

import json
from http.cookies import SimpleCookie

import pytest
from litestar.testing import RequestFactory

from api.accounts.cookie import LONGEST_PATH, NAME, path_of, token_of
from api.accounts.tokens import REFRESH_SECONDS
from mappings.errors import Forbidden, InvalidField

ADA = {"email": "ada@example.com", "password": "analytical", "name": "Ada"}
AUTH = "/api/v2/auth"
NOWHERE = object()


class Page:
    """A page of the service, in a browser that keeps one cookie."""

    def __init__(self, service, origin=None, path="/"):
        self.service, self.path = service, path
        self.origin = origin or service.address
        self.cookie = ""
        self.set = None

    def post(self, path, body=None, token=None, **headers):
        """Status and body."""
        sent = {"x_console_path": self.path, "origin": self.origin} | headers
        if self.cookie:
            sent["cookie"] = f"{NAME}={self.cookie}"
        data = json.dumps(body).encode() if body is not None else b""
        named = {name: value for name, value in sent.items() if value is not NOWHERE}
        status, answer, found = self.service.open(AUTH + path, data, token, **named)
        self.set = found["Set-Cookie"]
        if self.set is not None:
            self.cookie = SimpleCookie(self.set)[NAME].value
        return status, answer


@pytest.fixture
def page(service):
    page = Page(service)
    assert page.post("/register", ADA)[0] == 201
    return page


def test_a_page_is_told_all_but_the_refresh_token(service):
    page = Page(service)
    for path, status in (("/register", 201), ("/login", 200)):
        found, body = page.post(path, ADA)
        assert found == status
        assert list(body) == ["user", "role", "access_token", "token_type", "expires_in"]
        assert body["role"] == "user"
        assert page.cookie
        assert page.cookie not in json.dumps(body)
        assert page.set == (
            f"{NAME}={page.cookie}; HttpOnly; Max-Age={REFRESH_SECONDS}; Path=/api/v2/auth; SameSite=strict"
        )
        assert service.get(f"{AUTH}/me", body["access_token"])[1]["email"] == ADA["email"]


def test_no_other_client_notices_anything_of_it(service):
    status, body, headers = service.open(f"{AUTH}/register", json.dumps(ADA).encode(), origin=service.address)
    assert (status, headers["Set-Cookie"]) == (201, None)
    assert list(body) == ["user", "access_token", "refresh_token", "token_type", "expires_in"]
    cookie = f"{NAME}={body['refresh_token']}"
    for path, status in (("/refresh", 400), ("/logout", 401)):
        assert service.open(AUTH + path, b"{}", cookie=cookie, origin=service.address)[0] == status
    assert service.open(f"{AUTH}/me", None, cookie=cookie)[0] == 401
    assert service.get(f"{AUTH}/me", body["access_token"])[0] == 200


def test_a_reload_goes_on_with_the_cookie(page):
    used = page.cookie
    status, body = page.post("/refresh")
    assert (status, body["user"]["email"]) == (200, ADA["email"])
    assert page.cookie not in (used, "")
    assert page.service.get(f"{AUTH}/me", body["access_token"])[0] == 200


def test_the_body_of_a_page_says_nothing_of_who_it_is(page, service):
    other = service.registered("eve@example.com")
    assert page.post("/refresh", {"refresh_token": other["refresh_token"]})[1]["user"]["email"] == ADA["email"]


def test_that_nobody_is_signed_in_is_no_error(service):
    page = Page(service)
    assert page.post("/refresh") == (204, None)
    assert page.set is None


def test_a_cookie_that_does_not_hold_is_taken_away(page):
    for wrong in ("nonsense", page.cookie[:-2], page.post("/refresh")[1]["access_token"]):
        page.cookie = wrong
        assert page.post("/refresh")[0] == 401
        assert page.set == f'{NAME}=""; HttpOnly; Max-Age=0; Path=/api/v2/auth; SameSite=strict'


def test_logging_out_ends_the_session_and_takes_the_cookie_away(page):
    token, kept = page.post("/refresh")[1]["access_token"], page.cookie
    assert page.post("/logout") == (204, None)
    assert "Max-Age=0" in page.set
    assert page.service.get(f"{AUTH}/me", token)[0] == 401
    page.cookie = kept
    assert page.post("/refresh")[0] == 401
    assert page.post("/logout") == (204, None)


def test_without_a_cookie_logging_out_is_by_the_access_token(page):
    token = page.post("/refresh")[1]["access_token"]
    page.cookie = ""
    assert page.post("/logout", token=token)[0] == 204
    assert page.service.get(f"{AUTH}/me", token)[0] == 401


def test_logging_out_ends_the_session_of_the_page_and_that_of_the_cookie(page):
    """Another tab of the browser has signed in anew, be it as somebody else."""
    kept = page.cookie
    before = page.post("/refresh")[1]["access_token"]
    assert page.post("/login", ADA)[0] == 200
    after, page.cookie = page.post("/refresh")[1]["access_token"], page.cookie
    assert page.cookie != kept
    assert page.post("/logout", token=before) == (204, None)
    assert [page.service.get(f"{AUTH}/me", token)[0] for token in (before, after)] == [401, 401]


def test_a_new_password_is_a_new_cookie(page):
    token, before = page.post("/refresh")[1]["access_token"], page.cookie
    status, body = page.post("/password", {"password": ADA["password"], "new_password": "difference"}, token)
    assert (status, "refresh_token" in body) == (200, False)
    assert page.cookie != before
    assert page.post("/refresh")[0] == 200


def test_sessions_of_pages_are_listed_and_ended_as_others(page):
    token = page.post("/refresh")[1]["access_token"]
    [own] = page.service.get(f"{AUTH}/sessions", token)[1]
    assert own["current"]
    assert page.service.delete(f"{AUTH}/sessions/{own['uuid']}", token)[0] == 204
    assert page.post("/refresh")[0] == 401


def test_the_cookie_is_for_the_place_of_the_page(page):
    for path in ("/contacts/", "/a/b%20c/", "/(x)/"):
        page.path = path
        assert page.post("/refresh")[0] == 200
        assert f"; Path={path}api/v2/auth; " in page.set


def test_it_is_secure_where_the_page_is(service):
    host = service.address.partition("//")[2]
    page = Page(service, f"https://{host}")
    assert page.post("/register", ADA)[0] == 201
    assert page.set.endswith("; Path=/api/v2/auth; SameSite=strict; Secure")
    behind = Page(service)
    assert behind.post("/login", ADA, x_forwarded_proto="https")[0] == 200
    assert behind.set.endswith("; Secure")


def strangers(service):
    """What browsers say for pages that are not of the service."""
    host = service.address.partition("//")[2]
    return [
        {"origin": "https://evil.example"},
        {"origin": f"http://evil.example#{host}"},
        {"origin": f"http://{host}.evil.example"},
        {"origin": f"http://evil.{host}"},
        {"origin": f"http://{host}:80"},
        {"origin": f"http://{host.partition(':')[0]}"},
        {"origin": f"file://{host}"},
        {"origin": host},
        {"origin": "null"},
        {"origin": ""},
        {"origin": NOWHERE},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
    ]


def test_pages_of_other_origins_are_refused_whatever_they_ask(page):
    token, kept = page.post("/refresh")[1]["access_token"], page.cookie
    for stranger in strangers(page.service):
        for path, body in (("/refresh", None), ("/logout", None), ("/login", ADA), ("/register", ADA)):
            page.cookie = kept
            assert page.post(path, body, **stranger)[0] == 403, (path, stranger)
            assert page.set is None
    assert page.service.get(f"{AUTH}/me", token)[0] == 200
    assert page.post("/refresh")[0] == 200


def test_an_allowed_origin_of_cors_is_another_origin_too(serve):
    service = serve(cors_origins=("https://app.example",))
    page = Page(service, "https://app.example")
    assert page.post("/register", ADA)[0] == 403
    assert page.set is None


@pytest.mark.parametrize(
    "path",
    ["", "contacts/", "/contacts", "//", "//evil.example/", "/a;Domain=example/", "/a b/", "/ä/", "/a,b/", '/"/',
     "/" + "a/" * LONGEST_PATH],
)  # fmt: skip
def test_a_place_that_can_be_none_is_refused(path):
    request = RequestFactory(port=80).post("/", headers={"x-console-path": path, "origin": "http://testserver.local"})
    with pytest.raises(InvalidField, match="X-Console-Path must be a path such as /contacts/"):
        path_of(request)


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("https://contacts.example", "contacts.example", True),
        ("https://contacts.example", "CONTACTS.example:443", True),
        ("https://contacts.example:8443", "contacts.example:8443", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://contacts.example", "contacts.example:80", True),
        ("https://contacts.example", "contacts.example:80", False),
        ("https://contacts.example:8443", "contacts.example", False),
        ("https://contacts.example.evil.example", "contacts.example", False),
        ("ws://contacts.example", "contacts.example", False),
    ],
)
def test_the_origin_is_held_against_the_host_that_was_asked(origin, host, same):
    request = RequestFactory().post("/", headers={"x-console-path": "/", "origin": origin, "host": host})
    if same:
        assert path_of(request) == "/"
    else:
        with pytest.raises(Forbidden, match="have it pass the header Host on with its port"):
            path_of(request)


@pytest.mark.parametrize(
    ("cookie", "token"),
    [
        (f"{NAME}=a", "a"),
        (f"x=y; {NAME}=a; z", "a"),
        (f"{NAME}=a;{NAME}=a", "a"),
        (f"{NAME}=a; {NAME}=b", None),
        (f"x{NAME}=a", None),
        (f"{NAME}x=a", None),
        ("", None),
        ("=;;=", None),
    ],
)
def test_of_two_cookies_somebody_else_has_set_one(cookie, token):
    assert token_of(RequestFactory().post("/", headers={"cookie": cookie})) == token


def test_neither_cookie_nor_token_nor_code_is_logged(serve, caplog):
    service = serve(log_level="debug")
    with caplog.at_level("DEBUG"):
        page = Page(service)
        body = page.post("/register", ADA)[1]
        first = page.cookie
        page.post("/refresh")
        code = make_code(service, page.cookie)
        page.post("/redeem", {"code": code})
        page.post("/redeem", {"code": code})
        page.post("/refresh", origin="https://evil.example")
        page.post("/logout")
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "redeem" in logged
    for secret in (body["access_token"], first, page.cookie or first, code):
        assert secret not in logged


# Codes


def make_code(service, refresh_token):
    status, body = service.post(f"{AUTH}/codes", {"refresh_token": refresh_token})
    assert status == 201, body
    assert list(body) == ["code", "expires_in"]
    return body["code"]


def test_a_code_signs_a_page_in_once(service):
    code = make_code(service, service.session["refresh_token"])
    page = Page(service)
    status, body = page.post("/redeem", {"code": code})
    assert (status, body["user"]) == (200, service.session["user"])
    assert "refresh_token" not in body
    assert page.post("/refresh")[0] == 200
    assert page.post("/redeem", {"code": code}) == (
        401,
        {"detail": "The code does not hold: it was used, or is too old."},
    )


def test_a_code_goes_on_with_the_same_session(service):
    code = make_code(service, service.session["refresh_token"])
    body = service.post(f"{AUTH}/redeem", {"code": code})[1]
    assert list(body) == ["user", "access_token", "refresh_token", "token_type", "expires_in"]
    assert len(service.get(f"{AUTH}/sessions", body["access_token"])[1]) == 1


def test_a_code_is_made_of_a_refresh_token_that_holds_and_of_nothing_else(service):
    session = service.session
    for wrong in (session["access_token"], "x", "eyJ.a.b"):
        assert service.post(f"{AUTH}/codes", {"refresh_token": wrong})[0] == 401
    assert service.post(f"{AUTH}/codes", {})[0] == 400
    assert service.post(f"{AUTH}/codes", {}, session["access_token"])[0] == 400
    assert service.delete(f"{AUTH}/sessions", session["access_token"])[0] == 204
    assert service.post(f"{AUTH}/codes", {"refresh_token": session["refresh_token"]})[0] == 401


def test_a_code_opens_nothing_once_its_session_ended(service):
    code = make_code(service, service.session["refresh_token"])
    assert service.delete(f"{AUTH}/sessions", service.token)[0] == 204
    assert service.post(f"{AUTH}/redeem", {"code": code})[0] == 401


def test_what_is_no_code_opens_nothing(service):
    for code in ("x", "a" * 43, "ä" * 43, "x" * 10_000):
        assert service.post(f"{AUTH}/redeem", {"code": code})[0] == 401


def test_trying_codes_is_bounded(serve):
    service = serve(login_rate_limit=3)
    statuses = [service.post(f"{AUTH}/redeem", {"code": "x"})[0] for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
