"""Websites, domains, e-mail addresses and LinkedIn URLs in the one form in which contacts and filters compare them.

Pure: the public suffix list is a snapshot (`mappings.public_suffixes`); nothing is fetched or cached on disk.
"""

import re
from functools import cache, lru_cache
from unicodedata import normalize
from urllib.parse import unquote

import idna
import msgspec

from mappings.data_files import read_data
from mappings.errors import InvalidField, shorten
from mappings.public_suffixes import split, suffixes
from mappings.text import LONGEST_TERM

_LONGEST_HOST = 253
"""Characters of a host name (RFC 1035)."""

_LONGEST_URL = 2048
"""Characters of a website that are looked at, so that the cache stays small whatever a contact holds."""

_DOTS = ".。．｡"
"""What IDNA (RFC 3490) reads as a dot."""

_SCHEME = re.compile(r"(?:(?:[a-z][a-z0-9+.-]*:)?//+|https?(?::/*|/+))+", re.IGNORECASE)
_AUTHORITY_END = re.compile(r"[/?#]")
_IPV6 = re.compile(r"\[[0-9a-f:.]{2,45}\]", re.IGNORECASE)
_HOST_END = re.compile(r"[\s,;:\[\]]")
_SEVERAL = re.compile(r"[\s,;]")
_WWW = re.compile(r"(?:(?:www|\*)\.)+(?=[^.]+\.)")
_QUERY = re.compile(r"[?#]")
_SLASHES = re.compile(r"//+")
_WHOLE_DOMAIN = re.compile(
    r"(?:https?:/*)?(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)\.?(?::[0-9]{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
"""A domain, or the address of a website, with nothing around it; no e-mail address."""

_SITE = re.compile(r"https?://(?:www\.)?((?!www\.)[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)/?")
"""A website as exports write it, of which only the ends have to go."""

_PROFILE = re.compile(r"https?://(?:[a-z]+\.)?(linkedin\.com/[a-z]+/[a-z0-9_-]+)/?")
"""A LinkedIn URL as exports write it, of which only the ends have to go."""


def host_of(text: str) -> str:
    """The host of a website or domain as people write it, `""` if there is none.

    Lower case, in ASCII (IDNA, UTS 46), without scheme, userinfo, `www.` (or `*.`), port, path, query and trailing
    dot: `xn--mller-kva.de` for `HTTPS://www.Müller.de:8080/x`. Of several, the first. A name that IDNA refuses
    (an underscore beside an umlaut) stays as it is, in lower case, so that it still equals itself.
    """
    return _host(text[:_LONGEST_URL])


def host_and_parents(host: str) -> tuple[str, ...]:
    """The host and its parents down to the registrable domain, so that a listed domain finds its subdomains.

    `shop.eu.acme.co.uk`, `eu.acme.co.uk`, `acme.co.uk`. An address or a name without a public suffix is only itself,
    nothing is nothing. Suffixes are those of registries: `acme.github.io` is a subdomain of `github.io`.
    """
    if host.count(".") < 2:
        # Whatever the suffix is: a registrable domain or a suffix by itself has no parent that is one.
        return (host,) if host else ()
    return _with_parents(host)


@lru_cache(maxsize=8192)
def _with_parents(host: str) -> tuple[str, ...]:
    parts = split(host, registries=True)
    if not parts.domain:
        return (host,)
    labels = host.split(".")
    parents = len(labels) - parts.suffix.count(".") - 2
    return (host, *(".".join(labels[start:]) for start in range(1, parents + 1)))


def own_domain(host: str) -> str:
    """The registrable domain of a host, as of the company that it is; `""` if that tells no company.

    It tells none where many have a page: beneath the domains of `data/shared_hosts.json`, and those that the public
    suffix list calls private, whose owners let others register beneath them (`wixsite.com`, `github.io`, `uk.com`).
    """
    name, _, top = host.rpartition(".")
    usual = name and "." not in name and "xn--" not in host and top in suffixes()
    if usual and suffixes().isdisjoint((host, f"*.{top}")):
        return "" if host in _shared_hosts() else host
    return _registrable(host) if name and _shared_hosts().isdisjoint(host_and_parents(host)) else ""


@lru_cache(maxsize=8192)
def _registrable(host: str) -> str:
    """The domain beneath a public suffix that a host is or is in; `""` if there is none, or the suffix is private."""
    found = split(host)
    return f"{found.domain}.{found.suffix}" if found.domain and not found.private else ""


def email_key(email: str) -> str:
    """The comparable form of an e-mail address: in lower case, without blanks around it, cut like every term."""
    return email.strip().lower()[:LONGEST_TERM]


def listed_domain(field: str, text: str) -> str:
    """The host that `text`, one value of a request's domain list `field`, stands for.

    Raises:
        InvalidField: `text` is no domain, or more than one.
    """
    host = host_of(text)
    if "." not in host or _SEVERAL.search(_authority(text)):
        raise InvalidField(f"{field}: {shorten(text)!r} is not a domain")
    return host


def domain_in(text: str) -> str:
    """The host of a text that is a domain or a web address and no more, else `""`. A name with a dot looks alike."""
    return host_of(text) if "." in text and _WHOLE_DOMAIN.fullmatch(text) else ""


def linkedin_key(url: str) -> str:
    """The comparable form of a LinkedIn URL: `linkedin.com/in/john-doe` for `http://de.linkedin.com/in/John-Doe/?x=1`.

    Lower case, percent-decoded, composed (NFC), without scheme, subdomain, query, fragment and needless slashes;
    cut like every term. A URL that is not of LinkedIn loses only its `www.`.
    """
    if usual := _PROFILE.fullmatch(url):
        return usual[1][:LONGEST_TERM]
    text = _without_scheme(_QUERY.split(url.strip(), maxsplit=1)[0])
    if "%" in text:
        text = unquote(text)
    text = text.lower() if text.isascii() else normalize("NFC", normalize("NFC", text).lower())
    host, _, path = text.partition("/")
    host = "linkedin.com" if host.endswith(".linkedin.com") else host.removeprefix("www.")
    path = _SLASHES.sub("/", path).strip("/ ")
    return (f"{host}/{path}" if path else host)[:LONGEST_TERM]


@lru_cache(maxsize=8192)
def _host(text: str) -> str:
    if len(text) <= _LONGEST_HOST and (usual := _SITE.fullmatch(text)):
        return usual[1]
    authority = _authority(text).rpartition("@")[2].strip()
    address = _IPV6.match(authority)
    if address:
        return address[0].lower()
    host = _ascii(_HOST_END.split(authority, maxsplit=1)[0][:_LONGEST_HOST].strip(_DOTS)).strip(".")
    www = _WWW.match(host)
    return host[www.end() :] if www else host


def _without_scheme(text: str) -> str:
    scheme = _SCHEME.match(text)
    return text[scheme.end() :] if scheme else text


def _authority(text: str) -> str:
    return _AUTHORITY_END.split(_without_scheme(text.strip().replace("\\", "/")), maxsplit=1)[0].strip()


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host.lower()


class _Shared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    hosts: tuple[str, ...]


@cache
def _shared_hosts() -> frozenset[str]:
    """Hosts on which many companies have a page."""
    return frozenset(host for shared in read_data("shared_hosts", tuple[_Shared, ...]) for host in shared.hosts)
