"""What a URL was pasted in is taken off, said in words, and never guessed at."""

import pytest

from mappings.errors import ForeignUrl, InvalidField
from mappings.url import parse
from mappings.wrappings import unwrapped
from tests.harness.patience import patiently
from tests.harness.urls import AROUND, LINKS, WRAPPINGS, WRITTEN

URL = "https://app.apollo.io/#/people?personTitles[]=Head%20of%20R%26D&qKeywords=a%2Bb%20%22c%22&page=1"
PAIRS = (("personTitles[]", "Head of R&D"), ("qKeywords", 'a+b "c"'), ("page", "1"))
BARE = "https://app.apollo.io/#/people?personTitles[]=CEO"

SAID = {
    "quotes": ("freed of quotes or brackets around it",),
    "round brackets": ("freed of quotes or brackets around it",),
    "Slack": ("taken out of a Slack link",),
    "Markdown": ("taken out of a Markdown link",),
    "HTML link": ("taken out of an HTML link", "freed of HTML's escapes"),
    "deep HTML escapes": ("freed of HTML's escapes",),
    "JSON with escapes": ("freed of JSON's escapes", "taken out of the words around it"),
    "sentence": ("taken out of the words around it",),
    "signature": ("freed of line breaks and tabs",),
    "line break": ("freed of line breaks and tabs",),
    "hxxp": ("made a link again",),
    "percent-encoded": ("decoded as a whole",),
    "encoded #": ("decoded as a whole",),
    "no ?": ("given the ? that it lacked",),
    "Outlook": ("taken out of a link of nam02.safelinks.protection.outlook.com",),
    "Google": ("taken out of a link of www.google.com",),
    "Proofpoint 3": ("taken out of a link of urldefense.com",),
    "login": ("taken out of the login page's link",),
    "blanks": (),
    "no scheme": (),
    "slash": (),
}


@pytest.mark.parametrize("name", WRAPPINGS)
def test_the_url_comes_out_of_each_wrapping(name):
    read = parse(WRAPPINGS[name](URL))
    assert read.pairs == PAIRS
    assert read.hash_path == "/people"
    assert read.text == WRAPPINGS[name](URL)


@pytest.mark.parametrize(("name", "said"), SAID.items())
def test_what_was_taken_off_is_said(name, said):
    assert parse(WRAPPINGS[name](URL)).unwrapped == said


def test_of_a_url_as_apollo_writes_it_nothing_is_said():
    assert parse(URL).unwrapped == parse(BARE).unwrapped == ()
    assert parse("https://app.apollo.io/#/people?personTitles[]=Project Manager&page=1").unwrapped == ()


@pytest.mark.parametrize("around", sorted(AROUND))
@pytest.mark.parametrize("link", ["Outlook in HTML", "Proofpoint 3", "Google Docs", "login"])
def test_a_link_that_leads_there_may_stand_in_anything(around, link):
    assert parse(AROUND[around](LINKS[link](URL))).pairs == PAIRS


@pytest.mark.parametrize("written", ["hxxp", "no scheme", "encoded #", "numbered HTML escapes", "shell escapes"])
@pytest.mark.parametrize("around", ["quotes", "angle brackets", "round brackets", "list", "label", "mail"])
def test_a_url_that_is_written_differently_may_stand_in_anything(around, written):
    assert parse(AROUND[around](WRITTEN[written](URL))).pairs == PAIRS


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (f"{BARE} and CFO", ["CEO and CFO"]),
        (f'{BARE}"', ['CEO"']),
        (f"{BARE}.", ["CEO."]),
        (f"{BARE}&page=1'.", ["CEO"]),
        (f"{BARE}<br>and so on", ["CEO"]),
        (f"{BARE} </td>", ["CEO"]),
        (f"{BARE}<b", ["CEO<b"]),
        ("https://app.apollo.io/#/people?personTitles%255B%255D%253DCEO%2526page%253D1", ["CEO"]),
        (f"{BARE},", ["CEO,"]),
        (f"{BARE} (or CFO)", ["CEO (or CFO)"]),
        (f"{BARE})", ["CEO"]),
        (f"{BARE}).", ["CEO"]),
        (f"{BARE}%20(interim))", ["CEO (interim)"]),
        (f"({BARE}%20(interim))", ["CEO (interim)"]),
        (f"{BARE} Manager&personTitles[]=CFO", ["CEO Manager", "CFO"]),
        (f"Link: {BARE} Manager&personTitles[]=CFO", ["CEO Manager", "CFO"]),
        (f"Link: {BARE}%20I, as said", ["CEO I"]),
        (f"See {BARE}; thanks", ["CEO"]),
        (f"See {BARE}\nand call me", ["CEO"]),
        (f"{BARE}\nManager", ["CEOManager"]),
        (f"{BARE}\n\nManager", ["CEO"]),
        (f"{BARE}&page=1 - enjoy!", ["CEO"]),
        (f"{BARE}&page=1\nBest regards", ["CEO"]),
        (f"{BARE}&page=1.", ["CEO"]),
        (f"{BARE}&page=\n1", ["CEO"]),
        (f'"{BARE}" is the link', ["CEO"]),
        (f'"{BARE}"x', ['CEO"x']),
        (f'"{BARE}', ["CEO"]),
        (f"'\"{BARE}\"'", ["CEO"]),
        (f"<URL:{BARE}>", ["CEO"]),
        (f"view-source:{BARE}", ["CEO"]),
        (f">{BARE}", ["CEO"]),
        (f"See app.apollo.io{BARE[21:]}, thanks", ["CEO"]),
        (f"{BARE}&q_linkedin_url=\nhttps://www.linkedin.com/in/x", ["CEO"]),
        (f"[old](https://x.example) or [new]({BARE})", ["CEO"]),
        (f'<a href="https://x.example">unsubscribe</a> <a href={BARE}>list</a>', ["CEO"]),
        ("https://app.apollo.io/%23%2Fpeople%3FpersonTitles[]%3DCEO", ["CEO"]),
        ("https://app.apollo.io/%2523/people%253FpersonTitles%255B%255D%253DCEO", ["CEO"]),
        ("https://app.apollo.io/#/login?redirectTo=%2523/people%3FpersonTitles[]=CEO", ["CEO"]),
        ("https://app.apollo.io/#/login?redirectTo=%3FpersonTitles[]=CEO", ["CEO"]),
        ("https://app.apollo.io/sign-in?returnTo=%2Fpeople%3FpersonTitles[]=CEO", ["CEO"]),
        (f"{BARE};personTitles[]=CFO;page=1", ["CEO", "CFO"]),
        (f"{BARE}%26personTitles%5B%5D=CFO", ["CEO", "CFO"]),
        ("https://app.apollo.io/#/people?page=1?personTitles[]=CEO", ["CEO"]),
        (f"{BARE}%20of%20R%26D", ["CEO of R&D"]),
        (f"{BARE};%20Founder", ["CEO; Founder"]),
        ("https://app.apollo.io/#/people?personLinkedinUrls[]=http://x.example/?a=b&personTitles[]=CEO", ["CEO"]),
        ("https://app.apollo.io/#/people?personTitles[]=3D%20Artist&qKeywords=3D", ["3D Artist"]),
        ("https://app.apollo.io/#/people?personTitles[]=3DX&page=1", ["3DX"]),
        (f"**{BARE}**", ["CEO"]),
        (f"See **{BARE}**!", ["CEO"]),
        (f"（{BARE}）", ["CEO"]),
        (f"[{BARE}|our search]", ["CEO"]),
        (f"[{BARE}|CFO&page=1]", ["CEO|CFO"]),
        (f"{BARE}\\r\\n", ["CEO"]),
    ],
)
def test_where_a_url_ends(text, titles):
    assert [value for name, value in parse(text).pairs if name == "personTitles[]"] == titles


def test_entities_that_html_took_for_characters_are_given_back():
    url = BARE.replace("?", "?page=1&") + "¬EmailerCampaignIds[]=5¤tlyUsingAnyOfTechnologyUids[]=x"
    assert [name for name, _ in parse(url).pairs][2:] == [
        "notEmailerCampaignIds[]",
        "currentlyUsingAnyOfTechnologyUids[]",
    ]
    assert parse(f"{BARE}%C2%AC&a=b¬ ").pairs == (("personTitles[]", "CEO¬"), ("a", "b¬"))


def test_words_after_a_url_without_a_query():
    assert parse("https://app.apollo.io/#/people.").hash_path == "/people"
    assert parse("See https://app.apollo.io/#/people for all").hash_path == "/people"


@pytest.mark.parametrize("scheme", ["https:/", "http:/", "ttps://", "htps://", "https//", "hxxps://"])
def test_a_scheme_that_lost_something_is_mended(scheme):
    assert parse(BARE.replace("https://", scheme)).unwrapped == ("made a link again",)


@pytest.mark.parametrize(
    "text",
    ["https://app.apollo.io/#/people/5f2a==", "https://app.apollo.io/#/people/1=2", "https://app.apollo.io/#/people"],
)
def test_a_path_asks_for_nothing(text):
    assert parse(text).pairs == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"See {BARE} for more", "can't be told where it ends"),
        (f"{BARE}\n{BARE}", "more than one URL"),
        (f"{BARE} {BARE}", "more than one URL"),
        (f"{BARE}\nhttps://x.example", "more than one URL"),
        (f"See {BARE}\nor\nhttps://x.example", "more than one URL"),
        (f"[a]({BARE}) [b]({BARE}&page=2)", "more than one URL"),
        ('<a href="https://x.example">a</a><a href="https://y.example">b</a>', "more than one URL"),
    ],
)
def test_what_can_not_be_told_is_refused(text, told):
    with pytest.raises(InvalidField, match=f"^url: .*{told}"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        f"https://evil.example {BARE}",
        f"See https://evil.example/?x= {BARE}",
        f"See evil.example/x {BARE}",
        f"evil.example/? {BARE}",
        f"evil.example/?x={BARE}",
        f"x={BARE}",
        "ttps://apollo.io.evil.example/?a=b",
        "https:/evil.example/app.apollo.io/?a=b",
        f"https://evil.example/?url={BARE}",
        f"https://evil.example/#/login?redirectTo={BARE}",
        "https://app.apollo.io/#/login?redirectTo=https%3A%2F%2Fevil.example%2F",
        "https://app.apollo.io/#/login?redirectTo=%2F%2Fevil.example%2F",
        "https://app.apollo.io/#/login?redirectTo=evil.example/%23/people",
        "<https://evil.example|https://app.apollo.io/>",
        "[https://app.apollo.io/](https://evil.example)",
        '<a href="https://evil.example">https://app.apollo.io/#/people</a>',
        '<a href="">https://app.apollo.io/#/people</a>',
        "hxxps://evil[.]example/app.apollo.io",
        "hxxps://app[.]apollo[.]io@evil.example/",
        "https%3A%2F%2Fapp.apollo.io%40evil.example",
        "https://app.apollo.io&#64;evil.example/",
        "https://app.apollo.io\\u0040evil.example/",
        "Link:",
        "(((",
        "<a href=>",
    ],
)
def test_what_is_not_of_apollo_is_refused(text):
    with pytest.raises(ForeignUrl):
        parse(text)


def test_there_is_an_end_to_wrappings():
    link = BARE
    for _ in range(20):
        link = LINKS["Google"](link)
    with pytest.raises(ForeignUrl):
        parse(link)


HOSTILE = {
    "backslashes": BARE + "\\" * 65_000, "blanks": "x" + " " * 65_000 + "y", "entities": BARE + "&amp" * 16_000 + ";",
    "anchors": "<a " * 21_000, "pipes": "<//" * 21_000, "links": "](" * 32_000, "quotes": '"' * 65_000,
    "brackets": BARE + ")." * 32_000, "labels": "a." * 32_000, "host": "https://" + "a." * 32_000 + "/",
    "lines": BARE + "\n" * 65_000 + "x", "urls": "https:// " * 7_000, "second urls": BARE + " https://x" * 6_000,
    "percents": "https%" + "25" * 32_000 + "3a", "login": "https://app.apollo.io/#/login?redirectTo=" + "%25" * 21_000,
    "redirectors": "https://www.google.com/url?q=" * 2_000,
    "escaped line breaks": BARE + "\\n" * 32_000 + "x", "mail": BARE + "=3D" * 21_000, "soft": BARE + "=\n" * 32_000,
    "names": BARE + ";aaaa" * 13_000, "brackets of names": BARE + "?a" + "[]" * 32_000,
    "no ?": BARE[:31] + "&/" * 32_000,
    "blanks before ?": BARE[:31] + " " * 65_000 + "?a=b",
    "stars": "https://urldefense.com/v3/__" + "*" * 60_000 + "__;AA!",
}  # fmt: skip


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text):
    try:
        parse(text[:65_536])
    except (ForeignUrl, InvalidField):
        return


HALF_A_MEBIBYTE = 2**19
ENCODED = "25" * (HALF_A_MEBIBYTE // 2)
LONG = {
    "names of which one ends": f"{BARE}{'?page=' * (HALF_A_MEBIBYTE // 6)}& x",
    "names before punctuation": f"{BARE}{'?page=' * (HALF_A_MEBIBYTE // 6)}&.",
    "names behind words": f"see {BARE}{'?page=' * (HALF_A_MEBIBYTE // 6)}& x",
    "URLs of others": f"{BARE} {'https://a ' * (HALF_A_MEBIBYTE // 10)}",
    "blanks": f"{BARE}&page=1{' ' * HALF_A_MEBIBYTE}x",
    "lines of words": BARE + "\na b" * (HALF_A_MEBIBYTE // 4),
    "lines of a word": BARE + "\na" * (HALF_A_MEBIBYTE // 2) + "\na b",
    "an encoded ?": f"https://app.apollo.io/#people%{ENCODED}3f",
    "an encoded =": f"https://app.apollo.io/#/people?a%{ENCODED}3db",
    "an encoded /": f"https://app.apollo.io/#/login?redirectTo=%{ENCODED}2f",
}


@pytest.mark.parametrize("name", LONG)
def test_no_text_takes_more_than_its_length(name):
    with patiently():
        try:
            unwrapped(LONG[name])
        except InvalidField:
            assert name == "names behind words"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://app.apollo.io/#/people?qKeywords=a&page=2 foo", "https://app.apollo.io/#/people?qKeywords=a&page=2"),
        ("https://app.apollo.io/#/people?page=2 foo", "https://app.apollo.io/#/people?page=2"),
        ("https://app.apollo.io/#/people?a=b?page=2 foo", "https://app.apollo.io/#/people?a=b?page=2"),
        ("https://app.apollo.io/#/people?page=2&qKeywords=a foo", None),
        ("https://app.apollo.io/#/people?page=2& foo", None),
        ("https://app.apollo.io/#/people?page=2&\nqKeywords=a\nb c", None),
        (
            "https://app.apollo.io/#/people?qKeywords=a&pa\nge=2\nb c",
            "https://app.apollo.io/#/people?qKeywords=a&page=2",
        ),
    ],
)
def test_words_after_a_url_are_cut_off_where_its_last_value_has_no_blanks(text, url):
    assert unwrapped(text)[0] == (url or text.replace("\n", ""))


def test_what_is_encoded_again_and_again_is_not_decoded_for_ever():
    assert unwrapped(f"https://app.apollo.io/#people%{'25' * 5}3fpage=1")[0] == "https://app.apollo.io/#people?page=1"
    assert "?" not in unwrapped(f"https://app.apollo.io/#people%{'25' * 500}3fpage=1")[0]
