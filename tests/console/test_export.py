"""Taking contacts along: into a file that the page writes, by a link that is good once, as uuids."""

import csv
import io
import json
import re
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.console import hostile
from tests.console.conftest import both_engines
from tests.console.desk import Desk, url_of
from tests.harness.browser import Watch, screenshot
from tests.harness.service import Service

URL = url_of(("personTitles[]", "ceo"))

PICKER = """
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
window.saved = { name: "", parts: [], closed: false, aborted: false };
window.showSaveFilePicker = async ({ suggestedName }) => {
    window.saved.name = suggestedName;
    return {
        createWritable: async () => ({
            write: async (part) => void window.saved.parts.push(decoder.decode(part)),
            close: async () => void (window.saved.closed = true),
            abort: async () => void (window.saved.aborted = true),
        }),
    };
};
"""
"""A place to save to, in place of the browser's own dialog, which no test can answer."""


@pytest.fixture
def desk(page: Page, service: Service, signed_in: BrowserContext) -> Desk:
    return Desk(page, service)


def begin(desk: Desk, url: str = URL) -> None:
    desk.open().search(url).page.get_by_role("button", name="Export…").click()


def saved(desk: Desk) -> tuple[str, str]:
    """The file's name, and what is in it."""
    expect(desk.page.get_by_role("dialog").get_by_role("status")).to_contain_text("written")
    name, text, closed = desk.run("() => [saved.name, saved.parts.join(''), saved.closed]")
    assert closed
    return name, text


@both_engines
def test_all_contacts_go_into_a_file_with_the_columns_of_the_table(desk: Desk) -> None:
    desk.page.add_init_script(PICKER)
    begin(desk)
    desk.page.get_by_role("button", name="Save…").click()
    name, text = saved(desk)
    # By the mark Excel knows how letters are written.
    assert text[0] == "\ufeff"
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    assert name == "contacts-ceo.csv"
    assert list(rows[0]) == ["first_name", "last_name", "title", "company", "country", "email", "email_status"]
    assert len(rows) == desk.counts(URL)
    told = desk.service.data("search_contacts", url=URL)["results"]
    assert {row["email"] for row in rows} == {each["email"] or "" for each in told}
    proof = desk.page.get_by_role("dialog").get_by_role("status")
    expect(proof).to_contain_text(f"{len(rows):,} contacts written")
    expect(proof).to_contain_text(desk.service.data("explain_count", url=URL)["fingerprint"])
    screenshot(desk.page, "exported")


def test_a_file_has_what_is_asked_for(desk: Desk) -> None:
    desk.page.add_init_script(PICKER)
    begin(desk, url_of(("personLocations[]", hostile.CITY), ("personLocations[]", "Nowhere, Else")))
    page = desk.page
    page.get_by_label("The search as a comment").check()
    page.get_by_role("button", name="Save…").click()
    _, text = saved(desk)
    first, rest = text.split("\n", 1)
    assert re.match('\ufeff"?#', first)
    assert hostile.CITY in first
    proof = page.get_by_role("dialog").get_by_role("status")
    expect(proof).to_contain_text(f"{len(hostile.CONTACTS)} contacts written into contacts-hostile-nowhere-else.csv")
    titles = [row["title"] for row in csv.DictReader(io.StringIO(rest))]
    assert len(titles) == len(hostile.CONTACTS)
    assert "'=cmd|' /C calc'!A0" in titles
    desk.run("() => (saved.parts.length = 0)")
    page.get_by_label("NDJSON").check()
    page.get_by_label("Everything that is stored").check()
    page.get_by_role("button", name="Save…").click()
    name, text = saved(desk)
    assert name.endswith(".ndjson")
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == len(hostile.CONTACTS)
    assert "custom" in lines[0]


def test_an_export_can_be_cancelled_and_then_there_is_no_file(desk: Desk) -> None:
    slow = PICKER.replace(
        "write: async (part) =>", "write: async (part) => (await new Promise((go) => (window.go = go))) ||"
    )
    desk.page.add_init_script(slow)
    begin(desk, url_of())
    desk.page.get_by_role("button", name="Save…").click()
    expect(desk.page.get_by_role("progressbar")).to_be_visible()
    desk.page.wait_for_function("() => window.go !== undefined")
    desk.page.wait_for_timeout(600)
    desk.run("() => window.go()")
    # How fast it goes is told once there is something to tell.
    expect(desk.page.locator("dialog .hint").filter(has_text="a second")).to_contain_text(
        f"of {desk.counts(url_of()):,}"
    )
    # The browser asks whoever leaves, and nobody is signed out meanwhile.
    leave = "() => dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert desk.run(leave) is False
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="Sign out").click()
    expect(desk.page.locator(".remark")).to_contain_text("contacts are being written into a file")
    desk.page.get_by_role("button", name="Exporting…").click()
    desk.page.get_by_role("button", name="Cancel").click()
    desk.run("() => window.go()")
    assert desk.run(leave) is True
    expect(desk.page.get_by_role("button", name="Save…")).to_be_visible()
    assert desk.run("() => [saved.aborted, saved.closed]") == [True, False]


def test_an_export_is_of_the_search_that_it_was_begun_with(desk: Desk) -> None:
    slow = PICKER.replace("close: async () =>", "close: async () => (await new Promise((go) => (window.go = go))) ||")
    desk.page.add_init_script(slow)
    begin(desk)
    page = desk.page
    page.get_by_role("button", name="Save…").dblclick()
    page.wait_for_function("() => window.go !== undefined")
    page.keyboard.press("Escape")
    desk.mute("personTitles[]")
    desk.run("() => window.go()")
    page.get_by_role("button", name="Export…").click()
    proof = page.get_by_role("dialog").get_by_role("status")
    expect(proof).to_contain_text(f"{desk.counts(URL)} contacts written")
    expect(proof).to_contain_text(desk.service.data("explain_count", url=URL)["fingerprint"])
    page.keyboard.press("Escape")
    desk.mute("personTitles[]")
    page.get_by_role("button", name="Export…").click()
    expect(proof).to_have_count(0)


def test_without_a_picker_the_browser_saves_what_is_behind_a_link(desk: Desk) -> None:
    desk.page.add_init_script("delete window.showSaveFilePicker")
    begin(desk)
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="Save…").click()
    assert "eyJ" not in download.value.url
    text = download.value.path().read_text("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == desk.counts(URL)
    status = desk.page.get_by_role("dialog").get_by_role("status")
    expect(status).to_contain_text("its list of downloads tells whether they are all there")


def test_uuids_are_copied(desk: Desk, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    begin(desk)
    desk.page.get_by_role("button", name="Copy the uuids").click()
    expect(desk.page.get_by_role("dialog").get_by_role("status")).to_have_text(f"{desk.counts(URL)} uuids copied.")
    copied = desk.run("() => navigator.clipboard.readText()").splitlines()
    assert sorted(copied) == sorted(desk.service.data("get_uuids", url=URL)["uuids"])
    assert all(re.fullmatch(r"[0-9a-f-]{36}", uuid) for uuid in copied)


def test_an_export_that_fails_says_so(desk: Desk, watch: Watch) -> None:
    desk.page.add_init_script(PICKER)
    watch.expect("status of 503")
    begin(desk)
    desk.page.route("**/contacts?*", lambda route: route.fulfill(status=503, json={"detail": "The engine rests."}))
    desk.page.get_by_role("button", name="Save…").click()
    expect(desk.page.get_by_role("dialog").get_by_role("alert")).to_have_text("The engine rests.")
    assert desk.run("() => saved.aborted")
    # What ends early, but cleanly, as behind a proxy of another age, is no file either.
    alert, all_ = desk.page.get_by_role("dialog").get_by_role("alert"), desk.counts(URL)
    for body, words, closed in (
        ('uuid\r\na\r\n"b\r\n', "ended in the middle", False),
        ("uuid\r\na\r\n", f"not the {all_:,} that there were", True),
    ):
        desk.page.unroute("**/contacts?*")
        desk.page.route("**/contacts?*", partial(Route.fulfill, body=body))
        desk.page.get_by_role("button", name="Save…").click()
        expect(alert).to_contain_text(words)
        assert desk.run("() => saved.closed") is closed
