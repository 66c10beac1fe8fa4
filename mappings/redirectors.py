"""Links that lead to another one: mail filters, chats and social networks put their own host before every URL.

Which hosts do, and where in their link the other one stands, is data (`data/redirectors.json`). What is taken out here
is text like any other: whether it is of apollo.io is decided where it is read.
"""

import base64
import re
from collections.abc import Callable
from functools import cache
from itertools import chain
from typing import Literal
from urllib.parse import unquote

import msgspec

from mappings.data_files import read_data
from mappings.errors import InvalidField

_LINK = re.compile(r"(?:(?:https?:)?//)?(?P<host>[a-z0-9.-]+)(?::[0-9]{1,5})?(?=[/?#]|\Z)", re.IGNORECASE | re.ASCII)
_LONGEST_HOST = 253
_SCHEME_CUT = re.compile(r"(https?):/(?=[^/])", re.IGNORECASE)

Holds = Literal[
    "percent", "base64", "proofpoint v2", "proofpoint v3", "between underscores", "last part of the path", "nothing"
]


class Redirector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The links of one service."""

    hosts: tuple[str, ...]
    """In lower case; their subdomains are meant too."""

    path: str = ""
    """What the path of such a link begins with."""

    parameters: tuple[str, ...] = ()
    """The parameter of the query that holds the other link: the first of these that is there."""

    holds: Holds = "percent"
    """How the other link is written; `nothing`: it is kept by the service, and only opening the link tells it."""

    source: str
    """A public description or example."""


def taken_out(link: str) -> tuple[str, str] | None:
    """What a redirector's link leads to, and the redirector's host; `None` for any other text.

    Raises:
        InvalidField: the link does not say where it leads.
    """
    found = _LINK.match(link)
    if found is None or len(found["host"]) > _LONGEST_HOST:
        return None
    host, rest = found["host"].lower(), link[found.end() :]
    for redirector in _of_host(host):
        if not rest.removeprefix("/").startswith(redirector.path.removeprefix("/")):
            continue
        if (inner := _WRITTEN[redirector.holds](redirector, rest)) is not None:
            return inner, host
    return None


def _of_host(host: str) -> tuple[Redirector, ...]:
    """Those of the host itself or the nearest of its parents that has any."""
    labels = host.split(".")
    parents = (".".join(labels[first:]) for first in range(len(labels) - 1))
    return tuple(chain.from_iterable(_by_host().get(parent, ()) for parent in parents))


@cache
def redirectors() -> tuple[Redirector, ...]:
    """All that are known."""
    return read_data("redirectors", tuple[Redirector, ...])


@cache
def _by_host() -> dict[str, list[Redirector]]:
    by_host: dict[str, list[Redirector]] = {}
    for redirector in redirectors():
        for host in redirector.hosts:
            by_host.setdefault(host, []).append(redirector)
    return by_host


def held(rest: str, names: tuple[str, ...]) -> str | None:
    """The value of the first of `names` in the query or fragment of a URL, decoded once; `None` if there is none.

    A URL that was put there without encoding it has a `#` of its own, and reaches to the end.
    """
    for name in names:
        if found := re.search(rf"[?&#]{re.escape(name)}=", rest):
            written = rest[found.end() :]
            value = written.partition("&")[0]
            return written if "#" in value else unquote(value, errors="replace")
    return None


def _percent(redirector: Redirector, rest: str) -> str | None:
    return held(rest, redirector.parameters)


def _base64(redirector: Redirector, rest: str) -> str | None:
    value = held(rest, redirector.parameters)
    return None if value is None else _from_base64(value).decode(errors="replace")


def _proofpoint_v2(redirector: Redirector, rest: str) -> str | None:
    """`-` stands for `%` and `_` for `/`."""
    value = held(rest, redirector.parameters)
    return None if value is None else unquote(value.translate(str.maketrans("-_", "%/")), errors="replace")


_V3 = re.compile(r"/?v3/__(?P<link>.+?)__;(?P<taken>[A-Za-z0-9_=-]*)!")
_V3_TAKEN = re.compile(r"\*(?:\*(?P<run>[A-Za-z0-9_-]))?")
_V3_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _proofpoint_v3(_: Redirector, rest: str) -> str | None:
    """`*` stands for the next of the characters that follow in base64, `**A` for two of them, `**B` for three, …"""
    found = _V3.match(rest)
    if found is None:
        return None
    taken = iter(_from_base64(found["taken"]).decode(errors="replace"))

    def given_back(mark: re.Match[str]) -> str:
        count = 1 if mark["run"] is None else _V3_RUNS.index(mark["run"]) + 2
        return "".join(character for _, character in zip(range(count), taken, strict=False))

    return _SCHEME_CUT.sub(r"\1://", _V3_TAKEN.sub(given_back, found["link"]), count=1)


def _between_underscores(_: Redirector, rest: str) -> str | None:
    """`___URL___.` and a signature; the URL as it was."""
    # Such a link may hold another such.
    link, ended, _signature = rest.partition("___")[2].rpartition("___.")
    return link if ended else None


def _last_part(_: Redirector, rest: str) -> str | None:
    value = rest.rpartition("/")[2]
    return unquote(value, errors="replace") if "%3a" in value.lower() else None


def _nothing(redirector: Redirector, _: str) -> str | None:
    raise InvalidField(
        f"url: a link of {redirector.hosts[0]} does not say where it leads; open it, and send the URL it ends at"
    )


def _from_base64(text: str) -> bytes:
    standard = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4))
    except ValueError:
        return b""


_WRITTEN: dict[Holds, Callable[[Redirector, str], str | None]] = {
    "percent": _percent,
    "base64": _base64,
    "proofpoint v2": _proofpoint_v2,
    "proofpoint v3": _proofpoint_v3,
    "between underscores": _between_underscores,
    "last part of the path": _last_part,
    "nothing": _nothing,
}
