"""Redirectors: what their links hold, and which do not say where they lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.errors import InvalidField
from mappings.redirectors import redirectors, taken_out
from tests.harness.urls import LINKS, encoded, proofpoint_v2, proofpoint_v3, sophos

TELLING = [(host, row) for row in redirectors() for host in row.hosts if row.holds == "percent"]
SILENT = [host for row in redirectors() for host in row.hosts if row.holds == "nothing"]
URLS = st.text(max_size=60).map(lambda text: f"https://app.apollo.io/#/people?q={encoded(text)}&page=1")


@pytest.mark.parametrize(("host", "row"), TELLING, ids=[host for host, _ in TELLING])
def test_each_host_and_its_subdomains_lead_on(host, row):
    url = "https://x.example/#/a?b=c%20d&e=1"
    for name in row.parameters:
        for link in (
            f"https://{host}{row.path or '/'}?{name}={encoded(url)}",
            f"https://www.{host.upper()}{row.path}/x?other=b&{name}={encoded(url)}&c",
        ):
            assert taken_out(link) == (url, link.split("/")[2].lower())


@pytest.mark.parametrize("host", SILENT)
def test_a_link_that_does_not_say_where_it_leads_is_refused_and_the_cure_is_named(host):
    told = rf"^url: a link of {host} does not say where it leads; open it, and send the URL it ends at$"
    for link in (f"https://{host}/3abc", f"https://url.uk.m.{host}/s/abc?domain=app.apollo.io"):
        with pytest.raises(InvalidField, match=told):
            taken_out(link)


def test_every_row_says_where_it_comes_from():
    assert [row.hosts for row in redirectors() if not row.source] == []
    assert [
        row.hosts
        for row in redirectors()
        if (row.holds in ("percent", "base64", "proofpoint v2")) != bool(row.parameters)
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "https://evil.example/url?q=https://app.apollo.io/", "https://notgoogle.com/url?q=https://app.apollo.io/",
        "https://google.com.evil.example/url?q=x", "https://google.com@evil.example/url?q=x", "https://www.google.com/search?q=x",
        "https://www.google.com/url", "https://urldefense.com/v3/__https://x", "https://urldefense.proofpoint.com/v2/url?x=y",
        "https://urldefense.com/v4/x", "https://secure-web.cisco.com/abc/def", "https://eu.protection.sophos.com/?d=x",
        "ftp://www.google.com/url?q=x", "https://" + "a." * 200 + "google.com/url?q=x",
    ],
)  # fmt: skip
def test_other_texts_are_left_alone(text):
    assert taken_out(text) is None


@given(URLS)
def test_proofpoint_and_sophos_hold_any_url(url):
    for link in (proofpoint_v2(url), proofpoint_v3(url), sophos(url)):
        inner, _ = taken_out(link) or ("", "")
        assert inner == url


def test_proofpoint_3_gives_back_a_slash_that_was_cut():
    link = "https://urldefense.com/v3/__https:/app.apollo.io/*/people__;Iw!!a!b$"
    assert taken_out(link) == ("https://app.apollo.io/#/people", "urldefense.com")


@pytest.mark.parametrize("held", ["%FF", "é", "A", "!!!!"])
def test_what_is_no_base64_leads_nowhere(held):
    inner, _ = taken_out(f"https://eu.protection.sophos.com/?u={held}") or ("?", "")
    assert "apollo" not in inner
    assert taken_out(f"https://urldefense.com/v3/__https://x*__;{held}!!a") in (None, ("https://x", "urldefense.com"))


def test_a_url_that_was_not_encoded_reaches_to_the_end():
    url = "https://app.apollo.io/#/people?a=b&c=d"
    assert taken_out(LINKS["Google without encoding"](url)) == (url, "www.google.com")


def test_a_link_between_underscores_may_hold_another_such():
    twice = LINKS["Avanan"](LINKS["Avanan"]("https://app.apollo.io/#/people?page=2"))
    assert taken_out(twice) == (LINKS["Avanan"]("https://app.apollo.io/#/people?page=2"), "url.avanan.click")
