"""The breakdown: contacts counted by the values of fields, which can be chosen."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mappings.facets import facet_rows
from tests.console.conftest import both_engines
from tests.console.desk import Desk, number, url_of
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
    facet(desk, "technologies").get_by_role("button", name="Close Technologies").click()
    expect(page.locator("[data-facet=technologies]")).to_have_count(0)
    expect(page.get_by_role("button", name="+ Technologies")).to_be_visible()


def test_the_page_knows_the_facets_of_the_service(desk: Desk) -> None:
    known = desk.run('() => import("./console/screens/facets.js").then(({ FACETS }) => FACETS)')
    assert {each["name"]: (each["parameter"] or None, each["closed"]) for each in known} == {
        name: (row.parameter, row.closed) for name, row in facet_rows().items()
    }
