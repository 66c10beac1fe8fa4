"""URLs as people paste them, and as attackers write them."""

from urllib.parse import quote, quote_plus

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappings.catalogue import entries
from mappings.errors import ContactsError, ForeignUrl, InvalidField
from mappings.parameters import given_parameters
from mappings.url import LONGEST_URL, MOST_VALUES, parse
from tests.harness.urls import WRAPPINGS, respelled, wrapped

PEOPLE = "https://app.apollo.io/#/people?"
ONE = (("a[]", ("x",)), ("b", ("y",)))
NAMES = [entry.name for entry in entries() if entry.name not in ("page", "filters")]
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
        "https://app.apollo.io/?a[]=x#/people?b=y",
        "https://app.apollo.io/?utm_source=mail&a[]=x#/people?b=y",
        "https://app.apollo.io/people#a[]=x&b=y",
        "https://app.apollo.io/#a[]=x&b=y",
        "https://app.apollo.io/#/people/a[]=x&b=y",
        "https://app.apollo.io/#/people;a[]=x&b=y",
        "https://app.apollo.io/people&a[]=x&b=y",
        "https://app.apollo.io/?utm_source=mail#a[]=x&b=y",
        "https://app.apollo.io/?utm_source=mail#/people&a[]=x&b=y",
        "https://app.apollo.io/?utm_source=mail#/people%3Fa[]%3Dx%26b=y",
        "https://app.apollo.io/people?a[]=x#&b=y",
        "https://app.apo\nllo.io/#/people?a[]=x&b=y",
        "https://app.apollo.io/#/people?a[]=x&amp;amp;amp;amp;b=y",
        "https://app.apollo.io/#/people??a[]=x&b=y",
        "https://app.apollo.io/#/people?a[]=x&&&b=y&&",
        "(https://app.apollo.io/#/people?a[]=x&b=y)",
        "https://app.apollo.io/#!/people?a[]=x&b=y",
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
        ("https://api.apollo.io/api/v1/mixed_people/search?a=b", "https://api.apollo.io", None, "a=b"),
        ("https://app.apollo.io/#/login?redirectTo=%2F%23%2Fpeople%3Fa=b", "https://app.apollo.io", "/people", "a=b"),
        ("https://app.apollo.io/#/login", "https://app.apollo.io", "/login", None),
        ("<https://app.apollo.io/#/people?a=b|x>", "https://app.apollo.io", "/people", "a=b"),
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


FOREIGN = ["evil.example", "apollo.io.evil.example", "app.apollo.io@evil.example", "notapollo.io", "..apollo.io",
           "evil.example#.apollo.io", "evil.example\\.apollo.io", "app.apollo.io%2eevil.example"]  # fmt: skip


@given(st.text(max_size=40))
def test_nothing_before_the_path_is_ever_another_host(text):
    """Whatever is accepted before the first delimiter ends in apollo.io and holds nothing to hide a host in."""
    is_of_apollo_or_refused(f"https://{text}apollo.io{text}/#/people")


@given(
    st.sampled_from(["app.apollo.io", "apollo.io", *FOREIGN])
    .map(lambda host: f"https://{host}/#/people?personTitles[]=CEO&page=1")
    .flatmap(wrapped),
    st.data(),
)
def test_whatever_wraps_a_url_it_is_apollos_in_the_end(text, data):
    is_of_apollo_or_refused(text)
    cut, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    for mangled in (text[:cut] + text[end:], text[:cut] + data.draw(st.text(max_size=5)) + text[cut:]):
        is_of_apollo_or_refused(mangled)


def is_of_apollo_or_refused(text):
    try:
        read = parse(text)
    except ContactsError:
        return
    scheme, _, origin = read.base_url.partition("://")
    host = origin.partition(":")[0].removesuffix(".")
    assert scheme in ("http", "https")
    assert host == "apollo.io" or host.endswith(".apollo.io")
    assert not set(host) & set("@\\/?#% \t\r\n")


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("name", [name for name in WRAPPINGS if not name.endswith("only")])
def test_a_foreign_url_is_foreign_in_any_wrapping(host, name):
    """But where the wrapping keeps the path only, which is apollo's then."""
    with pytest.raises((ForeignUrl, InvalidField)):
        parse(WRAPPINGS[name](f"https://{host}/#/people?personTitles[]=CEO&page=1"))


def test_a_question_mark_in_a_value_is_none_that_is_lacking():
    assert parse("https://app.apollo.io/#/people&perPage=0&q=a%3Fb&page=1").pairs == (
        ("perPage", "0"),
        ("q", "a?b"),
        ("page", "1"),
    )


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(min_size=1, max_size=20)), min_size=1, max_size=4), st.data())
def test_however_it_arrives_the_same_parameters_come_out(pairs, data):
    """The last one is a page, whose value has an end that is known in a sentence too."""
    plain = "&".join(f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in pairs)
    written = "&".join(f"{data.draw(respelled(name))}={quote(value, safe='')}" for name, value in pairs)
    expected = given_parameters(parse(f"{PEOPLE}{plain}&page=1").pairs)
    assert given_parameters(parse(f"{PEOPLE}{written}&page=1").pairs) == expected
    assert given_parameters(parse(data.draw(wrapped(f"{PEOPLE}{plain}&page=1"))).pairs) == expected
