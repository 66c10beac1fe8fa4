"""URLs as people paste them, and as attackers write them."""

from urllib.parse import quote, quote_plus

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappings.errors import ContactsError, ForeignUrl, InvalidField
from mappings.url import LONGEST_URL, MOST_VALUES, parse

PEOPLE = "https://app.apollo.io/#/people?"
ONE = (("a[]", ("x",)), ("b", ("y",)))
PAIRS = st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=20)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.apollo.io/#/people?a[]=x&b=y",
        "https://app.apollo.io/people?a[]=x&b=y",
        "https://app.apollo.io/people/?a[]=x&b=y",
        "https://app.apollo.io/#/people/?a[]=x&b=y",
        "https://app.apollo.io/#/people?a[]=x&b=y/",
        "https://app.apollo.io/#/people?a%5B%5D=x&b=y",
        "https://app.apollo.io/#/people?a[]=x&amp;b=y",
        "https://app.apollo.io/#/people?a[]=x&amp;amp;b=y",
        "https://app.apollo.io/#/people?a[]=x&&b=y&",
        "https://app.apollo.io/#/people?&a[]=x&b=y",
        "https://app.apollo.io/#/people?a[]=x &b=y",
        "https://app.apollo.io/#/people?a[]=x\n&b=y\n",
        "https://app.apollo.io/#/people?a[]=x\r\n  &\r\n b=y",
        '  "https://app.apollo.io/#/people?a[]=x&b=y"\n',
        "'https://app.apollo.io/#/people?a[]=x&b=y'",
        "“https://app.apollo.io/#/people?a[]=x&b=y”",
        "<https://app.apollo.io/#/people?a[]=x&b=y>",
        "app.apollo.io/#/people?a[]=x&b=y",
        "//app.apollo.io/#/people?a[]=x&b=y",
        "HTTPS://APP.Apollo.IO/#/people?a[]=x&b=y",
        "https://app.apollo.io/?utm_campaign=Reset%3A+x&utm_source=cio#/people?a[]=x&b=y",
        "https://app.apollo.io/?utm_source=cio&a[]=x&b=y#/people",
        "https://app.apollo.io/?c=d#/people?a[]=x&b=y",
    ],
)
def test_odd_spellings_are_read_as_meant(url):
    assert parse(url).parameters == ONE
    assert parse(url).base_url == "https://app.apollo.io"
    assert parse(url).text == url


@pytest.mark.parametrize(
    ("url", "base_url", "hash_path", "query_string"),
    [
        ("https://app.apollo.io/#/people?a=%20b", "https://app.apollo.io", "/people", "a=%20b"),
        ("https://app.apollo.io/#/people", "https://app.apollo.io", "/people", None),
        ("https://app.apollo.io/#/people?", "https://app.apollo.io", "/people", ""),
        ("https://app.apollo.io/#/people/abc/?a=b", "https://app.apollo.io", "/people/abc", "a=b"),
        ("https://app.apollo.io/people?a=b", "https://app.apollo.io", None, "a=b"),
        ("https://app.apollo.io/?utm_source=x#/people", "https://app.apollo.io", "/people", None),
        ("http://app.apollo.io:8080", "http://app.apollo.io:8080", None, None),
        ("apollo.io/", "https://apollo.io", None, None),
        ("https://app.apollo.io./#/", "https://app.apollo.io.", None, None),
        ("https://a.b.apollo.io#/people?a=b", "https://a.b.apollo.io", "/people", "a=b"),
        ("https://app.apollo.io?a=b", "https://app.apollo.io", None, "a=b"),
    ],
)
def test_structure(url, base_url, hash_path, query_string):
    read = parse(url)
    assert (read.base_url, read.hash_path, read.query_string) == (base_url, hash_path, query_string)


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("a=b+c%20d%2Be", [("a", "b c d+e")]),
        ("a=%252C", [("a", "%2C")]),
        ("a=%E2%82%AC%FF%E2%82", [("a", "€\ufffd\ufffd")]),
        ("a=100%&b=%zz", [("a", "100%"), ("b", "%zz")]),
        ("key", [("key", "")]),
        ("=x", [("", "x")]),
        ("a=b=c?d", [("a", "b=c?d")]),
        ("a=R%26D&b=1%3D1", [("a", "R&D"), ("b", "1=1")]),
        ("a=C#&b=é", [("a", "C#"), ("b", "é")]),
        ('a="team lead"', [("a", '"team lead"')]),
        ("a=x&b=1&a=x&a=z", [("a", "x"), ("b", "1"), ("a", "x"), ("a", "z")]),
        ("a []=1%2C100", [("a []", "1,100")]),
    ],
)
def test_pairs_are_decoded_once(query, pairs):
    assert parse(PEOPLE + query).pairs == tuple(pairs)


def test_parameters_keep_all_values_of_a_name():
    assert parse(PEOPLE + "a=x&b=1&a=x").parameters == (("a", ("x", "x")), ("b", ("1",)))


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "people?a=b",
        "https://",
        "https://notapollo.io/#/people",
        "https://apollo.io.evil.com/#/people",
        "https://apollo.iox/",
        "https://app-apollo.io/",
        "https://apolloXio/",
        "https://.apollo.io/",
        "https://apollo.io@evil.com/",
        "https://apollo.io:80@evil.com/",
        "https://user@app.apollo.io/",
        "https://user:pass@app.apollo.io/",
        "https://app.apollo.io:/@evil.com",
        "https://apollo.io\\@evil.com/",
        "https://evil.com\\.apollo.io/",
        "https:\\\\app.apollo.io/",
        "https://evil.com#@apollo.io",
        "https://evil.com#.apollo.io/",
        "https://evil.com/?https://apollo.io",
        "https://evil.com/https://apollo.io/",
        "https://evil.com/.apollo.io/",
        "https://app.apollo.io\t.evil.com/",
        "https://app.apo\nllo.io/",
        "https://app.apollo.io\x00/",
        "https://app.apollo.io%2eevil.com/",
        "https://app.apollo.io\n@evil.com",
        "https://app.apollo.io..evil.com",
        "https://app.apollo.ıo/",
        "https://app.apollo。io/",
        "ftp://app.apollo.io/",
        "javascript://app.apollo.io/%0aalert(1)",
        "javascript:alert(1)//app.apollo.io/",
        "file:///app.apollo.io/",
        "ws://app.apollo.io/",
        "https:app.apollo.io/",
        "https:///app.apollo.io/",
        "https://app.apollo.io:port/",
        "https://https://app.apollo.io/",
    ],
)
def test_foreign_urls_are_refused(url):
    with pytest.raises(ForeignUrl, match=r"^URL must be from apollo\.io domain$"):
        parse(url)


def test_longest_url():
    longest = PEOPLE + "a=" + "x" * (LONGEST_URL - len(PEOPLE) - 2)
    assert len(parse(longest).pairs) == 1
    for longer in (longest + "x", longest[:-1] + "é"):
        with pytest.raises(InvalidField, match=r"^url: longer than 65536 bytes"):
            parse(longer)


def test_most_values():
    assert len(parse(PEOPLE + "&".join(["a"] * MOST_VALUES)).pairs) == MOST_VALUES
    with pytest.raises(InvalidField, match=r"^url: more than 10000 values"):
        parse(PEOPLE + "&".join(["a"] * (MOST_VALUES + 1)))


@given(st.text())
@example('"' * 1000)
def test_any_text_is_read_or_refused(text):
    for url in (text, f"https://app.apollo.io/{text}", PEOPLE + text, f"https://{text}apollo.io/"):
        try:
            msgspec.json.encode(parse(url).pairs)
        except ContactsError:
            continue


@given(st.text(st.characters(), max_size=30))
def test_half_surrogates_do_not_reach_an_answer(text):
    msgspec.json.encode(parse(PEOPLE + text).pairs)


@given(PAIRS)
def test_what_was_quoted_comes_back(pairs):
    for quoted in (quote, quote_plus):
        query = "&".join(f"{quoted(name, safe='')}={quoted(value, safe='')}" for name, value in pairs)
        assert parse(PEOPLE + query).pairs == tuple(pairs)


@given(st.text(max_size=40))
def test_nothing_before_the_path_is_ever_another_host(text):
    """Whatever is accepted before the first delimiter ends in apollo.io and holds nothing to hide a host in."""
    try:
        read = parse(f"https://{text}apollo.io{text}/#/people")
    except ContactsError:
        return
    host = read.base_url.removeprefix("https://").partition(":")[0].removesuffix(".")
    assert host == "apollo.io" or host.endswith(".apollo.io")
    assert not set(host) & set("@\\/?# \t\r\n")
