"""The refresh token of a page in a browser: in a cookie that no script reads, and that goes to no other origin.

A page asks for that with a header, in which it says where it is, since a proxy may have taken away a path before it.
Without the header no cookie is looked at or set: for all other clients nothing is different.

No page of another origin can use the cookie: browsers do not send it along (`SameSite=Strict`), ask beforehand whether
they may send the header, and say truly in `Origin` (https://fetch.spec.whatwg.org/#origin-header) and `Sec-Fetch-Site`
(https://www.w3.org/TR/fetch-metadata/) who asks, which is held against the host that was asked.
"""

import re

from litestar.datastructures import Cookie

from api.accounts.guard import HttpRequest
from api.accounts.tokens import REFRESH_SECONDS
from mappings.errors import Forbidden, InvalidField, shorten

HEADER = "x-console-path"
"""Where the page is, e.g. `/` or `/contacts/`: the path of its address, up to the last slash."""

NAME = "contacts_refresh"

LONGEST_PATH = 512

_AUTH = "api/v2/auth"
"""Below the page: the only paths that the cookie is sent to."""

# A segment of a path, RFC 3986, 3.3, but for what may end the attribute of a cookie.
_PATH = re.compile(r"/(?:[A-Za-z0-9._~%!$&'()*+=:@-]+/)*", re.ASCII)

_PORT = re.compile(r":\d+$", re.ASCII)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def path_of(request: HttpRequest) -> str | None:
    """The path of the page that asks to be kept signed in by a cookie; `None` for any other client.

    Raises:
        InvalidField: the header is no such path.
        Forbidden: the page is none of this service.
    """
    path = request.headers.get(HEADER)
    if path is None:
        return None
    if len(path) > LONGEST_PATH or not _PATH.fullmatch(path):
        raise InvalidField(f"X-Console-Path must be a path such as /contacts/, not {shorten(path)}")
    _refuse_other_origins(request)
    return path


def token_of(request: HttpRequest) -> str | None:
    """The refresh token in the cookie. `None` if there is none, or several: then somebody else has set one of them."""
    tokens = set()
    for line in request.headers.getall("cookie", []):
        for pair in line.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == NAME:
                tokens.add(value)
    return tokens.pop() if len(tokens) == 1 else None


def kept(request: HttpRequest, path: str, token: str) -> Cookie:
    """The cookie with `token`, for the page at `path`."""
    return _cookie(request, path, token, REFRESH_SECONDS)


def forgotten(request: HttpRequest, path: str) -> Cookie:
    """What takes the cookie away from the page at `path`."""
    return _cookie(request, path, "", 0)


def _cookie(request: HttpRequest, path: str, token: str, seconds: int) -> Cookie:
    return Cookie(
        NAME,
        value=token,
        max_age=seconds,
        path=path + _AUTH,
        # The browser knows how it came here, whatever a proxy says.
        secure=_origin(request).startswith("https:") or request.scope["scheme"] == "https",
        httponly=True,
        samesite="strict",
    )


def _refuse_other_origins(request: HttpRequest) -> None:
    """Raise `Forbidden` unless a browser says that the request is of a page from the host that it asks."""
    origin, host = _origin(request), request.headers.get("host", "")
    scheme, _, own = origin.lower().partition("://")
    default = _DEFAULT_PORTS.get(scheme)
    if default is None or _with_port(own, default) != _with_port(host.lower(), default):
        raise Forbidden(
            f"The page is of the origin {shorten(origin) or 'unknown'}, and the service is asked as {shorten(host)}; "
            "behind a proxy have it pass the header Host on with its port"
        )
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden("The page is of another origin")


def _with_port(host: str, default: str) -> str:
    return host if _PORT.search(host) else host + default


def _origin(request: HttpRequest) -> str:
    return request.headers.get("origin", "")
