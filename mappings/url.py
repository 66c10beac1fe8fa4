"""Apollo URLs: text as people paste it → its structure and its parameters, decoded once.

Apollo keeps the search in the fragment (`https://app.apollo.io/#/people?personTitles[]=CEO&page=1`), where the rules
of ordinary query strings do not reach: nothing may be left to a general URL parser. What a URL was pasted in is taken
off first (`mappings.wrappings`). What is not of apollo.io is refused here, by one expression that has to match
everything before the first `/`, `?` or `#`.
"""

import re
from collections.abc import Sized
from urllib.parse import unquote

import msgspec

from mappings import wrappings
from mappings.errors import ForeignUrl, InvalidField

LONGEST_URL = 64 * 1024
"""Bytes of a URL in UTF-8."""

MOST_VALUES = 10_000
"""Values of a URL, all parameters together."""

# Nothing but the host may stand before the path: no userinfo, no backslash, no control character, no other letters
# (ASCII, or "ı" would pass for "i").
_ORIGIN = re.compile(
    r"(?:(?:(?P<scheme>https?):)?//)?(?P<host>(?:[a-z0-9_-]+\.)*apollo\.io\.?(?::[0-9]{1,5})?)(?=[/?#]|\Z)",
    re.IGNORECASE | re.ASCII,
)
# What Apollo's app writes, with nothing around it and nothing on the way: most of all texts.
_ORDINARY = re.compile(
    r"https://(?:[a-z0-9-]+\.)*apollo\.io/#/(?:people|companies|contacts|accounts)[a-zA-Z0-9/-]*\?", re.ASCII
)
_ENDINGS = frozenset(".,;:!?)]}>\"'`")
_TRACKING = "utm_"


class ApolloUrl(msgspec.Struct, frozen=True):
    """A URL of apollo.io, read."""

    text: str
    """As it was given."""

    base_url: str
    """Scheme and host in lower case; `https` when no scheme was written."""

    hash_path: str | None
    """The path in the fragment, without a trailing `/`: `/people`."""

    query_string: str | None
    """As written, not decoded."""

    pairs: tuple[tuple[str, str], ...]
    """Names and values, decoded, in the order of the URL."""

    unwrapped: tuple[str, ...] = ()
    """What it was taken out of, a phrase in plain English for each wrapping; empty for a URL as Apollo writes it."""

    @property
    def parameters(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each name as written (decoded) with all its values, in the order of the URL."""
        grouped: dict[str, list[str]] = {}
        for name, value in self.pairs:
            grouped.setdefault(name, []).append(value)
        return tuple((name, tuple(values)) for name, values in grouped.items())


def parse(text: str) -> ApolloUrl:
    """Read a URL of apollo.io.

    Raises:
        ForeignUrl: it is not of apollo.io or a subdomain of it, or not http(s).
        InvalidField: it has more than `LONGEST_URL` bytes or more than `MOST_VALUES` values.
    """
    written = _encodable(text)
    unwrapped: tuple[str, ...] = ()
    if not _is_ordinary(written):
        written, unwrapped = wrappings.unwrapped(written)
    origin = _ORIGIN.match(written)
    if origin is None:
        raise ForeignUrl
    before, hashed, fragment = written[origin.end() :].partition("#")
    path, asked, query = fragment.partition("?")
    pairs = _pairs(query)
    if "?" in before:
        _, _, query_before = before.partition("?")
        # Mail programs and campaigns put their marks there; the search is never among them.
        pairs_before = _pairs(query_before)
        if hashed:
            pairs_before = tuple(pair for pair in pairs_before if not pair[0].startswith(_TRACKING))
        if pairs_before or not hashed:
            asked, query = "?", query if asked else query_before
        pairs = pairs_before + pairs
        _bounded(pairs)
    return ApolloUrl(
        text=text,
        base_url=f"{origin['scheme'] or 'https'}://{origin['host']}".lower(),
        hash_path=_path(path),
        query_string=query if asked else None,
        pairs=pairs,
        unwrapped=unwrapped,
    )


def _is_ordinary(text: str) -> bool:
    return (
        _ORDINARY.match(text) is not None
        and text.isascii()
        and text[-1] not in _ENDINGS
        and "=" in text
        and not (" " in text or "\n" in text or "\r" in text or "\t" in text)
        and not (";" in text or "\\" in text or "<" in text or "%26" in text or "=3D" in text)
        and text.count("?") == 1
    )


def _encodable(text: str) -> str:
    """The text itself if it is short enough, without half surrogates, which no answer could carry."""
    if text.isascii():
        size = len(text)
    else:
        encoded = text.encode("utf-8", "surrogatepass")
        size = len(encoded)
        text = encoded.decode("utf-8", "replace")
    if size > LONGEST_URL:
        raise InvalidField(f"url: longer than {LONGEST_URL} bytes")
    return text


def _path(path: str) -> str | None:
    inner = path.strip().removeprefix("!").strip("/")
    return f"/{inner}" if inner else None


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    parts = [stripped for part in query.lstrip("?").removesuffix("/").split("&") if (stripped := part.strip())]
    _bounded(parts)
    if "+" in query or "%" in query:
        names: dict[str, str] = {}
        pairs = []
        for part in parts:
            name, _, value = part.partition("=")
            if (decoded := names.get(name)) is None:
                decoded = names[name] = _decoded(name)
            pairs.append((decoded, _decoded(value)))
        return tuple(pairs)
    return tuple([(name, value) for name, _, value in [part.partition("=") for part in parts]])


def _bounded(values: Sized) -> None:
    if len(values) > MOST_VALUES:
        raise InvalidField(f"url: more than {MOST_VALUES} values")


def _decoded(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, errors="replace") if "%" in text else text
