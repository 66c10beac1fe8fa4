"""Manners of the page: signing in, keys, lost connections, sessions that end, administrators' screens."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from indexing.sample.contacts import write_sample
from tests.console.desk import Desk, Line, sign_in, url_of
from tests.harness.browser import Watch, screenshot
from tests.harness.service import Service, contacts_process

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
    # Nobody is to walk away from a page that looks as if it had signed them out.
    watch.expect("status of 503")
    page.route("**/auth/logout", lambda route: route.fulfill(status=503, json={"detail": "Not now."}))
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".remark")).to_contain_text("still signed in")
    page.unroute("**/auth/logout")
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


def test_where_registration_is_closed_nobody_is_offered_it(page: Page, service: Service) -> None:
    page.route("**/console/about.json", lambda route: route.fulfill(json={"registration": False, "docs": False}))
    with page.expect_response("**/console/about.json"):
        page.goto(service.base)
    expect(page.get_by_role("button")).to_have_text(["Sign in"])


def test_keys_do_what_the_page_says(desk: Desk) -> None:
    page = desk.page
    page.locator(".welcome h1").click()
    page.keyboard.press("/")
    expect(page.locator("#url")).to_be_focused()
    page.evaluate(
        """(text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }""",
        CEOS,
    )
    page.locator(".large").wait_for()
    desk.settled().shows(desk.counts(CEOS))
    # Where one is can be seen.
    for _ in range(12):
        page.keyboard.press("Tab")
        assert desk.run("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
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


def test_what_is_too_large_is_said_to_be_so_and_the_page_goes_on(desk: Desk) -> None:
    opened: list[str] = []
    desk.search(CEOS)
    desk.page.on("websocket", lambda socket: opened.append(socket.url))
    asked = """(url) => import("./console/page.js").then(({ socket }) => Promise.allSettled([
        socket.ask("count_contacts", { url, include_company_name: ["ä".repeat(1e6)] }),
        socket.ask("count_contacts", { url }),
    ])).then((told) => told.map(({ value, reason }) => value?.count ?? reason.message))"""
    told = ["This is more than the service takes at once.", desk.counts(CEOS)]
    assert desk.page.evaluate(asked, CEOS) == told
    expect(desk.page.locator(".lost")).to_have_count(0)
    # What is known to be too large is not sent again. Of who hangs up on a long message a browser may not hear why.
    assert len(opened) <= 3
    opened.clear()
    assert desk.page.evaluate(asked, CEOS) == told
    desk.run(f"""() => import("./console/page.js").then(({{ take }}) => void take("{CEOS} " + "x".repeat(3e6)))""")
    expect(desk.page.locator(".remark")).to_contain_text("more than the service takes at once")
    desk.mute("personTitles[]").shows(desk.counts(url_of()))
    assert opened == []
    desk.run("""() => import("./console/page.js").then(({ change, search }) => {
        change({ ...search.value, off: ["include_domain_list=" + "x".repeat(1.1e6)] });
    })""")
    expect(desk.page.locator(".remark")).to_contain_text("too long for an address")


def test_a_service_that_can_not_be_reached_at_first_is_said_to_be_so_until_it_can(
    page: Page, service: Service, signed_in: BrowserContext, watch: Watch
) -> None:
    watch.expect("status of 503")
    page.route("**/auth/refresh", lambda route: route.fulfill(status=503, json={"detail": "Not now."}))
    page.goto(service.base)
    expect(page.get_by_role("status")).to_contain_text("can’t be reached; it is tried again")
    page.unroute("**/auth/refresh")
    page.locator(".welcome #url").wait_for()


def test_a_page_whose_cookie_is_somebody_elses_begins_anew_and_shows_nothing_of_the_first(
    page: Page, service: Service, context: BrowserContext, counter: str
) -> None:
    service.registered("first@example.com")
    sign_in(context, service, "first@example.com")
    desk = Desk(page, service).open().search(CEOS)
    desk.rows().first.click()
    name = page.locator(".contact h2").inner_text()
    sign_in(context, service, counter)
    with page.expect_navigation():
        desk.run("""() => import("./console/page.js").then(({ session }) => {
            session.stale();
            session.token();
        })""")
    desk.settled()
    expect(page.get_by_role("button", name="Sign out")).to_have_attribute("title", counter)
    expect(page.locator("body")).not_to_contain_text(name)


def test_who_may_see_less_than_before_finds_nothing_of_then_on_the_page(
    page: Page, service: Service, context: BrowserContext, administrator: str, watch: Watch
) -> None:
    watch.expect("status of 401")
    user = service.post("/api/v2/auth/register", {"email": "less@example.com", "password": "long enough"})[1]["user"]
    admin = service.post("/api/v2/auth/login", {"email": administrator, "password": "long enough"})[1]["access_token"]
    sign_in(context, service, "less@example.com")
    desk = Desk(page, service).open().search(CEOS)
    desk.rows().first.click()
    name = page.locator(".contact h2").inner_text()
    path, headers = f"/api/v2/auth/users/{user['uuid']}", {"authorization": f"Bearer {admin}"}
    assert context.request.patch(service.base + path, data={"role": "counter"}, headers=headers).status == 200
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill("long enough")
    with page.expect_navigation():
        dialog.get_by_label("Password").press("Enter")
    desk.settled().shows(desk.counts(CEOS))
    expect(page.locator("body")).not_to_contain_text(name)


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
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    expect(page.locator(".large")).to_have_text(count)
    # It goes on where it was, and until then nobody who comes by reads it.
    backdrop = desk.run("() => getComputedStyle(document.querySelector('dialog.again'), '::backdrop').backgroundColor")
    assert backdrop.startswith("rgb(")
    screenshot(page, "again")
    dialog.get_by_label("Password").fill("long enough")
    dialog.get_by_label("Password").press("Enter")
    expect(dialog).to_have_count(0)
    assert page.url == address
    desk.mute("personTitles[]").shows(desk.counts(CEOS))


def test_administrators_see_loads_users_and_health(
    page: Page, service: Service, context: BrowserContext, administrator: str, watch: Watch
) -> None:
    sign_in(context, service, administrator)
    Desk(page, service).open()
    page.get_by_role("button", name="Admin").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("All is well")
    admin = service.post("/api/v2/auth/login", {"email": administrator, "password": "long enough"})[1]["access_token"]
    told = service.post("/api/v2/apollo/loads", {}, admin)[1]["loads"][-1]
    figures = [told[name] for name in ("contacts", "rows", "repeated", "rejected", "repaired")]
    expect(dialog.locator("tr.live")).to_contain_text("live")
    expect(dialog.locator("tr.live .figure")).to_have_text([f"{figure:,}" for figure in figures])
    filled = dialog.locator("tbody").last.locator("tr")
    expect(filled).to_have_count(len(told["filled"]))
    screenshot(page, "loads")
    dialog.get_by_role("button", name="Users").click()
    dialog.get_by_label("E-mail").fill("new@example.com")
    dialog.get_by_label("Password").fill("long enough")
    dialog.get_by_role("button", name="Create").dblclick()
    row = dialog.locator("tbody tr").filter(has_text="new@example.com")
    expect(row).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(dialog.get_by_role("status")).to_contain_text("new@example.com can sign in now")
    row.get_by_label("Role of new@example.com").select_option("counter")
    expect(row.get_by_role("combobox")).to_have_value("counter")
    others = (
        dialog.locator("tbody tr")
        .filter(has=page.get_by_role("button", name="Password…"))
        .filter(has_not_text="new@example.com")
    )
    others.first.get_by_role("button", name="Password…").click()
    dialog.get_by_label("New password of").fill("of somebody else")
    row.get_by_role("button", name="Password…").click()
    expect(dialog.get_by_label("New password of new@example.com")).to_have_value("")
    dialog.get_by_label("New password of new@example.com").fill("another one")
    screenshot(page, "password")
    dialog.get_by_role("button", name="Set it").click()
    expect(dialog.get_by_role("status")).to_contain_text("new@example.com has the new password")
    login = {"email": "new@example.com", "password": "another one"}
    assert service.post("/api/v2/auth/login", login)[0] == 200
    row.get_by_role("button", name="Disable").click()
    expect(row.get_by_role("button", name="Enable")).to_be_visible()
    assert service.post("/api/v2/auth/login", login)[0] == 401
    screenshot(page, "users")
    # A proxy may keep the service's health to those inside.
    watch.expect("status of 404")
    page.route("**/health/ready", lambda route: route.fulfill(status=404, body="<html>Not Found"))
    dialog.get_by_role("button", name="Loads").click()
    expect(dialog.get_by_role("status")).to_contain_text("The service answers.")
    dialog.get_by_role("button", name="Users").click()
    page.route("**/auth/users/*", lambda route: route.fulfill(status=503, json={"detail": "Not now."}))
    watch.expect("status of 503")
    row.get_by_label("Role of new@example.com").select_option("admin")
    expect(dialog.get_by_role("alert")).to_have_text("Not now.")
    expect(row.get_by_role("combobox")).to_have_value("counter")
    page.unroute("**/auth/users/*")
    # Neither two clicks nor a key that is held is an answer.
    row.get_by_role("button", name="Delete…").dblclick()
    for _ in range(4):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(dialog.get_by_role("group")).to_contain_text("Delete new@example.com, with all saved searches?")
    expect(row).to_be_visible()
    dialog.get_by_role("button", name="Yes, delete").click()
    expect(row).to_have_count(0)


def test_an_administrator_goes_back_to_a_load_and_on_again_and_each_way_is_asked_for_once(
    page: Page, service: Service, context: BrowserContext, administrator: str, tmp_path: Path
) -> None:
    before = service.data("count_contacts", url=url_of())["count"]
    smaller = tmp_path / "smaller.csv"
    with smaller.open("w", newline="", encoding="utf-8") as stream:
        write_sample(20, stream)
    outcome = contacts_process(
        service.environment, "index", "csv", str(smaller), "--allow-shrink", "--rejects", str(tmp_path / "r")
    )
    assert outcome.returncode == 0, outcome.stderr
    line = Line(page)
    sign_in(context, service, administrator)
    desk = Desk(page, service).open().search(url_of()).shows(20)
    dialog = page.get_by_role("dialog")
    page.keyboard.press("s")
    dialog.get_by_label("Save this one as").fill("All")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.locator("tbody .figure")).to_have_text(["20", "20"])
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Admin").click()
    expect(dialog.locator("thead").last).to_contain_text("Before")
    # The second click of two has nothing to say where the question is.
    dialog.get_by_role("button", name="Go back to the load of").dblclick()
    expect(dialog.get_by_role("group")).to_contain_text(f"the {before:,} contacts of")
    expect(dialog.get_by_role("group")).to_contain_text("in place of the 20 of")
    screenshot(page, "rollback")
    dialog.get_by_role("button", name="Cancel").click()
    dialog.get_by_role("button", name="Go back to the load of").click()
    # Nobody knows whether it was done: it is not done again, and what came of it is looked at.
    line.losing = "go_to"
    dialog.get_by_role("button", name="Yes, make it live").click()
    expect(dialog.get_by_role("alert")).to_contain_text("nobody knows whether this was done")
    expect(dialog.locator("tr.live .figure").first).to_have_text(f"{before:,}")
    assert len([message for message in line.asked if "go_to" in message["data"]]) == 1
    # There is a way forward again.
    dialog.get_by_role("button", name="Go on to the load of").click()
    expect(dialog.get_by_role("group")).to_contain_text("the 20 contacts of")
    dialog.get_by_role("button", name="Yes, make it live").click()
    expect(dialog.locator("tr.live .figure").first).to_have_text("20")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    dialog.get_by_role("button", name="Go back to the load of").click()
    dialog.get_by_role("button", name="Yes, make it live").click()
    expect(dialog.locator("tr.live .figure").first).to_have_text(f"{before:,}")
    page.keyboard.press("Escape")
    # What is on the page is of the contacts that are live now, and what was saved says then and now.
    desk.settled().shows(before)
    page.keyboard.press("s")
    expect(dialog.locator("tbody .figure")).to_have_text(["20", f"{before:,} +{before - 20:,}"])


def test_others_see_no_screens_of_administrators(desk: Desk) -> None:
    expect(desk.page.get_by_role("button", name="Admin")).to_have_count(0)
