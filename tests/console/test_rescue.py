"""A search that finds nobody: what does it, and what there is instead, a click each."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.console.conftest import both_engines
from tests.console.desk import Desk, number, url_of
from tests.harness.browser import screenshot
from tests.harness.service import Service

SLIP = url_of(("personTitles[]", "ceo"), ("personSeniorities[]", "intrn"), ("personLocations[]", "Germany"))
REPAIRED = url_of(("personTitles[]", "ceo"), ("personSeniorities[]", "intern"), ("personLocations[]", "Germany"))


@both_engines
def test_a_filter_that_keeps_everybody_out_is_muted_by_a_click(
    page: Page, service: Service, signed_in: BrowserContext
) -> None:
    desk = Desk(page, service).open().search(SLIP).shows(0)
    way = page.locator(".ways button").first
    expect(way).to_contain_text("Management levels to include")
    screenshot(page, "nobody")
    promised = number(way.locator(".count").inner_text())
    way.click()
    desk.settled().shows(promised)
    expect(desk.parameter("personSeniorities[]").get_by_role("switch")).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Control+z")
    desk.settled().shows(0)
    page.locator(".near").filter(has_text="intern").click()
    desk.settled().shows(desk.counts(REPAIRED))
    expect(desk.chip("personSeniorities[]", "intern")).to_be_visible()


def test_a_part_of_a_title_is_replaced_by_a_title_that_has_it(
    page: Page, service: Service, signed_in: BrowserContext
) -> None:
    url = url_of(("personTitles[]", "marketing"), ("personLocations[]", "Germany"))
    desk = Desk(page, service).open().search(url).shows(0)
    offered = page.locator(".near")
    told = service.data("explain_count", url=url)["instead"][0]["nearest"]
    assert [number(text) for text in offered.locator(".count").all_inner_texts()] == [
        each["within"] or each["count"] for each in told
    ]
    promised = told[0]["within"]
    assert promised
    offered.first.click()
    desk.settled().shows(promised)
    expect(desk.chip("personTitles[]", told[0]["value"])).to_be_visible()


def test_lists_of_companies_are_rescued_from_too(page: Page, service: Service, signed_in: BrowserContext) -> None:
    url = url_of(("personTitles[]", "ceo"))
    fragment = url[url.index("#") :] + "&.include_domain_list=nobody.example&.exclude_company_name=Acme"
    desk = Desk(page, service).open(fragment).shows(0)
    page.locator(".ways button").filter(has_text="nobody.example").or_(page.locator(".ways button")).first.click()
    desk.settled().shows(desk.counts(url, exclude_company_name=["Acme"]))
    card = desk.parameter("include_domain_list")
    expect(card.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    desk.mute("include_domain_list").shows(0)


def test_it_is_said_what_nobody_has_and_nothing_more_is_offered_to_keep_out(
    page: Page, service: Service, signed_in: BrowserContext
) -> None:
    dead = url_of(("personLocations[]", "Atlantis"), ("qOrganizationName", "Nonexistco"))
    desk = Desk(page, service).open(f"{dead[dead.index('#') :]}&.include_domain_list=nobody.example").shows(0)
    rescue = page.locator(".rescue")
    expect(rescue).to_contain_text("Nobody is all of this at once")
    expect(rescue).to_contain_text("Nobody has Atlantis in “Where the person is”.")
    expect(rescue).to_contain_text("Nobody has Nonexistco in “Words in the company name”.")
    expect(rescue).to_contain_text("No company’s website is nobody.example")
    desk.search(url_of(("personLocations[]", "Atlantis"))).shows(0)
    expect(rescue).to_contain_text("Nobody is found by this")
    # A title that nobody has keeps nobody out, and one that is like it would keep out more.
    few = [("personTitles[]", "ceo"), ("personLocations[]", "Germany"), ("qKeywords", "software")]
    kept_out = url_of(*few, ("personNotTitles[]", "marketing"))
    told = service.data("explain_count", url=kept_out)
    assert told["instead"]
    desk.search(kept_out).shows(told["count"])
    expect(desk.parameter("personNotTitles[]").locator(".cost")).to_contain_text("0 thrown out")
    expect(page.locator(".near")).to_have_count(0)
