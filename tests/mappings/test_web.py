"""Hosts, domains and LinkedIn URLs, as people write them, in their comparable form."""

import subprocess
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tldextract import TLDExtract

from mappings.data_files import read_data
from mappings.errors import InvalidField
from mappings.text import LONGEST_TERM
from mappings.web import domain_in, email_key, host_and_parents, host_of, linkedin_key, listed_domain, own_domain

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(lambda label: label != "www")
HOST = st.lists(LABEL, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "com"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTPS://www.Müller.de:8080/x", "xn--mller-kva.de"),
        ("acme.com", "acme.com"),
        (" http://www.acme.com/ ", "acme.com"),
        ("https://acme.com?x=http://other.com", "acme.com"),
        ("acme.com#top", "acme.com"),
        ("acme.com.", "acme.com"),
        ("//acme.com/x", "acme.com"),
        ("http:/acme.com", "acme.com"),
        ("http//acme.com", "acme.com"),
        ("https://https://www.acme.com", "acme.com"),
        ("https:\\\\acme.com\\x", "acme.com"),
        ("user:pass@acme.com:80", "acme.com"),
        ("john@acme.com", "acme.com"),
        ("mailto:john@acme.com", "acme.com"),
        ("acme.com, acme.org", "acme.com"),
        ("acme.com; acme.org", "acme.com"),
        ("www.www.acme.com", "acme.com"),
        ("www.com", "www.com"),
        ("*.acme.com", "acme.com"),
        ("www2.acme.com", "www2.acme.com"),
        ("my_shop.acme.com", "my_shop.acme.com"),
        ("straße.de", "xn--strae-oqa.de"),
        ("xn--mller-kva.de", "xn--mller-kva.de"),
        ("ａｃｍｅ。com", "acme.com"),
        ("mü_ller.de", "mü_ller.de"),
        ("192.168.0.1:80", "192.168.0.1"),
        ("http://[::1]:80/x", "[::1]"),
        ("localhost", "localhost"),
        ("n/a", "n"),
        ("-", "-"),
        ("", ""),
        ("https://", ""),
        ("http:///", ""),
    ],
)
def test_host_of(text: str, expected: str) -> None:
    assert host_of(text) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("shop.eu.acme.co.uk", ("shop.eu.acme.co.uk", "eu.acme.co.uk", "acme.co.uk")),
        ("acme.com", ("acme.com",)),
        ("notexample.com", ("notexample.com",)),
        ("acme.github.io", ("acme.github.io", "github.io")),
        ("a.xn--mller-kva.de", ("a.xn--mller-kva.de", "xn--mller-kva.de")),
        ("192.168.0.1", ("192.168.0.1",)),
        ("[::1]", ("[::1]",)),
        ("localhost", ("localhost",)),
        ("co.uk", ("co.uk",)),
        ("app.intranet.local", ("app.intranet.local",)),
        ("", ()),
    ],
)
def test_host_and_parents(host: str, expected: tuple[str, ...]) -> None:
    assert host_and_parents(host) == expected


def test_no_host_imports_a_client_of_http() -> None:
    script = """
import sys
from mappings.web import host_and_parents, own_domain
print(host_and_parents("shop.acme.co.uk"), own_domain("acme.com"), {"tldextract", "requests"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "('shop.acme.co.uk', 'acme.co.uk') acme.com set()\n"


def test_listed_domain() -> None:
    assert listed_domain("include_domain_list", "https://www.Example.com/x y") == "example.com"


@pytest.mark.parametrize("text", ["", "acme", "acme corp", "https://", ".", ".com", "acme corp.com", "a.com, b.com"])
def test_what_is_no_domain_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidField, match="exclude_domain_list") as caught:
        listed_domain("exclude_domain_list", text)
    assert repr(text) in str(caught.value)


def test_a_refused_domain_is_shown_shortened() -> None:
    with pytest.raises(InvalidField) as caught:
        listed_domain("include_domain_list", "x" * 10_000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "url",
    [
        "http://www.linkedin.com/in/John-Doe/?x=1",
        "https://linkedin.com/in/john-doe",
        "linkedin.com/in/john-doe/",
        "www.linkedin.com/in/john-doe#about",
        "https://de.linkedin.com/in/john-doe",
        "HTTPS://M.LINKEDIN.COM//in//JOHN-DOE//",
        " http://uk.linkedin.com/in/john%2Ddoe ",
    ],
)
def test_linkedin_key(url: str) -> None:
    assert linkedin_key(url) == "linkedin.com/in/john-doe"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.linkedin.com/in/jos%C3%A9-p", "linkedin.com/in/josé-p"),
        ("https://www.linkedin.com/in/JOSE\u0301-p", "linkedin.com/in/josé-p"),
        ("https://www.linkedin.com/in/%ff", "linkedin.com/in/\ufffd"),
        ("https://notlinkedin.com/in/a", "notlinkedin.com/in/a"),
        ("https://www.xing.com/profile/A", "xing.com/profile/a"),
        ("linkedin.com", "linkedin.com"),
        ("", ""),
    ],
)
def test_linkedin_key_of_others(url: str, expected: str) -> None:
    assert linkedin_key(url) == expected


def test_a_linkedin_key_is_cut() -> None:
    assert len(linkedin_key("linkedin.com/in/" + "x" * 5000)) == LONGEST_TERM


@given(st.one_of(st.text(), HOST, st.text("w.*:/@[]?# htps", max_size=30)))
def test_a_host_is_its_own_host(text: str) -> None:
    assert host_of(host_of(text)) == host_of(text)


@given(HOST, st.sampled_from(["", "http://", "HTTPS://", "//", "https://u:p@"]), st.sampled_from(["", "www.", "WWW."]))
def test_dressing_does_not_change_the_host(host: str, scheme: str, www: str) -> None:
    for tail in ("", "/", ".", ":443", "/a?b#c", "?q=1"):
        assert host_of(f"{scheme}{www}{host.title()}{tail}") == host


@given(st.one_of(st.text(), HOST))
def test_parents_are_ever_shorter_suffixes(text: str) -> None:
    host = host_of(text)
    parents = host_and_parents(host)
    assert parents[:1] == ((host,) if host else ())
    assert all(longer.endswith("." + shorter) for longer, shorter in pairwise(parents))


@given(st.text(), st.text("abc/#?:.htps w", max_size=20))
def test_a_linkedin_key_never_fails_and_ignores_case(text: str, path: str) -> None:
    linkedin_key(text)
    assert linkedin_key(path.upper()) == linkedin_key(path)


@given(st.text(st.characters(exclude_characters="%?#/", exclude_categories=["Cs"]), max_size=30))
def test_a_linkedin_key_is_its_own_key(name: str) -> None:
    key = linkedin_key(f"https://www.linkedin.com/in/{name}")
    assert linkedin_key(key) == key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("delta.example", "delta.example"),
        ("www.Delta.example", "delta.example"),
        ("https://shop.delta.example:8080/a?b#c", "shop.delta.example"),
        ("delta.co.uk.", "delta.co.uk"),
        ("müller.de", "xn--mller-kva.de"),
        ("кто.рф", "xn--j1ail.xn--p1ai"),
        ("kto.xn--p1ai", "kto.xn--p1ai"),
        ("ann@delta.example", ""),
        ("Ph.D", ""),
        ("B.V.", ""),
        ("3.5", ""),
        ("10.0.0.1", ""),
        ("delta", ""),
        ("delta example.com", ""),
        ("-delta.example", ""),
        (".example", ""),
        ("", ""),
    ],
)
def test_domain_in(text: str, expected: str) -> None:
    assert domain_in(text) == expected


def test_hostile_lengths_take_no_time() -> None:
    started = time.perf_counter()
    for text in ("http://" * 100_000, "a." * 300_000, "ü" * 600_000, "/" * 600_000, "www." * 200_000, "%" * 600_000):
        host_and_parents(host_of(text))
        linkedin_key(text)
        domain_in(text)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("acme.com", "acme.com"),
        ("shop.eu.acme.co.uk", "acme.co.uk"),
        ("xn--mller-kva.de", "xn--mller-kva.de"),
        # Many have a page there, or a name beneath it.
        ("facebook.com", ""),
        ("de-de.facebook.com", ""),
        ("sites.google.com", ""),
        ("google.com", "google.com"),
        ("acme.wixsite.com", ""),
        ("acme.github.io", ""),
        ("github.io", ""),
        ("acme.uk.com", ""),
        # Nobody can register these.
        ("co.uk", ""),
        ("localhost", ""),
        ("acme.internal", ""),
        ("192.168.0.1", ""),
        ("[::ffff:1.2.3.4]", ""),
        ("", ""),
    ],
)
def test_the_domain_of_a_company(host: str, domain: str) -> None:
    assert own_domain(host) == domain


def test_shared_hosts_are_hosts_and_there_once() -> None:
    rows = read_data("shared_hosts", list[dict[str, list[str] | str]])
    hosts = [host for row in rows for host in row["hosts"]]
    assert len(hosts) == len(set(hosts))
    assert all(host_of(host) == host and "." in host for host in hosts)
    assert all(str(row["source"]).startswith("https://") for row in rows)


@given(st.emails())
def test_an_address_is_the_same_in_any_case(address: str) -> None:
    assert email_key(f" {address.upper()}\n") == email_key(address) == address.lower()


def test_an_address_is_cut_like_every_term() -> None:
    assert len(email_key("a" * 2000)) == LONGEST_TERM


def test_the_domain_of_a_company_is_that_of_the_public_suffix_list() -> None:
    """Also where it is told in less time: of two labels of which the last is a suffix."""
    split = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
    shared = {host for row in read_data("shared_hosts", list[dict[str, list[str] | str]]) for host in row["hosts"]}
    for suffix in split.tlds:
        host = suffix.lstrip("*!.")
        for each in (host, f"acme.{host}", f"acme.{host.rpartition('.')[2]}", host.encode("idna").decode()):
            found = split(each)
            told = found.domain and found.suffix and not found.is_private and shared.isdisjoint(host_and_parents(each))
            assert own_domain(each) == (f"{found.domain}.{found.suffix}" if told else ""), each


@given(HOST, st.sampled_from(["", "www.", "www.www."]), st.sampled_from(["", "/"]))
def test_a_website_as_exports_write_it_has_the_host_of_any_other(host: str, www: str, end: str) -> None:
    assert host_of(f"https://{www}{host}{end}") == host_of(f"https://{www}{host}:443{end}") == host_of(f"{www}{host}")
