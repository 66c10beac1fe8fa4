"""Text from outside is text, wherever it stands: contacts, searches, lists, names, what the service answers."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.console import hostile
from tests.console.desk import Desk, Line, url_of
from tests.harness.browser import screenshot
from tests.harness.service import Service

EVIL = [
    hostile.SCRIPT,
    hostile.IMAGE,
    hostile.TEMPLATE,
    hostile.LINK,
    hostile.BIDI,
    hostile.ANSI,
    "<svg/onload=window.hacked=9>",
]


@pytest.fixture
def desk(page: Page, service: Service, signed_in: BrowserContext) -> Desk:
    return Desk(page, service).open()


def unharmed(desk: Desk) -> None:
    """Nothing of a contact ran, became an element or a link that does something."""
    assert desk.run("() => window.hacked") is None
    assert (
        desk.run("() => document.querySelectorAll('#console :is(script, img, iframe, b b, i, object, base)').length")
        == 0
    )
    for link in desk.page.locator("#console a").all():
        assert (link.get_attribute("href") or "").startswith(("http://", "https://", "./"))
        assert "evil.example" not in (link.get_attribute("href") or "")


def with_email(answer: dict[str, Any]) -> object:
    """The answer, as if its contacts had such addresses."""
    for contact in (answer["data"] or {}).get("results", []):
        contact["email"] = hostile.EMAIL
    return answer


def test_contacts_full_of_markup_are_shown_as_they_are(page: Page, service: Service, signed_in: BrowserContext) -> None:
    Line(page).altered = with_email
    desk = Desk(page, service).open()
    desk.search(url_of(("personLocations[]", hostile.CITY))).shows(len(hostile.CONTACTS))
    unharmed(desk)
    expect(page.locator(".table")).to_contain_text(hostile.EMAIL)
    expect(page.locator(".table")).to_contain_text(hostile.SCRIPT)
    expect(page.locator(".table")).to_contain_text(hostile.TEMPLATE)
    for row in desk.rows().all():
        row.click()
        expect(page.locator(".why li").first).to_be_visible()
        unharmed(desk)
        page.keyboard.press("Escape")
    screenshot(page, "hostile")
    row = desk.rows().filter(has_text=hostile.RIGHT_TO_LEFT)
    assert row.locator("bdi").first.get_attribute("dir") == "auto"
    assert desk.run("() => document.documentElement.scrollWidth <= innerWidth")
    desk.view("Breakdown")
    page.get_by_role("button", name="+ Job title").click()
    expect(page.locator("[data-facet=title]")).to_contain_text("window.hacked")
    unharmed(desk)


def test_searches_full_of_markup_are_shown_as_they_are(desk: Desk) -> None:
    url = url_of(*[("personTitles[]", evil) for evil in EVIL], *[(evil, evil) for evil in EVIL])
    fragment = url[url.index("#") :] + "".join(f"&.exclude_company_name={evil}" for evil in ("<b>x</b>", hostile.LINK))
    desk.open(fragment)
    for evil in (hostile.SCRIPT, hostile.IMAGE, hostile.LINK):
        expect(desk.parameter("personTitles[]")).to_contain_text(evil)
        expect(desk.page.locator(".unused")).to_contain_text(evil)
    unharmed(desk)
    for title in ("Breakdown", "Compare", "As code"):
        desk.view(title)
        unharmed(desk)
    expect(desk.page.locator("pre").nth(2)).to_contain_text("window.hacked")


def test_names_of_saved_searches_and_what_is_compared_are_text(desk: Desk) -> None:
    url = url_of(("personTitles[]", "ceo"))
    desk.search(url).page.get_by_role("button", name="Saved").click()
    for name in ("x" * 200, hostile.IMAGE):
        desk.page.get_by_label("Save this one as").fill(name)
        desk.page.get_by_role("button", name="Save", exact=True).click()
        expect(desk.page.locator("dialog table")).to_contain_text(name)
    for part in ("dialog", "dialog .scroll"):
        assert desk.run(
            f"() => (({{scrollWidth, clientWidth}}) => scrollWidth <= clientWidth)(document.querySelector('{part}'))"
        )
    unharmed(desk)
    desk.page.keyboard.press("Escape")
    desk.view("Compare")
    desk.page.get_by_label("Address of another search").fill(url_of(("personTitles[]", hostile.IMAGE)))
    desk.page.get_by_label("Address of another search").press("Enter")
    expect(desk.page.locator(".differences")).to_contain_text(hostile.IMAGE)
    unharmed(desk)


def test_a_comparison_beside_the_page_can_not_be_made_a_link(desk: Desk) -> None:
    desk.open(f"#/people?personTitles[]=ceo&.view=compare&.compare={hostile.LINK}")
    expect(desk.page.locator(".searches")).to_contain_text(hostile.LINK)
    expect(desk.page.locator(".compare .failure")).to_contain_text("apollo.io")
    unharmed(desk)
