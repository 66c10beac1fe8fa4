"""The contacts: page by page, in an order, with the columns that are wanted; and one of them beside the table."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mappings.data_files import read_data
from tests.console.conftest import both_engines
from tests.console.desk import Desk, Line, sign_in, url_of
from tests.harness.browser import screenshot
from tests.harness.service import Service

URL = url_of(("contactEmailStatusV2[]", "verified"))


@pytest.fixture
def desk(page: Page, service: Service, signed_in: BrowserContext) -> Desk:
    return Desk(page, service).open().search(URL)


def names(desk: Desk) -> Locator:
    return desk.rows().locator("td:first-child")


@both_engines
def test_pages_follow_each_other_by_mouse_and_by_key(desk: Desk) -> None:
    told = desk.service.data("search_contacts", url=URL, limit=100)["results"]
    wanted = [f"{each['first_name']} {each['last_name']}" for each in told]
    expect(names(desk)).to_have_text(wanted[:50])
    desk.page.get_by_role("button", name="Next →").click()
    expect(desk.page.locator(".paging")).to_contain_text("Page 2")
    expect(names(desk)).to_have_text(wanted[50:])
    desk.page.keyboard.press("p")
    expect(desk.page.locator(".paging")).to_contain_text("Page 1")
    expect(names(desk)).to_have_text(wanted[:50])


def test_pages_of_other_contacts_than_the_number_is_of_are_begun_anew(
    page: Page, service: Service, signed_in: BrowserContext
) -> None:
    line = Line(page)

    def fewer(answer: dict[str, Any]) -> object:
        if answer["data"] and set(answer["data"]) == {"count"}:
            answer["data"]["count"] = 99
        return answer

    line.altered = fewer
    page.set_viewport_size({"width": 1280, "height": 720})
    desk = Desk(page, service).open().search(URL).shows(99)
    line.altered = lambda answer: answer
    # An open contact leaves room for what turns the pages.
    desk.rows().first.click()
    page.locator(".table .scroll").evaluate("(table) => table.scrollTo({ left: 100 })")
    page.get_by_role("button", name="Next →").click()
    expect(page.locator(".remark")).to_contain_text("Other contacts are live by now")
    desk.settled().shows(desk.counts(URL))
    expect(page.locator(".paging")).to_contain_text("Page 1 of")
    # Whoever else is found is seen from the first column on.
    assert page.locator(".table .scroll").evaluate("(table) => table.scrollLeft") > 0
    desk.mute("contactEmailStatusV2[]")
    assert page.locator(".table .scroll").evaluate("(table) => table.scrollLeft") == 0


def test_the_order_is_part_of_the_search(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("columnheader", name="Company").get_by_role("button").click()
    ascending = url_of(("contactEmailStatusV2[]", "verified"), ("sortByField", "company"), ("sortAscending", "true"))
    told = desk.service.data("search_contacts", url=ascending, limit=50)["results"]
    desk.settled()
    expect(desk.rows().locator("td:nth-child(3)")).to_have_text([each["company"] or "" for each in told])
    expect(page.get_by_role("columnheader", name="Company")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("columnheader", name="Company").get_by_role("button").click()
    expect(page.get_by_role("columnheader", name="Company")).to_have_attribute("aria-sort", "descending")
    desk.settled()
    page.get_by_role("columnheader", name="Company").get_by_role("button").click()
    desk.settled()
    assert "sortByField" not in page.url


def test_the_page_sorts_by_what_the_service_does(desk: Desk) -> None:
    sorts = desk.run('() => import("./console/screens/table.js").then(({ SORTS }) => [...SORTS.values()])')
    known = {name for names in read_data("sort_keys", dict[str, list[str]]).values() for name in names}
    assert set(sorts) <= known


def test_columns_are_chosen_ordered_and_remembered(desk: Desk) -> None:
    page = desk.page
    heads = page.locator("thead th")
    page.get_by_role("button", name="Columns…").click()
    page.get_by_label("Technologies", exact=True).click()
    page.get_by_label("Country", exact=True).click()
    # The box in whose place another column's is now does not look as if that were chosen.
    boxes = page.locator(".others input")
    assert [box.is_checked() for box in boxes.all()] == [False] * boxes.count()
    page.get_by_role("button", name="Technologies further to the left").click()
    page.keyboard.press("Escape")
    wanted = ["Name", "Title", "Company", "Email", "Technologies", "Email status"]
    expect(heads).to_have_text(wanted)
    page.reload()
    desk.settled()
    expect(heads).to_have_text(wanted)
    # Names that no contact has, such as those of an earlier version, are no columns.
    desk.run("() => localStorage.setItem('columns', JSON.stringify(['__proto__', 'name', 'gone', 'title']))")
    page.reload()
    desk.settled()
    expect(heads).to_have_text(["Name", "Title"])
    kept = desk.run("() => JSON.stringify({ ...localStorage })")
    assert names(desk).first.inner_text() not in kept


def test_most_contacts_of_one_company(desk: Desk) -> None:
    desk.page.get_by_label("Contacts of one company").select_option("1")
    desk.settled().shows(desk.counts(URL, per_company=1))
    expect(desk.page.locator(".beside")).to_contain_text(f"of {desk.counts(URL):,} in all")
    expect(desk.rows()).to_have_count(50)
    desk.page.go_back()
    expect(desk.page.get_by_label("Contacts of one company")).to_have_value("0")


def test_a_contact_is_opened_with_every_field_and_why_it_is_found(desk: Desk) -> None:
    page = desk.page
    told = desk.service.data("search_contacts", url=URL, limit=2, view="complete")["results"]
    desk.rows().first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    pane = page.get_by_role("complementary", name="Contact")
    expect(pane.locator("h2")).to_have_text(f"{told[1]['first_name']} {told[1]['last_name']}")
    expect(page.locator("[aria-live]").last).to_contain_text(f"{told[1]['last_name']} is open beside the table")
    known = [name for name, value in told[1].items() if value not in (None, [], "")]
    assert pane.locator("dt").count() == len(known)
    expect(pane.locator(".why li")).to_have_class("yes")
    expect(pane.locator(".why li")).to_contain_text("asked for verified, has Verified")
    expect(pane.locator("a[href^='mailto:']").first).to_have_text(told[1]["email"])
    for link in pane.locator("a:not([href^='mailto:'], [href^='tel:'])").all():
        assert re.match("https?://", link.get_attribute("href") or "")
        assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    screenshot(page, "contact")
    # Another search is another reason.
    desk.mute("contactEmailStatusV2[]")
    expect(pane.locator(".why")).to_contain_text("asks for nothing in particular")
    page.keyboard.press("Escape")
    expect(pane).to_have_count(0)
    desk.rows().nth(2).click()
    pane.get_by_role("button", name="Close the contact").press("Enter")
    expect(pane).to_have_count(0)
    expect(desk.rows().nth(2)).to_be_focused()


def test_who_may_not_know_contacts_sees_how_many(
    page: Page, service: Service, context: BrowserContext, counter: str
) -> None:
    sign_in(context, service, counter)
    desk = Desk(page, service).open().search(URL)
    desk.shows(desk.counts(URL))
    expect(page.locator(".view")).to_contain_text("not who they are")
    expect(page.get_by_role("button", name="Export…")).to_have_count(0)
    # Of what they may know there are suggestions.
    desk.parameter("contactEmailStatusV2[]").get_by_role("button", name="Add a value").click()
    expect(page.locator("[role=option]").first).to_be_visible()
    page.get_by_role("button", name="by seniority, country and more").click()
    expect(page.locator("[data-facet]").first).to_be_visible()
    desk.search(url_of(("personTitles[]", "ceo"), ("personSeniorities[]", "intern")))
    expect(page.locator(".large")).to_have_text("<5")
