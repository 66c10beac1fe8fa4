"""The breakdown: contacts counted by the values of fields, which can be chosen."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mappings.facets import facet_rows
from tests.console.conftest import both_engines
from tests.console.desk import Desk, Line, number, url_of
from tests.harness.browser import screenshot
from tests.harness.service import Service

URL = url_of(("personTitles[]", "ceo"), ("foo", "bar"))


@pytest.fixture
def desk(page: Page, service: Service, signed_in: BrowserContext) -> Desk:
    return Desk(page, service).open().search(URL).view("Breakdown")


def facet(desk: Desk, name: str) -> Locator:
    desk.page.wait_for_function("() => !document.querySelector('.facet[aria-busy=true]')")
    return desk.page.locator(f"[data-facet={name}]")


@both_engines
def test_a_value_brings_as_many_as_it_says_and_several_can_be_chosen(desk: Desk) -> None:
    told = desk.service.data("facet_contacts", url=URL, facets=["person_country"], size=8)["facets"][0]["buckets"]
    buttons = facet(desk, "person_country").locator("li button")
    expect(buttons).to_have_count(len(told))
    first, second = told[0]["label"], told[1]["label"]
    buttons.filter(has_text=first).first.click()
    desk.settled()
    facet(desk, "person_country").locator("li button").filter(has_text=second).first.click()
    url = url_of(("personTitles[]", "ceo"), ("personLocations[]", first), ("personLocations[]", second))
    desk.settled().shows(desk.counts(url))
    expect(facet(desk, "person_country").locator("[aria-pressed=true]")).to_have_count(2)
    expect(desk.page.locator(".unused")).to_contain_text("foo")
    screenshot(desk.page, "breakdown")
    facet(desk, "person_country").locator("[aria-pressed=true]").first.click()
    expect(facet(desk, "person_country").locator("[aria-pressed=true]")).to_have_count(1)


def test_a_muted_part_stays_muted_when_a_value_is_chosen(desk: Desk) -> None:
    desk.mute("personTitles[]")
    button = facet(desk, "seniority").locator("li button").first
    promised = number(button.locator(".count").inner_text())
    button.click()
    desk.settled().shows(promised)
    expect(desk.parameter("personTitles[]").get_by_role("switch")).to_have_attribute("aria-checked", "false")
    expect(desk.parameter("personTitles[]")).to_have_count(1)


def test_long_facets_are_filtered_slow_ones_closed_and_special_values_shown(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("button", name="+ Technologies").click()
    facet(desk, "technologies").get_by_role("button", name="More…").click()
    shown = facet(desk, "technologies").locator("li")
    expect(shown.nth(10)).to_be_attached()
    page.get_by_label("Filter Technologies").fill("GOOGLE")
    for label in shown.locator(".label").all_inner_texts():
        assert "google" in label.lower()
    page.get_by_role("switch", name="What makes them special").check()
    expect(facet(desk, "seniority").locator(".lift").first).to_be_visible()
    lifts = [float(text[1:]) for text in facet(desk, "seniority").locator(".lift").all_inner_texts()]
    assert lifts == sorted(lifts, reverse=True)
    assert lifts[-1] > 1.0
    # What is asked for is nothing special.
    page.get_by_role("button", name="+ Job title").click()
    expect(page.locator(".facet-bar")).to_contain_text("without Job title, which the search asks for")
    expect(page.locator("[data-facet=title]")).to_have_count(0)
    facet(desk, "technologies").get_by_role("button", name="Close Technologies").click()
    expect(page.locator("[data-facet=technologies]")).to_have_count(0)
    expect(page.get_by_role("button", name="+ Technologies")).to_be_visible()


def test_old_numbers_stay_until_there_are_new_ones_and_a_slow_facet_says_so_and_can_be_closed(
    page: Page, service: Service, signed_in: BrowserContext
) -> None:
    line = Line(page)
    desk = Desk(page, service).open().search(URL).view("Breakdown")
    seniority, count = facet(desk, "seniority"), page.locator(".large").inner_text()
    before = seniority.locator(".label").all_inner_texts()
    line.holding = True
    desk.parameter("personTitles[]").get_by_role("switch").click()
    expect(seniority).to_have_class(re.compile(r"\bstale\b"))
    expect(seniority.locator(".label")).to_have_text(before)
    expect(page.locator(".large.stale")).to_have_text(count)
    expect(page.locator(".parameter.stale").first).to_be_visible()
    # One that nobody waits for is closed, the others come.
    page.get_by_role("button", name="Close Industry").click()
    line.altered = slowed
    line.release()
    desk.settled().shows(desk.counts(url_of()))
    expect(facet(desk, "seniority")).to_contain_text("took too long")
    expect(page.locator("[data-facet=industries]")).to_have_count(0)
    screenshot(page, "slow")
    page.get_by_role("button", name="Close Seniority").click()
    expect(seniority).to_have_count(0)
    page.get_by_role("button", name="+ Industry").click()
    expect(facet(desk, "industries").locator("li").first).to_be_visible()


def slowed(answer: dict[str, Any]) -> object:
    """The answer, as it is where the seniority took longer than its time."""
    for each in (answer["data"] or {}).get("facets", []):
        if each["name"] == "seniority":
            each |= {"timed_out": True, "buckets": [], "count": None, "missing": None, "other": None}
    return answer


def test_the_page_knows_the_facets_of_the_service(desk: Desk) -> None:
    known = desk.run('() => import("./console/screens/facets.js").then(({ FACETS }) => FACETS)')
    assert {each["name"]: (each["parameter"] or None, each["closed"]) for each in known} == {
        name: (row.parameter, row.closed) for name, row in facet_rows().items()
    }
