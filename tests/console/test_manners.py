"""Manners of the page: signing in, keys, lost connections, sessions that end, administrators' screens."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.console.desk import Desk, sign_in, url_of
from tests.harness.browser import Watch, screenshot
from tests.harness.service import Service

CEOS = url_of(("personTitles[]", "ceo"))
GERMANS = url_of(("personLocations[]", "Germany"))


@pytest.fixture
def desk(page: Page, service: Service, signed_in: BrowserContext) -> Desk:
    return Desk(page, service).open()


def test_one_signs_in_and_stays_so_until_one_signs_out(page: Page, service: Service, watch: Watch) -> None:
    page.goto(f"{service.base}/{CEOS[CEOS.index('#') :]}")
    screenshot(page, "sign-in")
    page.get_by_role("button", name="Make an account").click()
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_label("Password").fill("long enough")
    page.get_by_role("button", name="Make an account").click()
    desk = Desk(page, service)
    # The search that was in the address is there.
    desk.settled().shows(desk.counts(CEOS))
    page.reload()
    desk.settled().shows(desk.counts(CEOS))
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").wait_for()
    watch.expect("status of 401")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_label("Password").fill("not her password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.get_by_label("Password").fill("long enough")
    page.get_by_label("Password").press("Enter")
    desk.settled().shows(desk.counts(CEOS))


def test_keys_do_what_the_page_says(desk: Desk) -> None:
    page = desk.page
    page.locator(".welcome h1").click()
    page.keyboard.press("/")
    expect(page.locator("#url")).to_be_focused()
    desk.search(CEOS)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Undo the last change")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("2")
    expect(page.locator("[data-facet]").first).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("t")
    expect(desk.rows().first).to_be_focused()
    page.keyboard.press("e")
    expect(page.get_by_role("dialog")).to_contain_text("Export")
    page.keyboard.press("Escape")


def test_a_lost_connection_comes_back_and_what_was_asked_meanwhile_is_answered(desk: Desk, watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    desk.search(CEOS)
    page = desk.page
    page.context.set_offline(True)
    desk.run('() => import("./console/page.js").then(({ socket }) => socket.drop())')
    expect(page.locator(".lost")).to_be_visible()
    desk.parameter("personTitles[]").get_by_role("switch").click()
    expect(page.locator(".stale").first).to_be_attached()
    page.context.set_offline(False)
    desk.settled().shows(desk.counts(url_of()))
    expect(page.locator(".lost")).to_have_count(0)


def test_stale_answers_do_not_overtake(desk: Desk) -> None:
    desk.search(CEOS)
    desk.run(
        f"""() => import("./console/page.js").then(({{ take }}) => {{
            for (const url of {[GERMANS, CEOS] * 5 + [GERMANS]!r}) take(url);
        }})"""
    )
    expect(desk.page.locator("#url")).to_have_value(GERMANS)
    desk.settled().shows(desk.counts(GERMANS))
    expect(desk.page.locator("article[data-name]")).to_have_count(1)


def test_who_is_signed_out_goes_on_in_place_with_the_password(
    page: Page, service: Service, context: BrowserContext, watch: Watch
) -> None:
    service.registered("ended@example.com")
    sign_in(context, service, "ended@example.com")
    desk = Desk(page, service).open().search(CEOS).mute("personTitles[]")
    count, address = page.locator(".large").inner_text(), page.url
    watch.expect("status of 401")
    token = desk.run('() => import("./console/page.js").then(({ session }) => session.token())')
    assert service.post("/api/v2/auth/sessions", None, token, method="DELETE")[0] == 204
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("ended@example.com")
    expect(page.locator(".large")).to_have_text(count)
    screenshot(page, "again")
    dialog.get_by_label("Password").fill("long enough")
    dialog.get_by_label("Password").press("Enter")
    expect(dialog).to_have_count(0)
    assert page.url == address
    desk.mute("personTitles[]").shows(desk.counts(CEOS))


def test_administrators_see_loads_users_and_health(
    page: Page, service: Service, context: BrowserContext, administrator: str
) -> None:
    sign_in(context, service, administrator)
    Desk(page, service).open()
    page.get_by_role("button", name="Admin").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("All is well")
    expect(dialog.locator("tr.live")).to_contain_text("live")
    expect(dialog).to_contain_text("Filled fields")
    screenshot(page, "loads")
    dialog.get_by_role("button", name="Users").click()
    dialog.get_by_label("E-mail").fill("new@example.com")
    dialog.get_by_label("Password").fill("long enough")
    dialog.get_by_role("button", name="Create").click()
    row = dialog.locator("tbody tr").filter(has_text="new@example.com")
    expect(row).to_be_visible()
    row.get_by_label("Role of new@example.com").select_option("counter")
    expect(row.get_by_role("combobox")).to_have_value("counter")
    row.get_by_role("button", name="Disable").click()
    expect(row.get_by_role("button", name="Enable")).to_be_visible()
    screenshot(page, "users")
    row.get_by_role("button", name="Delete…").click()
    row.get_by_role("button", name="Yes, delete").click()
    expect(row).to_have_count(0)


def test_others_see_no_screens_of_administrators(desk: Desk) -> None:
    expect(desk.page.get_by_role("button", name="Admin")).to_have_count(0)
