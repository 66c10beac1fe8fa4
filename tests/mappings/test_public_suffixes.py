"""Hosts taken apart at their public suffix, as `tldextract` does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tldextract import TLDExtract

from mappings.public_suffixes import Split, split, suffixes

PEER = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
SUFFIXES = sorted(PEER.tlds)
LABELS = st.lists(st.sampled_from(["acme", "www", "xn--mller-kva", "uk", "com", "a-b", "1"]), max_size=3)


def as_peer(host: str, *, registries: bool) -> Split:
    found = PEER(host, include_psl_private_domains=not registries)
    return Split(found.domain, found.suffix, found.is_private) if found.suffix else Split()


@pytest.mark.parametrize(
    ("host", "domain", "suffix", "private"),
    [
        ("acme.com", "acme", "com", False),
        ("shop.acme.co.uk", "acme", "co.uk", False),
        ("acme.github.io", "acme", "github.io", True),
        ("com", "", "com", False),
        ("acme.ck", "", "acme.ck", False),
        ("www.ck", "www", "ck", False),
        ("ck", "", "", False),
        ("acme.xn--p1ai", "acme", "xn--p1ai", False),
        ("acme\u3002com", "acme", "com", False),
        ("acme.internal", "", "", False),
        ("192.168.0.1", "", "", False),
        ("", "", "", False),
    ],
)
def test_a_host_is_taken_apart(host: str, domain: str, suffix: str, private: bool) -> None:
    assert split(host) == Split(domain, suffix, private)


def test_private_suffixes_can_be_passed_over() -> None:
    assert split("acme.github.io", registries=True) == Split("github", "io")


def test_the_list_is_that_of_the_peer() -> None:
    assert sorted(suffixes()) == SUFFIXES


@pytest.mark.parametrize("registries", [False, True])
def test_every_suffix_is_told_as_the_peer_tells_it(registries: bool) -> None:
    for suffix in SUFFIXES:
        host = suffix.lstrip("*!.")
        for each in (host, f"acme.{host}", f"shop.acme.{host}", f"acme.{host.encode('idna').decode()}"):
            assert split(each, registries=registries) == as_peer(each, registries=registries), each


@given(LABELS, st.sampled_from(SUFFIXES), st.booleans())
def test_any_host_is_told_as_the_peer_tells_it(labels: list[str], suffix: str, registries: bool) -> None:
    host = ".".join([*labels, suffix.lstrip("*!.")])
    assert split(host, registries=registries) == as_peer(host, registries=registries)
