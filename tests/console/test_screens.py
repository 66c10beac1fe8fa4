"""Each screen, light, dark and on a phone: nothing keeps anybody from using it, and what it looks like is kept."""

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.console.desk import Desk, sign_in, url_of
from tests.harness.browser import AXE, screenshot, tool
from tests.harness.service import Service

SEARCH = url_of(
    ("personTitles[]", "ceo"),
    ("personTitles[]", "founder"),
    ("personSeniorities[]", "cxo"),
    ("personLocations[]", "United States"),
    ("foo", "bar"),
)
BROKEN = url_of(("organizationNumEmployeesRanges[]", "many"))
MANY = url_of(*[("organizationNumEmployeesRanges[]", f"{size},{size + 19}") for size in range(1, 1000, 20)])
NOBODY = url_of(("personTitles[]", "ceo"), ("personSeniorities[]", "intrn"))

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]

VIOLATIONS = """async (runOnly) => (await axe.run(document, { resultTypes: ["violations"], runOnly })).violations
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`))"""


def have_axe(page: Page) -> None:
    page.evaluate(f"{tool(AXE).read_text()}; 0")


def adding(desk: Desk) -> None:
    desk.parameter("personLocations[]").get_by_role("button", name="Add a value").click()
    desk.page.locator("[role=option]").first.wait_for()


def filters(desk: Desk) -> None:
    desk.page.get_by_role("button", name="+ Add a filter…").click()
    desk.page.locator(".filters li").first.wait_for()


def compared(desk: Desk) -> None:
    desk.view("Compare")
    desk.page.get_by_label("Address of another search").fill(NOBODY)
    desk.page.get_by_label("Address of another search").press("Enter")
    desk.page.locator(".regions").wait_for()


def opened(desk: Desk) -> None:
    desk.view("People")
    desk.rows().first.click()
    desk.page.locator(".why li").first.wait_for()


def broken_down(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    desk.view("Breakdown")
    desk.page.wait_for_function("() => !document.querySelector('.facet[aria-busy=true]')")


def dialog(name: str) -> Callable[[Desk], None]:
    def open_(desk: Desk) -> None:
        desk.run(f'() => import("./console/page.js").then(({{ dialog }}) => (dialog.value = "{name}"))')
        desk.page.locator("dialog").wait_for()
        desk.page.wait_for_timeout(100)

    return open_


def nobody(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    desk.search(NOBODY).view("People")


def unfolded(desk: Desk) -> None:
    """On a phone the parameters are a line until somebody opens them."""
    fold, narrow = desk.page.locator(".fold"), desk.run("() => innerWidth < 960")
    assert fold.is_visible() == narrow
    if narrow:
        expect(fold).to_contain_text("ceo, founder · United States · c_suite · 1 not used")
        expect(desk.parameter("personTitles[]")).to_be_hidden()
        fold.click()
    expect(desk.parameter("personTitles[]")).to_be_visible()


def away(desk: Desk) -> None:
    """The connection is lost, and a remark is there."""
    desk.page.keyboard.press("Escape")
    desk.run("""() => import("./console/page.js").then(({ socket, remark }) => {
        [socket.lost.value, remark.value] = [true, "Found in what you pasted: a link in a mail."];
    })""")


def signed_out(desk: Desk) -> None:
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Sign out").click()
    have_axe(desk.page)
    desk.page.get_by_label("E-mail").wait_for()


SCREENS: Mapping[str, Callable[[Desk], object]] = {
    "empty": lambda desk: None,
    "search": lambda desk: desk.search(SEARCH),
    "unfolded": unfolded,
    "muted": lambda desk: desk.mute("personSeniorities[]").mute("personTitles[]", "founder"),
    "adding": adding,
    "code": lambda desk: desk.view("As code"),
    "comparison": compared,
    "open": opened,
    "facets": broken_down,
    "filters": filters,
    **{name: dialog(name) for name in ("export", "columns", "keys", "lists", "loads", "users", "saved")},
    "nobody": nobody,
    "error": lambda desk: desk.search(BROKEN),
    "thousands": lambda desk: desk.search(MANY),
    "values": lambda desk: desk.page.get_by_role("button", name="38 more…").click(),
    "away": away,
    "sign-in": signed_out,
}
"""What is done to come there from the screen before it."""


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("desktop", marks=pytest.mark.browsing(viewport={"width": 1440, "height": 900})),
        pytest.param("phone", marks=pytest.mark.browsing(**PHONE)),
    ],
)
def test_nothing_keeps_anybody_from_using_a_screen(
    kind: str, page: Page, service: Service, context: BrowserContext, administrator: str
) -> None:
    sign_in(context, service, administrator)
    desk = Desk(page, service).open()
    have_axe(page)
    found = []
    for name, do in SCREENS.items():
        do(desk)
        found += [f"{name}: {one}" for one in page.evaluate(VIOLATIONS, RULES)]
        screenshot(page, f"{name}-{kind}")
        assert desk.run("() => document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        if kind == "phone":
            continue
        page.emulate_media(color_scheme="dark")
        found += [f"{name}, dark: {one}" for one in page.evaluate(VIOLATIONS, ["color-contrast"])]
        screenshot(page, f"{name}-dark")
        page.emulate_media(color_scheme="light")
    assert found == []
