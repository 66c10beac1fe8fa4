"""What of the page's modules is a function of its arguments alone."""

import csv
import io
import json

import pytest
from playwright.sync_api import Page

from tests.harness.service import Service


@pytest.fixture
def bare(page: Page, service: Service) -> Page:
    """A tab of the service's origin, to import modules in."""
    page.goto(service.base)
    return page


def call(page: Page, module: str, name: str, *arguments: object) -> object:
    script = f'(args) => import("/console/{module}.js").then((module) => module.{name}(...args))'
    return page.evaluate(script, list(arguments))


def test_only_addresses_of_the_web_are_links(bare: Page) -> None:
    safe = {
        "https://a.example": "https://a.example/",
        "HTTP://a.example/b?c#d": "http://a.example/b?c#d",
        "javascript:alert(1)": None,
        " javascript:alert(1)": None,
        "java\nscript:alert(1)": None,
        "data:text/html,x": None,
        "//a.example": None,
        "https://a.example@evil.example/": None,
        "https://": None,
        "a.example": None,
    }
    for text, link in safe.items():
        assert call(bare, "outside", "safeLink", text) == link, text
    assert call(bare, "outside", "safeLink", 7) is None


def test_e_mails_and_phones_are_links_if_they_are_nothing_else(bare: Page) -> None:
    for name, value, link in (
        ("email", "a.b+c@d-e.example", "mailto:a.b+c@d-e.example"),
        ("secondary_email", "a@b.example", "mailto:a@b.example"),
        ("email", "a@b.example?bcc=c@d.example", None),
        ("email", "a@b.example,c@d.example", None),
        ("email", "a%0A@b.example", None),
        ("title", "a@b.example", None),
        ("email", None, None),
        ("mobile_phone", "+49 (341) 555-0154", "tel:+493415550154"),
        ("mobile_phone", "+49;phone-context=x", None),
        ("mobile_phone", "*21*555#", None),
    ):
        assert call(bare, "outside", "reaching", name, value) == link, (name, value)


def test_a_column_of_a_spreadsheet_is_a_list(bare: Page) -> None:
    column = 'Acme, Inc\r\n"Say ""hi"""\tother\n\t second \n\nACME, inc\n'
    assert call(bare, "outside", "entriesOf", column) == ["Acme, Inc", 'Say "hi"', "second"]
    domains = 'https://www.Acme.example/about?x\njane@b.example; c.example,d\n"e.example"\thttp://f.example:80'
    assert call(bare, "outside", "domainsOf", domains) == [
        "acme.example", "b.example", "c.example", "e.example", "f.example",
    ]  # fmt: skip


SEARCHES = [
    "#/people",
    "#/people?personTitles[]=a%26b&foo",
    "#/people?x=1&.off=personTitles%5B%5D%3Da%20%26%20b&.include_domain_list=a.example&.per_company=3",
    "#/people?x=%zz&.compare=https%3A%2F%2Fapp.apollo.io%2F%23%2Fpeople%3Fa%3Db&.view=compare&.region=0-1",
]


@pytest.mark.parametrize("fragment", SEARCHES)
def test_a_fragment_is_the_search_and_back(bare: Page, fragment: str) -> None:
    search = call(bare, "search", "read", fragment)
    assert call(bare, "search", "written", search) == fragment


def test_a_fragment_of_anything_else_is_no_search_and_no_harm(bare: Page) -> None:
    for fragment in ("", "#", "#code=abc", "#people?x=1"):
        assert call(bare, "search", "written", call(bare, "search", "read", fragment)) == ""
    odd = call(bare, "search", "read", "#/people?.view=admin&.per_company=0&.region=0-1&.nothing=1")
    assert isinstance(odd, dict)
    for most in ("16", "1e1000", "0x10", "-1", "two"):
        other = call(bare, "search", "read", f"#/people?.per_company={most}")
        assert isinstance(other, dict)
        assert other["perCompany"] is None
    assert (odd["view"], odd["perCompany"], odd["query"], odd["region"]) == ("people", None, "", None)


def analysis(*entries: tuple[str, str]) -> dict[str, object]:
    ledger = [
        {"name": name, "value": value, "status": "applied", "reason": "", "read_as": None} for name, value in entries
    ]
    names = list(dict.fromkeys(name for name, _ in entries))
    parameters = [{"name": name, "values": [], "description": name, "category": "All"} for name in names]
    return {"ledger": ledger, "categories": [{"name": "All", "parameters": parameters}]}


def test_a_change_leaves_the_rest_as_it_was_written(bare: Page) -> None:
    search = call(bare, "search", "read", "#/people?t[]=a%2Cb&t[]=c&odd=%7e")
    whole = analysis(("t[]", "a,b"), ("t[]", "c"), ("odd", "~"))
    edited = call(bare, "reading", "edited", search, whole, [["t[]", "c"]], [["t[]", "d e"]])
    assert isinstance(edited, dict)
    assert edited["query"] == "t[]=a%2Cb&odd=%7e&t[]=d%20e"
    # The same twice, once by another name, goes as a whole.
    twice = call(bare, "search", "read", "#/people?t[]=a&tee=a&u=b")
    edited = call(
        bare, "reading", "edited", twice, analysis(("t[]", "a"), ("t[]", "a"), ("u", "b")), [["t[]", "a"]], []
    )
    assert isinstance(edited, dict)
    assert edited["query"] == "u=b"
    # A name that is another spelling, or several values in one, can only be written anew.
    joined = analysis(("t[]", "a"), ("t[]", "b"), ("t[]", "c"), ("odd", "~"))
    edited = call(bare, "reading", "edited", search, joined, [["t[]", "b"]], [])
    assert isinstance(edited, dict)
    assert edited["query"] == "t[]=a&t[]=c&odd=~"


def test_what_is_removed_is_muted_no_more(bare: Page) -> None:
    search = call(bare, "search", "read", "#/people?t[]=a&t[]=b&u=c&.off=t[]%3Da&.off=u&.off=include_domain_list")
    whole = analysis(("t[]", "a"), ("t[]", "b"), ("u", "c"))
    for removed, off in (
        ([["t[]", None]], ["u", "include_domain_list"]),
        ([["t[]", "a"]], ["u", "include_domain_list"]),
        ([["u", "c"]], ["t[]=a", "include_domain_list"]),
        ([["t[]", "b"]], ["t[]=a", "u", "include_domain_list"]),
    ):
        edited = call(bare, "reading", "edited", search, whole, removed, [])
        assert isinstance(edited, dict)
        assert edited["off"] == off


def test_values_of_a_muted_parameter_speak_one_by_one(bare: Page) -> None:
    search: object = call(bare, "search", "read", "#/people?.off=t[]&.off=u[]")
    for value, off in (
        ("b", ["u[]", "t[]=a", "t[]=c"]),
        ("a", ["u[]", "t[]=c"]),
        ("c", ["u[]"]),
        ("a", ["u[]", "t[]=a"]),
    ):
        search = call(bare, "reading", "toggledValue", search, "t[]", value, ["a", "b", "c"])
        assert isinstance(search, dict)
        assert search["off"] == off
    for value in "bc":
        search = call(bare, "reading", "toggledValue", search, "t[]", value, ["a", "b", "c"])
    assert isinstance(search, dict)
    assert search["off"] == ["u[]", "t[]"]


def test_contacts_are_counted_as_they_pass(bare: Page) -> None:
    rows = [["a", 'x\n"y",'], ["b", "z"], ["", ""]]
    text = io.StringIO()
    csv.writer(text).writerows([["uuid", "title"], *rows])
    tally = """([text, csv, size]) => import("/console/screens/export.js").then(({ Tally }) => {
        const [tally, bytes] = [new Tally(csv), new TextEncoder().encode(text)];
        for (let at = 0; at < bytes.length; at += size) tally.take(bytes.subarray(at, at + size));
        return [tally.contacts, tally.whole];
    })"""
    lines = "".join(json.dumps({"uuid": name, "title": title}) + "\n" for name, title in rows)
    for size in (1, 3, 1000):
        for above in ("", "# who\r\n", '"# who, where"\r\n', "\ufeff", "\ufeff# who\r\n", '\ufeff"# a,b"\r\n'):
            assert bare.evaluate(tally, [above + text.getvalue(), True, size]) == [len(rows), True]
        assert bare.evaluate(tally, [lines, False, size]) == [len(rows), True]
    assert bare.evaluate(tally, ["", True, 1]) == [0, True]
    for cut, is_csv in ((text.getvalue()[:-1], True), ('a\r\n"b\n', True), (lines[:-1], False)):
        assert bare.evaluate(tally, [cut, is_csv, 3])[1] is False


def test_ranges_are_told_in_words(bare: Page) -> None:
    for name, value, words in (
        ("organizationNumEmployeesRanges[]", "11,50", "11 to 50"),
        ("organizationNumEmployeesRanges[]", "10001", "10,001 or more"),
        ("organizationNumEmployeesRanges[]", "10001,", "10,001 or more"),
        ("organizationNumEmployeesRanges[]", ",10", "10 or less"),
        ("organizationRevenueRanges[]", "1000000,9999999", "1M to 10M"),
        ("revenueRange", "1500000,", "1.5M or more"),
        ("revenueRange[min]", "1250", "1,250"),
        ("organizationFoundedYearRange", "1990,2010", "1990 to 2010"),
        ("organizationFoundedYearRange[max]", "2010", "2010"),
        ("latestFundingDateRange[min]", "2024-06-30", "Jun 30, 2024"),
        ("latestFundingDateRange[min]", "60_days_ago", "60 days ago"),
        ("organizationNumEmployeesRanges[]", "many", "many"),
        ("organizationNumEmployeesRanges[]", "abc5", "abc5"),
        ("organizationNumEmployeesRanges[]", "10-50", "10-50"),
        ("organizationNumEmployeesRanges[]", "1,2,3", "1,2,3"),
        ("organizationRevenueRanges[]", "999999999,1000000000", "999,999,999 to 1,000,000,000"),
        ("organizationRevenueRanges[]", "5, 5", "5"),
        ("organizationNumEmployeesRanges[]", "", ""),
        ("personTitles[]", "11,50", "11,50"),
    ):
        assert call(bare, "numbers", "inWords", name, value) == words, (name, value)


def test_a_file_is_called_after_its_search(bare: Page) -> None:
    for words, ending, name in (
        (["CEO & Co.", "Köln", "../x"], "csv", "contacts-ceo-co-ko-ln-x.csv"),
        (["???"], "ndjson", "contacts.ndjson"),
    ):
        assert call(bare, "screens/export", "fileName", words, ending) == name


@pytest.mark.browsing(timezone_id="America/New_York")
def test_a_day_is_the_same_day_everywhere_and_a_moment_is_told_in_local_time(bare: Page) -> None:
    for text, told in (
        ("2012-03-01T00:00:00", "Mar 1, 2012"),
        ("2024-06-30", "Jun 30, 2024"),
        ("2024-06-30T00:00:00.000Z", "Jun 30, 2024"),
        ("2026-11-27T01:08:09Z", "Nov 26, 2026, 8:08 PM"),
        ("2026-11-27T01:08:09.25", "Nov 26, 2026, 8:08 PM"),
        ("May 5", "May 5"),
        ("2024-13-40", "2024-13-40"),
    ):
        assert call(bare, "numbers", "dated", text) == told, text
