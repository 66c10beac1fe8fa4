"""Whom a browser takes a page for: what scripts can read, and what survives a reload."""

import os
import re
import secrets
import subprocess
from contextlib import ExitStack
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect

from indexing.cli.demo import EMAIL, page_link
from indexing.cli.server_process import CONTACTS, STOP_SECONDS, free_port
from tests.console.desk import Desk, url_of
from tests.harness.browser import Watch, watched
from tests.harness.service import Service

REFRESH = """async (path) => {
    const answer = await fetch("api/v2/auth/refresh", {method: "POST", headers: {"X-Console-Path": path}});
    return [answer.status, answer.ok && answer.status === 200 ? await answer.json() : null];
}"""


def test_scripts_go_on_with_the_session_and_never_see_what_renews_it(
    page: Page, service: Service, signed_in: BrowserContext
) -> None:
    page.goto(service.base)
    [cookie] = [each for each in signed_in.cookies() if each["name"] == "contacts_refresh"]
    assert (cookie["path"], cookie["httpOnly"], cookie["sameSite"]) == ("/api/v2/auth", True, "Strict")
    status, body = page.evaluate(REFRESH, "/")
    assert (status, "refresh_token" in body, body["role"]) == (200, False, "user")
    assert page.evaluate("() => document.cookie") == ""
    stored = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert cookie["value"] not in stored
    assert body["access_token"] not in stored


SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
    constructor(address, protocols) {
        super(address, protocols);
        window.sockets.push([address, protocols]);
    }
};
"""


def test_all_is_asked_over_one_socket_and_the_token_is_in_no_address(
    page: Page, service: Service, signed_in: BrowserContext
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(SOCKETS)
    desk = Desk(page, service).open().search(url_of(("personTitles[]", "ceo")))
    desk.rows().first.click()
    page.locator(".why li").first.wait_for()
    page.keyboard.press("Escape")
    for view in ("Breakdown", "Compare", "As code"):
        desk.view(view)
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_contain_text("None yet")
    [[address, [scheme, token]]] = desk.run("() => sockets")
    assert (address, scheme) == (f"{service.base.replace('http', 'ws')}/api/v2/apollo/ws", "bearer")
    assert re.fullmatch(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", token)
    paths = {urlsplit(each).path for each in asked}
    assert [path for path in paths if path != "/" and not path.startswith(("/console/", "/api/v2/auth/"))] == []
    assert all(token not in each for each in [page.url, *asked])


EVIL = "http://evil.example/"

ATTACK = """async ([url, options]) => {
    try {
        const answer = await fetch(url, {method: "POST", credentials: "include", ...options});
        return [answer.type, await answer.text()];
    } catch {
        return ["refused", ""];
    }
}"""


def test_a_page_of_another_origin_neither_reads_nor_ends_anything(
    page: Page, service: Service, signed_in: BrowserContext, watch: Watch
) -> None:
    watch.expect("request: http://evil.example")
    watch.expect("console: .*(CORS|Failed to load)")
    signed_in.route(EVIL, lambda route: route.fulfill(content_type="text/html", body="<!doctype html><p>Hello"))
    page.goto(EVIL)
    header = {"X-Console-Path": "/"}
    for path in ("refresh", "logout"):
        url = f"{service.base}/api/v2/auth/{path}"
        assert page.evaluate(ATTACK, [url, {"headers": header}]) == ["refused", ""]
        assert page.evaluate(ATTACK, [url, {}]) == ["refused", ""]
        # Without a preflight it arrives, and without the header the cookie counts for nothing, whoever sends it.
        assert page.evaluate(ATTACK, [url, {"mode": "no-cors"}])[1] == ""
    page.goto(service.base)
    assert page.evaluate(REFRESH, "/")[0] == 200


def test_a_page_of_another_origin_can_not_frame_the_console(page: Page, service: Service, watch: Watch) -> None:
    watch.expect("request: http://evil.example")
    frame = f'<!doctype html><iframe src="{service.base}/"></iframe>'
    page.route(EVIL, lambda route: route.fulfill(content_type="text/html", body=frame))
    page.goto(EVIL)
    page.wait_for_timeout(200)
    [framed] = page.main_frame.child_frames
    assert not framed.url.startswith(service.base)


def test_the_link_of_the_demo_signs_in_once_and_leaves_no_trace(
    page: Page, service: Service, browser: Browser, watch: Watch
) -> None:
    email = f"code-{secrets.token_hex(4)}@example.com"
    service.registered(email)
    tokens = service.post("/api/v2/auth/login", {"email": email, "password": "long enough"})[1]
    code = service.post("/api/v2/auth/codes", {"refresh_token": tokens["refresh_token"]})[1]["code"]
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    url = url_of(("personTitles[]", "CEO"))
    page.goto(page_link(service.base, code, url))
    Desk(page, service).settled().shows(service.data("count_contacts", url=url)["count"])
    assert code not in page.url
    assert all(code not in each for each in asked)
    page.reload()
    Desk(page, service).settled()
    been = page.evaluate("() => navigation.entries().map((entry) => entry.url)")
    assert been
    assert all(code not in each for each in been)
    # A link makes nobody another user, and is taken out of the address where the page is there already too.
    sender = {"email": f"sender-{secrets.token_hex(4)}@example.com", "password": "long enough", "name": ""}
    tokens = service.post("/api/v2/auth/register", sender)[1]
    other = service.post("/api/v2/auth/codes", {"refresh_token": tokens["refresh_token"]})[1]["code"]
    page.goto(page_link(service.base, other, url))
    Desk(page, service).settled()
    assert other not in page.url
    expect(page.get_by_role("button", name="Sign out")).to_have_attribute("title", email)
    with watched(browser, service.base) as (another, complaints):
        complaints.expect("401")
        late = another.new_page()
        late.goto(page_link(service.base, code, url))
        late.get_by_label("Password").wait_for()
        expect(late.get_by_role("alert").first).to_contain_text("This link was used already")
        assert code not in late.url


def test_the_demo_ends_with_a_link_that_is_all_one_needs(browser: Browser) -> None:
    # To the internet leads a proxy that there is not; what the service says is in a file, and not between the answers.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9") | {"no_proxy": "127.0.0.1"}
    command = [*CONTACTS, "demo", "--contacts", "60", "--port", str(free_port())]
    with ExitStack() as stack:
        demo = stack.enter_context(
            subprocess.Popen(
                command, env=os.environ | nowhere, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
        # Where it is over by then, as it should be, this does nothing.
        stack.callback(demo.kill)
        assert demo.stdout is not None
        assert demo.stderr is not None
        lines: list[str] = []
        while "#code=" not in (lines or [""])[-1]:
            lines.append(demo.stdout.readline())
            assert lines[-1], "".join(lines) + demo.stderr.read()
        [log] = [found[1] for line in lines if (found := re.search(r"in (\S+service\.log)", line))]
        base = lines[-1].split("#")[0]
        with watched(browser, base.rstrip("/")) as (context, _):
            page = context.new_page()
            page.goto(lines[-1].strip())
            page.locator(".large").wait_for()
            expect(page.locator(".parameter").first).to_be_visible()
            expect(page.get_by_role("button", name="Sign out")).to_have_attribute("title", EMAIL)
        with open(log) as said:
            assert '"level"' in said.read()
        demo.terminate()
        rest, errors = demo.communicate(timeout=STOP_SECONDS)
    assert "".join(rest.split()) == ""
    assert '"level"' not in "".join(lines) + errors
